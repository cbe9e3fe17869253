"""
Corrective actions on the wire.

``status`` 0 Open, 1 Approved, 2 Rejected, 3 Submitted, 4 Expired; ``priority`` 0 Low, 1 Medium, 2 High.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from qa_sandbox.monitorqa.wire.audits import tags_of
from qa_sandbox.monitorqa.wire.base import NOBODY, Answer, Ref, RequiredText, SentDate, Wire, WireDate

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.actions import Action, Submission
    from qa_sandbox.monitorqa.state.company import Company


class UpdateAction(Wire):
    """
    Update corrective action details.

    The docs do not say what leaving out ``assignedUsersIds`` or ``description`` does; as in the other updates, what
    is left out is removed.
    """

    assigned_users_ids: list[str] | None = None
    description: str | None = None
    name: RequiredText
    due_date_utc: WireDate
    status: Literal[0, 1, 2, 3, 4]
    priority: Literal[0, 1, 2]


class ActionAudit(Ref):
    iana_time_zone: str


class ListedAudit(ActionAudit):
    number: str


class ActionRow(Answer):
    id: str
    assigned_users: list[Ref]
    audit: ListedAudit
    created_by: Ref
    audit_object: Ref
    status: int
    priority: int
    created_at_utc: SentDate
    due_date_utc: SentDate
    name: str
    number: str


class ExpiredAction(ActionRow):
    expired_by: Ref
    expired_at_utc: SentDate


class CompletedAction(ActionRow):
    approved_by: Ref
    approved_at_utc: SentDate


class ActionAnswer(Answer):
    name: str
    points: float
    text: str | None
    number: float
    is_failed: bool


class FileInfo(Ref):
    content_type: str
    updated_at: SentDate


class Information(Answer):
    text: str | None
    photos_ids: list[str]
    files: list[FileInfo]


class ActionDetails(Answer):
    id: str
    name: str
    number: str
    description: str | None
    question: str
    status: int
    priority: int
    answer: ActionAnswer
    approved_at_utc: SentDate | None
    approved_by: Ref | None
    assigned_users: list[Ref]
    audit: ActionAudit
    audit_item_id: str
    audit_object: Ref
    created_at_utc: SentDate
    created_by: Ref
    due_date_utc: SentDate
    expired_at_utc: SentDate | None
    expired_by: Ref | None
    information: Information | None
    tags: list[Ref]
    files: list[FileInfo]


def pending_row(company: Company, action: Action) -> ActionRow:
    return ActionRow.of(action, **_row(company, action))


def expired_row(company: Company, action: Action) -> ExpiredAction:
    decided = {"expired_by": _decided_by(action), "expired_at_utc": action.decided_at}
    return ExpiredAction.of(action, **_row(company, action), **decided)


def completed_row(company: Company, action: Action) -> CompletedAction:
    decided = {"approved_by": _decided_by(action), "approved_at_utc": action.decided_at}
    return CompletedAction.of(action, **_row(company, action), **decided)


def details(company: Company, action: Action) -> ActionDetails:
    approved, expired = action.status.name == "APPROVED", action.status.name == "EXPIRED"
    decided = _decided_by(action) if action.decided_at else None
    return ActionDetails.of(
        action,
        **_row(company, action),
        answer=ActionAnswer(name="Failed", points=0, text=action.finding, number=action.item + 1, is_failed=True),
        approved_at_utc=action.decided_at if approved else None,
        approved_by=decided if approved else None,
        expired_at_utc=action.decided_at if expired else None,
        expired_by=decided if expired else None,
        information=_information(action.submission),
        tags=tags_of(company, action),
    )


def _row(company: Company, action: Action) -> dict[str, object]:
    return {
        "assigned_users": action.assignees,
        "audit": ListedAudit.of(action.audit, iana_time_zone=company.profile.time_zone),
        "audit_object": action.audit.audit_object,
        "created_at_utc": action.created_at,
        "due_date_utc": action.due_at,
    }


def _decided_by(action: Action) -> object:
    return action.decided_by or Ref(id=NOBODY, name="System Auto-Expire")


def _information(done: Submission | None) -> dict[str, object] | None:
    if done is None:
        return None
    return {"text": done.text, "photos_ids": [photo.id for photo in done.photos], "files": done.files}
