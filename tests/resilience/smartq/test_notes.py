"""One note and each of its files once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException, ObjectStoragePath

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAFileError,
    QARequestRejectedError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.operators.smartq import SmartQAddNoteOperator
from airflow_qa_provider.vendors.smartq import notes
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task, killed_when
from tests.resilience.smartq.account import (
    FILES,
    NOTES,
    Board,
    any_loss,
    any_point,
    before_the_answer,
    counting,
    dying,
    tickets,
    told,
    writes,
)


@dataclass
class Thread:
    """A ticket of the sandbox and its notes."""

    ticket: Any
    files: list[str]
    project_id: str

    def task(self, text: str = "<b>Seen</b> on site & noted", **arguments: Any) -> Task:
        path = {"project_id": self.project_id, "ticket_id": str(self.ticket.id)}
        given = {**path, "text": text, "files": self.files, "notify_users": True, **arguments}
        return Task(lambda: SmartQAddNoteOperator(task_id="note", **given))

    def notes(self) -> dict[str, Any]:
        return {str(note.id): note for note in self.ticket.notes.values()}

    def attached(self) -> list[tuple[str, bytes]]:
        """Files of the latest note."""
        return [(file.name, file.content) for file in list(self.ticket.notes.values())[-1].files.values()]


CONTENT = {"walk report.pdf": b"%PDF-1.7 walk", "photo 1.jpg": b"\xff\xd8" * 2000, "list.csv": b"a;b\n1;2\n"}


@pytest.fixture
def thread(board: Board, tmp_path: Path) -> Thread:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    return Thread(board.ticket, [str(tmp_path / name) for name in CONTENT], board.project_id)


@any_point
def test_a_killed_task_has_one_note(kill: Any, sandbox: Sandbox, thread: Thread) -> None:
    thread.task().attempt()
    killed = thread.task()
    with counting(thread.notes) as made:
        kill(sandbox, killed, NOTES)
        returned = killed.attempt()
        again = killed.attempt()

    assert list(made) == [returned] == [again]
    assert thread.attached() == list(CONTENT.items())
    assert told(sandbox, returned) == 1


@any_loss
def test_a_lost_note_is_found(fault: Any, sandbox: Sandbox, thread: Thread) -> None:
    thread.task().attempt()
    sandbox.add_fault(fault, method="POST", path=NOTES, times=1)
    with counting(thread.notes) as made:
        returned = thread.task().attempt()

    assert list(made) == [returned]
    assert thread.attached() == list(CONTENT.items())


def test_without_a_state_the_text_and_the_time_tell(sandbox: Sandbox, thread: Thread) -> None:
    there = thread.task()
    old = there.attempt()
    thread.notes()[old].inserted -= timedelta(hours=30)
    killed = thread.task()
    killed.keeps_state = False
    before_the_answer(sandbox, killed, NOTES)
    returned = killed.attempt()

    assert returned == list(thread.notes())[-1] != old
    assert thread.attached() == list(CONTENT.items())


def test_two_notes_with_one_text_are_uncertain(sandbox: Sandbox, thread: Thread) -> None:
    killed, other = thread.task(), thread.task("Seen\non site &amp; noted")
    before_the_answer(sandbox, killed, NOTES)
    seen = other.attempt()
    with pytest.raises(QAUncertainError, match=rf"cannot be told whether one of these came of it: note.*note {seen} "):
        killed.attempt()

    killed.xcoms[1, "remote_id"] = seen
    assert killed.attempt() != seen, "another task of the run has said that it is its own"


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", {"slow": 1}], ids=["before", "after", "unanswered"])
def test_each_file_is_attached_once(fault: Any, nth: int, sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault(fault, method="POST", path=FILES, nth=nth)
    killed = thread.task()
    arrived = fault != "reset_before"
    there = _stored(sandbox)
    sent = lambda: len(writes(sandbox, FILES)) >= nth and (not arrived or _stored(sandbox) >= there + nth)  # noqa: E731
    with dying(killed), killed_when(sent):
        killed.attempt()
    returned = killed.attempt()
    killed.attempt()

    assert thread.attached() == list(CONTENT.items())
    assert len(writes(sandbox, FILES)) == (3 if arrived else 4)
    assert told(sandbox, returned) == 1


def _stored(sandbox: Sandbox) -> int:
    return sum(len(note.files) for ticket in tickets(sandbox).values() for note in ticket.notes.values())


@any_loss
def test_a_lost_upload_is_looked_for_before_it_is_sent_again(fault: Any, sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault(fault, method="POST", path=FILES, nth=3)
    returned = thread.task().attempt()

    assert thread.attached() == list(CONTENT.items())
    assert len(writes(sandbox, FILES)) == 3
    assert told(sandbox, returned) == 1


def test_an_upload_that_never_arrived_is_sent_by_the_next_attempt(sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault("reset_before", method="POST", path=FILES, nth=2)
    losing = thread.task()
    with pytest.raises(QAConnectionLostError) as lost:
        losing.attempt()
    note_id = losing.state["journal"]["object_id"]
    assert f"Note {note_id} is there; photo 1.jpg may be attached, but the note does not show it." in str(lost.value)
    assert told(sandbox, note_id) == 0
    assert losing.attempt() == note_id

    assert thread.attached() == list(CONTENT.items())
    assert told(sandbox, note_id) == 1


def test_a_refused_file_says_that_the_note_is_there(sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault({"status": 413}, method="POST", path=FILES, nth=2)
    refused = thread.task()
    with pytest.raises(QARequestRejectedError, match=r"Note \d+ is there; Nothing was changed"):
        refused.attempt()
    refused.attempt()

    assert thread.attached() == list(CONTENT.items())


def test_files_that_the_vendor_has_renamed_are_not_sent_again(sandbox: Sandbox, thread: Thread) -> None:
    again = thread.task()
    again.attempt()
    files = list(list(thread.ticket.notes.values())[-1].files.values())
    files[0].name, files[1].name = "walk_report.PDF", "Photo-1.jpg"
    again.attempt()
    assert len(writes(sandbox, FILES)) == 3

    files[2].name = "IMG_0001.csv"
    with pytest.raises(
        QAUncertainError, match=r"cannot be told whether note \d+ has list.csv: it shows \d+ \(IMG_0001"
    ):
        again.attempt()
    again.make = thread.task(on_uncertain="repeat").make
    again.attempt()
    assert [name for name, _ in thread.attached()] == ["walk_report.PDF", "Photo-1.jpg", "IMG_0001.csv", "list.csv"]


def test_manifests_of_transfers_are_attached(sandbox: Sandbox, thread: Thread) -> None:
    def manifest(uri: str, fetched_at: str, **other: Any) -> dict[str, Any]:
        content = Path(uri).read_bytes()
        facts = {"bytes": len(content), "sha256": sha256(content).hexdigest(), "content_type": "application/pdf"}
        return {"uri": f"file://{uri}", "name": "Walk.pdf", **facts, "fetched_at": fetched_at, **other}

    uri = thread.files[0]
    noting = thread.task(files=[[manifest(uri, "2026-01-31T06:00:00Z")], ObjectStoragePath(thread.files[2])])
    noting.attempt()
    noting.make = thread.task(files=[manifest(uri, "2026-01-31T07:00:00Z"), thread.files[2]]).make
    noting.attempt()
    assert thread.attached() == [("Walk.pdf", b"%PDF-1.7 walk"), ("list.csv", CONTENT["list.csv"])]

    with pytest.raises(QAFileError, match=r"Walk.pdf at file:.* has 13 bytes and had 99 when it was stored"):
        thread.task(files=manifest(uri, "", bytes=99)).attempt()


def test_what_templates_make_of_a_note_is_read(sandbox: Sandbox, thread: Thread) -> None:
    users = [str(user) for user in sandbox.app("smartq").state.store.users][:2]
    noting = thread.task(files=None, parent_id="None", private="true", notify_users="yes", users=json.dumps(users))
    returned = noting.attempt()

    (body,) = [parse_qs(r.body) for r in writes(sandbox)]
    assert (body["note[private]"], body["note[notify_users]"]) == (["1"], ["1"])
    assert [body["note[users][0]"], body["note[users][1]"]] == [[user] for user in users]
    assert "note[parent_id]" not in body
    assert thread.notes()[returned].parent_id is None
    noted = noting.state["journal"]["fields"]
    assert "text" not in noted
    assert (len(noted["text_key"]), noted["users"]) == (32, users)


def test_more_notes_than_are_read_are_uncertain(
    sandbox: Sandbox, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "_MOST_ROWS", len(thread.notes()) + 1)
    killed, other = thread.task(files=None), thread.task("Another", files=None)
    with counting(thread.notes) as made:
        before_the_answer(sandbox, killed, NOTES)
        other.attempt()
        with pytest.raises(QAUncertainError, match=rf"more than \d+ notes of ticket {thread.ticket.id}, and no more"):
            killed.attempt()
    assert len(made) == 2


def test_a_file_that_is_gone_since_it_was_attached_is_not_missed(sandbox: Sandbox, thread: Thread) -> None:
    noting = thread.task()
    noting.attempt()
    for file in thread.files:
        Path(file).unlink()
    noting.attempt()
    assert len(writes(sandbox, FILES)) == 3


def test_a_note_without_files_is_one_request(sandbox: Sandbox, thread: Thread) -> None:
    noting = thread.task(files=None, parent_id=next(iter(thread.notes()), None), private=True)
    returned = noting.attempt()
    note = thread.notes()[returned]

    assert (note.text, note.private, told(sandbox, returned)) == ("<b>Seen</b> on site & noted", True, 1)
    assert len(writes(sandbox)) == 1


def test_a_dry_run_shows_the_note_and_then_the_first_file(sandbox: Sandbox, thread: Thread) -> None:
    dry = thread.task(preview=True)
    with counting(thread.notes) as made, pytest.raises(AirflowSkipException):
        dry.attempt()
    assert (made, writes(sandbox), dry.state) == ({}, [], {})
    assert dry.xcoms[-1, "preview"]["request"]["body"]["note[has_attachments]"] == "1"

    sandbox.add_fault({"status": 413}, method="POST", path=FILES, first=1)
    half = thread.task()
    with pytest.raises(QARequestRejectedError):
        half.attempt()
    half.make = dry.make
    with pytest.raises(AirflowSkipException):
        half.attempt()
    assert half.xcoms[-1, "preview"]["request"]["operation"] == "files.upload"


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"text": " "}, QAValidationError, "text is required"),
        ({"ticket_id": ""}, QAValidationError, "ticket_id is required"),
        ({"users": []}, QAValidationError, "users names no id"),
        ({"parent_id": ["1", "2"]}, QAValidationError, "parent_id must be an id"),
        ({"users": "[1, None]"}, QAValidationError, "users is what Python prints, and not JSON"),
        ({"private": "perhaps"}, QAValidationError, "private must be true or false, got 'perhaps'"),
        ({"notify_users": "perhaps"}, QAValidationError, "notify_users must be true or false, got 'perhaps'"),
        ({"files": ["[{'uri': ..."]}, QAValidationError, "files takes paths, URIs and the manifests"),
        ({"files": {"name": "x"}}, QAValidationError, "files takes the manifests that the transfers return"),
        (
            {"files": "nfs://site/a.pdf?sig=s3cr3t"},
            QAFileError,
            r"the file a\.pdf at nfs://site/a.pdf\?sig=\*\*\* cannot",
        ),
        ({"files": "/nowhere/a.pdf"}, QAFileError, "the file a.pdf at /nowhere/a.pdf does not exist"),
    ],
)
def test_a_bad_note_is_refused_before_any_request(
    given: dict[str, Any], error: type[Exception], words: str, sandbox: Sandbox, thread: Thread
) -> None:
    with pytest.raises(error, match=words):
        thread.task(**given).attempt()
    assert sandbox.requests("smartq") == []
