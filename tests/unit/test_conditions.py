"""What sensors wait for, from their arguments to the end of the wait, without a vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import QANotFoundError, QAServerError, QAValidationError
from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy, WaitUntil
from airflow_qa_provider.waiting.machine import Wait

START, INTERVAL, GRACE = 1_800_000_000.0, 30.0, 60.0

words = st.text("ab ", max_size=3)
demands = st.dictionaries(
    st.sampled_from(["status", "step_id"]), st.lists(words, min_size=1, max_size=2), min_size=1, max_size=2
)
facts = st.just({}) | demands
conditions = st.builds(Condition, facts, facts, st.sampled_from(["gone", "wait", "reached"]))
details = st.dictionaries(
    st.sampled_from(["status", "step_id", "name"]), st.none() | st.booleans() | st.integers(0, 9) | words, max_size=3
)
snapshots = st.builds(Snapshot, st.just("7"), st.sampled_from(Phase), words, details)


def given(*strategies: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try many; a slow machine is no failure."""
    return lambda test: hypothesis.settings(deadline=None)(hypothesis.given(*strategies)(test))


# From arguments to a condition

MILESTONE = {"project_id": "p1", "external_id": "A-1", "until": "visible", "status": None}
WEBHOOK = {"webhook_id": "wh:1", "project_id": "p1", "account_id": None, "status": "active"}
TICKET = {"project_id": 12, "ticket_id": 345, "step_id": None, "archived": None}
ACTION = {"action_id": "ca1", "status": "approved"}
REPORT = {"report_id": 46, "until": "approved", "state": None}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "conqa.milestone": MILESTONE,
    "conqa.webhook": WEBHOOK,
    "monitorqa.audit": {"audit_id": "a1"},
    "monitorqa.corrective_action": ACTION,
    "qalyptus.request": {"request_id": "r1"},
    "qalyptus.task_run": {"run_id": "t1"},
    "simplo.report": REPORT,
    "smartq.ticket": {**TICKET, "step_id": 9},
}

TARGETS: list[tuple[str, dict[str, Any], str, Condition | None]] = [
    ("monitorqa.audit", {}, "a1", None),
    ("monitorqa.audit", {"audit_id": "  a1 "}, "a1", None),
    ("qalyptus.request", {}, "r1", None),
    ("qalyptus.task_run", {}, "t1", None),
    ("conqa.milestone", {}, "p1/A-1", Condition(missing="wait")),
    ("conqa.milestone", {"external_id": "A/1"}, "p1/A/1", Condition(missing="wait")),
    ("conqa.milestone", {"until": "deleted"}, "p1/A-1", Condition(missing="reached")),
    ("conqa.milestone", {"status": "closed"}, "p1/A-1", Condition({"status": ["closed"]}, missing="wait")),
    (
        "conqa.milestone",
        {"status": ("closed", " planned "), "until": "no matter"},
        "p1/A-1",
        Condition({"status": ["closed", "planned"]}, missing="wait"),
    ),
    ("conqa.webhook", {}, "project/p1/wh:1", Condition({"status": ["active"]})),
    (
        "conqa.webhook",
        {"project_id": None, "account_id": "c1", "status": "INACTIVE"},
        "account/c1/wh:1",
        Condition({"status": ["inactive"]}),
    ),
    ("monitorqa.corrective_action", {}, "ca1", Condition({"status": ["approved"]})),
    (
        "monitorqa.corrective_action",
        {"status": ["Submitted", "rejected"]},
        "ca1",
        Condition({"status": ["submitted", "rejected"]}, {"status": ["approved"]}),
    ),
    ("simplo.report", {}, "46", Condition({"approved": ["true"]})),
    ("simplo.report", {"report_id": " 046", "until": "invoiced"}, "46", Condition({"invoiced": ["true"]})),
    ("simplo.report", {"state": 2, "until": "no matter"}, "46", Condition({"state": ["2"]})),
    ("simplo.report", {"state": {"3"}}, "46", Condition({"state": ["3"]})),
    ("smartq.ticket", {"step_id": 9}, "12/345", Condition({"step_id": ["9"]})),
    ("smartq.ticket", {"step_id": None, "archived": "True"}, "12/345", Condition({"archived": ["true"]})),
    (
        "smartq.ticket",
        {"step_id": ["9", 10], "archived": False},
        "12/345",
        Condition({"step_id": ["9", "10"], "archived": ["false"]}),
    ),
    ("smartq.ticket", {"step_id": '["9", 10]', "archived": "None"}, "12/345", Condition({"step_id": ["9", "10"]})),
    ("smartq.ticket", {"step_id": "", "archived": "no"}, "12/345", Condition({"archived": ["false"]})),
]


@pytest.mark.parametrize(("kind", "given_fields", "object_id", "condition"), TARGETS)
def test_arguments_say_what_is_waited_for(
    kind: str, given_fields: dict[str, Any], object_id: str, condition: Condition | None
) -> None:
    assert kind_of(kind).target({**ARGUMENTS[kind], **given_fields}) == Target(object_id, condition)


