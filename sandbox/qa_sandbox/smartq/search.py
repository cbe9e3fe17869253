"""The list of tickets: filters, order and extras, as its parameters are documented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema

from qa_sandbox.smartq import views
from qa_sandbox.smartq.models import Project, Ticket, User
from qa_sandbox.smartq.properties import is_true, read_moment
from qa_sandbox.smartq.rights import may_see
from qa_sandbox.smartq.store import SmartQStore

# As PHP takes it: everything but "" and "0" is true, "false" too.
Flag = Annotated[bool, BeforeValidator(is_true), WithJsonSchema({"type": "integer", "enum": [0, 1]})]
Name = Annotated[str, Query(alias="nameFilter", description="part of the name")]
Order = Literal["insert_time", "update_time", "move_time", "title", "pos", "deadline_date"]
DEFAULT_COUNT = 20
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


@dataclass
class TicketFilter:
    archived: Annotated[int, Query(ge=0, le=2, description="0 active, 1 archived, 2 all tickets")] = 0
    assigned_to_id: Annotated[int | None, Query(alias="assignedToId")] = None
    name: Name = ""
    required_by: Annotated[
        str | None, Query(alias="requiredByFilter", description="deadline earlier than, 2017-12-31 08:30:00")
    ] = None
    step_id: Annotated[int | None, Query(alias="stepIdFilter")] = None
    order: Annotated[Order, Query(alias="orderCol")] = "insert_time"
    reverse: Annotated[Flag, Query(description="1 - DESC, 0 - ASC")] = True
    before: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        if self.required_by is not None:
            self.before = read_moment("requiredByFilter", self.required_by)

    def accepts(self, ticket: Ticket) -> bool:
        return (
            self.archived in (2, int(ticket.archived))
            and (self.assigned_to_id is None or self.assigned_to_id in ticket.assigned_to)
            and self.name.lower() in ticket.name.lower()
            and (self.before is None or (ticket.deadline or _NEVER) < self.before)
            and self.step_id in (None, ticket.step_id)
        )

    def apply(self, project: Project) -> list[Ticket]:
        found = [ticket for ticket in project.tickets.values() if self.accepts(ticket)]
        keys: dict[str, Callable[[Ticket], Any]] = {
            "insert_time": lambda ticket: ticket.inserted,
            "update_time": lambda ticket: ticket.updated,
            "move_time": lambda ticket: ticket.moved,
            "title": lambda ticket: ticket.name.lower(),
            "pos": lambda ticket: (project.rank(ticket.step_id), ticket.pos),
            "deadline_date": lambda ticket: ticket.deadline or _NEVER,
        }
        key = keys[self.order]
        return sorted(found, key=lambda ticket: (key(ticket), ticket.id), reverse=self.reverse)


@dataclass(frozen=True)
class TicketExtras:
    """What a row of the list holds; no ``fields`` means all of the ticket's own members."""

    custom_fields: Annotated[Flag, Query(description="include custom field values")] = False
    assigned_to: Annotated[Flag, Query(description="include assigned users")] = False
    notes: Annotated[Flag, Query(alias="get_info_by_note", description="include notes")] = False
    cover: Annotated[Flag, Query(alias="get_cover", description="include cover image")] = True
    fields: Annotated[str, Query(description="only these members, comma separated")] = ""

    def row(self, store: SmartQStore, caller: User, project: Project, ticket: Ticket) -> views.Wire:
        own, names = views.ticket(project, ticket), {name.strip() for name in self.fields.split(",")} - {""}
        row = {name: value for name, value in own.items() if not names or name in names}
        visible = [note for note in ticket.notes.values() if may_see(caller, project, note)]
        if self.custom_fields:
            row["custom_fields"] = views.field_values(project, ticket)
        if self.assigned_to:
            row["assigned_to"] = views.people(ticket, store.users)
        if self.cover:
            row["cover"] = views.cover(visible)
        if self.notes:
            row["notes"] = [views.note(project, ticket, note) for note in visible]
        return {name: value for name, value in row.items() if name not in store.wire.hidden}


def details(store: SmartQStore, caller: User, project: Project, item: Ticket) -> views.Wire:
    return TicketExtras(custom_fields=True, assigned_to=True).row(store, caller, project, item)
