"""Reports of MonitorQA into object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.link import StoredFileLink
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator
from airflow_qa_provider.links.monitorqa import MonitorQAAuditLink

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import TransferringArguments


class MonitorQAAuditReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores the report of a completed audit as a file (sources: "Get audit pdf report", "Get audit report").

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages`` or ``rows``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file is named ``audit-<id>-<report
    type>.pdf``, with ``-photos`` where they are part of it, or ``audit-<id>.json``.

    :param audit_id: Id of a completed audit. (templated)
    :param target: File, or folder with ``/`` at its end. (templated)
    :param name: Name of the file in a folder. (templated)
    :param report: ``pdf``, or ``json`` for the items with their answers and corrective actions. (templated)
    :param report_type: How much a PDF tells: ``regular``, ``summary``, ``full``, or the vendor's 0, 1, 2. (templated)
    :param include_photos: Whether photos are part of a PDF. (templated)
    :param monitorqa_conn_id: Id of the Airflow connection. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    :param overwrite: ``replace``, ``keep`` or ``fail``. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "monitorqa.audit"
    payload_fields = ("audit_id", "report", "report_type", "include_photos")
    template_fields = (
        *payload_fields,
        "target",
        "name",
        "object_storage_conn_id",
        "overwrite",
        "monitorqa_conn_id",
    )
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
