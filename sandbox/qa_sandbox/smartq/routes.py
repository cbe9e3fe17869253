"""
smartQ's routes: tokens, users, projects with roles, steps and custom fields, tickets with notes, tasks and files.

A route is a line. Its function is given what its parameters name, see :data:`~qa_sandbox.smartq.depends.KNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.responses import Response

from qa_sandbox.smartq import answers, board, forms, models, notes, people, tickets, views
from qa_sandbox.smartq.auth import signed_in
from qa_sandbox.smartq.depends import KNOWN
from qa_sandbox.smartq.envelope import RESPONSES, Answer, Items, listing, success
from qa_sandbox.smartq.openapi import form_body, task_body, upload_body
from qa_sandbox.smartq.rights import may_see, require_account_right
from qa_sandbox.smartq.search import TicketExtras, TicketFilter, details
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.web import BINARY, Responses, injected

DEFAULT_COUNT = 20
DEFAULT_USERS = 1000
Json = dict[str, Any]
Call = Callable[..., Any]


class Resource:
    """The routes of one heading in the vendor docs, which ask for credentials before anything else."""

    def __init__(self, tag: str, prefix: str, answer: Any) -> None:
        self._one, self._many = Answer[answer], Answer[Items[answer]]
        # What tickets and fields do not have is left out.
        self._options = {"response_model_exclude_unset": answer in (answers.TicketAnswer, answers.FieldAnswer)}
        self.router = APIRouter(prefix=prefix, tags=[tag], responses=RESPONSES, dependencies=[Depends(signed_in)])

    def _add(self, method: str, path: str, title: str, model: Any, call: Call, **options: Any) -> None:
        self.router.add_api_route(
            path, injected(call, KNOWN), methods=[method], summary=title, response_model=model, **options
        )

    def list(self, path: str, title: str, call: Call) -> None:
        self._add("GET", path, title, self._many, call, **self._options)

    def get(self, path: str, title: str, call: Call) -> None:
        self._add("GET", path, title, self._one, call, **self._options)

    def create(self, path: str, title: str, body: Json, call: Call) -> None:
        self._add("POST", path, title, self._one, call, openapi_extra=body, **self._options)

    def update(self, path: str, title: str, body: Json, call: Call, *, published: bool = True) -> None:
        self._add("PUT", path, title, self._one, call, openapi_extra=body, include_in_schema=published, **self._options)

    def delete(self, path: str, title: str, call: Call, *, published: bool = True) -> None:
        self._add("DELETE", path, title, Answer[Any], call, include_in_schema=published)


def _new(form: Any) -> Json:
    return form_body(form)


def _changed(form: Any) -> Json:
    return form_body(form, partial=True)


def _deleted(store: SmartQStore, done: None = None) -> Json:
    return success(store.wire.deleted)


oauth = APIRouter(tags=["Authorization token"], responses=RESPONSES)
oauth.add_api_route(
    "/oauth2/",
    injected(lambda store, newcomer: success(store.tokens.issue(newcomer.id)), KNOWN),
    methods=["POST"],
    summary="returns authorization and refresh token",
    response_model=Answer[answers.TokenAnswer],
)


def _user(store: SmartQStore, user: models.User) -> Json:
    return success(views.user(user, store.context.base_url))


def _list_users(store: SmartQStore, caller: models.User, count: int = DEFAULT_USERS, offset: int = 0) -> Json:
    require_account_right(caller, "can_view_profiles")
    found = list(store.users.values())[offset : offset + count]
    return listing(views.user(user, store.context.base_url) for user in found)


def _get_user(store: SmartQStore, caller: models.User, user: models.User) -> Json:
    if user is not caller:
        require_account_right(caller, "can_view_profiles")
    return _user(store, user)


users = Resource("Users", "/users", answers.UserAnswer)
users.get("/me", "returns authorized user's details", lambda store, caller: _user(store, caller))
users.update(
    "/me",
    "updates authorized user's details",
    _changed(forms.USER),
    lambda store, caller, sent: _user(store, people.update(store, caller, caller, sent)),
)
users.list("", "returns the list of users", _list_users)
users.create(
    "",
    "adds a new user",
    _new(forms.USER),
    lambda store, caller, sent: _user(store, people.create(store, caller, sent)),
)
users.get("/{user_id}", "returns user details", _get_user)
users.update(
    "/{user_id}",
    "updates user details",
    _changed(forms.USER),
    lambda store, caller, user, sent: _user(store, people.update(store, caller, user, sent)),
)
users.delete(
    "/{user_id}", "deletes user", lambda store, caller, user: _deleted(store, people.delete(store, caller, user))
)


def _list_projects(
    store: SmartQStore, only_active: bool = False, name: str = "", count: int = DEFAULT_COUNT, offset: int = 0
) -> Json:
    found = [
        project
        for project in store.projects.values()
        if (project.active or not only_active) and name.lower() in project.name.lower()
    ]
    return listing(views.project(project) for project in found[offset : offset + count])


def _create_project(store: SmartQStore, caller: models.User, sent: Json) -> Json:
    require_account_right(caller, "can_manage_projects")
    return success(views.project(board.create_project(store, caller, sent)))


projects = Resource("Projects", "/projects", answers.ProjectAnswer)
projects.list("", "returns the list of projects", _list_projects)
projects.create("", "adds a new project", _new(forms.PROJECT), _create_project)
projects.get("/{project_id}", "returns project details", lambda project: success(views.project(project)))
projects.update(
    "/{project_id}",
    "updates project details",
    _changed(forms.PROJECT),
    lambda editable, sent: success(views.project(board.update_project(editable, sent))),
)
projects.delete(
    "/{project_id}", "deletes project", lambda store, editable: _deleted(store, store.projects.pop(editable.id))
)


def _role(project: models.Project, role: models.Role) -> Json:
    return success(views.role(project, role))


def _update_default_role(editable: models.Project, sent: Json) -> Json:
    return _role(editable, board.update_role(editable, editable.default_role, sent))


def _delete_role(store: SmartQStore, editable: models.Project, role: models.Role) -> Json:
    return _deleted(store, board.delete_role(editable, role))


_ROLES = "/projects/{project_id}/roles"
roles = Resource("Project Roles", "", answers.RoleAnswer)
roles.list(
    _ROLES,
    "returns the list of project roles",
    lambda project: listing(views.role(project, role) for role in project.roles.values()),
)
roles.create(
    _ROLES,
    "adds a new project role",
    _new(forms.ROLE),
    lambda store, editable, sent: _role(editable, board.create_role(store, editable, sent)),
)
roles.get(_ROLES + "/default", "returns default role details", lambda project: _role(project, project.default_role))
_DEFAULT = "updates default project role details"
roles.update(_ROLES + "/default", _DEFAULT, _changed(forms.ROLE), _update_default_role)
# The docs print this path, most likely by mistake: every other one says "projects".
roles.update("/project/{project_id}/roles/default", _DEFAULT, {}, _update_default_role, published=False)
roles.get(_ROLES + "/{role_id}", "returns project role details", _role)
roles.update(
    _ROLES + "/{role_id}",
    "updates project role details",
    _changed(forms.ROLE),
    lambda editable, role, sent: _role(editable, board.update_role(editable, role, sent)),
)
roles.delete(_ROLES + "/{role_id}", "deletes project role", _delete_role)
# The docs print this path, without a slash before "roles".
roles.delete("/projects/{project_id}roles/{role_id}", "deletes project role", _delete_role, published=False)


def _step(project: models.Project, step: models.Step) -> Json:
    return success(views.step(project, step))


steps = Resource("Project Steps (Stages)", "/projects/{project_id}/steps", answers.StepAnswer)
steps.list(
    "",
    "returns the list of project steps",
    lambda project: listing(views.step(project, step) for step in project.steps),
)
steps.create(
    "",
    "adds a new project step",
    _new(forms.STEP),
    lambda store, editable, sent: _step(editable, board.create_step(store, editable, sent)),
)
steps.get("/{step_id}", "returns project step details", _step)
steps.update(
    "/{step_id}",
    "updates project step details",
    _changed(forms.STEP),
    lambda editable, step, sent: _step(editable, board.update_step(editable, step, sent)),
)
steps.delete(
    "/{step_id}",
    "deletes project step",
    lambda store, editable, step: _deleted(store, board.delete_step(editable, step)),
)


def _field(project: models.Project, field: models.CustomField) -> Json:
    return success(views.custom_field(project, field))


fields = Resource("Project Custom Fields", "/projects/{project_id}/custom_fields", answers.FieldAnswer)
fields.list(
    "",
    "returns the list of project custom fields",
    lambda project: listing(views.custom_field(project, field) for field in project.fields.values()),
)
fields.create(
    "",
    "adds a new custom field to the project",
    _new(forms.FIELD),
    lambda store, editable, sent: _field(editable, board.create_field(store, editable, sent)),
)
fields.get("/{field_name}", "returns field properties", _field)
fields.update(
    "/{field_name}",
    "updates custom field details",
    _changed(forms.FIELD),
    lambda store, editable, field, sent: _field(editable, board.update_field(store, field, sent)),
)
fields.delete(
    "/{field_name}",
    "deletes custom field",
    lambda store, editable, field: _deleted(store, board.delete_field(editable, field)),
)


def _value(choices: models.CustomField, value: models.Choice) -> Json:
    return success(views.choice(choices, value))


values = Resource(
    "Project Custom Field Values", "/projects/{project_id}/custom_fields/{field_name}/values", answers.ValueAnswer
)
values.list(
    "",
    "returns the list of custom field values",
    lambda choices: listing(views.choice(choices, value) for value in choices.values),
)
values.create(
    "",
    "adds a new value to the custom field",
    _new(forms.VALUE),
    lambda store, editable, choices, sent: _value(choices, board.create_value(store, choices, sent)),
)
values.get("/{value_id}", "returns field value properties", _value)
values.update(
    "/{value_id}",
    "updates custom field value details",
    _changed(forms.VALUE),
    lambda editable, choices, value, sent: _value(choices, board.update_value(choices, value, sent)),
)
values.delete(
    "/{value_id}",
    "deletes custom field value",
    lambda store, editable, choices, value: _deleted(store, board.delete_value(editable, choices, value)),
)


def _list_tickets(
    store: SmartQStore,
    caller: models.User,
    project: models.Project,
    wanted: TicketFilter,
    extras: TicketExtras,
    count: int = DEFAULT_COUNT,
    offset: int = 0,
) -> Json:
    found = wanted.apply(project)[offset : offset + count]
    return listing(extras.row(store, caller, project, ticket) for ticket in found)


def _ticket(store: SmartQStore, caller: models.User, project: models.Project, ticket: models.Ticket) -> Json:
    return success(details(store, caller, project, ticket))


_TICKETS = "/projects/{project_id}/tickets"
cards = Resource("Tickets", _TICKETS, answers.TicketAnswer)
cards.list("", "returns the list of tickets", _list_tickets)
cards.create(
    "",
    "adds a new ticket",
    _new(forms.TICKET),
    lambda store, caller, project, sent: _ticket(store, caller, project, tickets.create(store, caller, project, sent)),
)
cards.get("/{ticket_id}", "returns ticket details", _ticket)
cards.update(
    "/{ticket_id}",
    "updates ticket details",
    _changed(forms.TICKET),
    lambda store, caller, project, ticket, sent: _ticket(
        store, caller, project, tickets.update(store, caller, project, ticket, sent)
    ),
)
cards.delete(
    "/{ticket_id}", "deletes ticket", lambda store, project, ticket: _deleted(store, project.tickets.pop(ticket.id))
)


def _list_notes(
    caller: models.User, project: models.Project, ticket: models.Ticket, count: int = DEFAULT_COUNT, offset: int = 0
) -> Json:
    visible = [note for note in ticket.notes.values() if may_see(caller, project, note)]
    return listing(views.note(project, ticket, note) for note in visible[offset : offset + count])


def _note(project: models.Project, ticket: models.Ticket, note: models.Note) -> Json:
    return success(views.note(project, ticket, note))


_NOTES = _TICKETS + "/{ticket_id}/notes"
comments = Resource("Notes", _NOTES, answers.NoteAnswer)
comments.list("", "returns the list of notes", _list_notes)
comments.create(
    "",
    "adds a new ticket note",
    _new(forms.NOTE),
    lambda store, caller, project, ticket, sent: _note(project, ticket, notes.create_note(store, caller, ticket, sent)),
)
comments.get("/{note_id}", "gets note details", _note)
comments.update(
    "/{note_id}",
    "updates note details",
    _changed(forms.NOTE),
    lambda store, caller, project, ticket, note, sent: _note(
        project, ticket, notes.update_note(store, caller, project, ticket, note, sent)
    ),
)
comments.delete(
    "/{note_id}",
    "deletes note",
    lambda store, caller, project, ticket, note: _deleted(store, notes.delete_note(caller, project, ticket, note)),
)


def _list_tasks(ticket: models.Ticket, count: int = DEFAULT_COUNT, offset: int = 0) -> Json:
    return listing(views.task(ticket, task) for task in list(ticket.tasks.values())[offset : offset + count])


tasks = Resource("Tasks", _TICKETS + "/{ticket_id}/tasks", answers.TaskAnswer)
tasks.list("", "returns the list of ticket tasks", _list_tasks)
tasks.create(
    "",
    "adds a new ticket task",
    task_body(),
    lambda store, caller, ticket, sent: success(views.task(ticket, notes.create_task(store, caller, ticket, sent))),
)
tasks.update(
    "/{task_id}",
    "updates task details",
    _changed(forms.TASK),
    lambda ticket, task, sent: success(views.task(ticket, notes.update_task(task, sent))),
)
tasks.delete("/{task_id}", "deletes task", lambda store, ticket, task: _deleted(store, ticket.tasks.pop(task.id)))


async def _upload(
    store: SmartQStore, caller: models.User, ticket: models.Ticket, note: models.Note, sent: Json
) -> Json:
    return success(views.file(note, await notes.attach(store, caller, ticket, note, sent)))


def _download(file: models.File) -> Response:
    plain = "".join(char for char in file.name if char.isascii() and char not in '"\\') or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=file.content_type, headers={"Content-Disposition": disposition})


_BODY: Responses = {200: {"content": {"application/octet-stream": BINARY}}}
files = Resource("Files", _NOTES + "/{note_id}", answers.FileAnswer)
files.list(
    "/files",
    "returns list of files attached to the note",
    lambda note: listing(views.file(note, file) for file in note.files.values()),
)
files.create("/filesv2", "uploads a new file", upload_body(), _upload)
files.get("/files/{file_id}", "returns file details", lambda note, file: success(views.file(note, file)))
files.router.add_api_route(
    "/files/{file_id}/download",
    injected(_download, KNOWN),
    summary="returns file body",
    response_class=Response,
    responses=_BODY,
)
files.delete("/files/{file_id}", "deletes a file", lambda store, note, file: _deleted(store, note.files.pop(file.id)))
ROUTERS = (
    oauth,
    *(one.router for one in (users, projects, roles, steps, fields, values, cards, comments, tasks, files)),
)
