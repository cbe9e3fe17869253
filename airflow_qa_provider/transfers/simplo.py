"""Reports and lists of Simplo IS into object storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.bases.records import RecordsToObjectStorageOperator
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import RecordsArguments, TransferringArguments


class SimploReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores a billing report as PDF (source: "Download report as PDF").

    The hash without which Simplo IS gives no PDF is read from the report, and is neither logged nor stored.

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file is named after the report, its period
    and its id, such as ``01 Initiation-2023-01-01-2023-01-31-11.pdf``.

    :param report_id: Id of the report. (templated)
    :param simplo_conn_id: Id of the Airflow connection; its user needs the permission read on reports. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    kind = "simplo.report"
    payload_fields = ("report_id",)
    template_fields = (*payload_fields, *ReportToObjectStorageOperator.template_fields, "simplo_conn_id")
    ui_color = "#f9e3ee"

    def __init__(
        self,
        *,
        report_id: str | int,
        simplo_conn_id: str = "simplo_default",
        **kwargs: Unpack[TransferringArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.report_id = report_id
        self.simplo_conn_id = simplo_conn_id


class SimploRecordsToObjectStorageOperator(RecordsToObjectStorageOperator):
    """Stores a list of Simplo IS as JSON lines, CSV or Parquet.

    :param records: Name of the list: ``reports``, ``report_tasks``, ``report_settings``. (templated)
    :param simplo_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.records.RecordsToObjectStorageOperator`.
    """

    vendor = "simplo"
    template_fields = (*RecordsToObjectStorageOperator.template_fields, "simplo_conn_id")
    ui_color = "#f9e3ee"

    def __init__(
        self,
        *,
        simplo_conn_id: str = "simplo_default",
        **kwargs: Unpack[RecordsArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.simplo_conn_id = simplo_conn_id
