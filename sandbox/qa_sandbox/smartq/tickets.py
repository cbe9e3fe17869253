"""Tickets: adding, changing and moving them, and their custom fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qa_sandbox.smartq.forms import TICKET
from qa_sandbox.smartq.models import CustomField, Project, Ticket, User
from qa_sandbox.smartq.properties import IDS, TEXT, read, read_number
from qa_sandbox.smartq.rights import require_step
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.web import Refused

_ATTRIBUTES = {
    "name": "name",
    "description": "description",
    "tags": "tags",
    "required_by": "deadline",
    "assigned_to": "assigned_to",
}
_FIELD_NAME = re.compile(r"f[0-9]{1,3}")


def create(store: SmartQStore, caller: User, project: Project, sent: Mapping[str, Any]) -> Ticket:
    given = _given(store, caller, project, sent, partial=False)
    values = _field_values(project, sent)
    for field in project.fields.values():
        _fill_in(field, values)
    now, step_id = store.now, given["step_id"]
    ticket = Ticket(
        id=store.next_id("ticket"),
        step_id=step_id,
        owner_id=caller.id,
        inserted=now,
        updated=now,
        moved=now,
        pos=_last_place(project, step_id) + 1,
        values=values,
        **{own: given[name] for name, own in _ATTRIBUTES.items() if name in given},
    )
    project.tickets[ticket.id] = ticket
    _tell_team(store, caller, ticket, given)
    return ticket


def update(store: SmartQStore, caller: User, project: Project, ticket: Ticket, sent: Mapping[str, Any]) -> Ticket:
    """Change a ticket; another step moves it there, to the end."""
    given = _given(store, caller, project, sent, partial=True)
    values = _field_values(project, sent)
    for name in values:
        _require_value(project.fields[name], values[name])
    step_id = given.get("step_id", ticket.step_id)
    if step_id != ticket.step_id:
        ticket.pos = _last_place(project, step_id) + 1
        ticket.step_id, ticket.moved = step_id, store.now
    for name, own in _ATTRIBUTES.items():
        if name in given:
            setattr(ticket, own, given[name])
    ticket.values |= values
    ticket.updated = store.now
    _tell_team(store, caller, ticket, given)
    return ticket


def team(ticket: Ticket) -> tuple[int, ...]:
    return tuple(dict.fromkeys((ticket.owner_id, *ticket.assigned_to)))


def _given(
    store: SmartQStore, caller: User, project: Project, sent: Mapping[str, Any], *, partial: bool
) -> dict[str, Any]:
    given = TICKET.read(sent, partial=partial)
    if "step_id" in given:
        if project.step(given["step_id"]) is None:
            raise Refused(400, f"ticket[step_id]: project {project.id} has no step {given['step_id']}.")
        require_step(caller, project, given["step_id"])
    store.check_users("ticket[assigned_to]", given.get("assigned_to", ()))
    return given


def _last_place(project: Project, step_id: int) -> int:
    return max((ticket.pos for ticket in project.tickets.values() if ticket.step_id == step_id), default=0)


def _tell_team(store: SmartQStore, caller: User, ticket: Ticket, given: Mapping[str, Any]) -> None:
    if given.get("notify_involved"):
        store.notify(ticket, (user_id for user_id in team(ticket) if user_id != caller.id))


def _field_values(project: Project, sent: Mapping[str, Any]) -> dict[str, Any]:
    array = TICKET.array(sent)
    names = [name for name in array if _FIELD_NAME.fullmatch(name)]
    unknown = [name for name in names if name not in project.fields]
    if unknown:
        raise Refused(400, f"Project {project.id} has no custom field {', '.join(unknown)}.")
    return {name: _field_value(project.fields[name], array[name]) for name in names}


def _field_value(field: CustomField, raw: Any) -> Any:
    wire_name = f"ticket[{field.name}]"
    if field.type == "float":
        return read_number(wire_name, raw, field.low, field.high)
    if not field.is_choice:
        return read(TEXT, wire_name, raw)
    ids: tuple[int, ...] = read(IDS, wire_name, raw)
    unknown = [str(value_id) for value_id in ids if value_id not in {value.id for value in field.values}]
    if unknown:
        raise Refused(400, f"{wire_name}: the field has no value {', '.join(unknown)}; send ids, not titles.")
    if len(ids) > 1 and not field.holds_many:
        raise Refused(400, f"{wire_name} takes one value id; only checkbox fields take several.")
    return ids


def _fill_in(field: CustomField, values: dict[str, Any]) -> None:
    if field.is_choice and field.name not in values:
        values[field.name] = tuple(value.id for value in field.values if value.is_default)
    _require_value(field, values.get(field.name))


def _require_value(field: CustomField, value: Any) -> None:
    if field.required and value in (None, "", ()):
        raise Refused(400, f"ticket[{field.name}] ({field.label}) is required.")
