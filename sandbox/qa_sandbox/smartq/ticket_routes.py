"""smartQ's routes, part three: tickets, notes, tasks and files."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends
from starlette.responses import Response

from qa_sandbox.smartq import answers, notes, tickets, views
from qa_sandbox.smartq.depends import (
    Caller,
    File,
    Note,
    Project,
    Sent,
    Store,
    Task,
    Ticket,
    resource,
)
from qa_sandbox.smartq.envelope import Answer, Items, listing, success
from qa_sandbox.smartq.forms import NOTE, TASK, TICKET
from qa_sandbox.smartq.openapi import form_body, task_body, upload_body
from qa_sandbox.smartq.rights import may_see
from qa_sandbox.smartq.search import (
    DEFAULT_COUNT,
    Count,
    Offset,
    TicketExtras,
    TicketFilter,
    details,
    ticket_extras,
    ticket_filter,
)

Json = dict[str, Any]

_TICKETS = "/projects/{project_id}/tickets"
_NOTES = _TICKETS + "/{ticket_id}/notes"
cards = resource("Tickets", _TICKETS)
comments = resource("Notes", _NOTES)
tasks = resource("Tasks", _TICKETS + "/{ticket_id}/tasks")
files = resource("Files", _NOTES + "/{note_id}")

_TICKET, _NOTE = Answer[answers.TicketAnswer], Answer[answers.NoteAnswer]
_TASK, _FILE = Answer[answers.TaskAnswer], Answer[answers.FileAnswer]
_BODY: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


@cards.get(
    "",
    summary="returns the list of tickets",
    response_model=Answer[Items[answers.TicketAnswer]],
    response_model_exclude_unset=True,
)
async def list_tickets(
    store: Store,
    caller: Caller,
    project: Project,
    wanted: Annotated[TicketFilter, Depends(ticket_filter)],
    extras: Annotated[TicketExtras, Depends(ticket_extras)],
    count: Count = DEFAULT_COUNT,
    offset: Offset = 0,
) -> Json:
    found = wanted.apply(project)[offset : offset + count]
    return listing(extras.row(store, caller, project, ticket) for ticket in found)


@cards.post(
    "",
    summary="adds a new ticket",
    response_model=_TICKET,
    response_model_exclude_unset=True,
    openapi_extra=form_body(TICKET),
)
async def create_ticket(store: Store, caller: Caller, project: Project, sent: Sent) -> Json:
    return success(details(store, caller, project, tickets.create(store, caller, project, sent)))


@cards.get("/{ticket_id}", summary="returns ticket details", response_model=_TICKET, response_model_exclude_unset=True)
async def get_ticket(store: Store, caller: Caller, project: Project, ticket: Ticket) -> Json:
    return success(details(store, caller, project, ticket))


@cards.put(
    "/{ticket_id}",
    summary="updates ticket details",
    response_model=_TICKET,
    response_model_exclude_unset=True,
    openapi_extra=form_body(TICKET, partial=True),
)
async def update_ticket(store: Store, caller: Caller, project: Project, ticket: Ticket, sent: Sent) -> Json:
    tickets.update(store, caller, project, ticket, sent)
    return success(details(store, caller, project, ticket))


@cards.delete("/{ticket_id}", summary="deletes ticket", response_model=Answer[Any])
async def delete_ticket(store: Store, project: Project, ticket: Ticket) -> Json:
    del project.tickets[ticket.id]
    return success(store.wire.deleted)


@comments.get("", summary="returns the list of notes", response_model=Answer[Items[answers.NoteAnswer]])
async def list_notes(
    caller: Caller, project: Project, ticket: Ticket, count: Count = DEFAULT_COUNT, offset: Offset = 0
) -> Json:
    visible = [note for note in ticket.notes.values() if may_see(caller, project, note)]
    return listing(views.note(project, ticket, note) for note in visible[offset : offset + count])


@comments.post("", summary="adds a new ticket note", response_model=_NOTE, openapi_extra=form_body(NOTE))
async def create_note(store: Store, caller: Caller, project: Project, ticket: Ticket, sent: Sent) -> Json:
    return success(views.note(project, ticket, notes.create_note(store, caller, ticket, sent)))


@comments.get("/{note_id}", summary="gets note details", response_model=_NOTE)
async def get_note(project: Project, ticket: Ticket, note: Note) -> Json:
    return success(views.note(project, ticket, note))


@comments.put(
    "/{note_id}",
    summary="updates note details",
    response_model=_NOTE,
    openapi_extra=form_body(NOTE, partial=True),
)
async def update_note(store: Store, caller: Caller, project: Project, ticket: Ticket, note: Note, sent: Sent) -> Json:
    return success(views.note(project, ticket, notes.update_note(store, caller, project, ticket, note, sent)))


@comments.delete("/{note_id}", summary="deletes note", response_model=Answer[Any])
async def delete_note(store: Store, caller: Caller, project: Project, ticket: Ticket, note: Note) -> Json:
    notes.delete_note(caller, project, ticket, note)
    return success(store.wire.deleted)


@tasks.get("", summary="returns the list of ticket tasks", response_model=Answer[Items[answers.TaskAnswer]])
async def list_tasks(ticket: Ticket, count: Count = DEFAULT_COUNT, offset: Offset = 0) -> Json:
    found = list(ticket.tasks.values())[offset : offset + count]
    return listing(views.task(ticket, task) for task in found)


@tasks.post("", summary="adds a new ticket task", response_model=_TASK, openapi_extra=task_body())
async def create_task(store: Store, caller: Caller, ticket: Ticket, sent: Sent) -> Json:
    return success(views.task(ticket, notes.create_task(store, caller, ticket, sent)))


@tasks.put(
    "/{task_id}",
    summary="updates task details",
    response_model=_TASK,
    openapi_extra=form_body(TASK, partial=True),
)
async def update_task(ticket: Ticket, task: Task, sent: Sent) -> Json:
    return success(views.task(ticket, notes.update_task(task, sent)))


@tasks.delete("/{task_id}", summary="deletes task", response_model=Answer[Any])
async def delete_task(store: Store, ticket: Ticket, task: Task) -> Json:
    del ticket.tasks[task.id]
    return success(store.wire.deleted)


@files.get(
    "/files", summary="returns list of files attached to the note", response_model=Answer[Items[answers.FileAnswer]]
)
async def list_files(note: Note) -> Json:
    return listing(views.file(note, file) for file in note.files.values())


@files.post("/filesv2", summary="uploads a new file", response_model=_FILE, openapi_extra=upload_body())
async def upload_file(store: Store, caller: Caller, ticket: Ticket, note: Note, sent: Sent) -> Json:
    return success(views.file(note, await notes.attach(store, caller, ticket, note, sent)))


@files.get("/files/{file_id}", summary="returns file details", response_model=_FILE)
async def get_file(note: Note, file: File) -> Json:
    return success(views.file(note, file))


@files.get("/files/{file_id}/download", summary="returns file body", response_class=Response, responses=_BODY)
async def download_file(file: File) -> Response:
    plain = "".join(char for char in file.name if char.isascii() and char not in '"\\') or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=file.content_type, headers={"Content-Disposition": disposition})


@files.delete("/files/{file_id}", summary="deletes a file", response_model=Answer[Any])
async def delete_file(store: Store, note: Note, file: File) -> Json:
    del note.files[file.id]
    return success(store.wire.deleted)
