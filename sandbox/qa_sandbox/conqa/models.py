"""CONQA on the wire: request bodies, answers, dates."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)
from pydantic import ValidationError as PydanticError
from pydantic_core import PydanticCustomError

_DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})", re.ASCII | re.IGNORECASE
)
_URL = TypeAdapter(AnyHttpUrl)


def parse_timestamp(value: Any) -> datetime:
    """Read an ISO 8601 datetime with its zone."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("timestamp", "must be an ISO 8601 datetime such as 2026-01-15T10:30:00.000Z")
    minute, second, fraction, zone = match.groups()
    text = f"{minute}:{second or '00'}.{(fraction or '')[:6]:0<6}{'+00:00' if zone in 'Zz' else zone}"
    try:
        return datetime.fromisoformat(text.upper()).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise PydanticCustomError("timestamp", "is not a day of the calendar or a time of the day") from None


Timestamp = Annotated[
    datetime, BeforeValidator(parse_timestamp), WithJsonSchema({"type": "string", "format": "date-time"})
]


def _check_url(value: str) -> str:
    try:
        _URL.validate_python(value)
    except PydanticError:
        raise PydanticCustomError("url", "must be a valid URL") from None
    return value


def _check_json(value: Any) -> Any:
    # NaN and half surrogate pairs pass the parser, but no answer could carry them.
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise PydanticCustomError("json", "must be JSON") from None
    return value


NotEmpty = Annotated[str, Field(min_length=1)]
CallbackUrl = Annotated[str, AfterValidator(_check_url), WithJsonSchema({"type": "string", "format": "uri"})]
JsonObject = Annotated[dict[str, Any], AfterValidator(_check_json)]


class Body(BaseModel):
    """Base of request bodies; a member that is not documented is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Metadata(Body):
    timestamp: Timestamp


class StatusRef(Body):
    """A status by identifier or, failing that, by label."""

    value: NotEmpty | None = None
    display: NotEmpty | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> StatusRef:
        if self.value is None and self.display is None:
            raise PydanticCustomError("status", "needs value or display")
        return self


class MilestoneData(Body):
    name: NotEmpty | None = None
    status: StatusRef | None = None
    fields: dict[str, Any] | None = None


class UpsertMilestone(Body):
    metadata: Metadata
    data: MilestoneData = Field(default_factory=MilestoneData)


class RegisterWebhook(Body):
    name: NotEmpty
    callbackUrl: CallbackUrl


class UpdateWebhook(Body):
    name: NotEmpty | None = None
    status: Annotated[str, Field(pattern="^(ACTIVE|INACTIVE)$")] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> UpdateWebhook:
        if self.name is None and self.status is None:
            raise PydanticCustomError("webhook", "needs name or status")
        return self


class StartReport(Body):
    checklistId: NotEmpty
    context: JsonObject | None = None


class ProjectRow(BaseModel):
    projectId: str
    projectName: str


class Projects(BaseModel):
    """Get Projects for User: no ``data`` around it."""

    projects: list[ProjectRow]


class Paging(BaseModel):
    total_records: int
    page_size: int
    page_number: int


class Issue(BaseModel):
    issueId: str
    projectId: str
    assignedTo: str
    checklistId: str
    checkpointId: str
    description: str
    dueDate: str
    issueNumber: str
    lastUpdatedAt: str
    lastUpdatedBy: str
    raisedAt: str
    raisedBy: str
    raisedByName: str
    responsiblePerson: str
    responsiblePersonName: str
    status: str
    title: str
    daysAtStatus: int
    ballInCourtUser: str
    ballInCourtUserName: str
    numberOfAttachments: int


class IssuePage(BaseModel):
    paging: Paging
    issues: list[Issue]


class Issues(BaseModel):
    data: IssuePage


class MilestoneRow(BaseModel):
    """The vendor does not show the shape of a milestone; this one is invented."""

    milestoneId: str
    externalId: str
    projectId: str
    name: str
    status: dict[str, str]
    fields: dict[str, Any]
    checklistId: str
    createdAt: str
    lastUpdatedAt: str


class MilestonePage(BaseModel):
    paging: Paging
    milestones: list[MilestoneRow]


class Milestones(BaseModel):
    data: MilestonePage


class Counted(BaseModel):
    name: str
    issueCount: int


class IssueCounts(BaseModel):
    total: int
    statuses: list[Counted]


class Share(BaseModel):
    status: str
    count: int
    percentage: float


class MilestoneCounts(BaseModel):
    total: int
    statuses: list[Share]
    measures: dict[str, Any]


class SummaryData(BaseModel):
    name: str
    issues: IssueCounts
    milestones: MilestoneCounts


class Summary(BaseModel):
    data: SummaryData


class WebhookRow(BaseModel):
    """A webhook; project lists show no name, and the last page no ``lastEvaluatedKey``."""

    id: str
    name: str | None = None
    projectId: str | None = None
    accountId: str | None = None
    userId: str
    maskedCallbackUrl: str
    type: str
    status: str
    createdAt: str
    updatedAt: str


class WebhookPage(BaseModel):
    count: int
    lastEvaluatedKey: str | None = None
    webhooks: list[WebhookRow]


class Webhooks(BaseModel):
    data: WebhookPage


class Registered(BaseModel):
    """Register Webhook: no ``data`` around it."""

    webhook: WebhookRow


class WebhookUpdated(BaseModel):
    """Update Webhook: flat."""

    message: str
    webhookId: str
    name: str
    status: str


class WebhookDeleted(BaseModel):
    """Delete Webhook: flat."""

    message: str
    webhookId: str


class Message(BaseModel):
    message: str


class ReportSubmitted(BaseModel):
    """Start generation of Report: no id to ask for later."""

    data: Message
