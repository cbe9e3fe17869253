"""Sensors of smartQ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from airflow_qa_provider.bases.sensing import RemoteJobSensor

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import SensingArguments


class SmartQTicketSensor(RemoteJobSensor):
    """Waits until a ticket is in a step of its board, or archived; fails when it was deleted.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param ticket_id: Id of the ticket. (templated)
    :param step_id: Id of the step, or several. (templated)
    :param archived: Wait until it is archived (``True``), or is so no longer. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "smartq.ticket"
    connection_fields = ("project_id",)
    template_fields = ("project_id", "ticket_id", "step_id", "archived", "smartq_conn_id")
    ui_color = "#e8f1fb"

    def __init__(
        self,
        *,
        project_id: str | int | None = None,
        ticket_id: str | int,
        step_id: str | int | Iterable[str | int] | None = None,
        archived: bool | str | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[SensingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.ticket_id = ticket_id
        self.step_id = step_id
        self.archived = archived
        self.smartq_conn_id = smartq_conn_id
