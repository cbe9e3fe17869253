"""Billing reports of Simplo IS as PDF."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAError, QAPermissionError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.records import report_id, shown

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class ReportPdf(RemoteFile):
    """The PDF of a billing report (source: "Download report as PDF").

    :param report_id: Id of the report.
    :param title: Name and period of the report; empty before it was read, and where it has none.
    :param report_hash: Its ``hash`` property, a secret without which the PDF is not given.
    """

    report_id: str
    title: str = ""
    report_hash: str = field(default="", repr=False)

    source_fields = ("report_id",)
    operation = "reports.download_pdf"
    format = "pdf"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(report_id(given))

    @property
    @override
    def stem(self) -> str:
        # with the id, for several clients may have reports of one name and period
        return f"{self.title or 'report'}-{self.report_id}"

    @property
    @override
    def secrets(self) -> tuple[str, ...]:
        return (self.report_hash,) if self.report_hash else ()

    @override
    def described(self, client: SimploClient, *, name: bool) -> Self:
        report = client.reports.get(self.report_id)
        return replace(self, title=_title(report), report_hash=str(shown(report, "hash") or ""))

    @override
    def open(self, client: SimploClient) -> Download:
        return client.reports.download_pdf(self.report_id, self.report_hash)

    @override
    def explained(self, error: QAError) -> QAError:
        if isinstance(error, QAPermissionError):
            error.object_id = self.report_id
            error.outcome = "Nothing was stored"
            error.hint = (
                "Simplo IS refuses the hash that it has just shown: the report may have got another one meanwhile. "
                "Clear the task to have it read again"
            )
        return error


def _title(report: Mapping[str, Any]) -> str:
    """Return the name of a report and the days of its period, as far as it has them."""
    # the days as Simplo IS writes them, in its own zone: in UTC a month would begin on the day before
    days = [_DAY.match(str(report.get(name) or "")) for name in ("from_at", "to_at")]
    return "-".join([str(report.get("name") or "").strip() or "report", *(day.group() for day in days if day)])
