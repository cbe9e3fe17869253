"""One object per task, whatever happens: killed workers, lost answers, retries, clears. Counted at the vendor."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import TaskDeferred
from typing_extensions import Self, override

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import (
    QAConflictError,
    QAConnectionLostError,
    QAError,
    QAJobFailedError,
    QAJournalError,
    QANotSupportedError,
    QARequestRejectedError,
    QAResponseError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.vendors import vendor_named
from airflow_qa_provider.vendors.monitorqa import vendor as monitorqa
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import QalyptusWire
from tests.resilience.attempts import Killed, Task, connect, killed_when

SECONDS = {"audit_pickup_seconds": 0.02, "audit_seconds": 0.1, "report_seconds": 0.1, "task_seconds": 0.1}
IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.25, no_id=0.25, settled=0.1, not_found=0.0)
RECOGNISABLE = ("audit", "task")
"""Kinds of which a lost object is told from those of others; lost requests for reports are asked for again."""
NORDICS, IBERIA = "Nordics", "Iberia"
VENDOR_OF = {"audit": "monitorqa", "report": "qalyptus", "task": "qalyptus"}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "qalyptus"], SandboxSettings(**SECONDS)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


def operator(sandbox: Sandbox, kind: str, **arguments: Any) -> CreatingOperator:
    ids = {name: value for c in sandbox.connections().values() for name, value in c["extra"].items()}
    if kind == "audit":
        needed = {"template_id": ids["template_id"], "audit_object_id": ids["audit_object_id"]}
        given = {"name": "Safety walk", "due": timedelta(days=1), **needed, **arguments}
        return MonitorQACreateAuditOperator(task_id="create", **given)
    if kind == "report":
        given = {"report_id": ids["report_id"], "selections": {"Region": [NORDICS]}, **arguments}
        return QalyptusGenerateReportOperator(task_id="create", **given)
    return QalyptusRunTaskOperator(task_id="create", **{"qalyptus_task_id": ids["qalyptus_task_id"], **arguments})


@pytest.fixture
def task(sandbox: Sandbox) -> Callable[..., Task]:
    """Returns a function that makes a task of a kind, with arguments of its operator."""

    def make(kind: str, keeps_state: bool = True, **arguments: Any) -> Task:
        return Task(lambda: operator(sandbox, kind, **arguments), keeps_state)

    return make


def objects(sandbox: Sandbox, kind: str) -> dict[str, dict[str, Any]]:
    """All objects of a kind at the vendor, by id."""
    snapshot = sandbox.app(VENDOR_OF[kind]).state.store.snapshot()
    if kind == "audit":
        return {audit["id"]: audit for audit in snapshot["audits"]}
    listed = "on-demand" if kind == "report" else "scheduled"
    return {record["id"]: record for record in snapshot["records"] if record["kind"] == listed}


@contextmanager
def counting(sandbox: Sandbox, kind: str) -> Iterator[dict[str, dict[str, Any]]]:
    """Fills the dictionary that it gives with the objects made in the block, when that ends."""
    old, new = set(objects(sandbox, kind)), {}
    yield new
    new.update({name: one for name, one in objects(sandbox, kind).items() if name not in old})


def regions(sandbox: Sandbox, request_id: str) -> tuple[str, ...]:
    """The regions that a report request selects."""
    selected: tuple[str, ...] = sandbox.app("qalyptus").state.store.runs.record(request_id).selections["Region"]
    return selected


def account(sandbox: Sandbox, name: str) -> list[str]:
    """Ids of the users, audit objects and so on of the MonitorQA account."""
    return [one["id"] for one in sandbox.app("monitorqa").state.store.snapshot()[name]]


def posts(sandbox: Sandbox, kind: str) -> int:
    return sum(request.method == "POST" for request in sandbox.requests(VENDOR_OF[kind]))


# Killed


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def _fail_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise RuntimeError("the API server is away")


def before_the_intent(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.before = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.after = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request_arrived(sandbox: Sandbox, task: Task, kind: str) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    if kind == "report":  # it ends at once
        with pytest.raises(QAConnectionLostError):
            task.attempt()
        return
    with killed_when(lambda: posts(sandbox, kind) > 0), pytest.raises(Killed):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task, kind: str) -> None:
    sandbox.add_fault({"slow": 1}, method="POST", times=1)
    there = set(objects(sandbox, kind))
    with killed_when(lambda: set(objects(sandbox, kind)) != there), pytest.raises(Killed):
        task.attempt()


def before_the_id_was_noted(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.before = _die_with_an_id
    with pytest.raises(Killed):
        task.attempt()


def after_the_id_was_noted(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.after = _die_with_an_id
    with pytest.raises(Killed):
        task.attempt()


def while_waiting(sandbox: Sandbox, task: Task, kind: str) -> None:
    made = {"audit": r"/audit/[0-9a-f-]{36}", "report": "/on-demand-requests/", "task": "/scheduled-tasks/"}[kind]
    sandbox.add_fault({"delay": 0.3}, method="GET", path=made, times=1)
    looks = sandbox.scenario.entries[-1]
    with killed_when(lambda: looks.count > 0), pytest.raises(Killed):
        task.attempt()


def while_waiting_with_nothing_noted(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.before = _fail_with_an_id
    while_waiting(sandbox, task, kind)


POINTS = [
    before_the_intent,
    before_the_request,
    before_the_request_arrived,
    before_the_answer,
    before_the_id_was_noted,
    after_the_id_was_noted,
    while_waiting,
    while_waiting_with_nothing_noted,
]


@pytest.mark.parametrize("kind", RECOGNISABLE)
@pytest.mark.parametrize("kill", POINTS, ids=lambda point: point.__name__)
def test_a_killed_task_has_one_object(kill: Any, kind: str, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task(kind)
    with counting(sandbox, kind) as made:
        kill(sandbox, killed, kind)
        killed.state.before = killed.state.after = lambda value: None
        returned = killed.attempt()
        again = killed.attempt()

    assert list(made) == [returned] == [again]
    assert posts(sandbox, kind) == (2 if kill is before_the_request_arrived else 1)
    assert killed.generation == 1
    assert killed.told["outcome"] == "unchanged"


# killed at these points: how many requests arrive at last, and which generation the last one is
REPORTS = [
    (before_the_intent, 1, 1),
    (before_the_request, 1, 2),
    (before_the_request_arrived, 1, 2),
    (before_the_answer, 2, 2),
    (before_the_id_was_noted, 2, 2),
    (after_the_id_was_noted, 1, 1),
    (while_waiting, 1, 1),
    (while_waiting_with_nothing_noted, 2, 2),
]


@pytest.mark.parametrize(("kill", "arrived", "generation"), REPORTS, ids=[point.__name__ for point, *_ in REPORTS])
def test_a_killed_task_asks_for_a_report_again_unless_the_id_is_noted(
    kill: Any, arrived: int, generation: int, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    killed = task("report")
    with counting(sandbox, "report") as made:
        kill(sandbox, killed, "report")
        killed.state.before = killed.state.after = lambda value: None
        returned = killed.attempt()
        again = killed.attempt()

    assert len(made) == arrived
    assert list(made)[-1] == returned == again
    assert killed.generation == generation
    assert killed.told["outcome"] == "unchanged"


@pytest.mark.parametrize(
    "kill", [before_the_request_arrived, before_the_answer, while_waiting], ids=lambda point: point.__name__
)
def test_without_a_state_the_vendor_is_looked_at(
    kill: Any, sandbox: Sandbox, task: Callable[..., Task], caplog: pytest.LogCaptureFixture
) -> None:
    killed = task("task", keeps_state=False)
    with counting(sandbox, "task") as made, caplog.at_level("INFO"):
        kill(sandbox, killed, "task")
        returned = killed.attempt()

    assert list(made) == [returned]
    assert "keeps no state of tasks" in caplog.text


@pytest.mark.parametrize("kill", [before_the_answer, while_waiting], ids=lambda point: point.__name__)
def test_without_a_state_an_audit_may_be_that_of_another(
    kill: Any, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    killed = task("audit", keeps_state=False)
    kill(sandbox, killed, "audit")
    (own,) = list(objects(sandbox, "audit"))[-1:]
    with pytest.raises(QAUncertainError, match=f"keeps no state of tasks, .*cannot be told whether .*{own}"):
        killed.attempt()

    assert posts(sandbox, "audit") == 1


def test_without_a_state_an_audit_that_is_nowhere_is_created(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task("audit", keeps_state=False)
    with counting(sandbox, "audit") as made:
        before_the_request_arrived(sandbox, killed, "audit")
        returned = killed.attempt()

    assert list(made) == [returned]


@pytest.mark.parametrize(
    "kill", [before_the_request_arrived, before_the_answer, while_waiting], ids=lambda point: point.__name__
)
def test_without_a_state_a_report_is_asked_for_again(kill: Any, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task("report", keeps_state=False)
    with counting(sandbox, "report") as made:
        kill(sandbox, killed, "report")
        strangers = ask_for_the_same(sandbox, "report")
        returned = killed.attempt()

    assert list(made)[-1] == returned != strangers
    assert len(made) == (2 if kill is before_the_request_arrived else 3)
    assert "this Airflow keeps no state of tasks" in killed.told["reason"]


@pytest.mark.parametrize("kind", ["report", "task"])
def test_without_a_state_a_failed_object_is_replaced(kind: str, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome(kind, "error", times=1)
    failing = task(kind, keeps_state=False)
    with counting(sandbox, kind) as made:
        with pytest.raises(QAJobFailedError):
            failing.attempt()
        returned = failing.attempt()

    assert [one["status"] for one in made.values()] == ["error", "completed" if kind == "report" else "success"]
    assert list(made)[1] == returned


def test_without_a_state_warnings_that_fail_the_task_are_replaced(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "warning", times=2)
    strict = task("task", keeps_state=False, on_warning="fail")
    with counting(sandbox, "task") as made:
        for _ in range(2):
            with pytest.raises(QAJobFailedError):
                strict.attempt()
        returned = strict.attempt()

    assert list(made)[2] == returned


# Lost answers


LOST: list[Any] = ["reset_after", {"status": 503, "commit": True}, {"html": True, "commit": True}, {"slow": 1}]


@pytest.mark.parametrize("kind", RECOGNISABLE)
@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html", "timeout"])
def test_a_lost_answer_is_made_good_in_the_same_attempt(
    fault: Any, kind: str, sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, lost_answer=10.0))
    connect(monkeypatch, sandbox, read_timeout=0.5 if "slow" in fault else 20)
    sandbox.add_fault(fault, method="POST", times=1)
    losing = task(kind)
    with counting(sandbox, kind) as made:
        returned = losing.attempt()

    assert list(made) == [returned] == [losing.state["journal"]["object_id"]]
    assert posts(sandbox, kind) == 1
    assert losing.told["outcome"] == "adopted"
    assert "the answer to the request was lost, it was found" in losing.told["reason"]


@pytest.mark.parametrize("kind", RECOGNISABLE)
def test_a_request_that_never_arrived_is_sent_by_the_next_attempt(
    kind: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = task(kind)
    with counting(sandbox, kind) as made:
        with pytest.raises(QAConnectionLostError) as lost:
            losing.attempt()
        returned = losing.attempt()

    assert list(made) == [returned]
    assert "may have been created, but is not to be seen at the vendor. It was looked for during 0.25 s." in str(
        lost.value
    )
    assert "A retry looks for it again, and creates it when it is nowhere." in str(lost.value)
    assert losing.told["outcome"] == "created"
    assert losing.told["reason"].startswith("the vendor shows nothing of the request of 2")


@pytest.mark.parametrize("kind", RECOGNISABLE)
def test_a_vendor_that_is_away_after_the_commit_is_looked_at_later(
    kind: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    losing = task(kind)
    with counting(sandbox, kind) as made:
        away = sandbox.add_fault({"status": 503}, method="GET", first=1 if kind == "audit" else 2)
        with pytest.raises(QAConnectionLostError, match="It could not be looked for: HTTP 503"):
            losing.attempt()
        sandbox.remove_fault(away)
        returned = losing.attempt()

    assert list(made) == [returned]
    assert losing.told["reason"].startswith("found at the vendor, an earlier attempt lost its id; status: ")


@pytest.mark.parametrize("kind", RECOGNISABLE)
@pytest.mark.parametrize("arrives", ["meanwhile", "never"])
def test_a_deferrable_task_gives_its_worker_back_while_a_lost_object_may_appear(
    arrives: str, kind: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    lost = task(kind, deferrable=True, wait_for_completion=False)
    sandbox.add_fault("reset_after" if arrives == "meanwhile" else "reset_before", method="POST", times=1)
    with counting(sandbox, kind) as made:
        hidden = sandbox.add_fault({"status": 503}, method="GET", first=1 if kind == "audit" else 2)
        with pytest.raises(TaskDeferred) as paused:
            lost.attempt()
        assert paused.value.method_name == "look_again"
        ahead = paused.value.trigger.moment - datetime.now(timezone.utc)
        assert timedelta(seconds=5) < ahead <= timedelta(seconds=6), "sooner, Airflow would fail what is resumed"
        sandbox.remove_fault(hidden)
        object_id = lost.attempt(resumes="look_again")

    assert list(made) == [object_id]
    assert lost.try_number == 1
    # the simulated vendor may have ended it by then
    assert lost.told["outcome"] in (("adopted", "unchanged") if arrives == "meanwhile" else ("created",))


def test_a_task_pauses_once_in_an_attempt(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    lost = task("audit", deferrable=True)
    sandbox.add_fault("reset_before", method="POST", times=2)
    with pytest.raises(TaskDeferred):
        lost.attempt()
    with pytest.raises(QAConnectionLostError, match="A retry looks for it again"):
        lost.attempt(resumes="look_again")


@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html", "timeout"])
def test_a_report_whose_answer_was_lost_is_asked_for_again_at_once(
    fault: Any, sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts())
    connect(monkeypatch, sandbox, read_timeout=0.5 if "slow" in fault else 20)
    sandbox.add_fault(fault, method="POST", times=1)
    losing = task("report")
    with counting(sandbox, "report") as made:
        with pytest.raises(QAError) as lost:
            losing.attempt()
        listed = [request for request in sandbox.requests("qalyptus") if request.method == "GET"]
        returned = losing.attempt()

    assert listed == [], "nobody looks for what cannot be told from others"
    assert "The request was sent, and the answer to the request was lost; the vendor does not show which" in str(
        lost.value
    )
    assert "A retry asks again: another report request does no harm." in str(lost.value)
    assert not lost.value.permanent
    assert list(made)[1:] == [returned]
    assert losing.told["outcome"] == "created"
    assert losing.generation == 2
    assert "was lost; the vendor does not show which report request came of it" in losing.told["reason"]


def test_a_report_whose_id_was_not_told_is_asked_for_again(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    empty = {"status": 200, "body": {"data": {"state": "queued"}, "isSuccess": True}}
    sandbox.add_fault(empty, method="POST", times=1)
    losing = task("report")
    with counting(sandbox, "report") as made:
        with pytest.raises(QAResponseError, match="and the answer names no id; the vendor does not show which"):
            losing.attempt()
        returned = losing.attempt()

    assert list(made) == [returned]


@pytest.mark.parametrize("same_selections", [False, True])
@pytest.mark.parametrize("keeps_state", [True, False])
def test_a_lost_request_never_becomes_that_of_another_dag(
    keeps_state: bool, same_selections: bool, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    north = task("report", keeps_state)
    south = task("report", selections=None if same_selections else {"Region": [IBERIA]}, wait_for_completion=False)
    north.dag_id, south.dag_id = "reports_of_the_nordics", "reports_of_iberia"
    if same_selections:
        north.make = task("report", selections=None).make
    with counting(sandbox, "report") as made:
        sandbox.add_fault("reset_before", method="POST", times=1)
        with pytest.raises(QAConnectionLostError):
            north.attempt()
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made) == [of_south, of_north]
    if not same_selections:
        assert (regions(sandbox, of_south), regions(sandbox, of_north)) == ((IBERIA,), (NORDICS,))


def test_a_backfill_with_lost_answers_needs_nobody(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    for number, fault in {
        3: "reset_after",
        9: "reset_before",
        14: "reset_after",
        20: "html",
        28: "reset_before",
    }.items():
        sandbox.add_fault({"html": True, "commit": True} if fault == "html" else fault, method="POST", nth=number)
    runs = {f"2026-01-{day:02d}": task("report", selections={"Region": [f"day {day}"]}) for day in range(1, 31)}
    for run_id, one in runs.items():
        one.run_id = run_id

    def until_green(one: Task) -> str:
        for _ in range(1 + one.max_tries):
            with suppress(QAConnectionLostError, QAResponseError):  # what Airflow tries again
                request_id: str = one.attempt()
                return request_id
        raise AssertionError("nobody is there to help")

    with ThreadPoolExecutor(8) as backfill:
        returned = list(backfill.map(until_green, runs.values()))

    assert sum(one.try_number for one in runs.values()) == len(runs) + 5
    assert [regions(sandbox, request_id) for request_id in returned] == [(f"day {day}",) for day in range(1, 31)]
    assert all(objects(sandbox, "report")[request_id]["status"] == "completed" for request_id in returned)


@pytest.mark.parametrize(("status", "kind_of_error"), [(422, QARequestRejectedError), (409, QAConflictError)])
def test_a_refused_request_leaves_no_trace(
    status: int, kind_of_error: type[QAError], sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_fault({"status": status}, method="POST", times=1)
    refused = task("audit")
    with pytest.raises(kind_of_error):
        refused.attempt()
    assert refused.state == {}

    refused.make = task("audit", name="Another name").make
    assert refused.attempt() in objects(sandbox, "audit")


# What an earlier attempt made


@pytest.mark.parametrize(("kind", "ending"), [("audit", "expired"), ("report", "stopped"), ("task", "error")])
def test_what_ended_badly_is_replaced(kind: str, ending: str, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome(kind, ending, times=1)
    failing = task(kind)
    with counting(sandbox, kind) as made:
        with pytest.raises(QAJobFailedError, match=r"A retry looks for the .* first and does not create a second one"):
            failing.attempt()
        returned = failing.attempt()

    first, second = made
    assert second == returned
    assert failing.told["outcome"] == "created"
    assert failing.told["reason"].endswith(f" {first} ended as {ending}")
    assert failing.generation == 2
    assert failing.state["journal"]["past"] == [first]


def test_a_warning_is_replaced_when_it_fails_the_task(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "warning", times=1)
    strict = task("task", on_warning="fail")
    with counting(sandbox, "task") as made:
        with pytest.raises(QAJobFailedError):
            strict.attempt()
        assert strict.attempt() == list(made or objects(sandbox, "task"))[-1]
    assert len(made) == 2


def test_what_a_vendor_cannot_show_now_is_kept(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    waiting = task("report")
    with counting(sandbox, "report") as made:
        after_the_id_was_noted(sandbox, waiting, "report")
        waiting.state.after = lambda value: None
        sandbox.add_fault({"status": 503}, method="GET", times=2)
        returned = waiting.attempt()

    assert list(made) == [returned]
    assert waiting.told["outcome"] == "adopted"


def test_a_young_object_may_be_unknown_for_a_moment(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts(pause=0.01))
    waiting = task("audit")
    with counting(sandbox, "audit") as made:
        after_the_id_was_noted(sandbox, waiting, "audit")
        waiting.state.after = lambda value: None
        sandbox.add_fault({"status": 404}, method="GET", path="/audit/[0-9a-f-]{36}", times=2)
        returned = waiting.attempt()

    assert list(made) == [returned]


def test_a_request_that_arrives_after_all_is_waited_for(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, lost_answer=10.0))
    due = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
    sandbox.add_fault("reset_before", method="POST", times=1)
    vendor = task("audit", due=due, wait_for_completion=False)
    at_last = threading.Timer(0.3, vendor.attempt)
    with counting(sandbox, "audit") as made:
        at_last.start()
        returned = task("audit", due=due).attempt()
        at_last.join(10)

    assert list(made) == [returned]


@pytest.mark.parametrize(("policy", "cleared"), [("new", False), ("fail", True)])
def test_a_deleted_object_is_replaced_by_policy_or_by_hand(
    policy: str, cleared: bool, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    deleting = task("audit", on_gone=policy)
    first = deleting.attempt()
    with MonitorQAHook().get_conn() as client:
        client.audits.delete(first)
    if cleared:
        deleting.clear()
    second = deleting.attempt()

    assert second != first
    assert deleting.told["reason"] == f"audit {first}, which this task had created, does not exist any more"


def test_a_deleted_object_fails_a_retry(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    deleting = task("audit")
    with MonitorQAHook().get_conn() as client:
        client.audits.delete(deleting.attempt())
    with pytest.raises(QAJournalError, match=r"does not exist any more\. This attempt has created nothing\. Clear the"):
        deleting.attempt()

    assert posts(sandbox, "audit") == 1


@pytest.mark.parametrize(("policy", "count"), [("adopt", 1), ("new", 2)])
def test_a_cleared_task_keeps_its_object_unless_told_otherwise(
    policy: str, count: int, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    cleared = task("report", on_clear=policy)
    with counting(sandbox, "report") as made:
        cleared.attempt()
        cleared.attempt()
        cleared.clear()
        last = cleared.attempt()
        assert cleared.attempt() == last

    assert len(made) == count
    assert list(made)[-1] == last


# Changed input


def test_changed_input_is_refused_by_name(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changing = task("audit")
    first = changing.attempt()
    changing.make = task("audit", name="Another walk", auditor_hint="Look at the roof").make
    with pytest.raises(QAJournalError) as refused:
        changing.attempt()

    assert f"an earlier attempt created audit {first} at " in str(refused.value)
    assert "and this one asks for another auditor_hint, name." in str(refused.value)
    assert "If it depends on the time or the try number, make it the same for every attempt." in str(refused.value)
    assert posts(sandbox, "audit") == 1


def test_changed_input_can_make_a_new_object(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changing = task("report", on_changed_input="new")
    with counting(sandbox, "report") as made:
        first = changing.attempt()
        changing.make = task("report", on_changed_input="new", selections={"Region": [IBERIA]}).make
        second = changing.attempt()
        assert changing.attempt() == second

    assert list(made) == [first, second]


def test_changed_input_can_update_an_audit(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("audit", "completed", seconds=2.0)
    assignee = account(sandbox, "users")[1]
    changing = task("audit", on_changed_input="update", assignee_id=assignee)
    with counting(sandbox, "audit") as made:
        after_the_id_was_noted(sandbox, changing, "audit")
        changing.state.after = lambda value: None
        changing.make = task("audit", on_changed_input="update", name="Another walk").make
        returned = changing.attempt()
        assert changing.told["outcome"] == "updated"
        assert changing.attempt() == returned

    assert [one["name"] for one in made.values()] == ["Another walk"]
    with MonitorQAHook().get_conn() as client:
        audit = client.audits.get(returned)
    assert [person["id"] for person in audit["assignees"]] == [assignee], "it stays with whoever has it"
    assert changing.told["outcome"] == "unchanged"


def test_what_an_update_cannot_change_is_refused(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changing = task("audit", on_changed_input="update")
    after_the_id_was_noted(sandbox, changing, "audit")
    changing.state.after = lambda value: None
    other = account(sandbox, "auditObjects")[-1]
    changing.make = task("audit", on_changed_input="update", audit_object_id=other).make
    with pytest.raises(QANotSupportedError, match="audit_object_id cannot be changed"):
        changing.attempt()


def test_another_connection_is_another_account(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", os.environ["AIRFLOW_CONN_QALYPTUS_DEFAULT"])
    moving = task("report")
    moving.attempt()
    moving.make = task("report", qalyptus_conn_id="other").make
    with pytest.raises(QAJournalError, match="asks for another connection"):
        moving.attempt()


# Uncertain


def ask_for_the_same(sandbox: Sandbox, kind: str = "task") -> str:
    """Ask for what the tasks of these tests ask for, as a stranger."""
    ids = sandbox.connections()["qalyptus_default"]["extra"]
    with QalyptusHook().get_conn() as client:
        if kind == "report":
            return client.reports.generate_on_demand(ids["report_id"], "Pdf")
        run_id = client.tasks.run(ids["qalyptus_task_id"])
        assert run_id is not None
        return run_id


@pytest.fixture
def uncertain(sandbox: Sandbox, task: Callable[..., Task]) -> Callable[..., Task]:
    """Returns a function that makes a task of which nobody can tell which of two runs is its own."""

    def make(**arguments: Any) -> Task:
        unsure = task("task", **arguments)
        before_the_answer(sandbox, unsure, "task")
        ask_for_the_same(sandbox)
        return unsure

    return make


def test_two_candidates_are_named_and_none_is_taken(sandbox: Sandbox, uncertain: Callable[..., Task]) -> None:
    unsure = uncertain()
    runs = [name for name in objects(sandbox, "task")][-2:]
    with pytest.raises(QAUncertainError) as refused:
        unsure.attempt()

    assert all(name in str(refused.value) for name in runs)
    assert "write the id of the right one under 'journal.adopt' into the task's state" in str(refused.value)
    assert "on_uncertain='repeat'" in str(refused.value)
    assert posts(sandbox, "task") == len(runs)

    unsure.state["journal.adopt"] = runs[0]
    assert unsure.attempt() == unsure.attempt() == runs[0]
    assert unsure.told["outcome"] == "unchanged"


def test_uncertain_runs_can_be_repeated(sandbox: Sandbox, uncertain: Callable[..., Task]) -> None:
    unsure = uncertain(on_uncertain="repeat")
    with counting(sandbox, "task") as made:
        returned = unsure.attempt()
        assert unsure.attempt() == returned

    assert list(made) == [returned]
    assert unsure.state["journal"]["generation"] == 2


@pytest.mark.parametrize("selections", [{"Region": [NORDICS]}, None])
def test_a_lost_report_request_can_be_left_to_a_person(
    selections: Any, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    unsure = task("report", on_uncertain="fail", selections=selections)
    before_the_answer(sandbox, unsure, "report")
    (own,) = list(objects(sandbox, "report"))[-1:]
    with pytest.raises(QAUncertainError, match=f"cannot be told whether one of these came of it: .*{own}"):
        unsure.attempt()
    assert posts(sandbox, "report") == 1

    unsure.state["journal.adopt"] = own
    assert unsure.attempt() == own


def test_what_came_much_later_is_not_taken_for_a_lost_run(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    lost = task("task")
    before_the_request_arrived(sandbox, lost, "task")
    stranger = ask_for_the_same(sandbox)
    run = sandbox.app("qalyptus").state.store.runs.record(stranger)
    run.created_at += timedelta(hours=1)
    with pytest.raises(QAUncertainError, match=stranger):
        lost.attempt()


def test_a_vendor_whose_clock_is_slow_shows_a_lost_run_all_the_same(
    sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    lost = task("task")
    before_the_answer(sandbox, lost, "task")
    (own,) = list(objects(sandbox, "task"))[-1:]
    sandbox.app("qalyptus").state.store.runs.record(own).created_at -= timedelta(minutes=10)
    assert lost.attempt() == own


def test_an_audit_whose_dates_were_shifted_is_not_overlooked(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    due = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
    shifted = task("audit", due=due)
    before_the_request(sandbox, shifted, "audit")
    shifted.state.after = lambda value: None
    # what a vendor would make of our request that took UTC for local time
    stranger = task("audit", due=due + timedelta(hours=2), wait_for_completion=False).attempt()
    with pytest.raises(QAUncertainError, match=stranger):
        shifted.attempt()


def test_last_weeks_audit_is_another_one(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    due = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
    task("audit", due=due - timedelta(days=7), wait_for_completion=False).attempt()
    lost = task("audit", due=due)
    with counting(sandbox, "audit") as made:
        before_the_request(sandbox, lost, "audit")
        lost.state.after = lambda value: None
        returned = lost.attempt()

    assert list(made) == [returned]


def test_a_status_list_of_another_shape_cannot_be_searched(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = QalyptusWire(fields={"taskId": "task"})
    with run_sandbox(["qalyptus"], SandboxSettings(**SECONDS, qalyptus=wire)) as other:
        connect(monkeypatch, other)
        unsure = Task(lambda: operator(other, "task"))
        before_the_answer(other, unsure, "task")
        with pytest.raises(QAUncertainError, match='"task_id_fields"') as refused:
            unsure.attempt()
        assert "do not name their tasks" in str(refused.value)

        connect(monkeypatch, other, qalyptus={"task_id_fields": "task"})
        assert unsure.attempt() == list(objects(other, "task"))[-1]


# Several tasks of a run


def test_a_mapped_task_does_not_take_what_another_index_holds(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north = task("task")
    south = task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "task") as made:
        before_the_answer(sandbox, north, "task")
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made) == [of_north, of_south]


def test_a_mapped_task_that_lost_a_report_takes_nothing(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north, south = task("report"), task("report", selections={"Region": [IBERIA]})
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "report") as made:
        before_the_answer(sandbox, north, "report")
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made)[1:] == [of_south, of_north]
    assert (regions(sandbox, of_south), regions(sandbox, of_north)) == ((IBERIA,), (NORDICS,))


def test_a_mapped_task_whose_request_never_arrived_takes_nothing(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north, south = task("task"), task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "task") as made:
        before_the_request_arrived(sandbox, north, "task")
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made) == [of_south, of_north]


def test_mapped_tasks_that_were_killed_together_sort_it_out(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, settled=5.0))
    north, south = task("task"), task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "task") as made, ThreadPoolExecutor() as both:
        before_the_answer(sandbox, north, "task")
        before_the_answer(sandbox, south, "task")
        # the note of the second one knows the request of the first
        returned = list(both.map(Task.attempt, (north, south)))

    assert list(made) == returned


def test_a_mapped_task_does_not_take_what_another_index_is_asking_for(
    sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    north, south = task("task"), task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    sandbox.add_fault({"slow": 40}, method="POST", times=1)
    with counting(sandbox, "task") as made, ThreadPoolExecutor() as elsewhere:
        there = set(objects(sandbox, "task"))
        asking = []

        def south_asks(value: Any) -> None:
            north.state.after = lambda value: None
            asking.append(elsewhere.submit(south.attempt))
            end = time.monotonic() + 10
            while set(objects(sandbox, "task")) == there and time.monotonic() < end:
                time.sleep(0.01)
            sandbox.add_fault("reset_before", method="POST", times=1)

        north.state.after = south_asks
        with pytest.raises(QAUncertainError, match="another task has asked for the same"):
            north.attempt()
        of_south = asking[0].result()
        of_north = north.attempt()

    assert list(made) == [of_south, of_north]


def test_a_retry_holds_its_object_before_it_looks_at_it(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north = task("report", wait_for_completion=False)
    made = north.attempt()
    del north.xcoms[-1, "remote_id"]
    sandbox.add_fault({"delay": 1}, method="GET", path="/on-demand-requests/", times=1)
    with ThreadPoolExecutor() as elsewhere:
        retry = elsewhere.submit(north.attempt)
        end = time.monotonic() + 0.8
        while north.xcoms.get((-1, "remote_id")) != made and time.monotonic() < end:
            time.sleep(0.01)
        assert not retry.done()
        assert north.xcoms.get((-1, "remote_id")) == made
        assert retry.result() == made


def test_two_tasks_that_find_the_same_object_both_refuse(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "never")
    north = task("task")
    north.map_index = 0
    before_the_answer(sandbox, north, "task")
    (run_id,) = list(objects(sandbox, "task"))[-1:]

    class TakenMeanwhile(dict[tuple[int, str], Any]):
        def __setitem__(self, key: tuple[int, str], value: Any) -> None:
            super().__setitem__(key, value)
            super().__setitem__((1, "remote_id"), run_id)

    north.xcoms = TakenMeanwhile()
    with pytest.raises(QAUncertainError, match="another task has taken the same task run"):
        north.attempt()
    assert north.xcoms[0, "remote_id"] is None, "the other one may have it"


# What was there before


@pytest.mark.parametrize("end", [timedelta(days=1), datetime(2099, 1, 31, 18, tzinfo=timezone.utc)])
def test_an_audit_that_was_there_before(end: Any, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("audit", "never_finished", times=1)
    there = task("audit", due=end, wait_for_completion=False).attempt()
    options = {"due": end, "wait_for_completion": False}

    adopting = task("audit", if_exists="adopt", **options)
    assert adopting.attempt() == adopting.attempt() == there
    with pytest.raises(QAJournalError, match=f"if_exists is 'fail', and there is one already: audit {there}"):
        task("audit", if_exists="fail", **options).attempt()
    assert task("audit", if_exists="adopt", name="Another walk", **options).attempt() != there
    assert task("audit", **options).attempt() != there
    with pytest.raises(QAUncertainError, match="cannot be told whether these are meant"):
        task("audit", if_exists="adopt", **options).attempt()


def test_without_a_state_a_retry_adopts_again(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "success", seconds=60.0, times=1)
    there = task("task", wait_for_completion=False).attempt()
    forgetful = task("task", keeps_state=False, if_exists="adopt", wait_for_completion=False)
    # far enough from the run at the vendor, whatever the clocks say
    forgetful.run_started += timedelta(minutes=10)

    assert [forgetful.attempt(), forgetful.attempt()] == [there, there]


def test_a_report_that_is_on_its_way_can_be_adopted_unless_more_is_asked_for(
    sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_outcome("report", "never", times=1)
    there = ask_for_the_same(sandbox, "report")
    options = {"if_exists": "adopt", "wait_for_completion": False}
    assert task("report", selections=None, **options).attempt() == there
    with pytest.raises(QAUncertainError, match=f"cannot be told whether these are meant: {there}"):
        task("report", **options).attempt()
    assert task("report", selections=None, output_format="Xlsx", **options).attempt() != there


def test_a_run_that_goes_on_can_be_adopted(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "success", seconds=1.0, times=1)
    there = task("task", wait_for_completion=False).attempt()
    assert task("task", if_exists="adopt").attempt() == there
    assert task("task", if_exists="adopt").attempt() != there, "it has ended"


# Runs without an id


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A Qalyptus that does not tell the id of a run that it starts."""
    wire = QalyptusWire(task_run_returns_id=False)
    with run_sandbox(["qalyptus"], SandboxSettings(**SECONDS, qalyptus=wire)) as sandbox:
        connect(monkeypatch, sandbox)
        yield sandbox


