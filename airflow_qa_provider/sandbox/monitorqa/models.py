"""MonitorQA on the wire: request bodies and answers."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

DATE_FORMAT = "yyyy-MM-ddTHH:mm:ss.fffZ"
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})Z", re.ASCII)
_DATE_SCHEMA = (
    r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$"
)
HINT_LIMIT = 2000


def parse_date(value: Any) -> datetime:
    """
    Read a date in the documented format.

    :param value: text such as ``2024-01-15T08:00:00.000Z``
    :raises PydanticCustomError: for anything else
    """
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("date_format", f"must be a date in the format {DATE_FORMAT}")
    try:
        return datetime.strptime(match.group(1), "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=timezone.utc)
    except ValueError:
        raise PydanticCustomError("date_format", "is not a day of the calendar or a time of the day") from None


def format_date(value: datetime) -> str:
    """
    Write a date in the documented format.

    :param value: an aware datetime
    """
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


WireDate = Annotated[
    datetime,
    BeforeValidator(parse_date),
    PlainSerializer(format_date, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _DATE_SCHEMA, "examples": ["2024-01-15T08:00:00.000Z"]}),
]
SentDate = Annotated[
    datetime,
    PlainSerializer(format_date, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2024-01-15T08:00:00.000Z"]}),
]


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be empty")
    return value


RequiredText = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Hint = Annotated[str, Field(max_length=HINT_LIMIT)]


class Wire(BaseModel):
    """Base of all wire models: camelCase names outside, snake_case inside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Ref(Wire):
    """Id and name of something."""

    id: str
    name: str


class Created(Wire):
    """Id of a new object."""

    id: str


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


class AuditIds(Wire):
    """Ids of a bulk operation."""

    ids: Annotated[list[str], Field(min_length=1)]


class Meta(Wire):
    """Paging of a list."""

    page_number: int
    page_size: int
    total_count: int


class AuditObjectRef(Ref):
    """Audit object of an audit, with the notes for the auditor."""

    notes: str | None


class AuditDetails(Wire):
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


class Signature(Wire):
    """A signature and who gave it."""

    photo_id: str
    created_by: Ref


class CompleteAuditDetails(AuditDetails):
    """Details of a completed audit."""

    report_url: str
    auditee_signature: Signature
    auditor_signature: Signature


class AuditRow(Wire):
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
    """One pending audit."""

    is_reopened: bool
    is_started: bool
    completed_actions_count: int
    pending_actions_count: int


class CompleteAudit(AuditRow):
    """One completed audit."""

    complete_date: SentDate
    completed_by: Ref
    score: int | float
    score_label: str


class PendingAudits(Wire):
    """A page of pending audits."""

    data: list[PendingAudit]
    meta: Meta


class CompleteAudits(Wire):
    """A page of completed audits."""

    data: list[CompleteAudit]
    meta: Meta


class Metafield(Wire):
    """An extra input of an item."""

    name: str
    text: str


class ReportAction(Wire):
    """
    A corrective action in an audit report.

    ``priority`` 0 Low, 1 Medium, 2 High; ``status`` 0 Open, 1 Approved, 2 Rejected, 3 Submitted.
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
    tags: list[str]


class ItemData(Wire):
    """Score data of an item."""

    name: str | None
    points: float
    text: str | None
    number: float
    is_failed: bool


class ReportItem(Wire):
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


class AuditReport(Wire):
    """Report of a completed audit."""

    id: str
    items: list[ReportItem]


class TemplateRow(Ref):
    """One template of the detailed list."""

    template_type: int


class Templates(Wire):
    """A page of templates."""

    data: list[TemplateRow]
    meta: Meta


class GeoAddress(Wire):
    """Where an audit object is."""

    lat: str
    lng: str
    name: str
    address: str


class ObjectAttribute(Wire):
    """An attribute of an audit object."""

    attribute_id: str
    attribute_name: str
    option_id: str
    option_name: str


class AuditObjectDetails(Ref):
    """Details of an audit object."""

    notes: str | None
    participant_user_groups: list[Ref]
    participant_users: list[Ref]
    audit_object_group_ids: list[str]
    attributes: list[ObjectAttribute]
    geo_address: GeoAddress | None


class UserRow(Ref):
    """One user of the list."""

    email: str


class Role(Ref):
    """Role of a user. ``roleType`` 0 Admin, 1 Auditor, 2 Auditee, 3 Observer."""

    role_type: int


class UserDetails(UserRow):
    """Details of a user."""

    role: Role
