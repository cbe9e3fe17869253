"""Operators of smartQ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.operators.base import CreatingOperator
from airflow_qa_provider.operators.generic import VendorOperator
from airflow_qa_provider.operators.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.clients.smartq import SmartQClient
    from airflow_qa_provider.clients.smartq.rules import Id
    from airflow_qa_provider.clients.smartq.tickets import CustomFieldValue
    from airflow_qa_provider.clients.timestamps import Timestamp
    from airflow_qa_provider.waiting.probes import Probe

_COLOR = "#e8f1fb"


class SmartQOperator(VendorOperator):
    """Calls one operation of the smartQ API, such as ``tickets.create``.

    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.generic.VendorOperator`.
    """

    vendor = "smartq"
    ui_color = "#e2f3f8"

    def __init__(self, *, smartq_conn_id: str = "smartq_default", **kwargs: Any) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)


class SmartQCreateTicketOperator(CreatingOperator):
    """Creates a ticket, once (source: "Tickets: adds a new ticket").

    The ticket gets one tag more than asked for, a marker such as ``airflow-`` and 32 digits, by which it is found again
    when the answer to the request is lost; archived tickets are searched as well. With ``marker_tag=False``, or where
    an account does not show tags, a ticket of the same name that was not there before the request is taken for the one,
    and several are uncertain. A marker that somebody has removed from the ticket before the retry is not found.

    ``if_exists`` looks at active tickets of the same name. ``on_changed_input="update"`` gives the ticket the new
    content and leaves it in the step in which it is by then; the tags that others have added stay.

    Returns the id of the ticket.

    :param project_id: Id of the project. (templated)
    :param name: Title of the ticket. (templated)
    :param step_id: Id of the step that it starts in. (templated)
    :param description: Text that describes it. (templated)
    :param tags: Tags; a string may hold several, separated by commas. (templated)
    :param required_by: Deadline: an aware ``datetime``, ISO 8601 with a zone, ``YYYY-MM-DD HH:MM:SS`` or ``YYYY-MM-DD``
        in the account's own time, or a ``timedelta`` from the creation on. (templated)
    :param assigned_to: Ids of the users to assign. (templated)
    :param notify_involved: Whether the team of the ticket is notified.
    :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values. (templated)
    :param marker_tag: Whether the ticket gets the marker.
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.base.CreatingOperator`.
    """

    kind = "smartq.ticket"
    noun = "ticket"
    payload_fields = (
        "project_id",
        "name",
        "step_id",
        "description",
        "tags",
        "required_by",
        "assigned_to",
        "notify_involved",
        "custom_fields",
        "marker_tag",
    )
    updates = True
    template_fields = (*payload_fields, "conn_id", "rehearsal")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id,
        name: str,
        step_id: Id,
        description: str | None = None,
        tags: Iterable[str] | str | None = None,
        required_by: Timestamp | timedelta | None = None,
        assigned_to: Iterable[Id] | Id | None = None,
        notify_involved: bool | None = None,
        custom_fields: Mapping[str, CustomFieldValue] | None = None,
        marker_tag: bool = True,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)
        self.project_id = project_id
        self.name = name
        self.step_id = step_id
        self.description = description
        self.tags = tags
        self.required_by = required_by
        self.assigned_to = assigned_to
        self.notify_involved = notify_involved
        self.custom_fields = custom_fields
        self.marker_tag = marker_tag

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Check the input; return what depends on the moment, and what the ticket can be recognised by.

        :param now: The moment that a relative deadline is relative to.
        :param marker: The tag that identifies the ticket.
        """
        from airflow_qa_provider.clients.smartq.tickets import ticket_form

        due = now + self.required_by if isinstance(self.required_by, timedelta) else self.required_by
        facts: dict[str, Any] = {
            "project_id": required_id(self.project_id, "project_id", "smartq"),
            "name": required_id(self.name, "name", "smartq"),
            "step_id": required_id(self.step_id, "step_id", "smartq"),
            "tags": [*_words(self.tags), *([marker] if self.marker_tag else [])],
            "required_by": due.isoformat() if isinstance(due, datetime) else due,
            "marker": marker if self.marker_tag else None,
        }
        ticket_form(**self._content(facts))
        return facts

    def create(self, client: SmartQClient, facts: Mapping[str, Any]) -> str | None:
        """Create the ticket.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        made = client.tickets.create(facts["project_id"], **self._content(facts))
        return str(made["id"]) if made.get("id") else None

    def update(self, client: SmartQClient, object_id: str, facts: Mapping[str, Any]) -> None:
        """Give the ticket the content that is asked for now, in the step in which it is.

        :param client: The client.
        :param object_id: Id of the ticket.
        :param facts: What :meth:`facts` returned.
        :raises QANotFoundError: There is no such ticket in the project; a ticket cannot change its project.
        """
        from airflow_qa_provider.clients.smartq.shown import step_of, tags_of
        from airflow_qa_provider.journal.smartq import is_marker

        shown = client.tickets.get(facts["project_id"], object_id)
        kept = [tag for tag in tags_of(shown) if not is_marker(tag)]
        content = self._content(facts)
        content["step_id"] = step_of(shown) or facts["step_id"]
        content["tags"] = list(dict.fromkeys([*kept, *facts["tags"]]))
        client.tickets.update(facts["project_id"], object_id, **content)

    def probe(self) -> Probe:
        """Return how to look at the ticket, which has no id without its project."""
        from airflow_qa_provider.journal.smartq import TicketOfProject

        return TicketOfProject(required_id(self.project_id, "project_id", "smartq"))

    def _content(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": facts["name"],
            "step_id": facts["step_id"],
            "description": self.description,
            "tags": facts["tags"] or None,
            "required_by": facts["required_by"],
            "assigned_to": self.assigned_to,
            "notify_involved": self.notify_involved,
            "custom_fields": self.custom_fields,
        }


def _words(tags: Iterable[str] | str | None) -> list[str]:
    words = tags.split(",") if isinstance(tags, str) else list(tags or ())
    return [word.strip() if isinstance(word, str) else word for word in words if word != ""]
