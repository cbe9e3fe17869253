"""An audit is reopened once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConflictError,
    QAConnectionLostError,
    QANotFoundError,
    QANotSupportedError,
    QAValidationError,
)
from airflow_qa_provider.operators.monitorqa import MonitorQAReopenAuditOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.outcomes import Outcome
from tests.resilience.attempts import Killed, Task
from tests.resilience.monitorqa.company import (
    ask,
    at_each_point,
    before_the_id_was_noted,
    kill_and_retry,
    named,
    writes,
)


def wait_until(state: str, sandbox: Sandbox, audit_id: str) -> Any:
    """Return the audit at the vendor once it stands there."""
    deadline = time.monotonic() + 10
    audit = sandbox.app("monitorqa").state.store.main.audits.all.get(audit_id)
    while time.monotonic() < deadline:
        sandbox.app("monitorqa").state.store.snapshot()
        if audit.state.value == state:
            return audit
        time.sleep(0.01)
    raise AssertionError(f"it is {audit.state.value}, not {state}")


def create_audit(sandbox: Sandbox) -> str:
    ids = {name: named(sandbox, name) for name in ("template_id", "audit_object_id")}
    due = datetime.now(timezone.utc) + timedelta(days=1)
    made: str = ask(lambda client: client.audits.create(name="Walk", end_date=due, **ids))
    return made


def plan(sandbox: Sandbox, audit_id: str, result: str) -> None:
    """Decide what becomes of an audit."""
    assert sandbox.app("monitorqa").state.store.script(audit_id, Outcome(kind="audit", result=result))


@pytest.fixture
def completed(sandbox: Sandbox) -> str:
    """Id of a completed audit that, once reopened, stays open."""
    audit_id = create_audit(sandbox)
    wait_until("completed", sandbox, audit_id)
    plan(sandbox, audit_id, "never_started")
    return audit_id


def reopening(audit_id: str, keeps_state: bool = True, **arguments: Any) -> Task:
    given = {"task_id": "reopen", "audit_id": audit_id, "due": timedelta(days=2), **arguments}
    return Task(lambda: MonitorQAReopenAuditOperator(**given), keeps_state)


def reopenings(sandbox: Sandbox, audit_id: str) -> int:
    """How often an audit was reopened."""
    reopened: int = sandbox.app("monitorqa").state.store.main.audits.all.get(audit_id).round
    return reopened


def result(task: Task) -> tuple[str, str]:
    said = task.told
    return said["outcome"], said["reason"]


def test_an_audit_is_reopened_with_dates_from_the_moment_and_new_assignees(sandbox: Sandbox, completed: str) -> None:
    users = ask(lambda client: [user["id"] for user in client.users.list()[:2]])
    before = datetime.now(timezone.utc)
    task = reopening(completed, assignees_ids=users)
    assert task.attempt() == completed
    assert task.told["changes"] == {"state": {"from": "completed", "to": "active"}}

    audit = wait_until("pending", sandbox, completed)
    assert [user.id for user in audit.assignees] == users
    assert audit.end_date - audit.start_date == timedelta(days=2)
    assert timedelta(0) <= audit.start_date - before + timedelta(milliseconds=1) < timedelta(seconds=5)


@at_each_point
def test_a_killed_task_reopens_an_audit_once(kill: Any, sandbox: Sandbox, completed: str) -> None:
    killed = reopening(completed)
    assert kill_and_retry(kill, sandbox, killed) == [completed, completed]
    assert reopenings(sandbox, completed) == 1
    assert len(writes(sandbox)) == 2, "its creation and its reopening"


def test_a_lost_answer_is_made_good_in_the_same_attempt(sandbox: Sandbox, completed: str) -> None:
    sandbox.add_fault("reset_after", method="POST", path="/audit/reopen/", times=1)
    task = reopening(completed)
    task.attempt()

    assert (reopenings(sandbox, completed), len(writes(sandbox))) == (1, 2)
    assert result(task) == ("updated", "the answer was lost, but the vendor shows the change")


def test_a_reopening_that_never_arrived_is_sent_by_the_next_attempt(sandbox: Sandbox, completed: str) -> None:
    sandbox.add_fault("reset_before", method="POST", path="/audit/reopen/", times=1)
    task = reopening(completed)
    with pytest.raises(QAConnectionLostError, match="A retry compares again"):
        task.attempt()
    task.attempt()

    assert reopenings(sandbox, completed) == 1


def test_an_audit_that_was_completed_again_since_is_not_reopened_by_a_retry(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed)
    before_the_id_was_noted(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = lambda value: None
    plan(sandbox, completed, "completed")
    wait_until("completed", sandbox, completed)
    task.attempt()

    assert reopenings(sandbox, completed) == 1
    assert result(task)[1].startswith("the request of 2")
    assert result(task)[1].endswith("was carried out, and somebody has changed the object since")

    task.clear()
    task.attempt()
    assert reopenings(sandbox, completed) == 2, "a cleared task compares anew"


def test_its_own_dates_are_known_however_they_are_written(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed, start="2026-01-31T18:00:00Z", due="2099-01-31T18:00:00+00:00")
    before_the_id_was_noted(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = lambda value: None
    plan(sandbox, completed, "completed")
    wait_until("completed", sandbox, completed)
    audit = ask(lambda client: client.audits.get(completed))
    dates = {name: audit[name].replace(".000Z", "Z") for name in ("startDate", "endDate")}
    sandbox.add_fault({"status": 200, "body": {**audit, **dates}}, method="GET", path=f"/{completed}$")
    task.attempt()

    assert dates == {"startDate": "2026-01-31T18:00:00Z", "endDate": "2099-01-31T18:00:00Z"}
    assert reopenings(sandbox, completed) == 1


def test_an_audit_that_was_given_other_dates_and_completed_later_is_not_reopened_by_a_retry() -> None:
    with run_sandbox(["monitorqa"], SandboxSettings(audit_pickup_seconds=0.01, audit_seconds=90)) as sandbox:
        with pytest.MonkeyPatch.context() as patch:
            for name, connection in sandbox.connections().items():
                patch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))
            audit_id = create_audit(sandbox)
            sandbox.advance(100)
            # as if the clocks had been the same all along
            wait_until("completed", sandbox, audit_id).ended_at -= timedelta(seconds=100)
            task = reopening(audit_id)
            before_the_id_was_noted(sandbox, task)
            with pytest.raises(Killed):
                task.attempt()
            task.state.before = lambda value: None
            dates = [datetime.now(timezone.utc) + timedelta(days=days) for days in (-1, 5)]
            ask(
                lambda client: client.audits.update(
                    audit_id, name="Walk", start_date=dates[0], end_date=dates[1], assignee_id=None
                )
            )
            sandbox.advance(100)
            wait_until("completed", sandbox, audit_id)
            task.attempt()

        assert reopenings(sandbox, audit_id) == 1


def test_an_audit_that_was_just_completed_is_reopened_though_the_vendor_s_clock_is_ahead(
    sandbox: Sandbox, completed: str
) -> None:
    audit = sandbox.app("monitorqa").state.store.main.audits.all.get(completed)
    audit.ended_at += timedelta(seconds=30)
    sandbox.add_fault("reset_before", method="POST", path="/audit/reopen/", times=1)
    task = reopening(completed)
    with pytest.raises(QAConnectionLostError):
        task.attempt()
    task.attempt()

    assert reopenings(sandbox, completed) == 1


def test_an_audit_that_expired_after_the_reopening_counts_as_reopened(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed)
    before_the_id_was_noted(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = lambda value: None
    ask(lambda client: client.audits.expire(completed))

    assert task.attempt() == completed
    assert result(task)[0] == "unchanged"


def test_an_active_audit_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.add_outcome("audit", "never_started")
    audit_id = create_audit(sandbox)
    task = reopening(audit_id)
    task.attempt()

    assert result(task) == ("unchanged", "the vendor shows what is asked for")
    assert [request.method for request in sandbox.requests("monitorqa")] == ["POST", "GET"]


def test_an_expired_audit_is_refused(sandbox: Sandbox) -> None:
    sandbox.add_outcome("audit", "never_started")
    audit_id = create_audit(sandbox)
    ask(lambda client: client.audits.expire(audit_id))
    task = reopening(audit_id)
    with pytest.raises(
        QANotSupportedError, match=r"has expired, .* completed audits only\. Nothing was changed\. Create"
    ):
        task.attempt()

    assert task.state == {}
    assert not [request for request in writes(sandbox) if "reopen" in request.path]


def test_an_audit_that_is_gone_and_an_unknown_assignee_are_errors_of_the_vendor(
    sandbox: Sandbox, completed: str
) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(QANotFoundError, match=nobody):
        reopening(nobody).attempt()
    task = reopening(completed, assignees_ids=[nobody])
    with pytest.raises(QAConflictError, match="user/not-found"):
        task.attempt()

    assert (reopenings(sandbox, completed), task.state) == (0, {})


def test_a_dry_run_of_a_reopening_writes_nothing(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed, preview=True, assignees_ids=[], remove_assignees=True)
    with pytest.raises(AirflowSkipException):
        task.attempt()

    shown = task.xcoms[-1, "preview"]
    assert shown["changes"] == {"state": {"from": "completed", "to": "active"}}
    assert shown["request"]["url"].endswith(f"/audit/reopen/{completed}")
    assert (shown["request"]["body"]["assigneesIds"], set(shown["request"]["body"])) == (
        [],
        {"assigneesIds", "startDate", "endDate"},
    )
    assert sandbox.connections()["monitorqa_default"]["password"] not in json.dumps(shown)
    assert (reopenings(sandbox, completed), task.state) == (0, {})


BAD_REOPENINGS: list[tuple[dict[str, Any], str]] = [
    ({"audit_id": "None"}, "audit_id is required"),
    ({"due": timedelta(days=-1)}, "due .* must be after start"),
    ({"due": "next week"}, "due must be a date and time"),
    ({"assignees_ids": []}, "would take the audit from all assignees"),
    ({"assignees_ids": ["a"], "remove_assignees": True}, "contradict each other"),
    ({"remove_assignees": "perhaps"}, "remove_assignees must be true or false"),
    ({"preview": "perhaps"}, "preview must be true or false"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_REOPENINGS)
def test_bad_input_of_a_reopening_sends_nothing(arguments: dict[str, Any], message: str, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match=message):
        reopening(**{"audit_id": "a", **arguments}).attempt()

    assert sandbox.requests("monitorqa") == []
