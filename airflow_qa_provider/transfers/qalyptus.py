"""Reports of Qalyptus Cloud into object storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.retrying import fail_now
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator
from airflow_qa_provider.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient

# the docs show no record of a request: names seen in public material
_FORMAT_FIELDS = ("outputFormat", "format")
_NAME_FIELDS = ("reportName", "name", "title")


class QalyptusReportToObjectStorageOperator(ReportToObjectStorageOperator):
    """Stores a generated report as a file (source: "Download report as a stream").

    Returns the manifest of the file: ``uri``, ``name``, ``bytes``, ``sha256``, ``pages`` or ``rows``, and more, see
    :class:`~airflow_qa_provider.reports.manifest.Manifest`. In a folder the file is named after the report and the
    request, such as ``Sales-by-region-<request id>.xlsx``.

    :param request_id: Id of a completed request, as ``QalyptusGenerateReportOperator`` returns it. (templated)
    :param target: File, or folder with ``/`` at its end. (templated)
    :param name: Name of the file in a folder. (templated)
    :param output_format: Format that the file must have, such as ``Pdf`` or ``Xlsx``. By default what the request's
        record says, or else the suffix of the target, or else what the download announces. (templated)
    :param qalyptus_conn_id: Id of the Airflow connection. (templated)
    :param object_storage_conn_id: Airflow connection of the object storage. (templated)
    :param overwrite: ``replace``, ``keep`` or ``fail``. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.transferring.ReportToObjectStorageOperator`.
    """

    vendor = "qalyptus"
    template_fields: Sequence[str] = (
        "request_id",
        "target",
        "name",
        "output_format",
        "qalyptus_conn_id",
        "object_storage_conn_id",
        "overwrite",
    )
    ui_color = "#e6e9f8"

    def __init__(
        self,
        *,
        request_id: str,
        output_format: str | None = None,
        qalyptus_conn_id: str = "qalyptus_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.request_id = request_id
        self.output_format = output_format
        self.qalyptus_conn_id = qalyptus_conn_id

    @fail_now
    def execute(self, context: Any) -> Manifest:
        """Download, check and store the report.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.hooks.qalyptus import QalyptusHook
        from airflow_qa_provider.reports.formats import file_format, known_format

        request_id = required_id(self.request_id, "request_id", self.vendor)
        wanted = file_format(self.output_format, "output_format") if self.output_format else None
        target = self.target_for(f"report-{request_id}")
        with QalyptusHook(self.qalyptus_conn_id).get_conn() as client:
            unnamed = target.stem is not None and not self.name
            if unnamed or wanted is None:
                record = self._record(client, request_id)
                wanted = wanted or known_format(_first(record, _FORMAT_FIELDS))
                if unnamed:
                    target = self.target_for(f"{_first(record, _NAME_FIELDS) or 'report'}-{request_id}")
            return self.store(
                lambda: client.status.download_report_stream(request_id),
                client,
                target,
                source={"request_id": request_id},
                expected_format=wanted.name if wanted else None,
                operation="status.download_report_stream",
            )

    def _record(self, client: QalyptusClient, request_id: str) -> Mapping[str, Any]:
        """Return what the vendor says of the request; it is only needed for a name and a format."""
        from airflow_qa_provider.exceptions import QAApiError, QAResponseError

        try:
            return client.status.get_on_demand(request_id)
        except (QAApiError, QAResponseError) as error:
            self.log.info("The record of the request was not read, its download goes on: %s", error)
            return {}


def _first(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((record[name] for name in names if record.get(name)), None)
