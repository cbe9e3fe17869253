"""From the store to the wire."""

from __future__ import annotations

from airflow_qa_provider.sandbox.monitorqa import models as wire
from airflow_qa_provider.sandbox.monitorqa.answers import Answer, CorrectiveAction
from airflow_qa_provider.sandbox.monitorqa.audit import Audit, State
from airflow_qa_provider.sandbox.monitorqa.seed import Person, Site
from airflow_qa_provider.sandbox.monitorqa.store import MonitorQAStore

SECTION, ITEM = 1, 2


def ref(item: Person | Site) -> wire.Ref:
    """Return id and name of a user or audit object."""
    return wire.Ref(id=item.id, name=item.name)


def template_ref(store: MonitorQAStore, audit: Audit) -> wire.Ref:
    """Return id and name of an audit's template."""
    template = store.template(audit.template_id)
    return wire.Ref(id=template.id, name=template.name)


def _assignees(store: MonitorQAStore, audit: Audit) -> list[wire.Ref]:
    return [ref(store.person(user_id)) for user_id in audit.assignee_ids]


def _row(store: MonitorQAStore, audit: Audit) -> dict[str, object]:
    return {
        "id": audit.id,
        "name": audit.name,
        "assignees": _assignees(store, audit),
        "audit_object": ref(store.site(audit.object_id)),
        "end_date": audit.end_date,
        "number": audit.number,
        "start_date": audit.start_date,
        "template": template_ref(store, audit),
    }


def pending_row(store: MonitorQAStore, audit: Audit) -> wire.PendingAudit:
    """Return one row of the pending list."""
    return wire.PendingAudit.model_validate(
        {
            **_row(store, audit),
            "is_reopened": audit.round > 0,
            "is_started": audit.state is State.STARTED,
            "completed_actions_count": 0,
            "pending_actions_count": 0,
        }
    )


def complete_row(store: MonitorQAStore, audit: Audit) -> wire.CompleteAudit:
    """Return one row of the completed list."""
    result = store.result(audit)
    return wire.CompleteAudit.model_validate(
        {
            **_row(store, audit),
            "complete_date": audit.ended_at,
            "completed_by": ref(store.auditor(audit)),
            "score": result.score,
            "score_label": result.label,
        }
    )


