"""Operators of MonitorQA."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.links.monitorqa import MonitorQAAuditLink
from airflow_qa_provider.operators.base import RemoteJobOperator

if TYPE_CHECKING:
    from airflow_qa_provider.clients.monitorqa import MonitorQAClient


class MonitorQACreateAuditOperator(RemoteJobOperator):
    """Creates a one-time audit and waits until it is completed.

    A completed audit is a success, also when its score is low: the score is in the XCom ``result`` under
    ``detail``. An audit that expired or was deleted fails the task. MonitorQA can expire a waiting audit, so
    ``on_kill="cancel"`` works.

    Returns the id of the audit.

    :param name: Name of the audit. (templated)
    :param template_id: Template to use. (templated)
    :param audit_object_id: Object to be audited. (templated)
    :param audit_end_date: Due date: an aware ``datetime``, an ISO 8601 string with a zone, or a ``timedelta`` from
        now. (templated)
    :param audit_start_date: From when it can be started, in the same forms; at once by default. (templated)
    :param auditor_hint: Instructions for the auditor, at most 2,000 characters. (templated)
    :param assignee_id: User who will do it. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.base.RemoteJobOperator`.
    """

    kind = "monitorqa.audit"
    template_fields = (
        "name",
        "template_id",
        "audit_object_id",
        "audit_end_date",
        "audit_start_date",
        "auditor_hint",
        "assignee_id",
        "conn_id",
    )
    operator_extra_links = (MonitorQAAuditLink(),)
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        name: str,
        template_id: str,
        audit_object_id: str,
        audit_end_date: datetime | timedelta | str,
        audit_start_date: datetime | timedelta | str | None = None,
        auditor_hint: str | None = None,
        assignee_id: str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=monitorqa_conn_id, **kwargs)
        self.name = name
        self.template_id = template_id
        self.audit_object_id = audit_object_id
        self.audit_end_date = audit_end_date
        self.audit_start_date = audit_start_date
        self.auditor_hint = auditor_hint
        self.assignee_id = assignee_id

    def start(self, context: Any) -> str:
        """Create the audit.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.hooks.monitorqa import MonitorQAHook

        now = datetime.now(timezone.utc)
        client: MonitorQAClient = MonitorQAHook(self.conn_id).get_conn()
        with client:
            audit_id = client.audits.create(
                name=self.name,
                template_id=self.template_id,
                audit_object_id=self.audit_object_id,
                end_date=_from(now, self.audit_end_date),
                start_date=None if self.audit_start_date is None else _from(now, self.audit_start_date),
                auditor_hint=self.auditor_hint,
                assignee_id=self.assignee_id,
            )
        self.log.info("Created audit %s (%s)", audit_id, self.name)
        return audit_id

    def retry_advice(self) -> str:
        """Say what an Airflow retry of this task will do."""
        return "A retry of the task creates a new audit"


def _from(now: datetime, value: datetime | timedelta | str) -> datetime | str:
    return now + value if isinstance(value, timedelta) else value
