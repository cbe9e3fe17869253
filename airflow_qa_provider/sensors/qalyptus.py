"""Sensors of Qalyptus Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.sensing import RemoteJobSensor

if TYPE_CHECKING:
    from airflow_qa_provider.waiting.verdict import OnWarning


class QalyptusRequestSensor(RemoteJobSensor):
    """Waits until an on-demand request is completed; fails when it ended in an error, was stopped or deleted.

    :param request_id: UUID of the request. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "qalyptus.request"
    template_fields = ("request_id", "conn_id")
    ui_color = "#e6e9f8"

    def __init__(self, *, request_id: str, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Any) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)
        self.request_id = request_id


class QalyptusTaskRunSensor(RemoteJobSensor):
    """Waits until a run of a task has ended; fails when it ended in an error, was stopped or deleted.

    :param run_id: UUID of the run. (templated)
    :param on_warning: What a warning makes of the Airflow task: ``succeed``, ``skip`` or ``fail``.
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.sensing.RemoteJobSensor`.
    """

    kind = "qalyptus.task_run"
    template_fields = ("run_id", "conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        run_id: str,
        on_warning: OnWarning = "succeed",
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)
        self.run_id = run_id
        self.on_warning = on_warning
