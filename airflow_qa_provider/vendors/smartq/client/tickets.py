"""Tickets of smartQ: the cards on a project's board."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Annotated, Any, Literal, TypedDict, get_args

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Flag, FreeText, Id, Ids, Moment, Read, Text, Wire
from airflow_qa_provider.vendors.smartq.client.answers import Record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import Rows, SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import SmartQFields

TicketOrder = Literal["insert_time", "update_time", "move_time", "title", "pos", "deadline_date"]
"""Fields that tickets can be sorted by."""

CustomFieldValue = str | float | bool | Iterable[Id]
"""Value of a custom field: a text, a number, or the ids of the chosen values."""

_FIELD_NAME = re.compile(r"\w+")

CommaSeparated = Annotated[Iterable[str] | str, Read("comma_separated")]
Switch = Annotated[bool | str, Read("switch")]


class Archived(IntEnum):
    """Which tickets a list holds (source: "Tickets", ``archived``)."""

    ACTIVE = 0
    ARCHIVED = 1
    ALL = 2


class TicketFilter(Rows, total=False):
    """Which tickets are listed, and which :class:`~airflow_qa_provider.vendors.smartq.client.resource.Rows` of them.

    :param order_by: What to sort by; ``insert_time`` by default.
    :param descending: Sorting direction; descending by default.
    :param archived: Active (the default), archived, or all tickets.
    :param step_id: Only those in a step.
    :param assigned_to: Only those that a user is assigned to, by id.
    :param name_contains: Only those with this text in their name.
    :param required_before: Only those whose deadline is before this moment: an aware ``datetime``, ISO 8601 with a
        zone, or ``YYYY-MM-DD HH:MM:SS`` in the account's own time.
    :param fields: Only these fields of each ticket; all by default.
    :param with_custom_fields: Whether values of custom fields come along (slower); not by default.
    :param with_assignees: Whether assigned users come along (slower); not by default.
    :param with_notes: Whether notes come along (slower); not by default.
    :param with_cover: Whether the cover image comes along (slower); it does by default.
    """

    order_by: Annotated[TicketOrder | str | None, Read("choice", words=get_args(TicketOrder)), Wire("orderCol")]
    descending: Annotated[Switch | None, Wire("reverse")]
    archived: Annotated[Archived | int | str | None, Read("value_of", kind=Archived)]
    step_id: Annotated[Id | None, Wire("stepIdFilter")]
    assigned_to: Annotated[Id | None, Wire("assignedToId")]
    name_contains: Annotated[Text | None, Wire("nameFilter")]
    required_before: Annotated[Moment | None, Wire("requiredByFilter")]
    fields: CommaSeparated | None
    with_custom_fields: Annotated[Switch | None, Wire("custom_fields")]
    with_assignees: Annotated[Switch | None, Wire("assigned_to")]
    with_notes: Annotated[Switch | None, Wire("get_info_by_note")]
    with_cover: Annotated[Switch | None, Wire("get_cover")]


class TicketFields(TypedDict, total=False):
    """What a ticket has. Name and step are required in a change, too.

    :param name: Title of the ticket.
    :param step_id: Id of the step that it is in; another one moves the ticket.
    :param description: Text that describes it.
    :param tags: Tags; a text may hold several, separated by commas, or be a JSON list.
    :param required_by: Deadline: an aware ``datetime``, ISO 8601 with a zone, or ``YYYY-MM-DD HH:MM:SS`` or
        ``YYYY-MM-DD`` in the account's own time. The docs say "date" and no more; the form is that of the filter.
    :param assigned_to: Ids of the users to assign. A form cannot carry an empty list, so nobody cannot be said.
    :param notify_involved: Whether the team of the ticket is notified.
    :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values.
    """

    name: Required[Text]
    description: FreeText | None
    step_id: Required[Id]
    tags: CommaSeparated | None
    required_by: Moment | None
    assigned_to: Ids | None
    notify_involved: Flag | None
    custom_fields: Annotated[Mapping[str, CustomFieldValue] | str | None, Read("structure"), Wire("")]


class Tickets(SmartQResource):
    """Tickets of a project.

    What comes back is not documented; seen in public code: ``id``, ``project_id``, ``name``, ``description``,
    ``insert_time``, ``update_time``, and ``custom_fields`` by name, where a choice holds ids of values.
    """

    def list(self, project_id: Id, **wanted: Unpack[TicketFilter]) -> Paged:
        """Return the tickets of a project (source: "Tickets: returns the list of tickets").

        The newest come first by default, so a ticket that is made while the list is read moves the others to later
        pages; ``order_by="insert_time", descending=False`` gives pages that stay.

        :param project_id: Id of the project.
        :param wanted: Fields of :class:`TicketFilter`.
        """
        return self._pages("tickets.list", wanted, TicketFilter, project_id=project_id)

    def create(self, project_id: Id, **ticket: Unpack[TicketFields]) -> Record:
        """Add a ticket, and return it with its ``id`` (source: "Tickets: adds a new ticket").

        smartQ knows no key that would make a repeated request harmless: sent twice, there are two tickets.

        :param project_id: Id of the project.
        :param ticket: Fields of :class:`TicketFields`.
        """
        data = ticket_form(timezone=self._client.dialect.timezone, **ticket)
        return self._record("tickets.create", data, project_id=project_id)

    def get(self, project_id: Id, ticket_id: Id) -> Record:
        """Return one ticket (source: "Tickets: returns ticket details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        """
        return self._record("tickets.get", project_id=project_id, ticket_id=ticket_id)

    def update(self, project_id: Id, ticket_id: Id, **ticket: Unpack[TicketFields]) -> Record:
        """Change a ticket, or move it to another step, and return it (source: "Tickets: updates ticket details").

        Whether the fields that are left out keep their values is not documented.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param ticket: Fields of :class:`TicketFields`.
        """
        data = ticket_form(timezone=self._client.dialect.timezone, **ticket)
        return self._record("tickets.update", data, project_id=project_id, ticket_id=ticket_id)

    def delete(self, project_id: Id, ticket_id: Id) -> None:
        """Delete a ticket (source: "Tickets: deletes ticket").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        """
        self._client.call("tickets.delete", {"project_id": project_id, "ticket_id": ticket_id})


def ticket_form(*, timezone: str = "UTC", **ticket: Unpack[TicketFields]) -> dict[str, str]:
    """Return the form of a ticket as it goes over the wire, checked.

    :param timezone: The account's time zone.
    :param ticket: Fields of :class:`TicketFields`.
    :raises QAValidationError: The name or the step is empty, a list is empty, a date has no zone, or a truth value is
        none.
    """
    check = SmartQFields(timezone)
    return form("ticket", {**check.wire(TicketFields, ticket), **_custom(ticket.get("custom_fields"), check)})


def _custom(values: object, check: SmartQFields) -> dict[str, Any]:
    read = check.structure(values, "custom_fields")
    if read is not None and not isinstance(read, Mapping):
        raise check.refused(f"custom_fields must be names and values, got {values!r}"[:300], 'Give {"f3": "text"}')
    for name in read or {}:
        if name in TicketFields.__annotations__ or not _FIELD_NAME.fullmatch(str(name)):
            raise check.refused(f"custom_fields: {name!r} is not the name of a custom field, such as 'f3'")
    return {
        name: value if isinstance(value, (str, int, float)) else check.ids(value, f"custom_fields[{name!r}]")
        for name, value in (read or {}).items()
        if value is not None
    }
