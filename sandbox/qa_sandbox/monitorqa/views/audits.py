"""Audits and their reports."""

from __future__ import annotations

from qa_sandbox.monitorqa.state.action import UNFINISHED, Action
from qa_sandbox.monitorqa.state.answers import Answer
from qa_sandbox.monitorqa.state.audit import Audit, State
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.files import AUDITEE
from qa_sandbox.monitorqa.views.refs import NOBODY, object_ref, template_ref, user_ref, user_refs
from qa_sandbox.monitorqa.wire import audits as wire
from qa_sandbox.monitorqa.wire.base import Ref

SECTION, ITEM = 1, 2


def _row(company: Company, audit: Audit) -> dict[str, object]:
    return {
        "id": audit.id,
        "name": audit.name,
        "assignees": user_refs(company, audit.assignee_ids),
        "audit_object": object_ref(company, audit.object_id),
        "end_date": audit.end_date,
        "number": audit.number,
        "start_date": audit.start_date,
        "template": template_ref(company, audit.template_id),
    }


def pending_row(company: Company, audit: Audit) -> wire.PendingAudit:
    """Return one row of the pending list; the counts are of corrective actions from before it was reopened."""
    actions = [action for action in company.actions.all if action.audit_id == audit.id] if audit.round else []
    pending = sum(action.status in UNFINISHED for action in actions)
    return wire.PendingAudit.model_validate(
        {
            **_row(company, audit),
            "is_reopened": audit.round > 0,
            "is_started": audit.state is State.STARTED,
            "completed_actions_count": len(actions) - pending,
            "pending_actions_count": pending,
        }
    )


def complete_row(company: Company, audit: Audit) -> wire.CompleteAudit:
    return wire.CompleteAudit.model_validate(
        {
            **_row(company, audit),
            "complete_date": audit.completed_at,
            "completed_by": Ref.model_validate(company.audits.auditor(audit)),
            "score": audit.result.score,
            "score_label": audit.result.label,
        }
    )


def _details(company: Company, audit: Audit) -> dict[str, object]:
    site = company.objects.sites.named(audit.object_id)
    done = audit.state is State.COMPLETED
    result = audit.outcome
    auditor = Ref.model_validate(company.audits.auditor(audit)) if audit.started_at else None
    minutes = None
    if done and audit.started_at:
        minutes = int((audit.completed_at - audit.started_at).total_seconds() // 60)
    return {
        "id": audit.id,
        "auditor_hint": audit.hint,
        "company_id": company.id,
        "number": audit.number,
        "audit_object": wire.AuditObjectRef.model_validate(site),
        "started_by": auditor,
        "template_id": audit.template_id,
        "template": template_ref(company, audit.template_id),
        "assignees": user_refs(company, audit.assignee_ids),
        "is_started": audit.started_at is not None,
        "started_at": audit.started_at,
        "is_completed": done,
        "complete_date": audit.ended_at if done else None,
        "is_failed": result is not None and result.failed,
        "is_expired": audit.state is State.EXPIRED,
        "is_reopened": audit.round > 0,
        "completed_by": auditor if done else None,
        "start_date": audit.start_date,
        "end_date": audit.end_date,
        "score": result.score if result else None,
        "score_label": result.label if result else None,
        "score_color": result.colour if result else None,
        "completion_time": minutes,
    }


def details(company: Company, audit: Audit) -> wire.AuditDetails:
    """Return the details of an audit in any state."""
    return wire.AuditDetails.model_validate(_details(company, audit))


def complete_details(company: Company, audit: Audit) -> wire.CompleteAuditDetails:
    auditee, auditor = Ref(id=NOBODY, name=AUDITEE), Ref.model_validate(company.audits.auditor(audit))
    return wire.CompleteAuditDetails.model_validate(
        {
            **_details(company, audit),
            "report_url": f"{company.base_url}/reports/audit/{audit.id}",
            "auditee_signature": _signature(company, "auditee", audit, auditee),
            "auditor_signature": _signature(company, "auditor", audit, auditor),
        }
    )


def _signature(company: Company, kind: str, audit: Audit, who: Ref) -> wire.Signature:
    return wire.Signature(photo_id=company.make_id(f"{kind}-signature", audit.key), created_by=who)


def report(company: Company, audit: Audit) -> wire.AuditReport:
    """Return the itemised report of a completed audit: each section followed by its items."""
    answers, actions = audit.result.answers, company.actions.of_audit(audit)
    items: list[wire.ReportItem] = []
    for section in dict.fromkeys(answer.section for answer in answers):
        own = [(n, answer) for n, answer in enumerate(answers) if answer.section == section]
        children = [company.make_id("item", f"{audit.key}:{n}") for n, _ in own]
        items.append(_section_item(company, audit, section, children, [answer for _, answer in own]))
        items += [_item(company, audit, n, answer, actions.get(n)) for n, answer in own]
    return wire.AuditReport(id=audit.id, items=items)


def _section_item(
    company: Company, audit: Audit, name: str, children: list[str], answers: list[Answer]
) -> wire.ReportItem:
    failed = any(answer.verdict == "Failed" for answer in answers)
    passed = sum(answer.verdict == "Passed" for answer in answers)
    return wire.ReportItem(
        id=company.make_id("section", f"{audit.key}:{name}"),
        text=name,
        note=None,
        not_applicable=False,
        is_critical=False,
        is_passed=not failed,
        is_failed=failed,
        children_ids=children,
        metafields=[],
        actions=[],
        photos=[],
        items_count=len(children),
        points=float(passed),
        signature=None,
        failed_in_row_count=0,
        item_type=SECTION,
        data=wire.ItemData(name=name, points=float(passed), text=None, number=0, is_failed=failed),
    )


def _item(company: Company, audit: Audit, index: int, answer: Answer, action: Action | None) -> wire.ReportItem:
    key = f"{audit.key}:{index}"
    failed, passed = answer.verdict == "Failed", answer.verdict == "Passed"
    return wire.ReportItem(
        id=company.make_id("item", key),
        text=answer.question.text,
        note=answer.note or None,
        not_applicable=answer.verdict == "N/A",
        is_critical=answer.question.critical,
        is_passed=passed,
        is_failed=failed,
        children_ids=[],
        metafields=[wire.Metafield(name="Sample", text=answer.reading)] if answer.reading else [],
        actions=[_action(company, action)] if action else [],
        photos=[company.make_id("photo", key)] if answer.has_photo else [],
        items_count=None,
        points=None,
        signature=None,
        failed_in_row_count=1 if failed else 0,
        item_type=ITEM,
        data=wire.ItemData(
            name=None, points=1.0 if passed else 0.0, text=None, number=float(index + 1), is_failed=failed
        ),
    )


def _action(company: Company, action: Action) -> wire.ReportAction:
    return wire.ReportAction(
        id=action.id,
        name=action.name,
        number=action.number,
        description=action.description or "",
        assignees=user_refs(company, action.assignee_ids),
        comments=[],
        created_by=user_ref(company, action.creator_id),
        created_at=action.created_at,
        due_date=action.due_at,
        priority=action.priority,
        status=action.status,
        photos=[],
        tags=tags_of(company, action),
    )


def tags_of(company: Company, action: Action) -> list[Ref]:
    """Return the tags of a corrective action: critical items are tagged."""
    return [Ref(id=company.make_id("tag", "Critical"), name="Critical")] if action.critical else []
