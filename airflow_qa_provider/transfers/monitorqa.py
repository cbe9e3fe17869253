"""Reports of MonitorQA into object storage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow_qa_provider.bases.retrying import fail_now
from airflow_qa_provider.bases.transferring import ReportToObjectStorageOperator
from airflow_qa_provider.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.exceptions import QAError
    from airflow_qa_provider.reports.manifest import Manifest
    from airflow_qa_provider.rest.download import Download
    from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
    from airflow_qa_provider.vendors.monitorqa.client.audits import ReportType

_ARCHIVE = "https://app.monitorqa.com/audits/archive/"


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

    vendor = "monitorqa"
    template_fields: Sequence[str] = (
        "audit_id",
        "target",
        "name",
        "report",
        "report_type",
        "include_photos",
        "monitorqa_conn_id",
        "object_storage_conn_id",
        "overwrite",
    )
    ui_color = "#e3f4ea"

    def __init__(
        self,
        *,
        audit_id: str,
        report: str = "pdf",
        report_type: str | int = "regular",
        include_photos: bool | str = False,
        monitorqa_conn_id: str = "monitorqa_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.audit_id = audit_id
        self.report = report
        self.report_type = report_type
        self.include_photos = include_photos
        self.monitorqa_conn_id = monitorqa_conn_id

    @fail_now
    def execute(self, context: Any) -> Manifest:
        """Download, check and store the report.

        :param context: Airflow's task context.
        """
        from airflow_qa_provider.exceptions import QAConflictError, QANotFoundError
        from airflow_qa_provider.hooks.monitorqa import MonitorQAHook

        audit_id = required_id(self.audit_id, "audit_id", self.vendor)
        kind = _choice(self.report, "report", ("pdf", "json"))
        report_type, photos = _report_type(self.report_type), _flag(self.include_photos, "include_photos")
        variant = f"-{report_type.name.lower()}{'-photos' if photos else ''}" if kind == "pdf" else ""
        target = self.target_for(f"audit-{audit_id}{variant}")
        with MonitorQAHook(self.monitorqa_conn_id).get_conn() as client:
            try:
                return self.store(
                    _opener(client, audit_id, kind, report_type, photos),
                    client,
                    target,
                    source={"audit_id": audit_id},
                    expected_format=kind,
                    link=_ARCHIVE + quote(audit_id, safe=""),
                    operation="audits.download_report_pdf" if kind == "pdf" else "audits.download_report",
                )
            except (QANotFoundError, QAConflictError) as error:
                raise _perhaps_not_completed(error, audit_id) from None


def _opener(
    client: MonitorQAClient, audit_id: str, kind: str, report_type: ReportType, photos: bool
) -> Callable[[], Download]:
    if kind == "json":
        return lambda: client.audits.download_report(audit_id)
    return lambda: client.audits.download_report_pdf(audit_id, report_type=report_type, include_photos=photos)


def _perhaps_not_completed(error: QAError, audit_id: str) -> QAError:
    error.object_id = audit_id
    error.outcome = "Nothing was stored"
    error.hint = (
        f"MonitorQA has reports of completed audits only: check that audit {audit_id} exists, and wait for it with "
        "MonitorQAAuditSensor before this task. A retry works once the audit is completed"
    )
    return error


def _report_type(value: object) -> ReportType:
    from airflow_qa_provider.vendors.monitorqa.client.audits import ReportType

    words = {word: member for member in ReportType for word in (member.name.lower(), str(member.value))}
    return words[_choice(value, "report_type", tuple(words))]


def _flag(value: object, field: str) -> bool:
    # a template makes a string of it
    return _choice(value, field, ("true", "false")) == "true"


def _choice(value: object, field: str, choices: tuple[str, ...]) -> str:
    from airflow_qa_provider.exceptions import QAValidationError

    word = str(value).strip().lower()
    if word not in choices:
        raise QAValidationError(
            f"{field} must be one of {', '.join(choices)}, got {value!r}",
            vendor="monitorqa",
            outcome="Nothing was sent",
        )
    return word
