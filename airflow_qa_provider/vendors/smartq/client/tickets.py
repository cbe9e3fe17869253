"""Tickets of smartQ: the cards on a project's board."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal, get_args

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, pages, record
from airflow_qa_provider.vendors.smartq.client.forms import form, switches
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient

TicketOrder = Literal["insert_time", "update_time", "move_time", "title", "pos", "deadline_date"]
"""Fields that tickets can be sorted by."""

CustomFieldValue = str | float | bool | Iterable[Id]
"""Value of a custom field: a text, a number, or the ids of the chosen values."""

_FIELD_NAME = re.compile(r"\w+")


class Archived(IntEnum):
    """Which tickets a list holds (source: "Tickets", ``archived``)."""

    ACTIVE = 0
    ARCHIVED = 1
    ALL = 2


class Tickets(Resource):
    """Tickets of a project.

    What comes back is not documented; seen in public code: ``id``, ``project_id``, ``name``, ``description``,
    ``insert_time``, ``update_time``, and ``custom_fields`` by name, where a choice holds ids of values.
    """

    _client: SmartQClient

    def list(
        self,
        project_id: Id,
        *,
        order_by: TicketOrder | None = None,
        descending: bool | None = None,
        archived: Archived | int | None = None,
        step_id: Id | None = None,
        assigned_to: Id | None = None,
        name_contains: str | None = None,
        required_before: Timestamp | None = None,
        fields: Iterable[str] | str | None = None,
        with_custom_fields: bool | None = None,
        with_assignees: bool | None = None,
        with_notes: bool | None = None,
        with_cover: bool | None = None,
        offset: int = 0,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the tickets of a project (source: "Tickets: returns the list of tickets").

        The newest come first by default, so a ticket that is made while the list is read moves the others to later
        pages; ``order_by="insert_time", descending=False`` gives pages that stay.

        :param project_id: Id of the project.
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
        :param offset: Tickets to leave out at the start.
        :param page_size: Rows per request; the connection's, then the vendor's default of 20 when unset.
        :param limit: Most rows in all.
        :raises QAValidationError: An unknown order or kind of archive, or a date without a zone.
        """
        order = rules.one_of(order_by, get_args(TicketOrder), "order_by")
        which = None if archived is None else rules.whole(archived, "archived", min(Archived), max(Archived))
        params = switches(
            {
                "orderCol": order,
                "reverse": descending,
                "custom_fields": with_custom_fields,
                "assigned_to": with_assignees,
                "archived": which,
                "get_info_by_note": with_notes,
                "get_cover": with_cover,
                "assignedToId": assigned_to,
                "nameFilter": name_contains,
                "requiredByFilter": self._date(required_before, "required_before"),
                "stepIdFilter": step_id,
                "fields": rules.comma_separated(fields, "fields"),
            }
        )
        return pages(self._client, "tickets.list", {"project_id": project_id}, params, offset, page_size, limit)

    def create(
        self,
        project_id: Id,
        *,
        name: str,
        step_id: Id,
        description: str | None = None,
        tags: Iterable[str] | str | None = None,
        required_by: Timestamp | None = None,
        assigned_to: Iterable[Id] | Id | None = None,
        notify_involved: bool | None = None,
        custom_fields: Mapping[str, CustomFieldValue] | None = None,
    ) -> Record:
        """Add a ticket (source: "Tickets: adds a new ticket").

        smartQ knows no key that would make a repeated request harmless: sent twice, there are two tickets.

        :param project_id: Id of the project.
        :param name: Title of the ticket.
        :param step_id: Id of the step that it starts in.
        :param description: Text that describes it.
        :param tags: Tags; a string may hold several, separated by commas.
        :param required_by: Deadline: an aware ``datetime``, ISO 8601 with a zone, or ``YYYY-MM-DD HH:MM:SS`` or
            ``YYYY-MM-DD`` in the account's own time. The docs say "date" and no more; the form is that of the filter.
        :param assigned_to: Ids of the users to assign.
        :param notify_involved: Whether the team of the ticket is notified.
        :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values.
        :return: The ticket, with ``id``.
        :raises QAValidationError: The name or the step is empty, a list is empty, or a date has no zone.
        """
        data = ticket_form(
            name=name,
            step_id=step_id,
            description=description,
            tags=tags,
            required_by=required_by,
            assigned_to=assigned_to,
            notify_involved=notify_involved,
            custom_fields=custom_fields,
            timezone=self._client.dialect.timezone,
        )
        return record(self._client.call("tickets.create", {"project_id": project_id}, data=data), "tickets.create")

    def get(self, project_id: Id, ticket_id: Id) -> Record:
        """Return one ticket (source: "Tickets: returns ticket details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id}
        return record(self._client.call("tickets.get", path), "tickets.get")

    def update(
        self,
        project_id: Id,
        ticket_id: Id,
        *,
        name: str,
        step_id: Id,
        description: str | None = None,
        tags: Iterable[str] | str | None = None,
        required_by: Timestamp | None = None,
        assigned_to: Iterable[Id] | Id | None = None,
        notify_involved: bool | None = None,
        custom_fields: Mapping[str, CustomFieldValue] | None = None,
    ) -> Record:
        """Change a ticket, or move it to another step (source: "Tickets: updates ticket details").

        Whether the fields that are left out keep their values is not documented.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param name: Title of the ticket; required in a change, too.
        :param step_id: Id of its step; required in a change, too. Another one moves the ticket.
        :param description: Text that describes it.
        :param tags: Tags; a string may hold several, separated by commas.
        :param required_by: Deadline, see :meth:`create`.
        :param assigned_to: Ids of the users to assign. A form cannot carry an empty list, so nobody cannot be said.
        :param notify_involved: Whether the team of the ticket is notified.
        :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values.
        :return: The ticket.
        :raises QAValidationError: The name or the step is empty, a list is empty, or a date has no zone.
        """
        data = ticket_form(
            name=name,
            step_id=step_id,
            description=description,
            tags=tags,
            required_by=required_by,
            assigned_to=assigned_to,
            notify_involved=notify_involved,
            custom_fields=custom_fields,
            timezone=self._client.dialect.timezone,
        )
        path = {"project_id": project_id, "ticket_id": ticket_id}
        return record(self._client.call("tickets.update", path, data=data), "tickets.update")

    def delete(self, project_id: Id, ticket_id: Id) -> None:
        """Delete a ticket (source: "Tickets: deletes ticket").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        """
        self._client.call("tickets.delete", {"project_id": project_id, "ticket_id": ticket_id})

    def _date(self, value: Timestamp | None, field: str) -> str | None:
        return rules.wall_clock(value, self._client.dialect.timezone, field)


def ticket_form(
    *,
    name: str,
    step_id: Id,
    description: str | None = None,
    tags: Iterable[str] | str | None = None,
    required_by: Timestamp | None = None,
    assigned_to: Iterable[Id] | Id | None = None,
    notify_involved: bool | None = None,
    custom_fields: Mapping[str, CustomFieldValue] | None = None,
    timezone: str = "UTC",
) -> dict[str, str]:
    """Return the form of a ticket as it goes over the wire, checked.

    :param name: See :meth:`Tickets.create`, like the other fields.
    :param step_id: Id of the step.
    :param description: Text that describes it.
    :param tags: Tags.
    :param required_by: Deadline.
    :param assigned_to: Ids of users.
    :param notify_involved: Whether the team is notified.
    :param custom_fields: Field name to value.
    :param timezone: The account's time zone.
    :raises QAValidationError: The name or the step is empty, a list is empty, a date has no zone, or a truth value is
        none.
    """
    fields = {
        "name": rules.required(name, "name"),
        "description": description,
        "step_id": rules.required(step_id, "step_id"),
        "tags": rules.comma_separated(tags, "tags"),
        "required_by": rules.wall_clock(required_by, timezone, "required_by"),
        "assigned_to": rules.ids(assigned_to, "assigned_to"),
        "notify_involved": rules.flag(notify_involved, "notify_involved"),
    }
    return form("ticket", {**fields, **_custom(custom_fields or {}, fields)})


def _custom(values: Mapping[str, CustomFieldValue], taken: Mapping[str, Any]) -> dict[str, Any]:
    for name in values:
        if name in taken or not _FIELD_NAME.fullmatch(name):
            raise rules.refused(f"custom_fields: {name!r} is not the name of a custom field, such as 'f3'")
    return {
        name: value if isinstance(value, (str, int, float)) else rules.ids(value, f"custom_fields[{name!r}]")
        for name, value in values.items()
    }
