"""Sensors of Simplo IS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from airflow_qa_provider.bases.sensing import RemoteJobSensor

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import SensingArguments

_COLOR = "#f9e3ee"


class SimploReportSensor(RemoteJobSensor):
    """Waits until a billing report is approved, sent or invoiced, or has a state; fails when it was deleted.

    :param report_id: Id of the report. (templated)
    :param until: ``approved``, ``sent`` or ``invoiced``; with ``state`` it is not used. (templated)
    :param state: One or several numbers of ``report_state``. Their meaning is not documented. (templated)
    :param simplo_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "simplo.report"
    template_fields = ("report_id", "until", "state", "simplo_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        report_id: str | int,
        until: str = "approved",
        state: int | str | Iterable[int | str] | None = None,
        simplo_conn_id: str = "simplo_default",
        **kwargs: Unpack[SensingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.report_id = report_id
        self.until = until
        self.state = state
        self.simplo_conn_id = simplo_conn_id
