"""Sensors of MonitorQA."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from airflow_qa_provider.bases.sensing import RemoteJobSensor
from airflow_qa_provider.links.monitorqa import MonitorQAAuditLink, MonitorQACorrectiveActionLink

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import SensingArguments

_COLOR = "#e3f4ea"


class MonitorQAAuditSensor(RemoteJobSensor):
    """Waits until an audit is completed; fails when it expired or was deleted.

    :param audit_id: Id of the audit. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "monitorqa.audit"
    template_fields = ("audit_id", "monitorqa_conn_id")
    operator_extra_links = (MonitorQAAuditLink(),)
    ui_color = _COLOR

    def __init__(
        self, *, audit_id: str, monitorqa_conn_id: str = "monitorqa_default", **kwargs: Unpack[SensingArguments]
    ) -> None:
        super().__init__(**kwargs)
        self.audit_id = audit_id
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQACorrectiveActionSensor(RemoteJobSensor):
    """Waits until a corrective action is approved, or in another given state.

    Fails when it expired or was deleted, and when it was approved while only other states are waited for.

    :param action_id: Id of the corrective action. (templated)
    :param status: One or several of ``open``, ``approved``, ``rejected``, ``submitted``. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "monitorqa.corrective_action"
    template_fields = ("action_id", "status", "monitorqa_conn_id")
    operator_extra_links = (MonitorQACorrectiveActionLink(),)
    ui_color = _COLOR

    def __init__(
        self,
        *,
        action_id: str,
        status: str | Iterable[str] = "approved",
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[SensingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.action_id = action_id
        self.status = status
        self.monitorqa_conn_id = monitorqa_conn_id