IDS = {
    "conqa.milestone": ["project_id", "external_id"],
    "conqa.webhook": ["webhook_id"],
    "monitorqa.audit": ["audit_id"],
    "monitorqa.corrective_action": ["action_id"],
    "qalyptus.request": ["request_id"],
    "qalyptus.task_run": ["run_id"],
    "simplo.report": ["report_id"],
    "smartq.ticket": ["project_id", "ticket_id"],
}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    *((kind, {name: nothing}, f"{name} is required") for kind in IDS for name in IDS[kind]
      for nothing in (None, "", " ", "None")),
    ("conqa.milestone", {"project_id": "p1/p2"}, "project_id must be one id, without a slash, got 'p1/p2'"),
    ("conqa.milestone", {"until": "gone"}, "until must be one of visible, deleted, got 'gone'"),
    ("conqa.milestone", {"until": None}, "until must be one of visible, deleted, got None"),
    ("conqa.milestone", {"status": []}, r"status names nothing, got \[\]"),
    ("conqa.milestone", {"status": " "}, "status names nothing"),
    ("conqa.milestone", {"status": ["closed", None]}, "status is required"),
    ("conqa.webhook", {"account_id": "c1"}, "give either project_id or account_id"),
    ("conqa.webhook", {"project_id": ""}, "give either project_id or account_id"),
    ("conqa.webhook", {"project_id": None, "account_id": "c/1"}, "account_id must be one id"),
    ("conqa.webhook", {"status": "paused"}, "status must be one of ACTIVE, INACTIVE, got 'paused'"),
    ("conqa.webhook", {"status": None}, "status must be one of ACTIVE, INACTIVE"),
    ("monitorqa.corrective_action", {"status": None}, "status names nothing, got None"),
    ("monitorqa.corrective_action", {"status": "aproved"}, "status must be one of open, .*, got 'aproved'"),
    ("monitorqa.corrective_action", {"status": ["open", "expired"]}, "status must be one of .* got 'expired'"),
    ("simplo.report", {"report_id": "R-46"}, "report_id must be a whole number of at least 0, got 'R-46'"),
    ("simplo.report", {"report_id": "4²"}, "report_id must be a whole number"),
    ("simplo.report", {"until": "paid"}, "until must be one of approved, sent, invoiced, got 'paid'"),
    ("simplo.report", {"state": "approved"}, "state must be a whole number, got 'approved'"),
    ("simplo.report", {"state": []}, "state names nothing"),
    ("smartq.ticket", {"project_id": "1/2"}, "project_id must be one id"),
    ("smartq.ticket", {"step_id": None}, "neither step_id nor archived says what to wait for"),
    ("smartq.ticket", {"step_id": ""}, "neither step_id nor archived says what to wait for"),
    ("smartq.ticket", {"step_id": []}, r"step_id names no id, got \[\]"),
    ("smartq.ticket", {"step_id": [9, None]}, "step_id is required"),
    ("smartq.ticket", {"step_id": "['9', '10']"}, "step_id is what Python prints, and not JSON"),
    ("smartq.ticket", {"archived": "perhaps"}, "archived must be true or false, got 'perhaps'"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given_fields", "message"), REFUSED)
def test_what_cannot_be_is_named_before_anything_is_sent(kind: str, given_fields: dict[str, Any], message: str) -> None:
    with pytest.raises(QAValidationError, match=message) as caught:
        kind_of(kind).target({**ARGUMENTS[kind], **given_fields})
    assert caught.value.outcome == "Nothing was sent"


# What a condition makes of a look


@given(conditions, snapshots.filter(lambda snapshot: snapshot.phase.ended))
def test_a_goal_never_turns_what_has_ended(condition: Condition, snapshot: Snapshot) -> None:
    assert condition.judge(snapshot) == snapshot


@given(conditions, snapshots)
def test_a_goal_changes_nothing_but_the_phase(condition: Condition, snapshot: Snapshot) -> None:
    judged = condition.judge(snapshot)
    assert replace(judged, phase=snapshot.phase) == snapshot
    assert judged.phase in (snapshot.phase, Phase.SUCCEEDED, Phase.FAILED)


@given(demands, details)
def test_all_facts_must_hold_and_any_of_their_words_will_do(wanted: dict[str, list[str]], detail: Any) -> None:
    def holds(name: str) -> bool:
        value = detail.get(name)
        return ("" if value is None else str(value)).strip().lower() in [word.strip() for word in wanted[name]]

    reached = Condition(wanted).judge(Snapshot("7", Phase.ACTIVE, "", detail)).phase is Phase.SUCCEEDED
    assert reached is all(holds(name) for name in wanted)


@pytest.mark.parametrize(
    ("condition", "detail", "phase"),
    [
        (Condition(), {}, Phase.SUCCEEDED),
        (Condition(missing="wait"), {}, Phase.SUCCEEDED),
        (Condition(missing="reached"), {}, Phase.ACTIVE),
        (Condition({"archived": ["true"]}), {"archived": True}, Phase.SUCCEEDED),
        (Condition({"step_id": ["9"]}), {"step_id": 9}, Phase.SUCCEEDED),
        (Condition({"step_id": ["9"]}), {"step_id": None}, Phase.ACTIVE),
        (Condition({"status": ["closed"]}), {"status": " Closed "}, Phase.SUCCEEDED),
        (
            Condition({"status": ["closed"], "archived": ["true"]}),
            {"status": "closed", "archived": False},
            Phase.ACTIVE,
        ),
        (Condition({"status": ["open"]}, {"status": ["approved"]}), {"status": "approved"}, Phase.FAILED),
        (Condition({"status": ["open"]}, {"status": ["approved"]}), {"status": "rejected"}, Phase.ACTIVE),
    ],
)
def test_a_look_is_judged_by_its_facts(condition: Condition, detail: dict[str, Any], phase: Phase) -> None:
    assert condition.judge(Snapshot("7", Phase.ACTIVE, "", detail)).phase is phase


# What it means that an object is not there

NOT_THERE = QANotFoundError("ticket 7 is not there", status_code=404)


def absent(wait: Wait, seconds: float) -> tuple[Any, float]:
    """Let the vendor not show the object for some time; return the last decision and when it came."""
    now = START
    while isinstance(decision := wait.on_error(now, NOT_THERE, 0.5), WaitUntil) and decision.at <= START + seconds:
        now = decision.at
    return decision, now


def waiting(condition: Condition | None, deadline: float | None = None) -> Wait:
    return Wait("7", WaitPolicy(INTERVAL, START, deadline, not_found_grace=GRACE, condition=condition))


@pytest.mark.parametrize("condition", [None, Condition({"status": ["closed"]})])
def test_missing_is_gone_after_the_grace(condition: Condition | None) -> None:
    decision, now = absent(waiting(condition), 3600)
    assert isinstance(decision, Finished)
    assert (decision.snapshot.phase, decision.snapshot.status) == (Phase.GONE, "not found")
    assert now == START + GRACE


def test_missing_is_the_goal_once_it_is_confirmed() -> None:
    decision, now = absent(waiting(Condition(missing="reached")), 3600)
    assert isinstance(decision, Finished)
    assert decision.snapshot.phase is Phase.SUCCEEDED
    assert now == START + INTERVAL


def test_missing_is_waited_for_without_a_warning_until_the_deadline() -> None:
    wait = waiting(Condition(missing="wait"), START + 3600)
    first = wait.on_error(START, NOT_THERE, 0.5)
    assert isinstance(first, WaitUntil)
    assert first.notice is None
    decision, now = absent(wait, 7200)
    assert isinstance(decision, GaveUp)
    assert decision.timed_out
    assert "ticket 7 is not there" in decision.reason
    assert now == START + 3600


def test_missing_never_uses_up_the_patience_with_a_vendor_in_trouble() -> None:
    wait, now = waiting(Condition(missing="wait")), START
    for _ in range(3 * wait.policy.max_failures):
        now = wait.on_error(now, NOT_THERE, 0.5).at  # type: ignore[union-attr]
        assert not wait.failing
    assert isinstance(wait.on_error(now, QAServerError("broken", status_code=503), 0.5), WaitUntil)
    assert wait.failing
    assert wait.failures == 1


def test_what_was_to_come_and_comes_is_reached_at_once() -> None:
    wait = waiting(Condition(missing="wait"))
    wait.on_error(START, NOT_THERE, 0.5)
    decision = wait.on_snapshot(START + INTERVAL, Snapshot("7", Phase.ACTIVE, "planned"))
    assert isinstance(decision, Finished)
    assert (decision.snapshot.phase, decision.snapshot.status) == (Phase.SUCCEEDED, "planned")


def test_what_was_to_go_and_comes_back_is_waited_for_anew() -> None:
    wait = waiting(Condition(missing="reached"))
    assert isinstance(wait.on_error(START, NOT_THERE, 0.5), WaitUntil)
    assert isinstance(wait.on_snapshot(START + INTERVAL, Snapshot("7", Phase.ACTIVE, "planned")), WaitUntil)
    assert isinstance(wait.on_error(START + 2 * INTERVAL, NOT_THERE, 0.5), WaitUntil)
    assert isinstance(wait.on_error(START + 3 * INTERVAL, NOT_THERE, 0.5), Finished)


# Through JSON


@given(st.none() | conditions, st.none() | st.just(START + 3600))
def test_a_policy_survives_json_with_its_goal(condition: Condition | None, deadline: float | None) -> None:
    policy = WaitPolicy(INTERVAL, START, deadline, condition=condition)
    assert WaitPolicy.from_dict(json.loads(json.dumps(policy.as_dict()))) == policy


def test_a_goal_of_another_version_is_understood_as_far_as_it_goes() -> None:
    condition = Condition({"status": ["closed"]}, missing="wait")
    later = {**condition.as_dict(), "added_later": 1}
    earlier = {"reached": {"status": ["closed"]}, "missing": "wait"}
    for stored in (later, earlier):
        assert (
            WaitPolicy.from_dict({"poll_interval": 1.0, "started_at": START, "condition": stored}).condition
            == condition
        )
