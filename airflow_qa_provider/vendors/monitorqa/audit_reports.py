"""The reports of completed audits of MonitorQA."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAConflictError, QAError, QANotFoundError
from airflow_qa_provider.kinds.files import RemoteFile
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.audits import ReportType
from airflow_qa_provider.vendors.monitorqa.pages import audit_page

AUDIT_FACTS = ("name", "date", "number", "object", "template", "score", "audit_id")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def audit_facts(audit: Mapping[str, Any]) -> dict[str, str]:
    """Return what file names may say of an audit, as texts.

    :param audit: As the vendor gives it; it may be empty.
    """
    # the day on which it was done, as the vendor writes it
    day = _DAY.match(str(audit.get("completeDate") or audit.get("endDate") or ""))
    template = (audit.get("template") or {}).get("name")
    facts = {
        # the lists show the name of an audit, its details that of the template only
        "name": audit.get("name") or template,
        "date": day and day.group(),
        "number": audit.get("number"),
        "object": (audit.get("auditObject") or {}).get("name"),
        "template": template,
        "score": audit.get("score"),
    }
    return {name: "" if value is None else str(value).strip() for name, value in facts.items()}


@dataclass(frozen=True)
class AuditReport(RemoteFile):
    """The report of an audit (sources: "Get audit pdf report", "Get audit report").

    :param audit_id: Id of a completed audit.
    :param report: ``pdf``, or ``json`` for the items with their answers and corrective actions.
    :param report_type: How much a PDF tells.
    :param include_photos: Whether photos are part of a PDF.
    :param audit: The audit; empty before it was read.
    """

    audit_id: str
    report: str
    report_type: ReportType
    include_photos: bool
    audit: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    source_fields = ("audit_id",)
    name_fields = AUDIT_FACTS

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
    def stem(self) -> str:
        facts = self.facts
        # with the number, for audits of several objects have one name and day
        telling = [facts[name] for name in ("name", "date", "number") if facts.get(name)] if self.audit else []
        parts = telling or [f"audit {self.audit_id}"]
        if self.report == "pdf" and self.report_type is not ReportType.REGULAR:
            parts.append(self.report_type.name.lower())
        if self.report == "pdf" and self.include_photos:
            parts.append("with photos")
        return " ".join(parts)

    @property
    @override
    def facts(self) -> Mapping[str, str]:
        return {**audit_facts(self.audit), "audit_id": self.audit_id}

    @override
    def described(self, client: MonitorQAClient, *, name: bool) -> Self:
        if not name:
            return self
        try:
            return replace(self, audit=client.audits.get(self.audit_id))
        except QAError as error:
            raise self.explained(error) from None

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
