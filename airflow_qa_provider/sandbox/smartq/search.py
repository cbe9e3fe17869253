"""The list of tickets: filters, order and extras, as its parameters are documented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Annotated, Any, Literal

from fastapi import Query

from airflow_qa_provider.sandbox.smartq import views
from airflow_qa_provider.sandbox.smartq.models import Project, Ticket, User
from airflow_qa_provider.sandbox.smartq.properties import read_moment
from airflow_qa_provider.sandbox.smartq.rights import may_see
from airflow_qa_provider.sandbox.smartq.store import SmartQStore

Count = Annotated[int, Query(ge=0, description="how many")]
Offset = Annotated[int, Query(ge=0, description="get the list starting from this place")]
Name = Annotated[str, Query(alias="nameFilter", description="part of the name")]
Active = Annotated[bool, Query(alias="activeFilter", description="0 - all projects, 1 - only active projects")]
Order = Literal["insert_time", "update_time", "move_time", "title", "pos", "deadline_date"]
DEFAULT_COUNT = 20
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


class TicketFilter:
    """Which tickets, and in what order."""

    def __init__(
        self,
        archived: Annotated[int, Query(ge=0, le=2, description="0 active, 1 archived, 2 all tickets")] = 0,
        assigned_to_id: Annotated[int | None, Query(alias="assignedToId")] = None,
        name: Name = "",
        required_by: Annotated[
            str | None, Query(alias="requiredByFilter", description="deadline earlier than, 2017-12-31 08:30:00")
        ] = None,
        step_id: Annotated[int | None, Query(alias="stepIdFilter")] = None,
        order: Annotated[Order, Query(alias="orderCol")] = "insert_time",
        reverse: Annotated[bool, Query(description="1 - DESC, 0 - ASC")] = True,
    ) -> None:
        before = None if required_by is None else read_moment("requiredByFilter", required_by)
        self._checks: list[Callable[[Ticket], bool]] = [
            lambda ticket: archived == 2 or ticket.archived == bool(archived),
            lambda ticket: assigned_to_id is None or assigned_to_id in ticket.assigned_to,
            lambda ticket: name.lower() in ticket.name.lower(),
            lambda ticket: before is None or (ticket.deadline is not None and ticket.deadline < before),
            lambda ticket: step_id in (None, ticket.step_id),
        ]
        self._order, self._reverse = order, reverse

    def apply(self, project: Project) -> list[Ticket]:
        """
        Return the tickets that pass, in order; equal ones by id.

        :param project: where
        """
        found = [ticket for ticket in project.tickets.values() if all(check(ticket) for check in self._checks)]
        keys: dict[str, Callable[[Ticket], Any]] = {
            "insert_time": lambda ticket: ticket.inserted,
            "update_time": lambda ticket: ticket.updated,
            "move_time": lambda ticket: ticket.moved,
            "title": lambda ticket: ticket.name.lower(),
            "pos": lambda ticket: (project.rank(ticket.step_id), ticket.pos),
            "deadline_date": lambda ticket: ticket.deadline or _NEVER,
        }
        key = keys[self._order]
        return sorted(found, key=lambda ticket: (key(ticket), ticket.id), reverse=self._reverse)


class TicketExtras:
    """What a row of the list holds besides the ticket itself."""

    def __init__(
        self,
        custom_fields: Annotated[bool, Query(description="include custom field values")] = False,
        assigned_to: Annotated[bool, Query(description="include assigned users")] = False,
        notes: Annotated[bool, Query(alias="get_info_by_note", description="include notes")] = False,
        cover: Annotated[bool, Query(alias="get_cover", description="include cover image")] = True,
        fields: Annotated[str, Query(description="only these members, comma separated")] = "",
    ) -> None:
        self.custom_fields, self.assigned_to, self.notes, self.cover = custom_fields, assigned_to, notes, cover
        self._fields = {name.strip() for name in fields.split(",") if name.strip()}

    def row(self, store: SmartQStore, caller: User, project: Project, ticket: Ticket) -> views.Wire:
        """
        Describe a ticket with the extras.

        :param store: the account
        :param caller: who calls
        :param project: where
        :param ticket: which
        """
        own = views.ticket(project, ticket)
        row = {name: value for name, value in own.items() if not self._fields or name in self._fields}
        visible = [note for note in ticket.notes.values() if may_see(caller, project, note)]
        if self.custom_fields:
            row["custom_fields"] = views.field_values(project, ticket)
        if self.assigned_to:
            row["assigned_to"] = views.people(ticket, store.users)
        if self.cover:
            row["cover"] = views.cover(visible)
        if self.notes:
            row["notes"] = [views.note(project, ticket, note) for note in visible]
        return row


def details(store: SmartQStore, caller: User, project: Project, ticket: Ticket) -> views.Wire:
    """
    Describe one ticket with everything but its notes.

    :param store: the account
    :param caller: who calls
    :param project: where
    :param ticket: which
    """
    extras = TicketExtras(custom_fields=True, assigned_to=True, notes=False, cover=True, fields="")
    return extras.row(store, caller, project, ticket)
