"""The parts of the journal: whose object it is, the note of it, and which objects at a vendor come into question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from enum import Enum
from types import SimpleNamespace
from typing import Any

import airflow.sdk  # noqa: F401 - sets up logging, which caplog has to find done
import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConflictError,
    QAConnectError,
    QAConnectionLostError,
    QAJournalError,
    QANotSupportedError,
    QARateLimitError,
    QARequestRejectedError,
    QAResponseError,
    QAServerError,
    QATimeoutError,
    QATLSError,
    QAValidationError,
)
from airflow_qa_provider.journal.attempt import Attempt, Made
from airflow_qa_provider.journal.identity import Identity
from airflow_qa_provider.journal.record import Notes, Record
from airflow_qa_provider.kinds.lookup import Candidate, LookupTimeouts, Search, may_be_done, was_accepted
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa import audit_lookup
from airflow_qa_provider.vendors.monitorqa.audit_lookup import find_audits as lookup
from airflow_qa_provider.vendors.monitorqa.audits import AUDIT, AuditFields
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.waiting.decisions import Finished
from airflow_qa_provider.waiting.verdict import Terms, verdict, xcoms

# Identity

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
PAYLOADS = st.dictionaries(st.sampled_from(["name", "selections", "end", "hint"]), JSON)
PLACES = st.tuples(st.text(), st.text(), st.text(), st.integers(-1, 3))


def identity(payload: Any = None, place: tuple[Any, ...] = ("d", "r", "t", -1), **facts: Any) -> Identity:
    defaults = {"kind": "monitorqa.audit", "conn_id": "monitorqa_default", "payload": payload or {}}
    return Identity(*place, **{**defaults, **facts})


def shuffled(value: Any) -> Any:
    """The same value with every mapping the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(item) for key, item in reversed(value.items())}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(PAYLOADS)
def test_the_order_of_mappings_does_not_count(payload: dict[str, Any]) -> None:
    assert identity(payload).fingerprint == identity(shuffled(payload)).fingerprint
    assert identity(payload).digests == identity(shuffled(payload)).digests


@given(PAYLOADS, PAYLOADS)
def test_payloads_that_differ_have_other_fingerprints(one: dict[str, Any], other: dict[str, Any]) -> None:
    equal = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (identity(one).fingerprint == identity(other).fingerprint) is equal
    assert (identity(one).marker(1) == identity(other).marker(1)) is equal


