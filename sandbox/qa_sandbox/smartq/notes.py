"""Notes with replies and files, and tasks of a ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import UploadFile

from qa_sandbox.smartq.forms import NOTE, TASK
from qa_sandbox.smartq.models import File, Note, Project, Task, Ticket, User
from qa_sandbox.smartq.properties import is_true
from qa_sandbox.smartq.rights import require_project_right
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.smartq.tickets import team
from qa_sandbox.web import Refused

# The docs allow "limited HTML tags" without naming them.
_ALLOWED_TAGS = "a|b|br|em|i|li|ol|p|s|strong|u|ul"
_OTHER_TAG = re.compile(rf"</?(?!(?:{_ALLOWED_TAGS})\b)[a-zA-Z][^<>]*>", re.IGNORECASE)
_PLAIN_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}", re.ASCII)


def create_note(store: SmartQStore, caller: User, ticket: Ticket, sent: Mapping[str, Any]) -> Note:
    """Add a note, or a reply. Whoever is to be told is told now, or after the last attachment."""
    given = NOTE.read(sent, partial=False)
    parent_id = _parent(ticket, given)
    store.check_users("note[users]", given.get("users", ()))
    told = given.get("users") or tuple(user_id for user_id in team(ticket) if user_id != caller.id)
    now = store.now
    note = Note(
        id=store.next_id("note"),
        text=_clean(given["text"]),
        owner_id=caller.id,
        inserted=now,
        updated=now,
        parent_id=parent_id,
        private=given.get("private", False),
    )
    ticket.notes[note.id] = note
    if given.get("notify_users"):
        if given.get("has_attachments"):
            note.held_for = told
        else:
            store.notify(ticket, told, note.id)
    return note


def update_note(
    store: SmartQStore, caller: User, project: Project, ticket: Ticket, note: Note, sent: Mapping[str, Any]
) -> Note:
    """Change a note's text or privacy; it stays in its thread."""
    _require_own(caller, project, note)
    given = NOTE.read(sent, partial=True)
    if _parent(ticket, given) not in (None, note.parent_id):
        raise Refused(400, f"note[parent_id]: note {note.id} stays in its thread.")
    note.text = _clean(given["text"]) if "text" in given else note.text
    note.private = given.get("private", note.private)
    note.updated = store.now
    return note


def delete_note(caller: User, project: Project, ticket: Ticket, note: Note) -> None:
    _require_own(caller, project, note)
    gone = {note.id}
    # A reply always comes after what it replies to.
    for other in ticket.notes.values():
        if other.parent_id in gone:
            gone.add(other.id)
    for note_id in gone:
        del ticket.notes[note_id]


def _parent(ticket: Ticket, given: Mapping[str, Any]) -> int | None:
    parent_id: int | None = given.get("parent_id") or given.get("top_parent_id") or None
    if parent_id is not None and parent_id not in ticket.notes:
        raise Refused(400, f"note[parent_id]: ticket {ticket.id} has no note {parent_id}.")
    return parent_id


def _clean(text: str) -> str:
    return _OTHER_TAG.sub("", text)


def _require_own(caller: User, project: Project, note: Note) -> None:
    if note.owner_id != caller.id:
        require_project_right(caller, project, "can_manage_people_notes")


async def attach(store: SmartQStore, caller: User, ticket: Ticket, note: Note, sent: Mapping[str, Any]) -> File:
    """Attach an uploaded file; the one marked as the last sends the note's notification."""
    upload = sent.get("file")
    if not isinstance(upload, UploadFile):
        raise Refused(400, 'Send one file, as multipart/form-data, in a part named "file" with a file name.')
    limit = store.wire.max_upload_bytes
    if (upload.size or 0) > limit:
        raise Refused(413, f"The file has {upload.size} bytes; at most {limit} are allowed.")
    last = is_true(sent.get("is_last_file"))
    content_type = upload.content_type or ""
    data = await upload.read()
    attached = File(
        id=store.next_id("file"),
        name=_file_name(upload.filename or ""),
        content_type=content_type if _PLAIN_TYPE.fullmatch(content_type) else "application/octet-stream",
        owner_id=caller.id,
        inserted=store.now,
        make=lambda: data,
    )
    note.files[attached.id] = attached
    if last and note.held_for:
        store.notify(ticket, note.held_for, note.id)
        note.held_for = ()
    return attached


def _file_name(sent: str) -> str:
    name = re.split(r"[/\\]", sent)[-1]
    return "".join(char for char in name if char.isprintable())[:200] or "file"


def create_task(store: SmartQStore, caller: User, ticket: Ticket, sent: Mapping[str, Any]) -> Task:
    given = TASK.read(_as_array(sent), partial=False)
    task = Task(store.next_id("task"), given["text"], caller.id, store.now, given.get("done", False))
    ticket.tasks[task.id] = task
    return task


def update_task(task: Task, sent: Mapping[str, Any]) -> Task:
    given = TASK.read(_as_array(sent), partial=True)
    task.text = given.get("text", task.text)
    task.done = given.get("done", task.done)
    return task


def _as_array(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    plain = sent.get("task")
    return {"task": {"text": plain}} if isinstance(plain, str) else sent
