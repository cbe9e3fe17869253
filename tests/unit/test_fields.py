"""One meaning of "given", "true", "a list" and "a number" for the fields of all vendors."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import Annotated, Any, TypedDict

import pytest
from typing_extensions import NotRequired, Required, Unpack

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.fields import Fields, is_given
from airflow_qa_provider.rest.parameters import (
    Flag,
    FreeText,
    Id,
    Ids,
    Paging,
    Read,
    Text,
    Whole,
    Wire,
    fields_of,
    parameters_of,
)

check = Fields("acme")
UTC = timezone.utc


class Color(IntEnum):
    RED = 1
    DARK_BLUE = 2


@pytest.mark.parametrize("value", [None, "", "  ", "None", " None "])
def test_what_a_template_leaves_of_nothing_is_not_given(value: object) -> None:
    assert not is_given(value)
    with pytest.raises(QAValidationError, match="thing is required, got"):
        check.text(value, "thing")
    for read in (
        check.optional_id,
        check.optional_ids,
        check.optional_flag,
        check.optional_whole,
        check.optional_object,
    ):
        assert read(value, "thing") is None


@pytest.mark.parametrize(
    ("how", "value", "expected"),
    [
        ("text", 5, "5"),
        ("text", " a ", "a"),
        ("id", 7, "7"),
        ("id", "{language}", "{language}"),
        ("ids", "7", ["7"]),
        ("ids", '["a", "b"]', ["a", "b"]),
        ("ids", {"b", "a"}, ["a", "b"]),
        ("ids", [1, "2"], ["1", "2"]),
        ("words", '["a","b"]', ["a", "b"]),
        ("words", "a, b", ["a", "b"]),
        ("words", '"a"', ["a"]),
        ("words", '"a, b"', ["a", "b"]),
        ("words", "(draft), b", ["(draft)", "b"]),
        ("words", ("b", "a"), ["b", "a"]),
        ("flag", "False", False),
        ("flag", " true ", True),
        ("flag", 0, False),
        ("flag", "no", False),
        ("whole", "3", 3),
        ("whole", 3.0, 3),
        ("number", "1.5", 1.5),
        ("optional_object", '{"a": [1]}', {"a": [1]}),
        ("mappings", '[{"a": 1}]', [{"a": 1}]),
        ("optional_list", "x", ["x"]),
        ("optional_list", "[1, null]", [1, None]),
        ("moment", "2026-01-31T18:00:00+01:00", datetime(2026, 1, 31, 17, tzinfo=UTC)),
        ("when", "P1DT2H", timedelta(days=1, hours=2)),
        ("when", "90", timedelta(seconds=90)),
        ("when", str(timedelta(days=2)), timedelta(days=2)),
        ("duration", "PT1M", timedelta(minutes=1)),
        ("duration", 31_536_000, timedelta(days=365)),
        ("when", timedelta(days=-1), timedelta(days=-1)),
    ],
)
def test_values_and_their_texts_are_read(how: str, value: object, expected: object) -> None:
    assert getattr(check, how)(value, "thing") == expected


@pytest.mark.parametrize(
    ("how", "value", "says"),
    [
        ("text", ["a"], "thing must be a text"),
        ("text", True, "thing must be a text"),
        ("text", float("nan"), "thing must be a text"),
        ("id", object(), "thing must be an id"),
        ("id", "<Task(EmptyOperator): one>", "thing must be an id"),
        ("id", '{"id": 1}', "thing must be an id"),
        ("id", "['a']", "thing must be an id"),
        ("ids", [], "thing names no id"),
        ("ids", "['a', 'b']", "Use the filter tojson"),
        ("flag", "maybe", "thing must be true or false, got 'maybe'. Nothing was sent. Give thing=true, or false"),
        ("flag", 2, "thing must be true or false"),
        ("whole", "three", "thing must be a whole number, got 'three'. Nothing was sent. Give thing=1"),
        ("whole", "1_000", "thing must be a whole number"),
        ("whole", "٣", "thing must be a whole number"),
        ("whole", True, "thing must be a whole number"),
        ("whole", "1.5", "thing must be a whole number"),
        ("words", "('a', 'b')", "thing is what Python prints, and not JSON"),
        ("words", "{'a', 'b'}", "Use the filter tojson"),
        ("words", "(1, 2)", "thing is not JSON"),
        ("text", 10**400, "thing must be a text"),
        ("id", 10**400, "thing must be a text"),
        ("whole", 10**400, "thing must be a whole number"),
        ("whole", "1" * 400, "thing must be a whole number"),
        ("whole", 1e300, "thing must be a whole number"),
        ("number", "1" * 400, "thing must be a number"),
        ("number", "nan", "thing must be a number"),
        ("number", "1e999", "thing must be a number"),
        ("mapping", "{'a': 1}", "thing is what Python prints, and not JSON"),
        ("mapping", "[1]", "thing must be an object of names and values"),
        ("mapping", {"a": float("nan")}, "thing cannot be sent as JSON"),
        ("mapping", {"a": object()}, "thing cannot be sent as JSON"),
        ("mapping", "[" * 100_000, "thing is not JSON"),
        ("moment", "tomorrow", "thing must be"),
        ("moment", "2026-01-31T18:00:00", "has no time zone"),
        ("duration", "-5", "thing must be a positive number of seconds"),
        ("duration", timedelta.max, "thing must be 100 years at most"),
        ("duration", float("inf"), "thing must be 100 years at most"),
        ("duration", float("nan"), "thing must be a positive number of seconds"),
        ("when", timedelta.max, "thing is too long for a duration"),
        ("when", "P99999999D", "thing is too long for a duration"),
        ("when", 1767225600, "thing is too long for a duration, got 1767225600. Nothing was sent. Give a date"),
        ("when", 1767225600.5, "thing is too long for a duration"),
        ("when", "1767225600", "thing must be a date and time"),
        ("when", "P1M", "Durations are written as P1D"),
        ("secret", "", "thing must be a non-empty text"),
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0][:40],  # an address would differ from worker to worker
)
def test_what_cannot_be_read_is_refused_by_name(how: str, value: object, says: str) -> None:
    with pytest.raises(QAValidationError) as caught:
        getattr(check, how)(value, "thing")
    assert says in str(caught.value)
    assert caught.value.outcome == "Nothing was sent"
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("value", [Color.DARK_BLUE, 2, "2", "dark blue", "DARK_BLUE", "Dark-Blue"])
def test_members_are_read_by_name_and_number(value: object) -> None:
    assert check.member(Color, value, "color") is Color.DARK_BLUE
    assert check.value_of(Color, value, "color") == 2


@pytest.mark.parametrize("value", [None, True, 3, "green", [1]])
def test_other_members_are_refused_with_those_there_are(value: object) -> None:
    with pytest.raises(QAValidationError, match=r"color must be one of 1 \(red\), 2 \(dark_blue\), got"):
        check.member(Color, value, "color")


class Base(Paging, total=False):
    name: Required[Text]
    part_ids: Ids | None


class Thing(Base):
    owner_id: Id
    note: NotRequired[FreeText | None]
    live: NotRequired[Flag | None]
    place: NotRequired[Annotated[Whole | None, Read("whole", low=0, high=5), Wire("pos")]]


class Client:
    def make(self, thing_id: str, *, mode: str = "a", **thing: Unpack[Thing]) -> dict[str, Any]:
        return check.wire(Thing, thing)


class Plain(TypedDict):
    a: Text


def test_a_family_says_what_is_required_and_how_it_is_called_on_the_wire() -> None:
    assert {field.name: (field.required, field.wire) for field in fields_of(Thing)} == {
        "page_size": (False, ""),
        "limit": (False, ""),
        "name": (True, None),
        "part_ids": (False, None),
        "owner_id": (True, None),
        "note": (False, None),
        "live": (False, None),
        "place": (False, "pos"),
    }


def test_the_parameters_of_a_method_include_those_of_its_family() -> None:
    found = parameters_of(Client().make)
    assert [name for name, required in found.items() if required] == ["thing_id", "name", "owner_id"]
    assert {"mode", "page_size", "limit", "part_ids", "note", "live", "place"} == {
        name for name, required in found.items() if not required
    }


def test_a_family_goes_over_the_wire_under_the_vendors_names() -> None:
    given: Any = {
        "name": 5,
        "owner_id": "o",
        "part_ids": '["a"]',
        "note": "",
        "live": "None",
        "place": "3",
        "limit": "2",
    }
    assert Client().make("t", **given) == {"name": "5", "ownerId": "o", "partIds": ["a"], "note": "", "pos": 3}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "None"}, "name is required, got 'None'"),
        ({"nam": 1}, "nam: this operation has no such field"),
        ({"place": 6}, "place must be a whole number from 0 to 5, got 6"),
        ({"page_size": 0}, "page_size must be a whole number of at least 1, got 0"),
        ({"limit": "x"}, "limit must be a whole number of at least 0, got 'x'"),
    ],
)
def test_a_family_refuses_by_our_names(change: dict[str, Any], says: str) -> None:
    given: Any = {"name": "n", "owner_id": "o", **change}
    with pytest.raises(QAValidationError) as caught:
        Client().make("t", **given)
    assert says in str(caught.value)
