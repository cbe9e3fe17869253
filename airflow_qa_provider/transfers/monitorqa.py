"""Reports and lists of MonitorQA into object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.link import StoredFileLink
from airflow_qa_provider.bases.records import RecordsToObjectStorageOperator
from airflow_qa_provider.bases.transferring import FilesToObjectStorageOperator, ReportToObjectStorageOperator
from airflow_qa_provider.links.monitorqa import MonitorQAAuditLink

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import RecordsArguments, TransferringArguments


class MonitorQAAuditReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores the report of a completed audit as a file (sources: "Get audit pdf report", "Get audit report").

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages`` or ``rows``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file is named after template, day and
    number of the audit, such as ``Site safety walk 2026-11-30 AUD-2026-000042.pdf``; ``summary``, ``full`` and ``with
    photos`` follow where they apply.

    :param audit_id: Id of a completed audit. (templated)
    :param name: Name of the file in a folder; it may have ``{name}``, ``{date}``, ``{number}``, ``{object}``,
        ``{template}``, ``{score}`` and ``{audit_id}`` of the audit. (templated)
    :param report: ``pdf``, or ``json`` for the items with their answers and corrective actions. (templated)
    :param report_type: How much a PDF tells: ``regular``, ``summary``, ``full``, or the vendor's 0, 1, 2. (templated)
    :param include_photos: Whether photos are part of a PDF. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "monitorqa.audit"
    payload_fields = ("audit_id", "report", "report_type", "include_photos")
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "monitorqa_conn_id")
    operator_extra_links = (MonitorQAAuditLink(), StoredFileLink())
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        audit_id: str,
        report: str = "pdf",
        report_type: str | int = "regular",
        include_photos: bool | str = False,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.audit_id = audit_id
        self.report = report
        self.report_type = report_type
        self.include_photos = include_photos
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQAFileToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores a file that was uploaded in an audit or a corrective action (source: "Get File").

    Returns the manifest of the file, see :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file
    is named ``file <id>``, with the suffix of what MonitorQA announces.

    :param file_id: Id of the file, such as a ``photoId``. (templated)
    :param with_watermark: Whether an image gets the watermark; the vendor's default is no. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "monitorqa.file"
    file = "file"
    payload_fields = ("file_id", "with_watermark")
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "monitorqa_conn_id")
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        file_id: str,
        with_watermark: bool | str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.file_id = file_id
        self.with_watermark = with_watermark
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQAAuditPhotosToObjectStorageOperator(FilesToObjectStorageOperator):
    """Stores all photos of a completed audit, those of its corrective actions included (sources: "Get audit report",
    "Get File").

    Returns the list of their manifests, in the order of the report; it is empty for an audit without photos. Each is
    named after template, day and number of the audit, such as ``Safety walk 2026-11-30 AUD-2026-000042 photo 01.jpeg``.

    :param audit_id: Id of a completed audit. (templated)
    :param target: Folder, with ``/`` at its end. (templated)
    :param name: Name of each file: ``{photo}``, a number, or ``{file_id}``, and perhaps ``{item}``, ``{name}``,
        ``{date}``, ``{number}``, ``{object}``, ``{template}``, ``{score}``, ``{audit_id}``. (templated)
    :param with_watermark: Whether they get the watermark; the vendor's default is no. (templated)
    :param only_if_changed: Whether to return only those that have changed, and to end as skipped without any.
        (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.FilesToObjectStorageOperator`.
    """

    kind = "monitorqa.audit"
    file = "photos"
    operator_extra_links = (MonitorQAAuditLink(), StoredFileLink())
    payload_fields = ("audit_id", "with_watermark")
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "monitorqa_conn_id")
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        audit_id: str,
        with_watermark: bool | str | None = None,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.audit_id = audit_id
        self.with_watermark = with_watermark
        self.monitorqa_conn_id = monitorqa_conn_id


class MonitorQARecordsToObjectStorageOperator(RecordsToObjectStorageOperator):
    """Stores a list of MonitorQA as JSON lines, CSV or Parquet.

    :param records: Name of the list: ``pending_audits``, ``completed_audits``, ``audit_items``, ``pending_actions``,
        ``expired_actions``, ``completed_actions``, ``schedules``, ``objects``, ``attributes``, ``templates``,
        ``users``, ``user_groups``, ``roles``, ``score_systems``, ``webhook_log``, ``companies``. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.records.RecordsToObjectStorageOperator`.
    """

    vendor = "monitorqa"
    template_fields = (*RecordsToObjectStorageOperator.template_fields, "monitorqa_conn_id")
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Unpack[RecordsArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.monitorqa_conn_id = monitorqa_conn_id
