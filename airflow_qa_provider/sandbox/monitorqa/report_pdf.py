"""From a completed audit to its PDF report."""

from __future__ import annotations

from collections import OrderedDict

from airflow_qa_provider.sandbox.files.audit_pdf import Action, AuditDocument, Item, Section, audit_pdf
from airflow_qa_provider.sandbox.files.padding import padded_pdf
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


class ReportPress:
    """Typesets PDF reports and keeps the latest, so that a repeated download is fast and gives equal bytes."""

    def __init__(self, keep: int = 32) -> None:
        self._keep = keep
        self._made: OrderedDict[tuple[object, ...], bytes] = OrderedDict()

    def make(
        self, key: tuple[object, ...], document: AuditDocument, kind: int, photos: bool, size: int | None, seed: int
    ) -> ReportFile:
        """
        Make a report.

        :param key: what the content depends on
        :param document: the content
        :param kind: 0 Regular, 1 Summary, 2 Full
        :param photos: whether photos are shown
        :param size: wanted file size in bytes
        :param seed: seed of the padding
        """
        data = self._made.get(key)
        if data is None:
            data = audit_pdf(document, kind, photos)
            self._made[key] = data
            while len(self._made) > self._keep:
                self._made.popitem(last=False)
        return padded_pdf(file_name(f"{document.number} {document.title}", "pdf"), data, size, seed)
