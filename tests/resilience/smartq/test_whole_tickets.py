"""A ticket with its note, its files and its step is one thing, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAFileError, QARequestRejectedError, QAValidationError
from airflow_qa_provider.operators.smartq import SmartQCreateTicketOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.smartq.account import FILES, NOTES, TICKETS, any_loss, ask, counting, place, tickets, told, writes


@pytest.fixture
def finding(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Task]:
    """Returns a function that makes a task which creates a ticket with a photo, and hands it over."""
    for name in ("door.jpg", "frame.jpg"):
        (tmp_path / name).write_bytes(b"\xff\xd8" + name.encode())

    users = sandbox.app("smartq").state.store.users

    def make(**arguments: Any) -> Task:
        given: dict[str, Any] = {
            "name": "Door closer missing",
            "assigned_to": sorted(users)[:2],
            "required_by": timedelta(days=2),
            "files": ["door.jpg", str(tmp_path / "frame.jpg")],
            "files_from": f"file://{tmp_path}/",
            "note": "As seen",
            "notify_users": True,
            "then_move_to": "Accepted",
            **arguments,
        }
        return Task(lambda: SmartQCreateTicketOperator(task_id="create", **given))

    return make


def assert_whole(sandbox: Sandbox, made: dict[str, Any], returned: str) -> None:
    """There is one new ticket, with its note, its files and its deadline, in its step; and people were told once."""
    assert list(made) == [returned]
    ticket = made[returned]
    (note,) = ticket.notes.values()
    project = sandbox.app("smartq").state.store.projects[int(place(sandbox)["project_id"])]
    assert (note.text, [file.name for file in note.files.values()]) == ("As seen", ["door.jpg", "frame.jpg"])
    assert project.step(ticket.step_id).name == "Accepted"
    assert abs(ticket.deadline - datetime.now(timezone.utc) - timedelta(days=2)) < timedelta(hours=1)
    assert told(sandbox, str(note.id)) == 1


def test_a_ticket_with_its_files_is_one_thing(sandbox: Sandbox, finding: Callable[..., Task]) -> None:
    task = finding()
    with counting(lambda: tickets(sandbox)) as made:
        returned = task.attempt()
    assert_whole(sandbox, made, returned)
    assert task.xcoms[-1, "remote_id"] == returned
    (note_id,) = made[returned].notes
    assert task.told["note"] == {"id": str(note_id), "outcome": "created"}
    assert task.told["move"] == {"id": returned, "outcome": "updated"}
    calls = [f"{call.method} {call.path.rpartition('/')[2]}" for call in sandbox.requests("smartq")]
    reads = [call for call in calls if call.startswith("GET")]
    assert reads == ["GET tickets", "GET steps"], "one look before the ticket, and the step by its name"
    assert len(writes(sandbox)) == 5

    sent = len(writes(sandbox))
    assert task.attempt() == returned
    assert len(writes(sandbox)) == sent, "all is noted"


@any_loss
@pytest.mark.parametrize("path", [TICKETS, NOTES, FILES, r"/tickets/\d+$"], ids=["ticket", "note", "file", "move"])
def test_a_ticket_loses_an_answer_and_nothing_else(
    path: str, fault: Any, sandbox: Sandbox, finding: Callable[..., Task]
) -> None:
    sandbox.add_fault(fault, method="PUT" if "d+" in path else "POST", path=path, times=1)
    with counting(lambda: tickets(sandbox)) as made:
        returned = finding().attempt()
    assert_whole(sandbox, made, returned)
    assert len(writes(sandbox)) == 5


@pytest.mark.parametrize("path", [TICKETS, NOTES, FILES, r"/tickets/\d+$"], ids=["ticket", "note", "file", "move"])
def test_a_retry_takes_up_at_what_is_missing(path: str, sandbox: Sandbox, finding: Callable[..., Task]) -> None:
    method = "PUT" if "d+" in path else "POST"
    sandbox.add_fault({"status": 422, "body": {"error": "no"}}, method=method, path=path, times=1)
    task = finding()
    with counting(lambda: tickets(sandbox)) as made:
        with pytest.raises(QARequestRejectedError):
            task.attempt()
        returned = task.attempt()
    assert_whole(sandbox, made, returned)


def test_a_ticket_that_is_made_anew_has_all_that_the_first_one_had(
    sandbox: Sandbox, finding: Callable[..., Task]
) -> None:
    task = finding(on_gone="new")
    first = task.attempt()
    ask(lambda client: client.tickets.delete(place(sandbox)["project_id"], first))
    with counting(lambda: tickets(sandbox)) as made:
        second = task.attempt()
    assert first != second
    assert_whole(sandbox, made, second)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"files": "kerb.jpg"}, "the file kerb.jpg at"),
        ({"files": "../door.jpg"}, "leads out of its folder"),
        ({"files_from": "None"}, "files_from names no folder"),
        ({"files": None, "note": None}, "notify_users is about a note"),
        ({"notify_users": "perhaps"}, "notify_users must be true or false"),
    ],
)
def test_what_a_ticket_cannot_have_is_refused_before_it_is_there(
    arguments: dict[str, Any], problem: str, sandbox: Sandbox, finding: Callable[..., Task]
) -> None:
    with pytest.raises((QAValidationError, QAFileError)) as refused:
        finding(**arguments).attempt()
    assert problem in str(refused.value)
    assert writes(sandbox) == []


def test_files_without_a_text_are_named_in_it(sandbox: Sandbox, finding: Callable[..., Task]) -> None:
    with counting(lambda: tickets(sandbox)) as made:
        returned = finding(note=None, then_move_to=None, notify_users=None).attempt()
    (note,) = made[returned].notes.values()
    assert note.text == "door.jpg, frame.jpg"
