"""Sensors of Qalyptus Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.sensing import RemoteJobSensor

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import SensingArguments
    from airflow_qa_provider.waiting.verdict import OnWarning

_COLOR = "#e6e9f8"


class QalyptusRequestSensor(RemoteJobSensor):
    """Waits until an on-demand request is completed; fails when it ended in an error, was stopped or deleted.

    :param request_id: UUID of the request. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "qalyptus.request"
    template_fields = ("request_id", "qalyptus_conn_id")
    ui_color = _COLOR

    def __init__(
        self, *, request_id: str, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Unpack[SensingArguments]
    ) -> None:
        super().__init__(**kwargs)
        self.request_id = request_id
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusTaskRunSensor(RemoteJobSensor):
    """Waits until a run of a task has ended; fails when it ended in an error, was stopped or deleted.

    :param run_id: UUID of the run. (templated)
    :param on_warning: What a warning makes of the Airflow task: ``succeed``, ``skip`` or ``fail``.
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "qalyptus.task_run"
    template_fields = ("run_id", "qalyptus_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        run_id: str,
        on_warning: OnWarning = "succeed",
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[SensingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.run_id = run_id
        self.on_warning = on_warning
        self.qalyptus_conn_id = qalyptus_conn_id
