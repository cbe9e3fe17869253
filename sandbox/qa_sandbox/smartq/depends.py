"""What routes are given: the account, the caller, the body, and the objects that the path names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from qa_sandbox.smartq import models
from qa_sandbox.smartq.auth import signed_in, signing_in
from qa_sandbox.smartq.phpform import read_form
from qa_sandbox.smartq.rights import may_see, require_project_right
from qa_sandbox.smartq.search import Flag, Name, TicketExtras, TicketFilter
from qa_sandbox.smartq.store import SmartQStore, find
from qa_sandbox.web import Refused, asked, injected, store_of


async def _sent(request: Request) -> AsyncIterator[dict[str, Any]]:
    yield await read_form(request)
    await request.close()


def _field(project: models.Project, field_name: str) -> models.CustomField:
    if field_name not in project.fields:
        raise Refused(404, f"custom field {field_name[:40]!r} not found")
    return project.fields[field_name]


def _choices(field: models.CustomField) -> models.CustomField:
    if not field.is_choice:
        raise Refused(400, f"Custom field {field.name} is of type {field.type}; only choice fields have values.")
    return field


def _visible(caller: models.User, project: models.Project, ticket: models.Ticket) -> dict[int, models.Note]:
    return {note.id: note for note in ticket.notes.values() if may_see(caller, project, note)}


def _editable(caller: models.User, project: models.Project) -> models.Project:
    require_project_right(caller, project, "can_edit_project")
    return project


def _by_id(kind: str, items: Callable[..., Mapping[int, Any]]) -> Callable[..., Any]:
    """Make the function that finds the object with the id in the path; ``items`` is given what its parameters name."""

    def found(**given: Any) -> Any:
        object_id = given.pop(f"{kind}_id")
        return find(items(**given), object_id, kind)

    names = (*signature(items).parameters, f"{kind}_id")
    found.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY) for name in names]
    )
    KNOWN[f"{kind}_id"] = Annotated[str, Path(description=f"{kind} id")]
    return found


# What the function of a route is given, by the name of its parameter; the objects depend on those before them.
KNOWN: dict[str, Any] = {
    "store": Annotated[SmartQStore, Depends(store_of)],
    "caller": Annotated[models.User, Depends(signed_in)],
    "newcomer": Annotated[models.User, Depends(signing_in)],
    "sent": Annotated[dict[str, Any], Depends(_sent)],
    "field_name": Annotated[str, Path(description="field name, f1 to f25")],
    "count": Annotated[int, Query(ge=0, description="how many")],
    "offset": Annotated[int, Query(ge=0, description="get the list starting from this place")],
    "only_active": Annotated[Flag, Query(alias="activeFilter", description="0 - all, 1 - only active projects")],
    "name": Name,
    "wanted": Annotated[TicketFilter, Depends(asked(TicketFilter))],
    "extras": Annotated[TicketExtras, Depends(asked(TicketExtras))],
}
for _name, _call in (
    ("user", _by_id("user", lambda store: store.users)),
    ("project", _by_id("project", lambda store: store.projects)),
    ("role", _by_id("role", lambda project: project.roles)),
    ("step", _by_id("step", lambda project: {step.id: step for step in project.steps})),
    ("field", _field),
    ("choices", _choices),
    ("value", _by_id("value", lambda choices: {value.id: value for value in choices.values})),
    ("ticket", _by_id("ticket", lambda project: project.tickets)),
    ("note", _by_id("note", _visible)),
    ("task", _by_id("task", lambda ticket: ticket.tasks)),
    ("file", _by_id("file", lambda note: note.files)),
):
    KNOWN[_name] = Annotated[Any, Depends(injected(_call, KNOWN))]
# The same for routes that change the settings of a project.
EDITING: Mapping[str, Any] = {**KNOWN, "project": Annotated[models.Project, Depends(injected(_editable, KNOWN))]}
