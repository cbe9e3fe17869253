"""Audits on the wire, and their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.wire.base import NOBODY, Answer, Hint, Ref, RequiredText, SentDate, Wire, WireDate

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.actions import Action
    from qa_sandbox.monitorqa.state.answers import Answer as Answered
    from qa_sandbox.monitorqa.state.audits import Audit
    from qa_sandbox.monitorqa.state.company import Company

AUDITEE = "Site lead"
SECTION, ITEM = 1, 2


class AuditDates(Wire):
    start_date: WireDate
    end_date: WireDate


class CreateAudit(Wire):
    start_date: WireDate | None = None
    end_date: WireDate
    name: RequiredText
    auditor_hint: Hint | None = None
    template_id: RequiredText
    audit_object_id: RequiredText
    assignee_id: str | None = None


class UpdateAudit(AuditDates):
    """Update one-time audit; without ``assigneeId`` the audit becomes unassigned."""

    name: RequiredText
    auditor_hint: Hint | None = None
    assignee_id: str | None = None


class ReopenAudit(AuditDates):
    """Reopen audit; ``assigneesIds`` null keeps the assignees, an empty list removes all."""

    assignees_ids: list[str] | None = None


class AuditObjectRef(Ref):
    """Audit object of an audit, with the notes for the auditor."""

    notes: str | None


class AuditDetails(Answer):
    id: str
    auditor_hint: str | None
    company_id: str
    number: str
    audit_object: AuditObjectRef
    started_by: Ref | None
    template_id: str
    template: Ref
    assignees: list[Ref]
    is_started: bool
    started_at: SentDate | None
    is_completed: bool
    complete_date: SentDate | None
    is_failed: bool
    is_expired: bool
    is_reopened: bool
    completed_by: Ref | None
    start_date: SentDate | None
    end_date: SentDate
    score: int | float | None
    score_label: str | None
    score_color: str | None
    completion_time: int | None


class Signature(Answer):
    photo_id: str
    created_by: Ref


class CompleteAuditDetails(AuditDetails):
    report_url: str
    auditee_signature: Signature
    auditor_signature: Signature


class AuditRow(Answer):
    id: str
    name: str
    assignees: list[Ref]
    audit_object: Ref
    end_date: SentDate
    number: str
    start_date: SentDate | None
    template: Ref


class PendingAudit(AuditRow):
    is_reopened: bool
    is_started: bool
    completed_actions_count: int
    pending_actions_count: int


class CompleteAudit(AuditRow):
    complete_date: SentDate
    completed_by: Ref
    score: int | float
    score_label: str


class Metafield(Answer):
    """An extra input of an item."""

    name: str
    text: str


class ReportAction(Answer):
    """
    A corrective action in an audit report.

    ``priority`` 0 Low, 1 Medium, 2 High; ``status`` 0 Open, 1 Approved, 2 Rejected, 3 Submitted, and 4 Expired, which
    this page of the docs leaves out. The docs show comments, photos and tags empty only.
    """

    id: str
    name: str
    number: str
    description: str
    assignees: list[Ref]
    comments: list[str]
    created_by: Ref
    created_at: SentDate
    due_date: SentDate
    priority: int
    status: int
    photos: list[str]
    tags: list[Ref]


class ItemData(Answer):
    name: str | None
    points: float
    text: str | None
    number: float
    is_failed: bool


class ReportItem(Answer):
    """One item of an audit report. ``itemType`` 0 Root, 1 Section, 2 Item, 3 ConditionalItem, 4 Condition."""

    id: str
    text: str
    note: str | None
    not_applicable: bool
    is_critical: bool
    is_passed: bool
    is_failed: bool
    children_ids: list[str]
    metafields: list[Metafield]
    actions: list[ReportAction]
    photos: list[str]
    items_count: int | None
    points: float | None
    signature: Signature | None
    failed_in_row_count: int
    item_type: int
    data: ItemData


class AuditReport(Answer):
    id: str
    items: list[ReportItem]


def pending_row(company: Company, audit: Audit) -> PendingAudit:
    """Return one row of the pending list; the counts are of corrective actions from before it was reopened."""
    actions = [action for action in company.actions.all if action.audit is audit] if audit.is_reopened else []
    pending = sum(action.is_unfinished for action in actions)
    return PendingAudit.of(audit, completed_actions_count=len(actions) - pending, pending_actions_count=pending)


def complete_row(company: Company, audit: Audit) -> CompleteAudit:
    return CompleteAudit.of(
        audit,
        complete_date=audit.completed_at,
        completed_by=company.audits.auditor(audit),
        score=audit.result.score,
        score_label=audit.result.label,
    )


def _more(company: Company, audit: Audit) -> dict[str, object]:
    done, result, minutes = audit.is_completed, audit.outcome, None
    auditor = company.audits.auditor(audit) if audit.started_at else None
    if done and audit.started_at:
        minutes = int((audit.completed_at - audit.started_at).total_seconds() // 60)
    return {
        "company_id": company.id,
        "started_by": auditor,
        "template_id": audit.template.id,
        "is_started": audit.started_at is not None,
        "complete_date": audit.ended_at if done else None,
        "is_failed": result is not None and result.failed,
        "completed_by": auditor if done else None,
        "score": result.score if result else None,
        "score_label": result.label if result else None,
        "score_color": result.colour if result else None,
        "completion_time": minutes,
    }


def details(company: Company, audit: Audit) -> AuditDetails:
    return AuditDetails.of(audit, **_more(company, audit))


def complete_details(company: Company, audit: Audit) -> CompleteAuditDetails:
    auditee, auditor = Ref(id=NOBODY, name=AUDITEE), company.audits.auditor(audit)
    return CompleteAuditDetails.of(
        audit,
        **_more(company, audit),
        report_url=f"{company.context.base_url}/reports/audit/{audit.id}",
        auditee_signature=_signature(company, "auditee", audit, auditee),
        auditor_signature=_signature(company, "auditor", audit, auditor),
    )


def _signature(company: Company, kind: str, audit: Audit, who: object) -> dict[str, object]:
    return {"photo_id": company.make_id(f"{kind}-signature", audit.key), "created_by": who}


def report(company: Company, audit: Audit) -> AuditReport:
    """Return the itemised report of a completed audit: each section followed by its items."""
    answers, actions = audit.result.answers, company.actions.of_audit(audit)
    items: list[ReportItem] = []
    for section in dict.fromkeys(answer.section for answer in answers):
        own = [(n, answer) for n, answer in enumerate(answers) if answer.section == section]
        children = [company.make_id("item", f"{audit.key}:{n}") for n, _ in own]
        items.append(_section_item(company, audit, section, children, [answer for _, answer in own]))
        items += [_item(company, audit, n, answer, actions.get(n)) for n, answer in own]
    return AuditReport(id=audit.id, items=items)


# What an item has unless something else is said.
_PLAIN_ITEM: dict[str, object] = {
    "note": None,
    "not_applicable": False,
    "is_critical": False,
    "children_ids": [],
    "metafields": [],
    "actions": [],
    "photos": [],
    "items_count": None,
    "points": None,
    "signature": None,
    "failed_in_row_count": 0,
}


def _section_item(
    company: Company, audit: Audit, name: str, children: list[str], answers: list[Answered]
) -> ReportItem:
    failed = any(answer.verdict == "Failed" for answer in answers)
    points = float(sum(answer.verdict == "Passed" for answer in answers))
    members = {
        "id": company.make_id("section", f"{audit.key}:{name}"),
        "text": name,
        "is_passed": not failed,
        "is_failed": failed,
        "children_ids": children,
        "items_count": len(children),
        "points": points,
        "item_type": SECTION,
        "data": ItemData(name=name, points=points, text=None, number=0, is_failed=failed),
    }
    return ReportItem.model_validate({**_PLAIN_ITEM, **members})


def _item(company: Company, audit: Audit, index: int, answer: Answered, action: Action | None) -> ReportItem:
    key = f"{audit.key}:{index}"
    failed, passed = answer.verdict == "Failed", answer.verdict == "Passed"
    members = {
        "id": company.make_id("item", key),
        "text": answer.question.text,
        "note": answer.note or None,
        "not_applicable": answer.verdict == "N/A",
        "is_critical": answer.question.critical,
        "is_passed": passed,
        "is_failed": failed,
        "metafields": [Metafield(name="Sample", text=answer.reading)] if answer.reading else [],
        "actions": [_action(company, action)] if action else [],
        "photos": [company.make_id("photo", key)] if answer.has_photo else [],
        "failed_in_row_count": 1 if failed else 0,
        "item_type": ITEM,
        "data": ItemData(name=None, points=float(passed), text=None, number=float(index + 1), is_failed=failed),
    }
    return ReportItem.model_validate({**_PLAIN_ITEM, **members})


def _action(company: Company, action: Action) -> ReportAction:
    return ReportAction.of(
        action,
        description=action.description or "",
        comments=[],
        due_date=action.due_at,
        photos=[],
        tags=tags_of(company, action),
    )


def tags_of(company: Company, action: Action) -> list[Ref]:
    """Return the tags of a corrective action: critical items are tagged."""
    return [Ref(id=company.make_id("tag", "Critical"), name="Critical")] if action.critical else []