def test_a_run_without_an_id_is_found(nameless: Sandbox) -> None:
    starting = Task(lambda: operator(nameless, "task"))
    with counting(nameless, "task") as made:
        returned = starting.attempt()

    assert list(made) == [returned]
    assert starting.told["outcome"] == "created"
    assert "the answer names no id, it was found" in starting.told["reason"]


def test_a_run_that_was_accepted_is_never_started_again(nameless: Sandbox) -> None:
    starting = Task(lambda: operator(nameless, "task"))
    empty = {"status": 200, "body": {"data": [], "isSuccess": True}}
    nameless.add_fault(empty, method="GET", path="scheduled-tasks$", first=2)
    with pytest.raises(QAResponseError, match=r"The task run was created, but is not to be seen at the vendor\."):
        starting.attempt()
    with pytest.raises(QAUncertainError, match=r"named no id, though the vendor accepted it, and no task run of it is"):
        starting.attempt()

    assert posts(nameless, "task") == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_run_without_an_id_that_fails_at_once_is_seen_to_fail(late: bool, nameless: Sandbox) -> None:
    nameless.add_outcome("task", "error", seconds=0.0, times=1)
    starting = Task(lambda: operator(nameless, "task"))
    if late:
        empty = {"status": 200, "body": {"data": [], "isSuccess": True}}
        hidden = nameless.add_fault(empty, method="GET", path="scheduled-tasks$", first=2)
        with pytest.raises(QAResponseError, match=r"The task run was created, but is not to be seen at the vendor\."):
            starting.attempt()
        nameless.remove_fault(hidden)
    else:
        with pytest.raises(QAJobFailedError):
            starting.attempt()
    with counting(nameless, "task") as made:
        returned = starting.attempt()

    assert list(made) == [returned]
    assert starting.generation == 2


