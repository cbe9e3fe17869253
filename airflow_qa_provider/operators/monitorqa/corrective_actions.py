"""Operators for MonitorQA's corrective actions."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.inputs import from_moment, required_id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

log = logging.getLogger(__name__)

_CLOSED = ("approved", "expired")


class MonitorQAUpdateCorrectiveActionOperator(ChangingOperator):
    """Changes fields of a corrective action, once: those that are given, and no others.

    MonitorQA replaces all fields of a corrective action. So it is read first, and the fields that are not given are
    sent as they are. Between the two requests somebody may change it as well; that change is lost, since MonitorQA has
    no way to refuse an update of something that has changed.

    The status stays as it is unless it is given: an approved corrective action stays approved, which the log says. To
    give an expired one a new due date and have it worked on again, give ``status="open"`` as well.

    A retry whose earlier attempt lost the answer compares again, and sends what is still missing. With a relative due
    date it can tell that the change was made, and that somebody has changed other fields since, which it leaves alone.
    Without one it cannot: MonitorQA does not show when a corrective action was changed. It then changes the fields back
    to what was asked for.

    Returns the id of the corrective action.

    :param action_id: Id of the corrective action. (templated)
    :param name: New name. (templated)
    :param description: New description, ``""`` for none. (templated)
    :param due_date: New due date: an aware ``datetime``, an ISO 8601 string with a zone, or a ``timedelta`` from the
        first attempt on. (templated)
    :param status: ``open``, ``approved``, ``rejected``, ``submitted`` or ``expired``. (templated)
    :param priority: ``low``, ``medium`` or ``high``. (templated)
    :param assigned_users_ids: Users who are to do it, all of them; an empty list takes it from everybody. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "monitorqa.corrective_action"
    noun = "corrective action"
    payload_fields = ("action_id", "name", "description", "due_date", "status", "priority", "assigned_users_ids")
    template_fields = (*payload_fields, "conn_id", "preview")
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        action_id: str,
        name: str | None = None,
        description: str | None = None,
        due_date: datetime | timedelta | str | None = None,
        status: str | int | None = None,
        priority: str | int | None = None,
        assigned_users_ids: Iterable[str] | str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)
        self.action_id = action_id
        self.name = name
        self.description = description
        self.due_date = due_date
        self.status = status
        self.priority = priority
        self.assigned_users_ids = assigned_users_ids

    def changed_id(self) -> str:
        """Return the id of the corrective action."""
        return required_id(self.action_id, "action_id", "monitorqa")

    def wanted(self, client: MonitorQAClient, moment: datetime) -> dict[str, Any]:
        """Check the input; return the fields that are given.

        :param client: The client.
        :param moment: What a relative due date counts from.
        """
        from airflow_qa_provider.vendors.monitorqa.client import rules
        from airflow_qa_provider.vendors.monitorqa.client.enums import CorrectiveActionPriority, CorrectiveActionStatus

        users = rules.optional_ids(self.assigned_users_ids, "assigned_users_ids")
        fields = {
            "name": None if self.name is None else rules.required(self.name, "name"),
            "description": self.description,
            "due_date": rules.moment(from_moment(moment, self.due_date), "due_date"),
            "status": None if self.status is None else _word(CorrectiveActionStatus, self.status, "status"),
            "priority": None if self.priority is None else _word(CorrectiveActionPriority, self.priority, "priority"),
            "assigned_users_ids": None if users is None else sorted(set(users)),
        }
        given = {name: value for name, value in fields.items() if value is not None}
        if not given:
            raise rules.refused(f"there is nothing to change: give at least one of {', '.join(fields)}")
        return given

    def current(self, client: MonitorQAClient) -> dict[str, Any]:
        """Return the fields that can be changed.

        :param client: The client.
        """
        from airflow_qa_provider.vendors.monitorqa.client import rules
        from airflow_qa_provider.vendors.monitorqa.client.enums import CorrectiveActionPriority, CorrectiveActionStatus

        action = client.corrective_actions.get(self.changed_id())
        return {
            "name": action.get("name"),
            "description": action.get("description") or "",
            "due_date": rules.moment(action.get("dueDateUtc"), "dueDateUtc"),
            "status": _word(CorrectiveActionStatus, action.get("status"), "status"),
            "priority": _word(CorrectiveActionPriority, action.get("priority"), "priority"),
            "assigned_users_ids": sorted(user["id"] for user in action.get("assignedUsers") or ()),
        }

    def send(
        self, client: MonitorQAClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Send all fields: those that are given, and the others as they are.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Not used: what is relative to it is in ``wanted``.
        """
        shown = current or {}
        fields = {**shown, **wanted}
        if fields["status"] == shown.get("status") and fields["status"] in _CLOSED:
            log.warning("The corrective action is %s, and stays so: no other status is given", fields["status"])
        if fields["description"] == shown.get("description") == "":
            fields["description"] = None  # it has none, and gets none
        client.corrective_actions.update(self.changed_id(), **fields)

    def was_made(self, current: Mapping[str, Any] | None, sent_at: datetime) -> bool:
        """Tell whether a request whose answer was lost was carried out: a relative due date shows it.

        :param current: What :meth:`current` returned.
        :param sent_at: When it was sent.
        """
        from airflow_qa_provider.vendors.monitorqa.client import rules

        if current is None or not isinstance(self.due_date, timedelta):
            return False
        return bool(current["due_date"] == rules.moment(sent_at + self.due_date, "due_date"))


def _word(kind: Any, value: Any, field: str) -> str:
    """Return the name of a status or priority, which a person reads rather than the number."""
    from airflow_qa_provider.vendors.monitorqa.client import rules

    return str(kind(rules.choice(kind, value, field)).name).lower()
