"""The reports of completed audits of MonitorQA."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAConflictError, QAError, QANotFoundError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.audits import ReportType
from airflow_qa_provider.vendors.monitorqa.pages import audit_page


@dataclass(frozen=True)
class AuditReport(RemoteFile):
    """The report of an audit (sources: "Get audit pdf report", "Get audit report").

    :param audit_id: Id of a completed audit.
    :param report: ``pdf``, or ``json`` for the items with their answers and corrective actions.
    :param report_type: How much a PDF tells.
    :param include_photos: Whether photos are part of a PDF.
    """

    audit_id: str
    report: str
    report_type: ReportType
    include_photos: bool

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(
            given.id("audit_id"),
            given.choice("report", ("pdf", "json")),
            given.member("report_type", ReportType),
            given.flag("include_photos"),
        )

    @property
    @override
    def operation(self) -> str:
        return "audits.download_report_pdf" if self.report == "pdf" else "audits.download_report"

    @property
    @override
    def source(self) -> Mapping[str, str]:
        return {"audit_id": self.audit_id}

    @property
    @override
    def stem(self) -> str:
        photos = "-photos" if self.include_photos else ""
        variant = f"-{self.report_type.name.lower()}{photos}" if self.report == "pdf" else ""
        return f"audit-{self.audit_id}{variant}"

    @property
    @override
    def format(self) -> str:
        return self.report

    @property
    @override
    def link(self) -> str:
        return audit_page(self.audit_id, completed=True)

    @override
    def open(self, client: MonitorQAClient) -> Download:
        if self.report == "json":
            return client.audits.download_report(self.audit_id)
        return client.audits.download_report_pdf(
            self.audit_id, report_type=self.report_type, include_photos=self.include_photos
        )

    @override
    def explained(self, error: QAError) -> QAError:
        if isinstance(error, (QANotFoundError, QAConflictError)):
            error.object_id = self.audit_id
            error.outcome = "Nothing was stored"
            error.hint = (
                f"MonitorQA has reports of completed audits only: check that audit {self.audit_id} exists, and wait "
                "for it with MonitorQAAuditSensor before this task. A retry works once the audit is completed"
            )
        return error
