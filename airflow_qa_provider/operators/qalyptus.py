"""Operators of Qalyptus Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_qa_provider.operators.base import RemoteJobOperator

if TYPE_CHECKING:
    from airflow_qa_provider.clients.qalyptus.selections import Selections
    from airflow_qa_provider.waiting.verdict import OnWarning


class QalyptusGenerateReportOperator(RemoteJobOperator):
    """Asks for a report on demand and waits until it is generated.

    Returns the id of the request, which
    :class:`~airflow_qa_provider.transfers.qalyptus.QalyptusReportToObjectStorageOperator` takes. Qalyptus can stop a
    request, so ``on_kill="cancel"`` works.

    :param report_id: UUID of the report. (templated)
    :param output_format: ``Pdf``, ``Xlsx``, ``Csv`` or another that the report offers. (templated)
    :param selections: Qlik selections, ``{"Region": ["North"]}``, or the vendor's own list. (templated)
    :param app_id: Qlik app to generate from. (templated)
    :param bookmark_id: Qlik bookmark to apply. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.base.RemoteJobOperator`.
    """

    kind = "qalyptus.request"
    template_fields = ("report_id", "output_format", "selections", "app_id", "bookmark_id", "conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        report_id: str,
        output_format: str = "Pdf",
        selections: Selections = None,
        app_id: str | None = None,
        bookmark_id: str | None = None,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)
        self.report_id = report_id
        self.output_format = output_format
        self.selections = selections
        self.app_id = app_id
        self.bookmark_id = bookmark_id

    def start(self, context: Any) -> str:
        """Ask for the report.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.clients.qalyptus.selections import as_field_selections
        from airflow_qa_provider.hooks.qalyptus import QalyptusHook

        selections = as_field_selections(self.selections)
        with QalyptusHook(self.conn_id).get_conn() as client:
            request_id = client.reports.generate_on_demand(
                self.report_id,
                self.output_format,
                selections=selections,
                app_id=self.app_id,
                bookmark_id=self.bookmark_id,
            )
        self.log.info("Asked for report %s as %s: request %s", self.report_id, self.output_format, request_id)
        return request_id

    def retry_advice(self) -> str:
        """Say what an Airflow retry of this task will do."""
        return "A retry of the task asks for the report again"


class QalyptusRunTaskOperator(RemoteJobOperator):
    """Runs a task and waits until the run has ended.

    A run ends in success, warning (for example when a condition of the task did not hold, so that no report was
    made) or error. An error fails the task; what a warning does is up to ``on_warning``. The XCom ``result``
    holds the ``phase`` (``succeeded``, ``warning``, ``failed``, ``cancelled``) and Qalyptus's own ``status``.
    Qalyptus can stop a run, so ``on_kill="cancel"`` works.

    Returns the id of the run.

    :param qalyptus_task_id: UUID of the task in Qalyptus. (templated)
    :param on_warning: What a warning makes of the Airflow task: ``succeed``, ``skip`` or ``fail``.
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.operators.base.RemoteJobOperator`.
    """

    kind = "qalyptus.task_run"
    template_fields = ("qalyptus_task_id", "conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        qalyptus_task_id: str,
        on_warning: OnWarning = "succeed",
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)
        self.qalyptus_task_id = qalyptus_task_id
        self.on_warning = on_warning

    def start(self, context: Any) -> str:
        """Run the task.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.hooks.qalyptus import QalyptusHook

        hook = QalyptusHook(self.conn_id)
        with hook.get_conn():
            run_id = hook.run_task(self.qalyptus_task_id)
        self.log.info("Started task %s: run %s", self.qalyptus_task_id, run_id)
        return run_id

    def retry_advice(self) -> str:
        """Say what an Airflow retry of this task will do."""
        return "A retry of the Airflow task runs the Qalyptus task again"
