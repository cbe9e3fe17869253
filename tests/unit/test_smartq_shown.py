"""smartQ's answers are not documented: what is read from them, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.kinds.lookup import Search
from airflow_qa_provider.vendors.smartq.client import shown
from airflow_qa_provider.vendors.smartq.notes import text_key
from airflow_qa_provider.vendors.smartq.ticket_lookup import is_marker, may_be_ours

HOUR = 3600.0


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ("defect, fire ,", ["defect", "fire"]),
        (["defect", " fire"], ["defect", "fire"]),
        ([{"id": 1, "name": "defect"}, {"title": "fire"}, {"id": 3}], ["defect", "fire"]),
        (None, []),
        (7, []),
    ],
)
def test_tags(tags: Any, words: list[str]) -> None:
    assert shown.tags_of({"tags": tags}) == words


def test_people_steps_and_deadlines() -> None:
    assert shown.assignees_of({"assigned_to": [{"id": "5", "name": "Kim"}, 6, "7", {"name": "?"}]}) == ["5", "6", "7"]
    assert shown.assignees_of({"assigned_to": "Kim"}) == []
    assert [shown.step_of(row) for row in ({"step_id": 88}, {"step_id": "88"}, {"step_id": None}, {})] == [
        *("88", "88", None, None)
    ]
    assert shown.deadline_of({"deadline_date": "2026-03-01 17:00:00"}) == "2026-03-01 17:00:00"
    assert shown.deadline_of({"required_by": "2026-03-01"}) == "2026-03-01"
    assert shown.deadline_of({"deadline_date": "2026-03-01T17:00:00+01:00"}) == "2026-03-01T17:00:00+01:00"
    assert shown.deadline_of({"deadline_date": "in March"}) is None


def test_custom_fields_without_a_value_or_of_an_unknown_form_are_left_out() -> None:
    fields = {"f1": "Stair B", "f2": ["1203"], "f3": 0.0, "f4": None, "f5": [], "f6": {"id": 1}, "f7": [{"id": 1}]}

    assert shown.custom_fields_of({"custom_fields": fields}) == {"f1": "Stair B", "f2": ["1203"], "f3": 0.0}
    assert shown.custom_fields_of({"custom_fields": [1]}) == {}


def test_files() -> None:
    assert shown.file_name_of({"file_name": "a.pdf"}) == "a.pdf"
    assert [shown.file_size_of({"size": size}) for size in ("12", 12, 0, "12 KB", None)] == [12, 12, 0, None, None]


def test_dates_are_in_the_accounts_time() -> None:
    row = {"insert_time": "2026-07-01 12:00:00"}
    noon = shown.moment_of(row, "insert_time", "UTC")

    assert noon is not None
    assert shown.moment_of(row, "insert_time", "Europe/Prague") == noon - 2 * HOUR
    assert shown.moment_of({"insert_time": "2026-07-01T12:00:00+02:00"}, "insert_time", "UTC") == noon - 2 * HOUR
    assert shown.moment_of({"insert_time": "yesterday"}, "insert_time", "UTC") is None
    assert shown.moment_of({}, "insert_time", "UTC") is None


def test_a_step_is_named_by_id_first() -> None:
    steps: list[dict[str, Any]] = [{"id": "7", "name": "8"}, {"id": 8, "name": "Done"}, {"name": "no id"}]

    assert [shown.step_named(steps, name, "1") for name in ("8", " 7 ", "done")] == ["8", "7", "8"]
    with pytest.raises(QAValidationError, match=r"has no step 'no id'; it has '8' \(7\), 'Done' \(8\)"):
        shown.step_named(steps, "no id", "1")


def test_texts_are_equal_when_people_read_the_same() -> None:
    assert text_key("<b>Seen</b> on\nsite &amp; noted") == text_key("Seen on site & noted")
    assert text_key("1 < 2") == text_key("1 &lt; 2")
    assert text_key("Seen") != text_key("Not seen")


def test_markers() -> None:
    assert is_marker(" AIRFLOW-" + "0123456789abcdef" * 2)
    assert not is_marker("airflow-prod")


@pytest.mark.parametrize(
    ("created", "compared", "uncompared"),
    [
        (1000 * HOUR, True, True),
        (1000 * HOUR - 60, True, True),
        (998 * HOUR, True, False),  # another time zone, or too old
        (1002 * HOUR, True, False),
        (None, True, False),
        (973 * HOUR, None, None),
    ],
)
def test_age_decides_only_where_nobody_knows_what_was_there_before(
    created: float | None, compared: bool | None, uncompared: bool | None
) -> None:
    search = Search({}, 1000 * HOUR, 1000 * HOUR, compared=True)

    assert may_be_ours(search, created) is compared
    assert may_be_ours(Search({}, 1000 * HOUR, 1000 * HOUR), created) is uncompared
