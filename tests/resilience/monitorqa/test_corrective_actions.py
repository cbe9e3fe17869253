"""Changes of corrective actions at MonitorQA: once, and of the given fields only. Seen at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.exceptions import QAConflictError, QAConnectionLostError, QANotFoundError, QAValidationError
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQAUpdateCorrectiveActionOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Killed, Task, connect

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.15, settled=0.05)
DUE = "2099-01-31T18:00:00.000Z"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


def ask(call: Callable[[Any], Any]) -> Any:
    with MonitorQAHook().get_conn() as client:
        return call(client)


@pytest.fixture
def pending(sandbox: Sandbox) -> str:
    """Id of an open corrective action with a due date ahead, which nobody else works on."""
    row = ask(lambda client: next(iter(client.corrective_actions.list_pending(limit=1))))
    people = [user["id"] for user in row["assignedUsers"]]
    ask(
        lambda client: client.corrective_actions.update(
            row["id"],
            name="Fix the door",
            description="It squeaks",
            due_date=DUE,
            status="open",
            priority="low",
            assigned_users_ids=people,
        )
    )
    return str(row["id"])


def show(action_id: str) -> dict[str, Any]:
    """What the vendor shows of the fields that can be changed."""
    action = ask(lambda client: client.corrective_actions.get(action_id))
    people = [user["id"] for user in action["assignedUsers"]]
    return {
        **{name: action[name] for name in ("name", "description", "status", "priority", "dueDateUtc")},
        "people": people,
    }


def changing(action_id: str, **arguments: Any) -> Task:
    return Task(lambda: MonitorQAUpdateCorrectiveActionOperator(task_id="change", action_id=action_id, **arguments))


def puts(sandbox: Sandbox) -> int:
    """Updates after the one that has prepared the corrective action."""
    return sum(request.method == "PUT" for request in sandbox.requests("monitorqa")) - 1


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def kill(task: Task, point: str) -> None:
    """Kill the first attempt of a task."""
    when, die = {
        "before_the_intent": ("before", _die),
        "before_the_request": ("after", _die),
        "before_the_end_was_noted": ("before", _die_with_an_id),
        "after_the_end_was_noted": ("after", _die_with_an_id),
    }[point]
    setattr(task.state, when, die)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = task.state.after = lambda value: None


POINTS = ("before_the_intent", "before_the_request", "before_the_end_was_noted", "after_the_end_was_noted")
FIELDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "name": ({"name": " Mend the door "}, {"name": "Mend the door"}),
    "description": ({"description": "It is off"}, {"description": "It is off"}),
    "no_description": ({"description": ""}, {"description": ""}),
    "due_date": ({"due_date": "2099-02-28T18:00:00+02:00"}, {"dueDateUtc": "2099-02-28T16:00:00.000Z"}),
    "status": ({"status": "Submitted"}, {"status": 3}),
    "priority": ({"priority": 2}, {"priority": 2}),
    "nobody": ({"assigned_users_ids": []}, {"people": []}),
}


@pytest.mark.parametrize("field", FIELDS)
def test_only_what_is_given_changes(field: str, sandbox: Sandbox, pending: str) -> None:
    arguments, changed = FIELDS[field]
    before = show(pending)
    task = changing(pending, **arguments)
    assert task.attempt() == pending

    assert show(pending) == {**before, **changed}
    assert show(pending) != before
    assert (task.told["outcome"], list(task.told["changes"])) == ("updated", list(arguments))
    assert task.attempt() == pending
    assert puts(sandbox) == 1


def test_what_is_as_asked_for_is_left_alone(sandbox: Sandbox, pending: str) -> None:
    people = show(pending)["people"]
    fields = {"due_date": datetime(2099, 1, 31, 18, tzinfo=timezone.utc), "status": 0, "priority": "0"}
    task = changing(pending, name="Fix the door", description="It squeaks", assigned_users_ids=people * 2, **fields)
    asked = len(sandbox.requests("monitorqa"))
    task.attempt()

    assert [request.method for request in sandbox.requests("monitorqa")][asked:] == ["GET"]
    assert task.told["outcome"] == "unchanged"


def test_the_difference_is_told_in_words(pending: str) -> None:
    task = changing(pending, status="approved", priority="high")
    task.attempt()

    assert task.told["changes"] == {
        "status": {"from": "open", "to": "approved"},
        "priority": {"from": "low", "to": "high"},
    }


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_task_makes_its_change_once(point: str, sandbox: Sandbox, pending: str) -> None:
    task = changing(pending, due_date=timedelta(days=7), priority="high")
    began = datetime.now(timezone.utc)
    kill(task, point)
    assert [task.attempt(), task.attempt()] == [pending, pending]

    assert puts(sandbox) == 1
    due = datetime.fromisoformat(show(pending)["dueDateUtc"].replace("Z", "+00:00"))
    assert timedelta(0) <= due - began - timedelta(days=7) + timedelta(milliseconds=1) < timedelta(seconds=5)
    assert show(pending)["priority"] == 2


@pytest.mark.parametrize(("fault", "sent"), [("reset_after", 1), ("reset_before", 2)])
def test_a_lost_answer(fault: str, sent: int, sandbox: Sandbox, pending: str) -> None:
    sandbox.add_fault(fault, method="PUT", times=1)
    task = changing(pending, status="submitted")
    if fault == "reset_before":
        with pytest.raises(
            QAConnectionLostError, match="The corrective action may be changed, but the vendor does not"
        ):
            task.attempt()
    task.attempt()

    assert (show(pending)["status"], puts(sandbox)) == (3, sent)


def change_by_somebody_else(action_id: str, **fields: Any) -> None:
    MonitorQAUpdateCorrectiveActionOperator(task_id="other", action_id=action_id, **fields).execute({})


def test_a_retry_leaves_alone_what_somebody_has_changed_since(sandbox: Sandbox, pending: str) -> None:
    noted = changing(pending, priority="high")
    kill(noted, "after_the_end_was_noted")
    change_by_somebody_else(pending, priority="low")
    noted.attempt()
    assert show(pending)["priority"] == 0

    marked = changing(pending, priority="high", due_date=timedelta(days=7))
    kill(marked, "before_the_end_was_noted")
    change_by_somebody_else(pending, priority="medium")
    marked.attempt()
    assert show(pending)["priority"] == 1
    assert "somebody has changed the object since" in marked.told["reason"]

    marked.clear()
    marked.attempt()
    assert show(pending)["priority"] == 2, "a cleared task compares anew"


def test_without_a_relative_due_date_a_lost_change_is_made_again(pending: str) -> None:
    task = changing(pending, priority="high")
    kill(task, "before_the_end_was_noted")
    change_by_somebody_else(pending, priority="medium")
    task.attempt()

    assert show(pending)["priority"] == 2


@pytest.mark.parametrize("status", ["approved", "expired"])
def test_a_closed_corrective_action_stays_closed_unless_told_otherwise(
    status: str, pending: str, caplog: pytest.LogCaptureFixture
) -> None:
    change_by_somebody_else(pending, status=status)
    number = show(pending)["status"]
    changing(pending, due_date=timedelta(days=7)).attempt()
    assert show(pending)["status"] == number
    assert f"The corrective action is {status}, and stays so: no other status is given" in caplog.text

    changing(pending, due_date=timedelta(days=8), status="open").attempt()
    assert show(pending)["status"] == 0


def test_errors_of_the_vendor_leave_no_trace(pending: str) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(QANotFoundError, match=nobody):
        changing(nobody, status="open").attempt()
    before = show(pending)
    task = changing(pending, assigned_users_ids=[nobody])
    with pytest.raises(QAConflictError, match="user/not-found"):
        task.attempt()

    assert (task.state, show(pending)) == ({}, before)


def test_a_dry_run_writes_nothing(sandbox: Sandbox, pending: str) -> None:
    before = show(pending)
    task = changing(pending, priority="high", preview="true")
    with pytest.raises(AirflowSkipException):
        task.attempt()

    shown = task.xcoms[-1, "preview"]
    assert shown["changes"] == {"priority": {"from": "low", "to": "high"}}
    assert shown["request"]["method"] == "PUT"
    assert shown["request"]["body"] == {
        "assignedUsersIds": before["people"],
        "description": "It squeaks",
        "name": "Fix the door",
        "dueDateUtc": DUE,
        "status": 0,
        "priority": 2,
    }
    assert sandbox.connections()["monitorqa_default"]["password"] not in json.dumps(shown)
    assert (show(pending), task.state, puts(sandbox)) == (before, {}, 0)


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "there is nothing to change: give at least one of name, description, due_date"),
    ({"action_id": "None", "name": "x"}, "action_id is required"),
    ({"name": " "}, "name is required"),
    ({"status": "done"}, "status must be one of 0 (open)"),
    ({"priority": "urgent"}, "priority must be one of 0 (low)"),
    ({"due_date": "2099-01-31"}, "due_date 2099-01-31 has no time zone"),
    ({"assigned_users_ids": [""]}, "assigned_users_ids is required"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_sends_nothing(arguments: dict[str, Any], message: str, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError) as refused:
        changing(**{"action_id": "a", **arguments}).attempt()

    assert message in str(refused.value)
    assert sandbox.requests("monitorqa") == []
