"""Operators of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.journal.changes import Changed
    from airflow_qa_provider.kinds.snapshot import Snapshot
    from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
    from airflow_qa_provider.vendors.qalyptus.client.selections import Selections
    from airflow_qa_provider.waiting.verdict import OnWarning


class QalyptusOperator(VendorOperator):
    """Calls one operation of the Qalyptus Cloud API, such as ``conditions.create``.

    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "qalyptus"
    ui_color = "#e6e9f8"

    def __init__(self, *, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Any) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)


class QalyptusGenerateReportOperator(RemoteJobOperator):
    """Asks for a report on demand, once, and waits until it is generated.

    Returns the id of the request, which
    :class:`~airflow_qa_provider.transfers.qalyptus.QalyptusReportToObjectStorageOperator` takes. Qalyptus can stop a
    request, so ``on_kill="cancel"`` works.

    A request whose id was lost is found by report, format and time. The list of requests does not show selections: when
    several tasks ask for the same report at the same moment, and it cannot be told whose request is whose, the task
    fails, or asks again with ``on_uncertain="repeat"``. ``if_exists`` looks at requests that are still running.

    :param report_id: UUID of the report. (templated)
    :param output_format: ``Pdf``, ``Xlsx``, ``Csv`` or another that the report offers. (templated)
    :param selections: Qlik selections, ``{"Region": ["North"]}``, or the vendor's own list. (templated)
    :param app_id: Qlik app to generate from. (templated)
    :param bookmark_id: Qlik bookmark to apply. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`.
    """

    kind = "qalyptus.request"
    noun = "report request"
    payload_fields = ("report_id", "output_format", "selections", "app_id", "bookmark_id")
    template_fields = (*payload_fields, "conn_id", "preview")
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

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return the fields by which the list of requests shows this one.

        :param now: Not used: a request has no dates.
        :param marker: Not used: a request has no room for it.
        """
        from airflow_qa_provider.vendors.qalyptus.client.reports import canonical_format
        from airflow_qa_provider.vendors.qalyptus.client.selections import as_field_selections

        as_field_selections(self.selections)
        return {
            "report_id": required_id(self.report_id, "report_id", "qalyptus"),
            "output_format": canonical_format(self.output_format),
            "hidden": any(value is not None for value in (self.selections, self.app_id, self.bookmark_id)),
        }

    def create(self, client: QalyptusClient, facts: Mapping[str, Any]) -> str:
        """Ask for the report.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        from airflow_qa_provider.vendors.qalyptus.client.selections import as_field_selections

        return client.reports.generate_on_demand(
            facts["report_id"],
            facts["output_format"],
            selections=as_field_selections(self.selections),
            app_id=self.app_id,
            bookmark_id=self.bookmark_id,
        )


class QalyptusRunTaskOperator(RemoteJobOperator):
    """Runs a task, once, and waits until the run has ended.

    A run ends in success, warning (for example when a condition of the task did not hold, so that no report was
    made) or error. An error fails the task; what a warning does is up to ``on_warning``. The XCom ``result``
    holds the ``phase`` (``succeeded``, ``warning``, ``failed``, ``cancelled``) and Qalyptus's own ``status``.
    Qalyptus can stop a run, so ``on_kill="cancel"`` works.

    A run whose id was lost, or not told, is found by task and time. ``if_exists`` looks at runs of the task that have
    not ended.

    Returns the id of the run.

    :param qalyptus_task_id: UUID of the task in Qalyptus. (templated)
    :param on_warning: What a warning makes of the Airflow task: ``succeed``, ``skip`` or ``fail``.
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`.
    """

    kind = "qalyptus.task_run"
    noun = "task run"
    payload_fields = ("qalyptus_task_id",)
    template_fields = (*payload_fields, "conn_id", "preview")
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

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Return the field by which the list of runs shows this one.

        :param now: Not used: a run has no dates of ours.
        :param marker: Not used: a run has no room for it.
        """
        return {"task_id": required_id(self.qalyptus_task_id, "qalyptus_task_id", "qalyptus")}

    def create(self, client: QalyptusClient, facts: Mapping[str, Any]) -> str | None:
        """Run the task; the docs do not show whether the answer names the run.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        return client.tasks.run(facts["task_id"])


class QalyptusStopRequestOperator(ChangingOperator):
    """Stops a report request or a task run, once (source: "Stop the execution of a specified task or request").

    One that has ended is left alone, also when it ends while it is being stopped: the outcome is then ``unchanged``. A
    stop that an attempt of this task has made is not made again when somebody runs the request once more, unless the
    answer was lost: then it is stopped as long as it runs, for nothing at the vendor tells one run from the next.

    Returns the id; the XCom ``result`` has ``phase`` (``active``, ``succeeded``, ``warning``, ``failed``,
    ``cancelled``) and Qalyptus's own ``status`` as well, as they are right after the stop. ``active`` is one that
    Qalyptus is still stopping.

    :param request_id: Id of a report request or task run, as ``QalyptusGenerateReportOperator`` and
        ``QalyptusRunTaskOperator`` return it. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "qalyptus.request"
    noun = "request"
    payload_fields = ("request_id",)
    template_fields = (*payload_fields, "conn_id", "preview")
    ui_color = "#e6e9f8"
    _came_too_late = False

    def __init__(self, *, request_id: str, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Any) -> None:
        super().__init__(conn_id=qalyptus_conn_id, **kwargs)
        self.request_id = request_id

    def change_once(self, context: Any) -> Changed:
        """Make sure that the request does not run.

        :param context: Airflow's task context.
        """
        changed = super().change_once(context)
        if self._came_too_late:
            return replace(changed, outcome="unchanged", reason="it ended before the stop came", changes={})
        return changed

    def changed_id(self) -> str:
        """Return the id of the request, checked."""
        return required_id(self.request_id, "request_id", "qalyptus")

    def wanted(self, client: QalyptusClient, moment: datetime) -> dict[str, Any]:
        """Return what a stopped request looks like.

        :param client: Not used.
        :param moment: Not used.
        """
        return {"running": False}

    def current(self, client: QalyptusClient) -> dict[str, Any]:
        """Return whether the request runs; an unknown status counts as running.

        :param client: The client.
        """
        return {"running": not self._look(client).phase.ended}

    def send(
        self, client: QalyptusClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Stop the request.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Not used.
        """
        from airflow_qa_provider.exceptions import QAConflictError, QANotFoundError, QARequestRejectedError

        try:
            client.status.stop(self.changed_id())
        except (QAConflictError, QANotFoundError, QARequestRejectedError):
            # so it may be because it has ended meanwhile
            if self.current(client) != wanted:
                raise
            self._came_too_late = True

    def details(self, client: QalyptusClient) -> dict[str, Any]:
        """Return where the request stands now; nothing when that cannot be asked.

        :param client: The client.
        """
        from airflow_qa_provider.exceptions import QAError

        try:
            seen = self._look(client)
        except QAError as error:
            self.log.warning("Where the request stands could not be asked: %s", error)
            return {}
        return {"phase": seen.phase.value, "status": seen.status}

    def _look(self, client: QalyptusClient) -> Snapshot:
        """Look among the report requests, then among the task runs."""
        from airflow_qa_provider.exceptions import QAError
        from airflow_qa_provider.vendors.qalyptus.requests import RequestPoller, TaskRunPoller

        request_id = self.changed_id()
        seen = RequestPoller().poll(client, [request_id], 0.0)[request_id]
        if isinstance(seen, QAError):
            run = TaskRunPoller().poll(client, [request_id], 0.0)[request_id]
            if isinstance(run, QAError):
                raise seen
            return run
        return seen
