"""Reports and lists of Qalyptus Cloud into object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.records import RecordsToObjectStorageOperator
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import RecordsArguments, TransferringArguments


class QalyptusReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores a generated report as a file (source: "Download report as a stream").

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages`` or ``rows``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file is named after the report and the
    request, such as ``Sales-by-region-<request id>.xlsx``.

    :param request_id: Id of a completed request, as ``QalyptusGenerateReportOperator`` returns it. (templated)
    :param output_format: Format that the file must have, such as ``Pdf`` or ``Xlsx``. By default what the request's
        record says, or else the suffix of the target, or else what the download announces. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "qalyptus.request"
    payload_fields = ("request_id", "output_format")
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "qalyptus_conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        request_id: str,
        output_format: str | None = None,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.request_id = request_id
        self.output_format = output_format
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusLogToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores the log of a request or of a task run (sources: "Download the on-demand request log", "Download on-demand
    request SMTP log file", "Download the scheduled task log file", "Download the scheduled task SMTP log file").

    Returns the manifest of the file, see :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file
    is named ``run log <id>.txt`` or ``smtp log <id>.txt``.

    :param request_id: Id of a request; or ``run_id``. (templated)
    :param run_id: Id of a task run, as ``QalyptusRunTaskOperator`` returns it. (templated)
    :param log_type: ``run``, or ``smtp`` for the mails that Qalyptus Cloud has sent. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "qalyptus.request"
    file = "log"
    payload_fields = ("request_id", "run_id", "log_type")
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "qalyptus_conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        request_id: str | None = None,
        run_id: str | None = None,
        log_type: str = "run",
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.request_id = request_id
        self.run_id = run_id
        self.log_type = log_type
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusImportTemplateToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores the Excel file that new users are filled into (source: "Download import users template").

    Returns the manifest of the file, see :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file
    is named ``import users template.xlsx``; the operation ``users.import_excel`` takes it when it is filled in.

    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "qalyptus.user"
    file = "import_template"
    payload_fields = ()
    template_fields = (*ReportToObjectStorageOperator.template_fields, "qalyptus_conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.qalyptus_conn_id = qalyptus_conn_id


class QalyptusRecordsToObjectStorageOperator(RecordsToObjectStorageOperator):
    """Stores a list of Qalyptus Cloud as JSON lines, CSV or Parquet.

    :param records: Name of the list: ``report_requests``, ``task_runs``, ``reports``, ``tasks``, ``filters``,
        ``conditions``, ``projects``, ``users``, ``groups``. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.records.RecordsToObjectStorageOperator`.
    """

    vendor = "qalyptus"
    template_fields = (*RecordsToObjectStorageOperator.template_fields, "qalyptus_conn_id")
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Unpack[RecordsArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.qalyptus_conn_id = qalyptus_conn_id
