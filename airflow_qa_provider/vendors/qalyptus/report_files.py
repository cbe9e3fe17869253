"""The reports that requests of Qalyptus Cloud have generated."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.reports import OUTPUT_FORMATS

log = logging.getLogger(__name__)

# several files of one report come as an archive
_FORMATS = (*OUTPUT_FORMATS, "Zip")
# the docs show no record of a request: names seen in public material
_NAME_FIELDS = ("reportName", "name", "title")


@dataclass(frozen=True)
class RequestedReport(RemoteFile):
    """The report of a completed request (source: "Download report as a stream").

    :param request_id: Id of the request.
    :param output_format: Format that the file must have, in lower case; ``None`` for what the record says.
    :param report_name: Name of the report, once its record was read.
    """

    request_id: str
    output_format: str | None
    report_name: str | None = None

    source_fields = ("request_id",)
    operation = "status.download_report_stream"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        wanted = given.optional_choice("output_format", _FORMATS)
        return cls(given.id("request_id"), wanted and wanted.lower())

    @property
    @override
    def stem(self) -> str:
        return f"{self.report_name or 'report'}-{self.request_id}"

    @property
    @override
    def format(self) -> str | None:
        return self.output_format

    @override
    def open(self, client: QalyptusClient) -> Download:
        return client.status.download_report_stream(self.request_id)

    @override
    def described(self, client: QalyptusClient, *, name: bool) -> Self:
        if self.output_format and not name:
            return self
        try:
            record = client.status.get_on_demand(self.request_id)
        # it is only needed for a name and a format
        except QAError as error:
            log.info("The record of the request was not read, its download goes on: %s", error)
            return self
        shown = str(client.dialect.format_of(record) or "").strip().lower()
        known = shown if shown in (word.lower() for word in OUTPUT_FORMATS) else None
        return replace(self, output_format=self.output_format or known, report_name=_first(record, _NAME_FIELDS))


def _first(record: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((str(record[name]) for name in names if record.get(name)), None)
