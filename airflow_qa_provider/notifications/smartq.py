"""Notifiers of smartQ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseNotifier

if TYPE_CHECKING:
    from airflow_qa_provider.kinds.lookup import LookupTimeouts
    from airflow_qa_provider.rest.timestamps import Timestamp
    from airflow_qa_provider.vendors.smartq.client.rules import Id
    from airflow_qa_provider.vendors.smartq.client.tickets import CustomFieldValue

_TICKET = (
    "project_id",
    "name",
    "step_id",
    "description",
    "tags",
    "required_by",
    "assigned_to",
    "notify_involved",
    "custom_fields",
)


class SmartQTicketNotifier(BaseNotifier):
    """Opens a ticket when a task or a run fails, and one only while it is open (source: "Tickets: adds a new ticket").

    For ``on_failure_callback`` and its like of tasks and DAGs, and for deadlines, where it runs in the triggerer. What
    fails again while its ticket is active adds a note to it; when the ticket is archived, the next failure opens
    another. The ticket has a tag more than asked for, ``alert-`` and 16 digits of ``dedup_key``, by which it is known.
    When the answer to the request is lost, the ticket is looked for before it is asked for once more. Two failures
    within the same second may open two tickets: smartQ has nothing that would prevent it.

    What is not given is told by the callback: which task of which DAG, run, try, error (with what Airflow knows as
    secret masked), and the address of the log.

    :param name: Title of the ticket; what happened by default. (templated)
    :param description: Text that describes it; what is known by default. (templated)
    :param dedup_key: What is the same for troubles that share a ticket; DAG and task by default. (templated)
    :param project_id: Id of the project; that of the connection by default. (templated)
    :param step_id: Id of the step that it starts in; that of the connection by default. (templated)
    :param tags: Tags; a text may hold several, separated by commas, or be a JSON list. (templated)
    :param required_by: Deadline: an aware ``datetime``, ISO 8601 with a zone, ``YYYY-MM-DD HH:MM:SS`` or ``YYYY-MM-DD``
        in the account's own time, or a ``timedelta`` from now on. (templated)
    :param assigned_to: Ids of the users to assign. (templated)
    :param notify_involved: Whether the team of the ticket is notified. (templated)
    :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values; or JSON text of
        that. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: ``context``, as Airflow gives it to notifiers that are awaited.

    :cvar lookup_timeouts: How long to look for a ticket whose answer was lost; ten seconds by default.
    """

    lookup_timeouts: ClassVar[LookupTimeouts | None] = None
    template_fields = (*_TICKET, "dedup_key", "smartq_conn_id")

    def __init__(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        dedup_key: str | None = None,
        project_id: Id | None = None,
        step_id: Id | None = None,
        tags: Iterable[str] | str | None = None,
        required_by: Timestamp | timedelta | None = None,
        assigned_to: Iterable[Id] | Id | None = None,
        notify_involved: bool | str | None = None,
        custom_fields: Mapping[str, CustomFieldValue] | str | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.description = description
        self.dedup_key = dedup_key
        self.project_id = project_id
        self.step_id = step_id
        self.tags = tags
        self.required_by = required_by
        self.assigned_to = assigned_to
        self.notify_involved = notify_involved
        self.custom_fields = custom_fields
        self.smartq_conn_id = smartq_conn_id

    def notify(self, context: Any) -> None:
        """Open the ticket, or add a note to the one that is open.

        :param context: The context of the callback.
        :raises QAError: smartQ has refused it, or could not be asked.
        """
        from airflow_qa_provider.bases.occasion import digest_of, occasion
        from airflow_qa_provider.kinds.lookup import LookupTimeouts
        from airflow_qa_provider.vendors.connect import Connected
        from airflow_qa_provider.vendors.smartq.alerts import raise_alert

        title, text, key = occasion(context)
        given = {name: getattr(self, name) for name in _TICKET}
        told = {"name": title, "description": text}
        given |= {name: value for name, value in told.items() if given[name] is None}
        opened = Connected("smartq", self.smartq_conn_id)
        try:
            ticket = opened.with_defaults(given, ("project_id", "step_id"))
            tag = f"alert-{digest_of(self.dedup_key or key)}"
            timeouts = self.lookup_timeouts or LookupTimeouts()
            ticket_id, new = raise_alert(opened.client, ticket, tag, timeouts, note=f"{given['name']}\n{text}")
        finally:
            opened.close()
        self.log.info("Ticket %s %s", ticket_id, "was opened" if new else "was open, and has a note more")

    async def async_notify(self, context: Any) -> None:
        """Do the same in the triggerer, for deadlines.

        :param context: The context of the callback.
        """
        import asyncio

        await asyncio.to_thread(self.notify, context)
