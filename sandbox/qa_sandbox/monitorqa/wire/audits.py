"""Audits on the wire."""

from __future__ import annotations

from qa_sandbox.monitorqa.wire.base import (
    Answer,
    Hint,
    Meta,
    Ref,
    RequiredText,
    SentDate,
    Wire,
    WireDate,
)


class AuditDates(Wire):
    """Dates of an audit that exists."""

    start_date: WireDate
    end_date: WireDate


class CreateAudit(Wire):
    """Create one-time audit."""

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
    """Details of an audit in any state."""

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
    """A signature and who gave it; the photo is a file."""

    photo_id: str
    created_by: Ref


class CompleteAuditDetails(AuditDetails):
    report_url: str
    auditee_signature: Signature
    auditor_signature: Signature


class AuditRow(Answer):
    """What both lists of audits share."""

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


class PendingAudits(Answer):
    """A page of pending audits."""

    data: list[PendingAudit]
    meta: Meta


class CompleteAudits(Answer):
    """A page of completed audits."""

    data: list[CompleteAudit]
    meta: Meta


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
    """Score data of an item."""

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
    """Report of a completed audit."""

    id: str
    items: list[ReportItem]
