"""Stopping Qalyptus requests and runs: once, and only what still runs; and what stopped tasks cancel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException, AirflowSkipException, TaskDeferred

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.exceptions import QAConflictError, QAConnectionLostError, QANotFoundError, QAValidationError
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusStopRequestOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Killed, Task, killed_when

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.25, no_id=0.25, settled=0.1, not_found=0.0)
STOP = "/stop$"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["qalyptus"], SandboxSettings(report_queue_seconds=0.0)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connection = shared_sandbox.connections()["qalyptus_default"]
    fields = {**connection, "extra": {"retries": 0, **connection["extra"]}}
    monkeypatch.setenv("AIRFLOW_CONN_QALYPTUS_DEFAULT", json.dumps(fields))
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", IN_A_MOMENT)
    for kind in ("report", "task"):
        shared_sandbox.add_outcome(kind, "never")
    return shared_sandbox


def ask(call: Callable[[Any], Any]) -> Any:
    with QalyptusHook().get_conn() as client:
        return call(client)


@pytest.fixture
def running(sandbox: Sandbox) -> str:
    """Id of a report request that runs and never ends."""
    report_id = sandbox.connections()["qalyptus_default"]["extra"]["report_id"]
    request_id: str = ask(lambda client: client.reports.generate_on_demand(report_id, "Pdf"))
    return request_id


def stopping(request_id: str, **arguments: Any) -> Task:
    given = {"request_id": request_id, **arguments}
    return Task(lambda: QalyptusStopRequestOperator(task_id="stop", **given))


def record(sandbox: Sandbox, record_id: str) -> Any:
    return sandbox.app("qalyptus").state.store.runs.record(record_id)


def stops(sandbox: Sandbox) -> int:
    return sum(request.path.endswith("/stop") for request in sandbox.requests("qalyptus"))


def test_a_request_is_stopped_once(sandbox: Sandbox, running: str) -> None:
    task = stopping(running)

    assert task.attempt() == running
    assert task.told["outcome"] == "updated"
    assert task.told["changes"] == {"running": {"from": True, "to": False}}
    assert (task.told["phase"], task.told["status"]) == ("cancelled", "stopped")
    assert task.attempt() == running
    assert (task.told["outcome"], task.told["status"]) == ("unchanged", "stopped")
    assert stops(sandbox) == 1


def test_a_task_run_is_stopped_with_the_same_call(sandbox: Sandbox) -> None:
    task_id = sandbox.connections()["qalyptus_default"]["extra"]["qalyptus_task_id"]
    run_id = ask(lambda client: client.tasks.run(task_id))
    task = stopping(run_id)
    task.attempt()

    assert record(sandbox, run_id).stopped_at is not None
    assert task.told["phase"] == "cancelled"


def test_what_has_ended_is_left_alone(sandbox: Sandbox, running: str) -> None:
    record(sandbox, running).ending, record(sandbox, running).seconds = "completed", 0.0
    task = stopping(running)
    task.attempt()

    assert (task.told["outcome"], task.told["status"]) == ("unchanged", "completed")
    assert stops(sandbox) == 0


@pytest.mark.parametrize("ended", [True, False])
def test_what_ends_while_it_is_stopped_counts_as_ended(ended: bool, sandbox: Sandbox, running: str) -> None:
    if ended:
        still = {"data": {"id": running, "status": "running"}, "isSuccess": True}
        sandbox.add_fault({"status": 200, "body": still}, method="GET", path=f"{running}$", times=1)
        record(sandbox, running).ending, record(sandbox, running).seconds = "completed", 0.0
        task = stopping(running)
        task.attempt()
        facts = [task.told[name] for name in ("outcome", "reason", "status", "changes")]
        assert facts == ["unchanged", "it ended before the stop came", "completed", {}]
    else:
        sandbox.add_fault({"status": 409}, method="POST", path=STOP, times=1)
        with pytest.raises(QAConflictError):
            stopping(running).attempt()
    assert stops(sandbox) == 1


@pytest.mark.parametrize("before_the_request", [True, False])
def test_a_killed_stop_is_made_once(before_the_request: bool, sandbox: Sandbox, running: str) -> None:
    def die(value: Any) -> None:
        if before_the_request or value["object_id"]:
            raise Killed

    task = stopping(running)
    task.state.after = task.state.before = die
    if before_the_request:
        task.state.before = lambda value: None
    with pytest.raises(Killed):
        task.attempt()
    task.state.after = task.state.before = lambda value: None
    task.attempt()

    assert record(sandbox, running).stopped_at is not None
    assert stops(sandbox) == 1


@pytest.mark.parametrize("fault", ["reset_after", {"status": 503, "commit": True}, {"html": True, "commit": True}])
def test_a_lost_answer_is_made_good(fault: Any, sandbox: Sandbox, running: str) -> None:
    sandbox.add_fault(fault, method="POST", path=STOP, times=1)
    task = stopping(running)
    task.attempt()

    assert (stops(sandbox), task.told["phase"]) == (1, "cancelled")


def test_a_stop_that_never_arrived_is_made_by_the_next_attempt(sandbox: Sandbox, running: str) -> None:
    sandbox.add_fault("reset_before", method="POST", path=STOP, times=1)
    task = stopping(running)
    with pytest.raises(QAConnectionLostError):
        task.attempt()
    task.attempt()

    assert (stops(sandbox), task.told["outcome"]) == (2, "updated")


@pytest.mark.parametrize("cleared", [True, False])
def test_what_somebody_runs_again_is_stopped_again_by_clearing_only(
    cleared: bool, sandbox: Sandbox, running: str
) -> None:
    task = stopping(running)
    task.attempt()
    record(sandbox, running).stopped_at = None
    if cleared:
        task.clear()
    task.attempt()

    assert stops(sandbox) == 1 + cleared


def test_where_it_stands_may_stay_unknown(sandbox: Sandbox, running: str) -> None:
    sandbox.add_fault({"status": 503}, method="GET", first=2)
    task = stopping(running)
    task.attempt()

    assert task.told["outcome"] == "updated"
    assert "status" not in task.told


def test_a_dry_run_shows_the_stop(sandbox: Sandbox, running: str) -> None:
    task = stopping(running, preview=True)
    with pytest.raises(AirflowSkipException):
        task.attempt()

    shown = task.xcoms[-1, "preview"]
    assert shown["request"]["url"].endswith(f"/{running}/stop")
    assert shown["changes"] == {"running": {"from": True, "to": False}}
    assert (stops(sandbox), task.state) == (0, {})
    assert "sandbox-qalyptus-key" not in json.dumps(shown)


def test_bad_ids_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match="request_id is required, got 'None'"):
        stopping("None").attempt()
    assert sandbox.requests("qalyptus") == []
    with pytest.raises(QANotFoundError):
        stopping("00000000-0000-4000-8000-000000000000").attempt()
    assert stops(sandbox) == 0


# A task that is stopped or cleared while it waits for its request


def generating(**arguments: Any) -> Task:
    given = {"output_format": "Pdf", "deferrable": True, "on_kill": "cancel", **arguments}
    return Task(lambda: QalyptusGenerateReportOperator(task_id="create", **given))


def deferred(task: Task) -> str:
    with pytest.raises(TaskDeferred):
        task.attempt()
    return str(task.told["remote_id"])


@pytest.mark.parametrize("on_clear", ["adopt", "new"])
@pytest.mark.parametrize("stopped_before", [True, False])
def test_a_cleared_task_cancels_its_request_and_makes_another(
    stopped_before: bool, on_clear: str, sandbox: Sandbox
) -> None:
    task = generating(on_clear=on_clear)
    first = deferred(task)
    if stopped_before:
        # as by the trigger that was told of it; the vendor's list still shows it as running
        still = {"data": {"id": first, "status": "running"}, "isSuccess": True}
        sandbox.add_fault({"status": 200, "body": still}, method="GET", path=f"{first}$", times=1)
        ask(lambda client: client.status.stop(first))
    task.clear()
    second = deferred(task)

    assert record(sandbox, first).stopped_at is not None
    assert record(sandbox, second).stopped_at is None
    assert first != second


def test_what_a_cleared_task_leaves_is_not_cancelled(sandbox: Sandbox) -> None:
    task = generating(on_kill="leave", on_clear="new")
    first = deferred(task)
    task.clear()

    assert deferred(task) != first
    assert stops(sandbox) == 0


def test_what_has_ended_is_not_cancelled_for_a_cleared_task(sandbox: Sandbox) -> None:
    task = generating(on_clear="new")
    first = deferred(task)
    record(sandbox, first).ending, record(sandbox, first).seconds = "completed", 0.0
    task.clear()

    assert deferred(task) != first
    assert stops(sandbox) == 0


def test_a_retry_takes_its_request_up(sandbox: Sandbox) -> None:
    task = generating()
    first = deferred(task)

    assert deferred(task) == first
    assert stops(sandbox) == 0


def test_a_task_that_is_stopped_while_its_request_is_under_way_cancels_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow calls ``on_kill`` at SIGTERM, and lets the task go on until it loses its patience."""
    task, made = generating(), []
    make = task.make
    monkeypatch.setattr(task, "make", lambda: made.append(make()) or made[-1])

    def die(number: int, frame: Any) -> None:
        made[-1].on_kill()

    sandbox.add_fault({"delay": 0.2}, method="POST", path="on-demand")
    asked = lambda: any(one.method == "POST" for one in sandbox.requests("qalyptus"))  # noqa: E731
    with killed_when(asked, die), pytest.raises(AirflowFailException, match="was stopped while"):
        task.attempt()

    assert record(sandbox, task.told["remote_id"]).stopped_at is not None
