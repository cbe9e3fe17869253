"""What the end of a wait makes of a task: its state, its XComs, and what it says at 3 a.m."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAJobFailedError, QAWaitError, QAWaitTimeoutError
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.waiting.decisions import Finished, GaveUp
from airflow_qa_provider.waiting.verdict import (
    Ending,
    OnWarning,
    Terms,
    outcome_as_dict,
    outcome_from_dict,
    verdict,
    xcoms,
)

AUDIT = Kind(
    name="monitorqa.audit", noun="audit", facts={"score": "score of the audit", "number": "number of the audit"}
)
TERMS = Terms(retry_advice="A retry looks at the same object again")
LAST = Snapshot("a1", Phase.ACTIVE, "pending", {"score": None}, "https://example.com/a1")
BAD_PHASES = [Phase.FAILED, Phase.CANCELLED, Phase.GONE]


def finished(phase: Phase, status: str = "", **detail: object) -> Finished:
    return Finished(Snapshot("a1", phase, status or phase.value, detail, "https://example.com/a1"))


@pytest.mark.parametrize("skip", [False, True])
def test_a_good_end_is_a_success(skip: bool) -> None:
    end = verdict(finished(Phase.SUCCEEDED, "completed"), AUDIT, "a1", replace(TERMS, skip_on_failure=skip))
    assert (end.ending, end.message, end.error) == ("succeed", "audit a1 ended as completed", None)


@pytest.mark.parametrize("phase", BAD_PHASES)
@pytest.mark.parametrize(("skip", "ending"), [(False, "fail"), (True, "skip")])
def test_a_bad_end_is_a_failure_unless_failures_are_skipped(phase: Phase, skip: bool, ending: Ending) -> None:
    end = verdict(finished(phase), AUDIT, "a1", replace(TERMS, skip_on_failure=skip))
    assert end.ending is ending
    assert isinstance(end.error, QAJobFailedError)


@pytest.mark.parametrize(
    ("on_warning", "skip", "ending"),
    [
        *(("succeed", False, "succeed"), ("skip", False, "skip"), ("fail", False, "fail")),
        *(("succeed", True, "succeed"), ("fail", True, "skip")),
    ],
)
def test_a_warning_is_what_the_author_says(on_warning: OnWarning, skip: bool, ending: Ending) -> None:
    end = verdict(finished(Phase.WARNING), AUDIT, "a1", replace(TERMS, on_warning=on_warning, skip_on_failure=skip))
    assert end.ending is ending


@pytest.mark.parametrize(("timed_out", "kind"), [(True, QAWaitTimeoutError), (False, QAWaitError)])
@pytest.mark.parametrize(("skip", "ending"), [(False, "fail"), (True, "skip")])
def test_giving_up_is_no_failed_job(timed_out: bool, kind: type[QAWaitError], skip: bool, ending: Ending) -> None:
    end = verdict(GaveUp("it is still pending", timed_out, LAST), AUDIT, "a1", replace(TERMS, skip_on_failure=skip))
    assert end.ending is ending
    assert type(end.error) is kind


def test_messages_say_what_happened_to_the_object_and_what_a_retry_does() -> None:
    job = "monitorqa: audit a1 ended as expired: nobody came."
    assert str(verdict(finished(Phase.FAILED, "expired", message="nobody came"), AUDIT, "a1", TERMS).error) == (
        f"{job} It has ended at the vendor, see https://example.com/a1. A retry looks at the same object again."
    )
    assert "It does not exist at the vendor, or no longer." in str(
        verdict(finished(Phase.GONE), AUDIT, "a1", TERMS).error
    )
    assert str(verdict(GaveUp("the time-out of 60 s has passed", True, None), AUDIT, "a1", TERMS).error) == (
        "monitorqa: gave up waiting for audit a1: the time-out of 60 s has passed. "
        "The audit itself was left as it is and may still be running. A retry looks at the same object again."
    )


def test_no_message_promises_a_retry_that_does_not_come() -> None:
    late, refused = GaveUp("the time-out of 60 s has passed", True, None), GaveUp("polls in a row failed", False, None)
    of_a_sensor = replace(TERMS, time_out_is_final=True)

    assert "A retry looks" not in verdict(late, AUDIT, "a1", of_a_sensor).message
    assert "clear the task to wait again" in verdict(late, AUDIT, "a1", of_a_sensor).message
    assert "A retry looks" in verdict(refused, AUDIT, "a1", of_a_sensor).message
    for outcome in (late, refused, finished(Phase.FAILED)):
        assert "retry" not in verdict(outcome, AUDIT, "a1", replace(TERMS, skip_on_failure=True)).message


@pytest.mark.parametrize(
    "hostile",
    ["Ann \ud83d", "Ann\0Lee", float("nan"), float("inf"), 2**64, object(), {1: 2}, {"a": ["\ud800"]}, {"a", "b"}],
)
def test_what_airflow_cannot_carry_is_left_out_wherever_it_comes_from(hostile: Any) -> None:
    """An event with one of these would end the triggerer, and every one that is started after it."""
    seen = Snapshot("a1", Phase.SUCCEEDED, "ended \ud83d", {"score": 82, "label": hostile}, "https://example.com/\0")
    plain = seen.as_dict()

    assert (plain["status"], plain["detail"], plain["link"]) == ("ended \ufffd", {"score": 82}, None)
    assert json.dumps(outcome_as_dict(Finished(seen)), allow_nan=False).encode()
    assert Snapshot.from_dict(plain) == seen


def test_what_is_too_large_for_an_event_is_cut_or_left_out() -> None:
    large = {"score": 82, "message": "m" * 10**6, "rows": list(range(10**5)), "by": {"a": "b" * 10**6}}
    plain = Snapshot("a1", Phase.FAILED, "s" * 10**6, large).as_dict()

    assert plain["detail"].keys() == {"score", "message"}
    assert len(json.dumps(plain)) < 40_000
    assert plain["status"] == "s" * 200


TOLD = {"phase": "succeeded", "status": "completed", "link": "https://example.com/a1", "score": 82}
UNKNOWN = {"number": None}


@pytest.mark.parametrize(("mapped", "more"), [(False, {}), (True, UNKNOWN)])
def test_a_success_stores_the_id_and_each_fact_under_its_name(mapped: bool, more: dict[str, None]) -> None:
    """What is not known is told of mapped tasks only, whose lists of facts would not be in step without it."""
    end = verdict(finished(Phase.SUCCEEDED, "completed", score=82, other=1), AUDIT, "a1", TERMS)
    stored = xcoms(end, AUDIT, "a1", mapped=mapped)
    assert stored == {"return_value": "a1", **TOLD, **more}
    assert json.loads(json.dumps(stored)) == stored


@pytest.mark.parametrize("phase", BAD_PHASES)
def test_a_bad_end_stores_the_last_look_and_returns_nothing(phase: Phase) -> None:
    end = verdict(finished(phase, message="no"), AUDIT, "a1", TERMS)
    stored = xcoms(end, AUDIT, "a1", mapped=False)
    assert (stored["phase"], stored["message"], "return_value" in stored) == (phase.value, "no", False)


def test_a_wait_that_never_saw_anything_stores_nothing() -> None:
    assert xcoms(verdict(GaveUp("why", True, None), AUDIT, "a1", TERMS), AUDIT, "a1", mapped=True) == {}


def test_where_the_poller_knows_an_object_by_more_than_its_id_the_id_is_returned() -> None:
    for name, known_as, object_id in (
        ("conqa.milestone", "p1/floor 1/east", "floor 1/east"),
        ("conqa.webhook", "project/p1/w1", "w1"),
        ("smartq.ticket", "7/12", "12"),
        ("monitorqa.audit", "a1", "a1"),
    ):
        assert kind_of(name).id_of(known_as) == object_id


def test_how_the_object_came_about_is_part_of_the_result() -> None:
    end = verdict(finished(Phase.SUCCEEDED), AUDIT, "a1", replace(TERMS, journal={"outcome": "adopted"}))
    assert xcoms(end, AUDIT, "a1", mapped=False)["outcome"] == "adopted"


@pytest.mark.parametrize(
    "outcome",
    [
        *(finished(phase, "x", score=1, message="m") for phase in Phase),
        GaveUp("why", True, LAST),
        GaveUp("why", False, None),
    ],
)
def test_outcomes_survive_the_way_to_a_worker(outcome: Finished | GaveUp) -> None:
    assert outcome_from_dict(json.loads(json.dumps(outcome_as_dict(outcome)))) == outcome


def test_terms_of_another_version_are_read() -> None:
    assert Terms.from_dict({**TERMS.as_dict(), "colour": "blue"}) == TERMS
    assert Terms.from_dict({"kind": "monitorqa.audit", "noun": "audit"}) == replace(TERMS, retry_advice="")
