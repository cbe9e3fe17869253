"""From a completed audit to its PDF report."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa_sandbox.files.audit_document import Action, AuditDocument
from qa_sandbox.files.report_file import ReportFile, file_name
from qa_sandbox.monitorqa.state.audits import Audit
from qa_sandbox.monitorqa.state.company import Company

_PRIORITIES = ("Low", "Medium", "High")


def document_of(company: Company, audit: Audit) -> AuditDocument:
    result, auditor = audit.result, company.audits.auditor(audit)
    site = audit.audit_object
    started, ended = audit.started_at or audit.opened_at, audit.completed_at
    facts = (
        ("Audit number", audit.number),
        ("Template", audit.template.name),
        ("Audit object", site.name),
        ("Address", site.geo_address.address if site.geo_address else "-"),
        ("Auditor", auditor.name),
        ("Started", f"{started:%Y-%m-%d %H:%M} UTC"),
        ("Completed", f"{ended:%Y-%m-%d %H:%M} UTC"),
    )
    actions = tuple(
        Action(
            number=action.number,
            name=action.name,
            description=action.description or "",
            assignee=", ".join(user.name for user in action.assignees) or "nobody",
            due=f"{action.due_at:%Y-%m-%d}",
            priority=_PRIORITIES[action.priority],
            status=action.status.name.capitalize(),
        )
        for action in company.actions.of_audit(audit).values()
    )
    return AuditDocument(
        company=company.name,
        title=audit.name,
        number=audit.number,
        site=site.name,
        hint=audit.auditor_hint or "",
        facts=facts,
        score=result.score,
        score_label=result.label,
        score_colour=_rgb(result.colour),
        failed=result.failed,
        completed_at=ended,
        auditor=auditor.name,
        answers=result.answers,
        actions=actions,
    )


def report_file(company: Company, audit: Audit, kind: int, photos: bool) -> Callable[[], ReportFile]:
    """
    Prepare the PDF report of an audit as it stands now; the result typesets it, in whatever thread it is called.

    :param kind: 0 Regular, 1 Summary, 2 Full
    """
    document = document_of(company, audit)

    def typeset() -> bytes:
        from qa_sandbox.files.audit_pdf import audit_pdf

        return audit_pdf(document, kind, photos)

    name = file_name(f"{document.number} {document.title}", "pdf")
    return lambda: company.context.press.file(name, (document, kind, photos), typeset)


def _rgb(colour: str) -> tuple[int, int, int]:
    """Read ``#RRGGBB``; the vendor does not say what a colour looks like, so anything else is grey."""
    if not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        return 110, 110, 110
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
