"""Milestones as lists may show them: what counts as equal, and what as unknown."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_qa_provider.vendors.conqa.client.dialect import Dialect
from airflow_qa_provider.vendors.conqa.client.fields import Option, field_values, status_value
from airflow_qa_provider.vendors.conqa.comparison import ListedMilestones, plain_values, wanted_of

AREA = {"value": "area-1", "display": "Area 1"}


def listed(rows: list[dict[str, Any]], dialect: Dialect | None = None) -> ListedMilestones:
    """The list of a project."""
    return ListedMilestones(rows, dialect or Dialect())


def is_same(wanted: Any, shown: Any) -> bool:
    """Whether a field is as wanted."""
    milestone = wanted_of(None, None, field_values({"x": wanted}))
    found = listed([{"externalId": "P6", "fields": {"x": shown}}]).shown("P6", milestone)
    assert found is not None
    return found == plain_values(milestone)


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("text", "text"),
        ("text", {"value": "text"}),
        (42, 42.0),
        ("2026-03-16", "2026-03-16T00:00:00.000Z"),
        ({"value": "area-1"}, AREA),
        ({"value": "area-1", "display": "renamed"}, AREA),
        ({"display": "Area 1"}, AREA),
        ({"value": "area-1"}, "area-1"),
        ({"display": "Area 1"}, "Area 1"),
        ({"value": "Area 1", "createNew": True}, AREA),
        (Option(display="Area 1", create_new=True), {"value": "area-1", "display": "renamed"}),
        (None, None),
        (None, ""),
        ({"value": None}, {"value": None, "display": None}),
    ],
)
def test_the_same_in_other_words(wanted: Any, shown: Any) -> None:
    assert is_same(wanted, shown)


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("text", "Text"),
        ("text", None),
        (42, "42"),
        ("2026-03-16", "2026-03-16T11:00:00.000Z"),
        ("2026-03-16", "2026-03-17"),
        ({"value": "Area 1"}, AREA),
        ({"value": "area-1"}, None),
        ({"value": "area-1"}, {"value": "area-2", "display": "area-1"}),
        ({"display": "area-1"}, AREA),
        # the label may have gone to another option, and CONQA ignores it beside an identifier
        ({"value": "area-1", "display": "Area 1"}, "Area 1"),
        (None, "text"),
        (None, 0),
        (None, AREA),
    ],
)
def test_something_else(wanted: Any, shown: Any) -> None:
    assert not is_same(wanted, shown)


def test_what_is_told_of_no_milestone_is_unknown() -> None:
    rows: list[dict[str, Any]] = [
        {"externalId": "P6-1", "fields": {"notes": "x"}},
        {"externalId": "P6-2", "fields": {"level": "level-1"}},
        {"name": "made by hand"},
    ]
    wanted = wanted_of("Walls", status_value("planned"), {"notes": None, "level": None, "quantity": 1})

    assert listed(rows).shown("P6-1", wanted) == {"fields.notes": "x", "fields.level": None}
    assert listed(rows).shown("P6-3", wanted) is None
    assert listed([*rows, rows[0]]).shown("P6-1", wanted) == {}


@pytest.mark.parametrize("status", ["planned", {"value": "planned", "display": "Planned"}])
def test_a_status_is_found_under_the_names_of_the_dialect(status: Any) -> None:
    wanted = wanted_of(None, status_value("planned"), None)
    dialect = Dialect(external_id_fields=("ref",), status_fields=("stage",))

    assert (
        listed([{"ref": "P6", "stage": status}], dialect).shown("P6", wanted)
        == plain_values(wanted)
        == {"status": "planned"}
    )
