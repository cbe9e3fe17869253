"""Operators of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.bases.listing import ListOperator
from airflow_qa_provider.bases.reporting import RemoteReportOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import (
        CallingArguments,
        ChangingArguments,
        JobArguments,
        ListArguments,
        ReportingArguments,
    )
    from airflow_qa_provider.vendors.qalyptus.client.selections import Selections
    from airflow_qa_provider.waiting.verdict import OnWarning

_COLOR = "#e6e9f8"


class QalyptusOperator(VendorOperator):
    """Calls one operation of the Qalyptus Cloud API, such as ``conditions.create``.

    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "qalyptus"
    template_fields = (*VendorOperator.template_fields, "qalyptus_conn_id")
    ui_color = _COLOR

    def __init__(self, *, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Unpack[CallingArguments]) -> None:
        super().__init__(**kwargs)
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusGenerateReportOperator(RemoteJobOperator):
    """Asks for a report on demand, and waits until it is generated.

    Returns the id of the request, which
    :class:`~airflow_qa_provider.transfers.qalyptus.QalyptusReportToObjectStorageOperator` takes. Qalyptus can stop a
    request, so ``on_kill="cancel"`` works.

    A retry goes on with the request whose id is noted. One whose answer was lost is asked for again: the list of
    requests shows no selections, so the one in it may be that of somebody else, with data for other readers, and to
    generate a report once more does no harm. ``on_uncertain="fail"`` leaves that to a person.

    ``if_exists`` looks at requests for the same report and format that are still running. ``adopt`` takes one over only
    when no selections, app or bookmark are asked for; whether that one has any, Qalyptus does not show.

    :param report_id: UUID of the report; that of the connection by default. (templated)
    :param output_format: ``Pdf``, ``Xlsx``, ``Csv`` or another that the report offers. (templated)
    :param selections: Qlik selections, ``{"Region": ["North"]}``, or the vendor's own list; also as JSON text, such as
        ``{{ params.selections | tojson }}``. (templated)
    :param app_id: Qlik app to generate from. (templated)
    :param bookmark_id: Qlik bookmark to apply. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`. ``on_uncertain`` is ``repeat`` by
        default.
    """

    kind = "qalyptus.request"
    payload_fields = ("report_id", "output_format", "selections", "app_id", "bookmark_id")
    connection_fields = ("report_id",)
    template_fields = (*payload_fields, "qalyptus_conn_id", "preview")
    template_fields_renderers = {"selections": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = _COLOR

    def __init__(
        self,
        *,
        report_id: str | None = None,
        output_format: str = "Pdf",
        selections: Selections = None,
        app_id: str | None = None,
        bookmark_id: str | None = None,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[JobArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.report_id = report_id
        self.output_format = output_format
        self.selections = selections
        self.app_id = app_id
        self.bookmark_id = bookmark_id
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusReportOperator(RemoteReportOperator):
    """Asks for a report on demand, once, waits until it is generated, and stores it.

    All of :class:`QalyptusGenerateReportOperator` and of
    :class:`~airflow_qa_provider.transfers.qalyptus.QalyptusReportToObjectStorageOperator` in one task, which a retry
    takes up where the attempt before it stopped. Expands over what differs: ``.expand(selections=[...])``.

    Returns the manifest of the file, with what Qalyptus says of the request under ``facts``.

    :param report_id: UUID of the report; that of the connection by default. (templated)
    :param output_format: ``Pdf``, ``Xlsx``, ``Csv`` or another that the report offers; the file must have it.
        (templated)
    :param selections: Qlik selections, ``{"Region": ["North"]}``, or the vendor's own list; also as JSON text.
        (templated)
    :param app_id: Qlik app to generate from. (templated)
    :param bookmark_id: Qlik bookmark to apply. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.reporting.RemoteReportOperator`. ``on_uncertain`` is
        ``repeat`` by default.
    """

    kind = "qalyptus.request"
    id_field = "request_id"
    payload_fields = QalyptusGenerateReportOperator.payload_fields
    report_fields = ("output_format",)
    connection_fields = ("report_id",)
    template_fields = (
        *payload_fields,
        *("target", "file_name", "object_storage_conn_id", "overwrite"),
        *("qalyptus_conn_id", "preview"),
    )
    template_fields_renderers = {"selections": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = _COLOR

    def __init__(
        self,
        *,
        report_id: str | None = None,
        output_format: str = "Pdf",
        selections: Selections = None,
        app_id: str | None = None,
        bookmark_id: str | None = None,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[ReportingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.report_id = report_id
        self.output_format = output_format
        self.selections = selections
        self.app_id = app_id
        self.bookmark_id = bookmark_id
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusRunTaskOperator(RemoteJobOperator):
    """Runs a task, once, and waits until the run has ended.

    A run ends in success, warning (for example when a condition of the task did not hold, so that no report was
    made) or error. An error fails the task; what a warning does is up to ``on_warning``. The XCom ``phase``
    is ``succeeded``, ``warning``, ``failed`` or ``cancelled``, and ``status`` Qalyptus's own word.
    Qalyptus can stop a run, so ``on_kill="cancel"`` works.

    A run sends mail, so none is started twice. One whose id was lost, or not told, is the run of this task that was not
    there before; when there are several, the Airflow task fails as uncertain. ``if_exists`` looks at runs of the task
    that have not ended.

    Returns the id of the run.

    :param qalyptus_task_id: UUID of the task in Qalyptus; that of the connection by default. (templated)
    :param on_warning: What a warning makes of the Airflow task: ``succeed``, ``skip`` or ``fail``.
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.jobs.RemoteJobOperator`.
    """

    kind = "qalyptus.task_run"
    payload_fields = ("qalyptus_task_id",)
    connection_fields = ("qalyptus_task_id",)
    template_fields = (*payload_fields, "qalyptus_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        qalyptus_task_id: str | None = None,
        on_warning: OnWarning = "succeed",
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[JobArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.qalyptus_task_id = qalyptus_task_id
        self.on_warning = on_warning
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusStopRequestOperator(ChangingOperator):
    """Stops a report request or a task run, once (source: "Stop the execution of a specified task or request").

    One that has ended is left alone, also when it ends while it is being stopped: the outcome is then ``unchanged``. A
    stop that an attempt of this task has made is not made again when somebody runs the request once more, unless the
    answer was lost: then it is stopped as long as it runs, for nothing at the vendor tells one run from the next.

    Returns the id; the XComs ``phase`` (``active``, ``succeeded``, ``warning``, ``failed``, ``cancelled``) and
    ``status``, Qalyptus's own word, are as they are right after the stop. ``active`` is one that
    Qalyptus is still stopping.

    :param request_id: Id of a report request or task run, as ``QalyptusGenerateReportOperator`` and
        ``QalyptusRunTaskOperator`` return it. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "qalyptus.request"
    change = "stop"
    payload_fields = ("request_id",)
    template_fields = (*payload_fields, "qalyptus_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self, *, request_id: str, qalyptus_conn_id: str = "qalyptus_default", **kwargs: Unpack[ChangingArguments]
    ) -> None:
        super().__init__(**kwargs)
        self.request_id = request_id
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusListReportRequestsOperator(ListOperator):
    """Returns the ids of on-demand report requests, such as those that failed, or are old.

    Qalyptus Cloud lists all that it keeps. ``created_before`` keeps requests that do not tell when they were made.

    :param status: Only requests in one of these states, in the words of the tenant. (templated)
    :param report_id: Only requests for a report; that of the connection by default, ``all`` for any. (templated)
    :param created_before: Only requests from before a moment; a duration counts back from now. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    vendor = "qalyptus"
    records = "report_requests"
    filter_fields = ("status", "report_id", "created_before")
    connection_fields = ("report_id",)
    template_fields = (*ListOperator.template_fields, *filter_fields, "qalyptus_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        status: str | Iterable[str] | None = None,
        report_id: str | None = None,
        created_before: datetime | timedelta | str | None = None,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[ListArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.status = status
        self.report_id = report_id
        self.created_before = created_before
        self.qalyptus_conn_id = qalyptus_conn_id
