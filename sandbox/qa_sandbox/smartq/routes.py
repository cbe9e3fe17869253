"""
smartQ's routes: tokens, users, projects with roles, steps and custom fields, tickets with notes, tasks and files.

A route is a line: a title from the docs, and a function that is given what its parameters name, see
:data:`~qa_sandbox.smartq.depends.KNOWN`. What it returns is shown as its resource shows things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import signature
from itertools import islice
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.responses import Response

from qa_sandbox.smartq import answers, board, forms, notes, people, tickets, views
from qa_sandbox.smartq.auth import signed_in
from qa_sandbox.smartq.depends import EDITING, KNOWN
from qa_sandbox.smartq.envelope import RESPONSES, Answer, Items, listing, success
from qa_sandbox.smartq.models import File, Note, Project, Ticket, User
from qa_sandbox.smartq.openapi import form_body, task_body, upload_body
from qa_sandbox.smartq.properties import Form
from qa_sandbox.smartq.rights import may_see, require_account_right
from qa_sandbox.smartq.search import TicketExtras, TicketFilter, details
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.web import BINARY, injected

DEFAULT_COUNT = 20
DEFAULT_USERS = 1000
Json = dict[str, Any]
Call = Callable[..., Any]


class Resource:
    """
    The routes of one heading in the vendor docs, which ask for credentials before anything else.

    :param answer: what an object is shown as
    :param show: describes an ``item``; its other parameters are given like those of routes
    :param editing: whether changes need the right to edit the project
    """

    def __init__(self, tag: str, prefix: str, answer: Any, show: Call, *, editing: bool = False) -> None:
        self._one, self._many, self._show = Answer[answer], Answer[Items[answer]], show
        self._known = EDITING if editing else KNOWN
        # What tickets and fields do not have is left out.
        self._options = {"response_model_exclude_unset": answer in (answers.TicketAnswer, answers.FieldAnswer)}
        self.router = APIRouter(prefix=prefix, tags=[tag], responses=RESPONSES, dependencies=[Depends(signed_in)])

    def list(self, path: str, title: str, call: Call, *, shown: bool = False) -> None:
        """Add a list; the rows of some are shown already."""

        def answer(items: Iterable[Any], given: Json) -> Json:
            return listing(items if shown else (self._shown(item, given) for item in items))

        self._add("GET", path, title, self._many, call, answer, KNOWN)

    def get(self, path: str, title: str, call: Call) -> None:
        self._add("GET", path, title, self._one, call, self._success, KNOWN)

    def create(self, path: str, title: str, body: Json, call: Call) -> None:
        self._add("POST", path, title, self._one, call, self._success, self._known, openapi_extra=body)

    def update(self, path: str, title: str, form: Form, call: Call, **options: Any) -> None:
        body = form_body(form, partial=True)
        self._add("PUT", path, title, self._one, call, self._success, self._known, openapi_extra=body, **options)

    def delete(self, path: str, title: str, call: Call, **options: Any) -> None:
        def answer(done: object, given: Json) -> Json:
            return success(given["store"].wire.deleted)

        self._add("DELETE", path, title, Answer[Any], call, answer, self._known, **options)

    def _shown(self, item: Any, given: Json) -> Any:
        return self._show(
            item=item, **{name: given[name] for name in signature(self._show).parameters if name != "item"}
        )

    def _success(self, item: Any, given: Json) -> Json:
        return success(self._shown(item, given))

    def _add(
        self, method: str, path: str, title: str, model: Any, call: Call, answer: Call, known: Any, **options: Any
    ) -> None:
        shown = (name for name in signature(self._show).parameters if name != "item")
        handler = injected(call, known, answer, ("store", *shown, *(["project"] if known is EDITING else [])))
        options = {**(self._options if method != "DELETE" else {}), **options}
        self.router.add_api_route(path, handler, methods=[method], summary=title, response_model=model, **options)


oauth = APIRouter(tags=["Authorization token"], responses=RESPONSES)
oauth.add_api_route(
    "/oauth2/",
    injected(lambda store, newcomer: success(store.tokens.issue(newcomer.id)), KNOWN),
    methods=["POST"],
    summary="returns authorization and refresh token",
    response_model=Answer[answers.TokenAnswer],
)


def _list_users(store: SmartQStore, caller: User, count: int = DEFAULT_USERS, offset: int = 0) -> Iterable[User]:
    require_account_right(caller, "can_view_profiles")
    return islice(store.users.values(), offset, offset + count)


def _get_user(caller: User, user: User) -> User:
    if user is not caller:
        require_account_right(caller, "can_view_profiles")
    return user


def _update_me(store: SmartQStore, caller: User, sent: Json) -> User:
    return people.update(store, caller, caller, sent)


users = Resource("Users", "/users", answers.UserAnswer, views.user)
users.get("/me", "returns authorized user's details", lambda caller: caller)
users.update("/me", "updates authorized user's details", forms.USER, _update_me)
users.list("", "returns the list of users", _list_users)
users.create("", "adds a new user", form_body(forms.USER), people.create)
users.get("/{user_id}", "returns user details", _get_user)
users.update("/{user_id}", "updates user details", forms.USER, people.update)
users.delete("/{user_id}", "deletes user", people.delete)


def _list_projects(
    store: SmartQStore, only_active: bool = False, name: str = "", count: int = DEFAULT_COUNT, offset: int = 0
) -> list[Project]:
    found = [
        project
        for project in store.projects.values()
        if (project.active or not only_active) and name.lower() in project.name.lower()
    ]
    return found[offset : offset + count]


projects = Resource("Projects", "/projects", answers.ProjectAnswer, views.project)
projects.list("", "returns the list of projects", _list_projects)
projects.create("", "adds a new project", form_body(forms.PROJECT), board.create_project)
projects.get("/{project_id}", "returns project details", lambda project: project)
projects.update("/{project_id}", "updates project details", forms.PROJECT, board.update_project)
projects.delete("/{project_id}", "deletes project", board.delete_project)

_ROLES, _ROLE = "/projects/{project_id}/roles", "/projects/{project_id}/roles/{role_id}"
_DEFAULT = "updates default project role details"
roles = Resource("Project Roles", "", answers.RoleAnswer, views.role, editing=True)
roles.list(_ROLES, "returns the list of project roles", lambda project: project.roles.values())
roles.create(_ROLES, "adds a new project role", form_body(forms.ROLE), board.create_role)
roles.get(_ROLES + "/default", "returns default role details", lambda project: project.default_role)
roles.update(_ROLES + "/default", _DEFAULT, forms.ROLE, board.update_default_role)
# The docs print this path, most likely by mistake: every other one says "projects".
_MISPRINT = "/project/{project_id}/roles/default"
roles.update(_MISPRINT, _DEFAULT, forms.ROLE, board.update_default_role, include_in_schema=False)
roles.get(_ROLE, "returns project role details", lambda role: role)
roles.update(_ROLE, "updates project role details", forms.ROLE, board.update_role)
roles.delete(_ROLE, "deletes project role", board.delete_role)
# The docs print this path, without a slash before "roles".
_MISPRINT = "/projects/{project_id}roles/{role_id}"
roles.delete(_MISPRINT, "deletes project role", board.delete_role, include_in_schema=False)

_STEPS = "/projects/{project_id}/steps"
steps = Resource("Project Steps (Stages)", _STEPS, answers.StepAnswer, views.step, editing=True)
steps.list("", "returns the list of project steps", lambda project: project.steps)
steps.create("", "adds a new project step", form_body(forms.STEP), board.create_step)
steps.get("/{step_id}", "returns project step details", lambda step: step)
steps.update("/{step_id}", "updates project step details", forms.STEP, board.update_step)
steps.delete("/{step_id}", "deletes project step", board.delete_step)

_FIELDS = "/projects/{project_id}/custom_fields"
fields = Resource("Project Custom Fields", _FIELDS, answers.FieldAnswer, views.custom_field, editing=True)
fields.list("", "returns the list of project custom fields", lambda project: project.fields.values())
fields.create("", "adds a new custom field to the project", form_body(forms.FIELD), board.create_field)
fields.get("/{field_name}", "returns field properties", lambda field: field)
fields.update("/{field_name}", "updates custom field details", forms.FIELD, board.update_field)
fields.delete("/{field_name}", "deletes custom field", board.delete_field)

_VALUES = _FIELDS + "/{field_name}/values"
values = Resource("Project Custom Field Values", _VALUES, answers.ValueAnswer, views.choice, editing=True)
values.list("", "returns the list of custom field values", lambda choices: choices.values)
values.create("", "adds a new value to the custom field", form_body(forms.VALUE), board.create_value)
values.get("/{value_id}", "returns field value properties", lambda value: value)
values.update("/{value_id}", "updates custom field value details", forms.VALUE, board.update_value)
values.delete("/{value_id}", "deletes custom field value", board.delete_value)


def _list_tickets(
    store: SmartQStore,
    caller: User,
    project: Project,
    wanted: TicketFilter,
    extras: TicketExtras,
    count: int = DEFAULT_COUNT,
    offset: int = 0,
) -> Iterable[Json]:
    found = wanted.apply(project)[offset : offset + count]
    return (extras.row(store, caller, project, ticket) for ticket in found)


_TICKETS = "/projects/{project_id}/tickets"
cards = Resource("Tickets", _TICKETS, answers.TicketAnswer, details)
cards.list("", "returns the list of tickets", _list_tickets, shown=True)
cards.create("", "adds a new ticket", form_body(forms.TICKET), tickets.create)
cards.get("/{ticket_id}", "returns ticket details", lambda ticket: ticket)
cards.update("/{ticket_id}", "updates ticket details", forms.TICKET, tickets.update)
cards.delete("/{ticket_id}", "deletes ticket", lambda project, ticket: project.tickets.pop(ticket.id))


def _list_notes(
    caller: User, project: Project, ticket: Ticket, count: int = DEFAULT_COUNT, offset: int = 0
) -> list[Note]:
    return [note for note in ticket.notes.values() if may_see(caller, project, note)][offset : offset + count]


_NOTES = _TICKETS + "/{ticket_id}/notes"
comments = Resource("Notes", _NOTES, answers.NoteAnswer, views.note)
comments.list("", "returns the list of notes", _list_notes)
comments.create("", "adds a new ticket note", form_body(forms.NOTE), notes.create_note)
comments.get("/{note_id}", "gets note details", lambda note: note)
comments.update("/{note_id}", "updates note details", forms.NOTE, notes.update_note)
comments.delete("/{note_id}", "deletes note", notes.delete_note)


def _list_tasks(ticket: Ticket, count: int = DEFAULT_COUNT, offset: int = 0) -> Iterable[object]:
    return islice(ticket.tasks.values(), offset, offset + count)


tasks = Resource("Tasks", _TICKETS + "/{ticket_id}/tasks", answers.TaskAnswer, views.task)
tasks.list("", "returns the list of ticket tasks", _list_tasks)
tasks.create("", "adds a new ticket task", task_body(), notes.create_task)
tasks.update("/{task_id}", "updates task details", forms.TASK, notes.update_task)
tasks.delete("/{task_id}", "deletes task", lambda ticket, task: ticket.tasks.pop(task.id))


def _download(file: File) -> Response:
    plain = "".join(char for char in file.name if char.isascii() and char not in '"\\') or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=file.content_type, headers={"Content-Disposition": disposition})


files = Resource("Files", _NOTES + "/{note_id}", answers.FileAnswer, views.file)
files.list("/files", "returns list of files attached to the note", lambda note: note.files.values())
files.create("/filesv2", "uploads a new file", upload_body(), notes.attach)
files.get("/files/{file_id}", "returns file details", lambda file: file)
files.router.add_api_route(
    "/files/{file_id}/download",
    injected(_download, KNOWN),
    summary="returns file body",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": BINARY}}},
)
files.delete("/files/{file_id}", "deletes a file", lambda note, file: note.files.pop(file.id))
ROUTERS = (
    oauth,
    *(one.router for one in (users, projects, roles, steps, fields, values, cards, comments, tasks, files)),
)
