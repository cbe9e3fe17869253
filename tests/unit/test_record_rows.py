"""Lists as files: which rows are read, which of them a partition holds, and where the next one begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from airflow.sdk import ObjectStoragePath

from airflow_qa_provider.exceptions import QAFileError, QANotFoundError, QAResponseError, QAValidationError
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.listing import Column, ColumnType, Listing, asked, columns, filled, moment_of, one_of
from airflow_qa_provider.kinds.listing import earlier as earlier_than
from airflow_qa_provider.records.marks import SETTLING, Marks
from airflow_qa_provider.records.reading import REMEMBERED, Reading, Window
from airflow_qa_provider.rest.paging import Page, Paged
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

UTC = timezone.utc
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


# Rows


class Account:
    """A client without a vendor."""

    vendor, title = "acme", "Acme"

    class settings:
        page_size = None

    def __init__(self, rows: Iterable[Any] = (), below: Mapping[str, Any] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._rows, self._below = rows, below or {}

    @property
    def visits(self) -> Any:
        return self

    def list(self, **arguments: Any) -> Iterable[Any]:
        self.asked.append(arguments)
        return self._rows

    def answers(self, **arguments: Any) -> Any:
        self.asked.append(arguments)
        found = self._below[arguments["visit_id"]]
        if isinstance(found, Exception):
            raise found
        return found


VISITS = Listing(
    name="visits",
    title="List visits",
    operation="visits.list",
    columns=columns("id state at:timestamp"),
    scope={"site_id": "owner"},
    filters=(
        *asked("team"),
        one_of("state"),
        filled("closed", "closed_at"),
        earlier_than("before", lambda _, row: row["at"]),
    ),
    arguments={"order": "id"},
    since="from_date",
    until="to_date",
    changed="at",
    page_size=50,
)
ANSWERS = Listing(
    name="answers",
    title="Read a visit",
    operation="visits.answers",
    columns=columns("visit_id id"),
    key_of=lambda client, row: f"{row['visit_id']}/{row['id']}",
    under="visits",
    under_as="visit_id",
    dated_above=True,
    member="items",
)
PLAIN = Listing(name="plain", title="List", operation="visits.list", columns=columns("id"))
NAMED = {one.name: one for one in (VISITS, ANSWERS, PLAIN)}


def at(minutes: int) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def reading(listing: Listing = VISITS, filters: Any = None, window: Any = (None, None), **given: Any) -> Reading:
    named = {"site_id": "s1", **given}
    return Reading.of(listing, NAMED.__getitem__, Given(named, "acme"), filters, window)


def ids(one: Reading, client: Any) -> list[str]:
    return [row["id"] for row in one.rows(client)]


def test_the_vendor_is_asked_for_what_it_can_filter() -> None:
    account = Account([{"id": "a", "at": at(0)}])
    assert ids(reading(filters='{"team": "t1"}', window=(NOON, at(60))), account) == ["a"]
    assert account.asked == [
        {"order": "id", "owner": "s1", "team": "t1", "from_date": NOON, "to_date": NOON + timedelta(hours=1),
         "page_size": 50}
    ]  # fmt: skip


def test_a_time_ends_before_its_end_so_that_no_row_is_in_two_partitions() -> None:
    rows = [{"id": str(n), "at": at(n)} for n in (-1, 0, 59, 60)] + [{"id": "x", "at": None}, {"id": "y"}]
    one = reading(window=(NOON, NOON + timedelta(hours=1)))

    assert ids(one, Account(rows)) == ["0", "59", "x", "y"]
    assert one.undated == 2, "what shows no date is in each partition, and counted"


@pytest.mark.parametrize(
    ("shown", "hours"),
    [
        ("2026-10-25T02:30:00", [0, 1]),  # the clock is put back at 01:00 UTC, and shows this hour twice
        ("2026-10-25 02:30:00", [0, 1]),
        ("2026-10-25T03:30:00", [2]),
        ("2026-03-29T02:30:00", []),  # an hour that there is not
        ("2026-10-25T02:30:00+01:00", [1]),
    ],
)
def test_in_the_hour_that_a_clock_shows_twice_no_row_is_lost(shown: str, hours: list[int]) -> None:
    prague = replace(VISITS, zone=lambda client: ZoneInfo("Europe/Prague"))
    midnight = datetime(2026, 10, 25, tzinfo=UTC)
    windows = [(midnight + timedelta(hours=n), midnight + timedelta(hours=n + 1)) for n in range(4)]
    account = Account([{"id": "a", "at": shown}])

    assert [n for n, window in enumerate(windows) if ids(reading(prague, window=window), account)] == hours


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"state": "Open"}, ["a", "d"]),
        ({"state": "open, shut"}, ["a", "b", "d"]),
        ({"state": ["late"]}, ["c"]),
        ({"closed": True}, ["b"]),
        ({"closed": "false"}, ["a", "c", "d"]),
        ({"before": at(2)}, ["a", "b"]),
        ({"before": at(2), "state": "open"}, ["a"]),
        ({"state": None}, ["a", "b", "c", "d"]),
        (None, ["a", "b", "c", "d"]),
    ],
)
def test_what_the_vendor_cannot_filter_is_filtered_here(filters: Any, left: list[str]) -> None:
    rows = [
        {"id": "a", "state": "open", "at": at(0)},
        {"id": "b", "state": "shut", "closed_at": at(5), "at": at(1)},
        {"id": "c", "state": {"value": "x1", "display": "Late"}, "closed_at": None, "at": at(2)},
        {"id": "d", "state": "OPEN", "at": at(3)},
    ]
    assert ids(reading(filters=filters), Account(rows)) == left


def test_durations_of_filters_count_back_from_now() -> None:
    now = datetime.now(UTC)
    rows = [{"id": "old", "at": (now - timedelta(days=2)).isoformat()}, {"id": "new", "at": now.isoformat()}]
    assert ids(reading(filters={"before": "P1D"}), Account(rows)) == ["old"]


def test_a_row_that_slips_to_the_next_page_is_there_once() -> None:
    one = reading(PLAIN)
    assert ids(one, Account([{"id": "a"}, {"id": "b"}, {"id": "b"}, {"id": "c"}])) == ["a", "b", "c"]
    assert one.repeated == 1
    assert len(list(one.rows(Account([{}, {}])))) == 2, "what has no key cannot be told apart"


def test_rows_that_the_vendor_counts_and_does_not_send_are_counted() -> None:
    one = reading(PLAIN)
    assert ids(one, Account(Paged(lambda position: Page([{"id": "a"}], None, 3)))) == ["a"]
    assert one.missing == 2


def test_keys_are_remembered_for_a_while_only() -> None:
    far = [{"id": str(n)} for n in range(REMEMBERED + 1)]
    one = reading(PLAIN)
    assert len(ids(one, Account([*far, far[1], far[0]]))) == REMEMBERED + 2
    assert one.repeated == 1


def test_rows_below_those_of_another_list_carry_their_key() -> None:
    visits = [{"id": "v1", "at": at(0)}, {"id": "v2", "at": at(1)}, {"id": "v3", "at": at(90)}]
    below = {"v1": {"items": [{"id": "q"}]}, "v2": QANotFoundError("deleted")}
    account = Account(visits, below)
    one = reading(ANSWERS, {"team": "t1"}, window=(NOON, at(60)))

    assert list(one.rows(account)) == [{"visit_id": "v1", "id": "q"}]
    assert one.gone == 1
    with pytest.raises(QAResponseError, match="no list items"):
        list(reading(ANSWERS).rows(Account(visits, {"v1": {"rows": []}})))
    assert (account.asked[0]["team"], account.asked[1]) == ("t1", {"visit_id": "v1"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"filters": {"colour": "red"}},
            "filters names colour, which visits cannot be filtered by.*It takes team, state",
        ),
        ({"filters": {"team": ""}}, "the filter team came out empty, which would widen the list"),
        ({"filters": {"team": "None"}}, "the filter team came out empty"),
        ({"filters": "['a']"}, "filters"),
        ({"filters": '["a"]'}, "filters must be names and values"),
        ({"filters": "None"}, "filters must be names and values, got 'None'"),
        ({"filters": {"closed": "maybe"}}, "closed must be true or false"),
        ({"site_id": None}, "site_id is required"),
        ({"site_id": "<Task(Operator): ask>"}, "site_id must be an id"),
        ({"window": ("", None)}, "since must be a date and time"),
        ({"window": ("None", None)}, "since must be a date and time"),
        ({"window": (None, "2026-01-15T12:00:00")}, "until 2026-01-15.* has no time zone"),
        ({"window": (at(1), at(0))}, "until .* is before since"),
        ({"listing": PLAIN, "window": (at(0), None)}, "show no date of their change.*Leave since, until and mark out"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(QAValidationError, match=f"(?s){message}") as refused:
        reading(**arguments)
    assert "Nothing was sent" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-15T12:00:00.000Z", NOON),
        ("2026-01-15T13:00:00+0100", NOON),
        ("2026-01-15T12:00:00+00:00", NOON),
        ("2026-01-15 12:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_dates_of_vendors_are_read(text: Any, moment: datetime | None) -> None:
    assert moment_of(text) == moment


# Marks


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(ObjectStoragePath(f"file://{tmp_path}/marks.json"), "acme visits s1", {"vendor": "acme"})


def test_each_partition_begins_where_the_latest_one_ends(marks: Marks) -> None:
    first = marks.window_of("p1", NOON)
    marks.done("p1")
    second = marks.window_of("p2", NOON + timedelta(days=1))

    assert first == Window(None, NOON - SETTLING)
    assert second == Window(NOON - SETTLING, NOON + timedelta(days=1) - SETTLING)


def test_a_retry_and_a_clear_have_the_time_of_the_first_attempt(marks: Marks) -> None:
    first = marks.window_of("p1", NOON)
    assert marks.window_of("p1", NOON + timedelta(hours=5)) == first
    marks.done("p1")
    marks.window_of("p2", NOON + timedelta(days=1))
    assert marks.window_of("p1", NOON + timedelta(days=2)) == first


def test_a_partition_that_failed_leaves_its_time_to_its_own_task(
    marks: Marks, caplog: pytest.LogCaptureFixture
) -> None:
    failed = marks.window_of("p1", NOON)
    second = marks.window_of("p2", NOON + timedelta(days=1))

    assert second.since == failed.until
    assert "Begun and not finished" in caplog.text
    assert "p1" in caplog.text


def test_a_clock_that_was_set_back_makes_an_empty_time(marks: Marks) -> None:
    first = marks.window_of("p1", NOON)
    assert marks.window_of("p2", NOON - timedelta(days=1)) == Window(first.until, first.until)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"list": "acme visits s1", "partitions": [{}]}', '{"list": "other", "partitions": []}']
)
def test_a_file_that_holds_other_marks_is_refused(marks: Marks, tmp_path: Path, content: str) -> None:
    (tmp_path / "marks.json").write_text(content)
    with pytest.raises(QAFileError, match="holds"):
        marks.window_of("p1", NOON)
    assert (tmp_path / "marks.json").read_text() == content


# What the vendors say of their lists


@pytest.mark.parametrize("vendor", BUILT_IN)
def test_listings_name_operations_and_arguments_that_there_are(vendor: str) -> None:
    from airflow_qa_provider.rest.parameters import parameters_of
    from tests.unit.generic_operators.calls import client_of

    known = vendor_named(vendor)
    client = client_of(vendor)
    assert len({one.name for one in known.listings}) == len(known.listings)
    for listing in known.listings:
        assert listing.operation in client.route_table
        method: Any = client
        for part in listing.operation.split("."):
            method = getattr(method, part)
        takes = parameters_of(method)
        names = {*listing.scope.values(), *listing.arguments, listing.since, listing.until, listing.under_as}
        names |= {one.argument for one in listing.filters} | ({"page_size"} if listing.page_size else set())
        if listing.under:
            assert known.listing(listing.under).scope == listing.scope
        assert names - {""} <= set(takes), listing.name
        assert {name for name, needed in takes.items() if needed} <= names, listing.name
        if listing.changed:
            assert Column(listing.changed, ColumnType.TIMESTAMP) in listing.columns
        if listing.key and not listing.key_of:
            assert listing.key in {column.name for column in listing.columns}
    with pytest.raises(QAValidationError, match=f"no list 'nonsense'.*Its lists are .*{known.listings[0].name}"):
        known.listing("nonsense")


def test_pages_of_equal_values_are_one_page_only_under_equal_names() -> None:
    pages = [[{"a": 1}], [{"b": 1}], [{"b": 1}]]
    assert list(Paged(lambda number: Page(pages[number], number + 1), 0)) == [{"a": 1}, {"b": 1}]
