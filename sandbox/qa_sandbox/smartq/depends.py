"""What routes are given: the account, the caller, the body, and the objects that the path names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from qa_sandbox.smartq import models
from qa_sandbox.smartq.auth import signed_in, signing_in
from qa_sandbox.smartq.phpform import read_form
from qa_sandbox.smartq.rights import may_see, require_project_right
from qa_sandbox.smartq.search import Flag, Name, TicketExtras, TicketFilter, ticket_extras, ticket_filter
from qa_sandbox.smartq.store import SmartQStore, find
from qa_sandbox.web import Refused, store_of


async def _sent(request: Request) -> AsyncIterator[dict[str, Any]]:
    yield await read_form(request)
    await request.close()


Store = Annotated[SmartQStore, Depends(store_of)]
Caller = Annotated[models.User, Depends(signed_in)]


async def _user(store: Store, user_id: Annotated[str, Path(description="user id")]) -> models.User:
    return find(store.users, user_id, "user")


async def _project(store: Store, project_id: Annotated[str, Path(description="project id")]) -> models.Project:
    return find(store.projects, project_id, "project")


Project = Annotated[models.Project, Depends(_project)]


async def _role(project: Project, role_id: Annotated[str, Path(description="role id")]) -> models.Role:
    return find(project.roles, role_id, "role")


async def _step(project: Project, step_id: Annotated[str, Path(description="step id")]) -> models.Step:
    return find({step.id: step for step in project.steps}, step_id, "step")


async def _field(
    project: Project, field_name: Annotated[str, Path(description="field name, f1 to f25")]
) -> models.CustomField:
    if field_name not in project.fields:
        raise Refused(404, f"custom field {field_name[:40]!r} not found")
    return project.fields[field_name]


async def _ticket(project: Project, ticket_id: Annotated[str, Path(description="ticket id")]) -> models.Ticket:
    return find(project.tickets, ticket_id, "ticket")


Field = Annotated[models.CustomField, Depends(_field)]
Ticket = Annotated[models.Ticket, Depends(_ticket)]


async def _choice_field(field: Field) -> models.CustomField:
    if not field.is_choice:
        raise Refused(400, f"Custom field {field.name} is of type {field.type}; only choice fields have values.")
    return field


ChoiceField = Annotated[models.CustomField, Depends(_choice_field)]


async def _value(field: ChoiceField, value_id: Annotated[str, Path(description="value id")]) -> models.Choice:
    return find({value.id: value for value in field.values}, value_id, "value")


async def _note(
    caller: Caller, project: Project, ticket: Ticket, note_id: Annotated[str, Path(description="note id")]
) -> models.Note:
    visible = {note.id: note for note in ticket.notes.values() if may_see(caller, project, note)}
    return find(visible, note_id, "note")


async def _task(ticket: Ticket, task_id: Annotated[str, Path(description="task id")]) -> models.Task:
    return find(ticket.tasks, task_id, "task")


Note = Annotated[models.Note, Depends(_note)]


async def _file(note: Note, file_id: Annotated[str, Path(description="file id")]) -> models.File:
    return find(note.files, file_id, "file")


async def _editable(caller: Caller, project: Project) -> models.Project:
    require_project_right(caller, project, "can_edit_project")
    return project


# What the function of a route is given, by the name of its parameter.
KNOWN: Mapping[str, Any] = {
    "store": Store,
    "caller": Caller,
    "newcomer": Annotated[models.User, Depends(signing_in)],
    "sent": Annotated[dict[str, Any], Depends(_sent)],
    "user": Annotated[models.User, Depends(_user)],
    "project": Project,
    "role": Annotated[models.Role, Depends(_role)],
    "step": Annotated[models.Step, Depends(_step)],
    "field": Field,
    "choices": ChoiceField,
    "value": Annotated[models.Choice, Depends(_value)],
    "ticket": Ticket,
    "note": Note,
    "task": Annotated[models.Task, Depends(_task)],
    "file": Annotated[models.File, Depends(_file)],
    "count": Annotated[int, Query(ge=0, description="how many")],
    "offset": Annotated[int, Query(ge=0, description="get the list starting from this place")],
    "only_active": Annotated[Flag, Query(alias="activeFilter", description="0 - all, 1 - only active projects")],
    "name": Name,
    "wanted": Annotated[TicketFilter, Depends(ticket_filter)],
    "extras": Annotated[TicketExtras, Depends(ticket_extras)],
}
# The same for routes that change the settings of a project.
EDITING: Mapping[str, Any] = {**KNOWN, "project": Annotated[models.Project, Depends(_editable)]}