def test_the_hook_finds_the_run_that_it_started(nameless: Sandbox) -> None:
    task_id = nameless.connections()["qalyptus_default"]["extra"]["qalyptus_task_id"]
    with counting(nameless, "task") as made:
        started = [QalyptusHook().run_task(task_id) for _ in range(2)]

    assert list(made) == started, "a call of the hook is not repeatable"


# Operators that do not wait, at vendors that show little


@dataclass(frozen=True)
class ReminderFields(KindFields):
    """An audit of which nothing is to be seen afterwards."""

    text: str
    marker: str = ""
    end: datetime | None = None

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.text("text"))

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        return replace(self, marker=marker, end=moment + timedelta(days=1))

    @override
    def create(self, client: MonitorQAClient) -> str:
        templates, places = client.audit_templates.list(), client.audit_objects.list()
        ids = {"template_id": templates[0]["id"], "audit_object_id": places[0]["id"]}
        assert self.end is not None
        return client.audits.create(name=self.marker, end_date=self.end, **ids)


class Reminder(CreatingOperator):
    """Creates an audit of which it cannot see anything afterwards."""

    kind = "monitorqa.reminder"
    payload_fields = ("text",)

    def __init__(self, *, text: str, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.text = text
        self.monitorqa_conn_id = monitorqa_conn_id


@pytest.fixture
def reminders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vendor that has a kind with no more than what creates one."""
    reminder = Kind(name="monitorqa.reminder", noun="reminder", fields=ReminderFields)
    known = vendor_named("monitorqa")
    monkeypatch.setattr(monitorqa, "VENDOR", replace(known, kinds=(*known.kinds, reminder)))
    vendor_named.cache_clear()
    yield
    vendor_named.cache_clear()


@pytest.mark.usefixtures("reminders")
def test_an_operator_needs_no_more_than_a_request(sandbox: Sandbox) -> None:
    reminding = Task(lambda: Reminder(task_id="create", text="Walk"))
    with counting(sandbox, "audit") as made:
        returned = reminding.attempt()
        assert reminding.attempt() == returned

    assert list(made) == [returned]
    assert reminding.told["remote_id"] == returned
    assert reminding.told["outcome"] == "adopted"


@pytest.mark.usefixtures("reminders")
def test_what_cannot_be_searched_is_uncertain(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    policy = "fail"
    reminding = Task(lambda: Reminder(task_id="create", text="Walk", on_uncertain=policy))
    for outcome in ("The request was sent, and the answer", "This attempt has created nothing"):
        with pytest.raises(QAUncertainError, match=f"nothing at the vendor shows whether any reminder.*{outcome}"):
            reminding.attempt()
    assert posts(sandbox, "audit") == 1

    policy = "repeat"
    with counting(sandbox, "audit") as made:
        returned = reminding.attempt()
    assert list(made) == [returned]
    markers = [one["name"] for one in objects(sandbox, "audit").values() if one["name"].startswith("airflow-")]
    assert len(set(markers)) == 2, "each generation has its own"


@pytest.mark.usefixtures("reminders")
def test_if_exists_needs_something_to_search(sandbox: Sandbox) -> None:
    with pytest.raises(QANotSupportedError, match=r"Nothing was sent\. Leave if_exists at 'create'\."):
        Task(lambda: Reminder(task_id="create", text="Walk", if_exists="adopt")).attempt()


@pytest.mark.usefixtures("reminders")
def test_a_task_that_stores_no_xcoms_stores_none(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    silent = task("audit", do_xcom_push=False)
    assert silent.attempt() == silent.attempt()
    assert silent.xcoms == {}
    Task(lambda: Reminder(task_id="create", text="Walk", do_xcom_push=False), xcoms=silent.xcoms).attempt()
    assert silent.xcoms == {}


# The journal itself


@pytest.mark.parametrize("note", ["text", {"format": 2}, {"format": 1, "kind": "monitorqa.audit"}, []])
def test_a_note_that_cannot_be_read_stops_everything(note: Any, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    reading = task("audit")
    reading.state["journal"] = note
    with pytest.raises(
        QAJournalError, match=r"cannot be read.*Nothing was sent.*name the object under 'journal\.adopt'"
    ):
        reading.attempt()

    assert sandbox.requests("monitorqa") == []


def test_without_a_writable_state_nothing_is_sent(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    def refuse(value: Any) -> None:
        raise RuntimeError("the API server is away")

    writing = task("audit")
    writing.state.before = refuse
    with pytest.raises(QAJournalError, match=r"could not be written: RuntimeError: the API server is away\. Nothing"):
        writing.attempt()

    assert posts(sandbox, "audit") == 0


@pytest.mark.parametrize(
    ("kind", "policy", "words"),
    [
        ("audit", {"on_uncertain": "ignore"}, "on_uncertain must be one of fail, repeat, got 'ignore'"),
        ("report", {"on_changed_input": "update"}, "on_changed_input must be one of fail, new, got 'update'"),
        ("task", {"if_exists": "skip"}, "if_exists must be one of create, adopt, fail, got 'skip'"),
    ],
)
def test_policies_are_words(
    kind: str, policy: dict[str, Any], words: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    with pytest.raises(QAValidationError, match=words):
        task(kind, **policy).attempt()

    assert sandbox.requests(VENDOR_OF[kind]) == []


def test_notes_hold_no_secrets(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    noting = task("report", selections={"Patient": ["Jane Example"]})
    noting.attempt()

    note = json.dumps(noting.state)
    assert "Jane" not in note
    assert all(connection["password"] not in note for connection in sandbox.connections().values())
    assert len(note) < 2000