def _details(store: MonitorQAStore, audit: Audit) -> dict[str, object]:
    site = store.site(audit.object_id)
    done = audit.state is State.COMPLETED
    result = store.result(audit) if done else None
    auditor = ref(store.auditor(audit))
    minutes = None
    if done and audit.started_at and audit.ended_at:
        minutes = int((audit.ended_at - audit.started_at).total_seconds() // 60)
    return {
        "id": audit.id,
        "auditor_hint": audit.hint,
        "company_id": store.company_id,
        "number": audit.number,
        "audit_object": wire.AuditObjectRef(id=site.id, name=site.name, notes=site.notes),
        "started_by": auditor if audit.started_at else None,
        "template_id": audit.template_id,
        "template": template_ref(store, audit),
        "assignees": _assignees(store, audit),
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


def details(store: MonitorQAStore, audit: Audit) -> wire.AuditDetails:
    """Return the details of an audit in any state."""
    return wire.AuditDetails.model_validate(_details(store, audit))


def complete_details(store: MonitorQAStore, audit: Audit) -> wire.CompleteAuditDetails:
    """Return the details of a completed audit."""
    make_id = store.context.make_id
    auditee = wire.Ref(id="00000000-0000-0000-0000-000000000000", name="Site lead")
    return wire.CompleteAuditDetails.model_validate(
        {
            **_details(store, audit),
            "report_url": f"{store.context.base_url}/reports/audit/{audit.id}",
            "auditee_signature": wire.Signature(photo_id=make_id("auditee-signature", audit.id), created_by=auditee),
            "auditor_signature": wire.Signature(
                photo_id=make_id("auditor-signature", audit.id), created_by=ref(store.auditor(audit))
            ),
        }
    )


def report(store: MonitorQAStore, audit: Audit) -> wire.AuditReport:
    """Return the itemised report of a completed audit: each section followed by its items."""
    result = store.result(audit)
    items: list[wire.ReportItem] = []
    for section in dict.fromkeys(answer.section for answer in result.answers):
        own = [(n, answer) for n, answer in enumerate(result.answers) if answer.section == section]
        children = [store.context.make_id("item", f"{audit.id}:{n}") for n, _ in own]
        items.append(_section_item(store, audit, section, children, [answer for _, answer in own]))
        items += [_item(store, audit, n, answer, result.actions.get(n)) for n, answer in own]
    return wire.AuditReport(id=audit.id, items=items)


def _section_item(
    store: MonitorQAStore, audit: Audit, name: str, children: list[str], answers: list[Answer]
) -> wire.ReportItem:
    failed = any(answer.verdict == "Failed" for answer in answers)
    passed = sum(answer.verdict == "Passed" for answer in answers)
    return wire.ReportItem(
        id=store.context.make_id("section", f"{audit.id}:{name}"),
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


def _item(
    store: MonitorQAStore, audit: Audit, index: int, answer: Answer, action: CorrectiveAction | None
) -> wire.ReportItem:
    make_id, key = store.context.make_id, f"{audit.id}:{index}"
    failed, passed = answer.verdict == "Failed", answer.verdict == "Passed"
    return wire.ReportItem(
        id=make_id("item", key),
        text=answer.question.text,
        note=answer.note or None,
        not_applicable=answer.verdict == "N/A",
        is_critical=answer.question.critical,
        is_passed=passed,
        is_failed=failed,
        children_ids=[],
        metafields=[wire.Metafield(name="Sample", text=answer.reading)] if answer.reading else [],
        actions=[_action(store, audit, key, action)] if action else [],
        photos=[make_id("photo", key)] if answer.has_photo else [],
        items_count=None,
        points=None,
        signature=None,
        failed_in_row_count=1 if failed else 0,
        item_type=ITEM,
        data=wire.ItemData(
            name=None, points=1.0 if passed else 0.0, text=None, number=float(index + 1), is_failed=failed
        ),
    )


def _action(store: MonitorQAStore, audit: Audit, key: str, action: CorrectiveAction) -> wire.ReportAction:
    return wire.ReportAction(
        id=store.context.make_id("action", key),
        name=action.name,
        number=action.number,
        description=action.description,
        assignees=[ref(action.assignee)],
        comments=[],
        created_by=ref(store.auditor(audit)),
        created_at=action.created_at,
        due_date=action.due_at,
        priority=action.priority,
        status=action.status,
        photos=[],
        tags=["safety"] if action.priority == 2 else [],
    )


def object_details(store: MonitorQAStore, site: Site) -> wire.AuditObjectDetails:
    """Return the details of an audit object."""
    make_id = store.context.make_id
    return wire.AuditObjectDetails(
        id=site.id,
        name=site.name,
        notes=site.notes,
        participant_user_groups=[wire.Ref(id=store.user_groups[0].id, name=store.user_groups[0].name)],
        participant_users=[ref(store.people[4])],
        audit_object_group_ids=[group.id for group in store.site_groups if site.id in group.member_ids],
        attributes=[
            wire.ObjectAttribute(
                attribute_id=make_id("attribute", "Department"),
                attribute_name="Department",
                option_id=make_id("option", site.department),
                option_name=site.department,
            )
        ],
        geo_address=wire.GeoAddress(lat=site.lat, lng=site.lng, name=site.name, address=site.address),
    )


def user_details(store: MonitorQAStore, person: Person) -> wire.UserDetails:
    """Return the details of a user."""
    role_type = {"Administrator": 0, "Site manager": 2}.get(person.role, 1)
    role = wire.Role(id=store.context.make_id("role", person.role), name=person.role, role_type=role_type)
    return wire.UserDetails(id=person.id, name=person.name, email=person.email, role=role)
