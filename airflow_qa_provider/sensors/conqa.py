"""Sensors of CONQA."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from airflow_qa_provider.bases.events import EventSensor
from airflow_qa_provider.bases.sensing import RemoteJobSensor

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import AwaitingArguments, SensingArguments

_COLOR = "#fdf0d9"


class ConqaMilestoneSensor(RemoteJobSensor):
    """Waits until a milestone is there, is gone, or has a status.

    CONQA queues what is upserted and deleted, and says only in the list of milestones that it is done.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param external_id: Id of the milestone in the system that it comes from. (templated)
    :param until: ``visible`` or ``deleted``; with ``status`` it is not used. (templated)
    :param status: One or several identifiers of a status, such as ``closed``. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`. CONQA cannot cancel what is queued,
        so ``on_kill="cancel"`` only says so in the log.
    """

    kind = "conqa.milestone"
    connection_fields = ("project_id",)
    template_fields = ("project_id", "external_id", "until", "status", "conqa_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | None = None,
        external_id: str,
        until: str = "visible",
        status: str | Iterable[str] | None = None,
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[SensingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.external_id = external_id
        self.until = until
        self.status = status
        self.conqa_conn_id = conqa_conn_id


class ConqaWebhookSensor(RemoteJobSensor):
    """Waits until a webhook is active, or until CONQA has switched it off.

    :param webhook_id: Id of the webhook. (templated)
    :param project_id: Project that it belongs to; this or ``account_id``. (templated)
    :param account_id: Account that it belongs to. (templated)
    :param status: ``active`` or ``inactive``; CONQA sets a webhook inactive after ten failures in a row. (templated)
    :param conqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "conqa.webhook"
    template_fields = ("webhook_id", "project_id", "account_id", "status", "conqa_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        webhook_id: str,
        project_id: str | None = None,
        account_id: str | None = None,
        status: str = "active",
        conqa_conn_id: str = "conqa_default",
        **kwargs: Unpack[SensingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.webhook_id = webhook_id
        self.project_id = project_id
        self.account_id = account_id
        self.status = status
        self.conqa_conn_id = conqa_conn_id


class ConqaReportSensor(EventSensor):
    """Waits until CONQA has told by webhook that a report is there (source: "Report Webhook").

    Nothing else tells it: CONQA has no request that shows a report. So the webhook must be registered, and Airflow's
    API server must receive its calls, see "Events" in the documentation. Fails at once where CONQA tells that the
    report could not be made.

    Returns the address of the report, for
    :class:`~airflow_qa_provider.transfers.conqa.ConqaReportToObjectStorageOperator`.

    :param report_id: What :class:`~airflow_qa_provider.operators.conqa.ConqaGenerateReportOperator` has returned.
        (templated)
    :param conqa_conn_id: Id of the Airflow connection whose webhook it is; no template.
    :param kwargs: See :class:`~airflow_qa_provider.bases.events.EventSensor`.
    """

    vendor = "conqa"
    awaited_events = ("report_completed", "report_failed")
    id_field = "report_id"
    returns = "address of the report"
    template_fields = ("report_id",)
    ui_color = _COLOR

    def __init__(
        self, *, report_id: str, conqa_conn_id: str = "conqa_default", **kwargs: Unpack[AwaitingArguments]
    ) -> None:
        super().__init__(conn_id=conqa_conn_id, **kwargs)
        self.report_id = report_id
        self.conqa_conn_id = conqa_conn_id
