"""
Corrective actions on the wire.

``status`` 0 Open, 1 Approved, 2 Rejected, 3 Submitted, 4 Expired; ``priority`` 0 Low, 1 Medium, 2 High.
"""

from __future__ import annotations

from typing import Literal

from qa_sandbox.monitorqa.wire.base import Answer, Meta, Ref, RequiredText, SentDate, Wire, WireDate


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
    """Audit that a corrective action comes from."""

    iana_time_zone: str


class ListedAudit(ActionAudit):
    """The same in lists, with the number."""

    number: str


class ActionRow(Answer):
    """What the lists share; also one row of the pending list."""

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
    """One expired corrective action."""

    expired_by: Ref
    expired_at_utc: SentDate


class CompletedAction(ActionRow):
    """One approved corrective action."""

    approved_by: Ref
    approved_at_utc: SentDate


class PendingActions(Answer):
    """A page of pending corrective actions."""

    data: list[ActionRow]
    meta: Meta


class ExpiredActions(Answer):
    """A page of expired corrective actions."""

    data: list[ExpiredAction]
    meta: Meta


class CompletedActions(Answer):
    """A page of approved corrective actions."""

    data: list[CompletedAction]
    meta: Meta


class ActionAnswer(Answer):
    """The audit answer that a corrective action follows from."""

    name: str
    points: float
    text: str | None
    number: float
    is_failed: bool


class FileInfo(Ref):
    content_type: str
    updated_at: SentDate


class Information(Answer):
    """What the responsible user submitted."""

    text: str | None
    photos_ids: list[str]
    files: list[FileInfo]


class ActionDetails(Answer):
    """Details of a corrective action."""

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