@given(PLACES, PLACES)
def test_places_that_differ_have_other_markers(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert (identity(place=one).marker(1) == identity(place=other).marker(1)) is (one == other)


def test_names_do_not_run_into_each_other() -> None:
    markers = {identity(place=(*names, -1)).marker(1) for names in (("a", "b", "c"), ("ab", "", "c"), ("a", "b,c", ""))}

    assert len(markers) == 3


@given(st.integers(1, 50), st.integers(1, 50), st.datetimes())
def test_the_try_number_does_not_count(one: int, other: int, started: datetime) -> None:
    place = {"dag_id": "d", "run_id": "r", "task_id": "t", "map_index": 2}
    made = [
        Identity.of(
            {"ti": SimpleNamespace(**place, try_number=number, start_date=started)}, "a.b", "conn", {"name": "Walk"}
        )
        for number in (one, other)
    ]

    assert made[0].marker(1) == made[1].marker(1) != made[0].marker(2)
    assert made[0].map_index == 2


def test_kind_and_connection_count() -> None:
    assert len({identity(**f).fingerprint for f in ({}, {"kind": "a.b"}, {"conn_id": "other"})}) == 3  # type: ignore[arg-type]


class Colour(Enum):
    RED = 1


def test_what_is_no_json_is_told_apart_too() -> None:
    noon = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
    an_hour_east = noon.astimezone(timezone(timedelta(hours=1)))
    values: list[Any] = [noon, noon.isoformat(), noon.date(), timedelta(hours=1), 3600.0, Colour.RED, 1, {1, 2}, [1, 2]]

    assert len({identity({"end": value}).fingerprint for value in values}) == len(values)
    assert identity({"end": noon}).fingerprint == identity({"end": an_hour_east}).fingerprint
    assert identity({"end": {3, 20, 100}}).fingerprint == identity({"end": {100, 3, 20}}).fingerprint
    assert identity({"end": (1, 2)}).fingerprint == identity({"end": [1, 2]}).fingerprint


@pytest.mark.parametrize("value", [object(), b"bytes", [lambda: None]])
def test_what_has_no_lasting_text_is_refused(value: Any) -> None:
    with pytest.raises(QAValidationError, match=r"hint holds a \w+, which is no plain data\. Nothing was sent\."):
        _ = identity({"hint": value}).digests


# The note

RECORD = Record(
    kind="monitorqa.audit",
    conn_id="monitorqa_default",
    fingerprint="f" * 32,
    digests={"name": "1", "hint": "2"},
    generation=2,
    sent_at=1769882400.5,
    fields={"name": "Walk"},
    before=("a", "b"),
    object_id="a1",
    max_tries=3,
    past=("a0",),
    accepted=True,
)


@pytest.mark.parametrize("record", [RECORD, replace(RECORD, before=None, object_id=None, past=(), max_tries=None)])
def test_a_note_survives_the_store(record: Record) -> None:
    stored = json.loads(json.dumps(record.as_dict()))

    assert stored["format"] == 1
    assert Record.from_dict(stored) == record
    assert Record.from_dict({**stored, "of a later version": 1}) == record
    assert record.when == "2026-01-31 18:00:00Z"


def test_changed_fields_are_named() -> None:
    other = identity({"name": "Another walk", "due": 1})
    kept = replace(RECORD, digests=identity({"name": "Walk", "hint": None}).digests)

    assert kept.changed_fields(other) == ["due", "hint", "name"]
    assert kept.changed_fields(identity({"name": "Walk", "hint": None}, conn_id="else")) == ["connection"]


def test_without_a_state_nothing_is_noted() -> None:
    notes = Notes(None)
    notes.intend(RECORD)
    notes.complete(RECORD)
    notes.withdraw(None)

    assert (notes.kept, notes.read(), notes.choice()) == (False, None, None)


class Broken:
    def get(self, key: str, default: Any = None) -> Any:
        raise RuntimeError("away")

    def keep(self, key: str, value: Any) -> None:
        raise RuntimeError("away")

    def delete(self, key: str) -> None:
        raise RuntimeError("away")


def test_a_store_that_is_away_stops_what_is_not_sent_yet(caplog: pytest.LogCaptureFixture) -> None:
    notes = Notes(Broken())
    for attempt in (notes.read, notes.choice, lambda: notes.intend(RECORD)):
        with pytest.raises(QAJournalError, match=r"RuntimeError: away\. Nothing was sent"):
            attempt()
    notes.complete(RECORD)
    notes.withdraw(RECORD)
    notes.withdraw(None)

    assert "The id a1 could not be noted in the task's state (RuntimeError: away)" in caplog.text
    assert "The intent could not be taken back" in caplog.text


# The attempt


def test_an_attempt_is_read_from_the_context() -> None:
    ti = SimpleNamespace(try_number=3, max_tries=4)
    run = SimpleNamespace(start_date=datetime.fromtimestamp(100, timezone.utc))

    assert Attempt.of({"ti": ti, "dag_run": run}) == Attempt(3, 4, 100.0)
    assert Attempt.of({}) == Attempt(1, None, None)


@pytest.mark.parametrize(("noted", "now", "cleared"), [(2, 2, False), (2, 4, True), (5, 1, True), (None, 2, False)])
def test_a_clear_shows_in_the_limit_of_tries(noted: int | None, now: int, cleared: bool) -> None:
    assert Attempt(max_tries=now).was_cleared_since(replace(RECORD, max_tries=noted)) is cleared


@given(st.floats(0.01, 100), st.floats(0.01, 10))
def test_looks_fill_the_time_and_no_more(seconds: float, pause: float) -> None:
    pauses = list(LookupTimeouts(pause=pause).pauses(seconds))

    assert sum(pauses) == pytest.approx(seconds)
    assert pauses[0] == min(pause, seconds)


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_without_time_there_is_one_look(seconds: float) -> None:
    assert list(LookupTimeouts().pauses(seconds)) == [0.0]


# Which failures leave something behind


@pytest.mark.parametrize("kind", [QAConnectionLostError, QATimeoutError, QAServerError, QAResponseError])
def test_what_may_be_done_in_spite_of_the_error(kind: Any) -> None:
    assert may_be_done(kind("broke"))


@pytest.mark.parametrize(
    "kind",
    [
        *(QAConnectError, QATLSError, QARateLimitError, QAAuthenticationError, QARequestRejectedError),
        *(QAConflictError, QAValidationError, QAConfigurationError),
    ],
)
def test_what_was_certainly_not_done(kind: Any) -> None:
    assert not may_be_done(kind("refused"))


def test_an_answer_without_an_id_is_an_answer() -> None:
    assert was_accepted(QAResponseError("no id"))
    assert not was_accepted(QAResponseError("HTML", status_code=200))
    assert not was_accepted(QATimeoutError("silent"))


# Looking at MonitorQA

MONITORQA = "https://monitorqa.example.com"
DUE = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
NOW = DUE.timestamp() - 86400


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def audit(audit_id: str, end: Any = "2099-01-31T18:00:00.000Z", **fields: Any) -> dict[str, Any]:
    reference = {"template": {"id": "T1"}, "auditObject": {"id": "o1"}}
    return {"id": audit_id, "name": "Walk", "endDate": end, "startDate": None, "assignees": [], **reference, **fields}


def find_audits(
    wire: responses.RequestsMock,
    pending: Any,
    complete: Any = (),
    since: float | None = NOW,
    compared: bool = True,
    **fields: Any,
) -> list[Candidate]:
    for name, rows in (("pending", pending), ("complete", complete)):
        wire.get(f"{MONITORQA}/audit/{name}", json={"data": list(rows), "meta": {"totalCount": len(rows)}})
    known = AuditFields(**{"name": "Walk", "template_id": "t1", "audit_object_id": "o1", "due": DUE, **fields})
    with MonitorQAClient(ClientSettings(MONITORQA, "key")) as client:
        return lookup(client, Search(known, NOW, since, compared))


def found(candidates: list[Candidate]) -> dict[str, bool]:
    return {one.id: one.sure for one in candidates}


def test_audits_are_compared_by_name_template_object_and_dates(wire: responses.RequestsMock) -> None:
    pending = [
        audit("ours", name=" Walk "),
        audit("half a minute off", end="2099-01-31T18:00:30Z"),
        audit("other name", name="Walk 2"),
        audit("other template", template={"id": "t2"}),
        audit("other object", auditObject={"id": "o2"}),
        audit("next week", end="2099-02-07T18:00:00.000Z"),
        audit("two hours off", end="2099-01-31T20:00:00.000Z"),
        audit("no date", end=None),
    ]
    seen = find_audits(wire, pending, [audit("done")])

    assert found(seen) == {
        "ours": True,
        "half a minute off": False,
        "two hours off": False,
        "no date": False,
        "done": True,
    }
    assert {one.phase for one in seen if one.id != "done"} == {Phase.ACTIVE}
    assert seen[-1].phase is Phase.SUCCEEDED
    queries = [str(call.request.url).partition("?")[2] for call in wire.calls]
    assert all("templateId=t1&auditObjectId=o1&" in query for query in queries)
    assert "fromDate=2099-01-30T17%3A00%3A00.000Z" in queries[1], "an hour before the request, for clocks that differ"


def test_a_start_date_counts_when_it_was_asked_for(wire: responses.RequestsMock) -> None:
    pending = [
        audit("ours", startDate="2099-01-30T18:00:00.000Z"),
        audit("other", startDate="2099-01-29T18:00:00.000Z"),
    ]

    assert found(find_audits(wire, pending, start=DUE - timedelta(days=1))) == {"ours": True}


def test_assignees_tell_twins_apart(wire: responses.RequestsMock) -> None:
    twins = [audit("anna", assignees=[{"id": "u1"}]), audit("ben", assignees=[{"id": "u2"}]), audit("nobody")]

    assert found(find_audits(wire, twins, assignee_id="u2")) == {"ben": True}
    assert found(find_audits(wire, twins)) == {"nobody": True}
    assert found(find_audits(wire, twins, assignee_id="u3")) == {"anna": True, "ben": True, "nobody": True}
    assert found(find_audits(wire, twins[:1], assignee_id="u2")) == {"anna": True}, "it may have been handed over"


def test_a_relative_date_is_exact_to_the_millisecond(wire: responses.RequestsMock) -> None:
    due = DUE.replace(microsecond=123_999)
    pending = [
        audit("ours", end="2099-01-31T18:00:00.123Z"),
        audit("of another run", end="2099-01-31T18:00:00.124Z"),
        audit("of a backfill, minutes before", end="2099-01-31T17:52:00.500Z"),
        audit("without the digits", end="2099-01-31T18:00:00Z"),
        audit("in another zone", end="2099-01-31T12:30:00.123Z"),
    ]
    seen = find_audits(wire, pending, due=due, floating=True, compared=False)

    assert found(seen) == {"ours": True, "without the digits": False, "in another zone": False}


def test_a_date_of_the_authors_own_tells_nothing_without_a_comparison(wire: responses.RequestsMock) -> None:
    assert found(find_audits(wire, [audit("one")], compared=False)) == {"one": False}
    assert found(find_audits(wire, [audit("one")], compared=True)) == {"one": True}


def test_without_a_note_a_relative_date_is_never_sure(wire: responses.RequestsMock) -> None:
    pending = [
        audit("of this run", end="2099-01-31T17:30:00.000Z"),
        audit("of yesterday", end="2099-01-30T18:00:00.000Z"),
        audit("of the run before", end="2099-01-31T16:30:00.000Z"),
    ]
    seen = find_audits(wire, pending, since=NOW - 3600, floating=True)

    assert found(seen) == {"of this run": False, "of the run before": False}


def test_more_than_can_be_read_is_said(wire: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_lookup, "_MOST_ROWS", 2)
    with pytest.raises(QANotSupportedError, match="more than 2 pending audits"):
        find_audits(wire, [audit("one"), audit("two"), audit("three")])


# The result


def test_the_result_says_how_the_object_came_about() -> None:
    journal = Made("a1", "adopted", "found", 1).facts
    outcome = Finished(Snapshot("a1", Phase.SUCCEEDED, "completed"))
    terms = Terms.from_dict(json.loads(json.dumps(Terms(journal=journal).as_dict())))

    told = xcoms(verdict(outcome, AUDIT, "a1", terms), AUDIT, "a1", mapped=False)
    assert (told["outcome"], told["reason"], told["phase"]) == ("adopted", "found", "succeeded")
    plain = xcoms(verdict(outcome, AUDIT, "a1", replace(terms, journal={})), AUDIT, "a1", mapped=False)
    assert "outcome" not in plain
