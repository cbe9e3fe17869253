"""From a completed audit to its PDF report."""

from __future__ import annotations

from collections.abc import Callable

from airflow_qa_provider.sandbox.files.audit_document import Action, AuditDocument, Item, Section
from airflow_qa_provider.sandbox.files.padding import padded_pdf
from airflow_qa_provider.sandbox.files.press import Press
from airflow_qa_provider.sandbox.files.report_file import ReportFile, file_name
from airflow_qa_provider.sandbox.monitorqa.answers import Answer
from airflow_qa_provider.sandbox.monitorqa.audit import Audit
from airflow_qa_provider.sandbox.monitorqa.seed import COMPANY
from airflow_qa_provider.sandbox.monitorqa.store import MonitorQAStore

_PRIORITIES = ("Low", "Medium", "High")
_STATUSES = ("Open", "Approved", "Rejected", "Submitted")


def document_of(store: MonitorQAStore, audit: Audit) -> AuditDocument:
    """
    Collect what the report shows.

    :param store: the account
    :param audit: a completed audit
    """
    result, site, auditor = store.result(audit), store.site(audit.object_id), store.auditor(audit)
    started, ended = audit.started_at or audit.opened_at, audit.ended_at or audit.opened_at
    template = store.template(audit.template_id)
    facts = (
        ("Audit number", audit.number),
        ("Template", template.name),
        ("Audit object", site.name),
        ("Address", site.address),
        ("Auditor", auditor.name),
        ("Started", f"{started:%Y-%m-%d %H:%M} UTC"),
        ("Completed", f"{ended:%Y-%m-%d %H:%M} UTC"),
    )
    red, green, blue = (int(result.colour[at : at + 2], 16) for at in (1, 3, 5))
    names = dict.fromkeys(answer.section for answer in result.answers)
    actions = tuple(
        Action(
            number=action.number,
            name=action.name,
            description=action.description,
            assignee=action.assignee.name,
            due=f"{action.due_at:%Y-%m-%d}",
            priority=_PRIORITIES[action.priority],
            status=_STATUSES[action.status],
        )
        for action in result.actions.values()
    )
    return AuditDocument(
        company=COMPANY,
        title=audit.name,
        number=audit.number,
        template=template.name,
        site=site.name,
        hint=audit.hint or "",
        facts=facts,
        score=result.score,
        score_label=result.label,
        score_colour=(red, green, blue),
        failed=result.failed,
        completed_at=ended,
        auditor=auditor.name,
        sections=tuple(Section(name, _items(result.answers, name)) for name in names),
        actions=actions,
    )


def _items(answers: tuple[Answer, ...], section: str) -> tuple[Item, ...]:
    return tuple(
        Item(
            text=answer.question.text,
            verdict=answer.verdict,
            critical=answer.question.critical,
            note=answer.note,
            details=(("Sample", answer.reading),) if answer.reading else (),
            photo_scene=index if answer.has_photo else None,
        )
        for index, answer in enumerate(answers)
        if answer.section == section
    )


def report_file(store: MonitorQAStore, press: Press, audit: Audit, kind: int, photos: bool) -> Callable[[], ReportFile]:
    """
    Prepare the PDF report of an audit as it stands now; the result typesets it, in whatever thread it is called.

    :param store: the account
    :param press: keeps finished reports
    :param audit: a completed audit
    :param kind: 0 Regular, 1 Summary, 2 Full
    :param photos: whether photos are shown
    """
    settings, document = store.context.settings, document_of(store, audit)
    key = (document, kind, photos)

    def typeset() -> bytes:
        from airflow_qa_provider.sandbox.files.audit_pdf import audit_pdf

        return audit_pdf(document, kind, photos)

    name = file_name(f"{document.number} {document.title}", "pdf")
    return lambda: padded_pdf(name, press.get(key, typeset), settings.pdf_bytes, settings.seed)
