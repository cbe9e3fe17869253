"""The lists of MonitorQA."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.kinds.listing import Filter, Listing, Row, asked, columns
from airflow_qa_provider.vendors.monitorqa.client.enums import AuditItemType

_PAGE_SIZE = 100
_AUDIT = (
    "id number name auditObject.id auditObject.name template.id template.name assignees:json startDate:timestamp "
    "endDate:timestamp"
)
_ACTION = (
    "id number name status:integer priority:integer audit.id audit.name audit.number audit.ianaTimeZone auditObject.id "
    "auditObject.name assignedUsers:json createdBy.id createdBy.name createdAtUtc:timestamp dueDateUtc:timestamp"
)
_OF_AUDITS = asked("template_id", "audit_object_id", "audit_object_group_id", "assigned_to", "assigned_to_group")
_OF_ACTIONS = asked("audit_id", "template_id", "audit_object_id", "assigned_to_id", "assigned_to_group_id")
# by the due date, which says nothing of when a row came into the list
_DUE = (
    Filter("due_from", "optional_when", argument="from_date"),
    Filter("due_to", "optional_when", argument="to_date"),
)
_QUESTIONS = (AuditItemType.ITEM, AuditItemType.CONDITIONAL_ITEM)


def _is_answered(client: Any, row: Row, wanted: bool) -> bool:
    return (row.get("itemType") in _QUESTIONS and row.get("data") is not None) is wanted


def _named(name: str, title: str, operation: str, described: str = "id name") -> Listing:
    return Listing(name=name, title=title, operation=operation, columns=columns(described))


PENDING_AUDITS = Listing(
    name="pending_audits",
    title="Get list of pending audits",
    operation="audits.list_pending",
    columns=columns(
        f"{_AUDIT} isReopened:boolean isStarted:boolean completedActionsCount:integer pendingActionsCount:integer"
    ),
    filters=(*_OF_AUDITS, *asked("audit_schedule_id"), *asked("in_progress", how="optional_flag")),
    page_size=_PAGE_SIZE,
)
COMPLETED_AUDITS = Listing(
    name="completed_audits",
    title="Get list of complete audits",
    operation="audits.list_complete",
    columns=columns(f"{_AUDIT} completeDate:timestamp completedBy.id completedBy.name score:number scoreLabel"),
    filters=(
        *_OF_AUDITS,
        *asked("completed_by", "completed_by_group"),
        *asked("score_min", "score_max", how="optional_text"),
    ),
    since="from_date",
    until="to_date",
    changed="completeDate",
    page_size=_PAGE_SIZE,
)
AUDIT_ITEMS = Listing(
    name="audit_items",
    title="Get audit report",
    operation="audits.get_report",
    columns=columns(
        "audit_id id itemType:integer text note isCritical:boolean notApplicable:boolean isPassed:boolean "
        "isFailed:boolean points:number failedInRowCount:integer itemsCount:integer data.name data.text "
        "data.number:number data.points:number data.isFailed:boolean childrenIds:json metafields:json actions:json "
        "photos:json signature:json"
    ),
    key_of=lambda client, row: f"{row.get('audit_id')}/{row.get('id')}",
    filters=(Filter("answered", "optional_flag", keeps=_is_answered),),
    under="completed_audits",
    under_as="audit_id",
    dated_above=True,
    member="items",
)
PENDING_ACTIONS = Listing(
    name="pending_actions",
    title="Get pending corrective actions list",
    operation="corrective_actions.list_pending",
    columns=columns(_ACTION),
    filters=_OF_ACTIONS,
    page_size=_PAGE_SIZE,
)
EXPIRED_ACTIONS = Listing(
    name="expired_actions",
    title="Get expired corrective actions list",
    operation="corrective_actions.list_expired",
    columns=columns(f"{_ACTION} expiredBy.id expiredBy.name expiredAtUtc:timestamp"),
    filters=(*_OF_ACTIONS, *_DUE),
    changed="expiredAtUtc",
    page_size=_PAGE_SIZE,
)
COMPLETED_ACTIONS = Listing(
    name="completed_actions",
    title="Get completed corrective actions list",
    operation="corrective_actions.list_completed",
    columns=columns(f"{_ACTION} approvedBy.id approvedBy.name approvedAtUtc:timestamp"),
    filters=(*_OF_ACTIONS, *_DUE, *asked("approved_by_id")),
    changed="approvedAtUtc",
    page_size=_PAGE_SIZE,
)
SCHEDULES = Listing(
    name="schedules",
    title="Get schedules list",
    operation="schedules.list",
    columns=columns(
        "id name active:boolean repeatPattern:integer repeat:json startFromDate:timestamp stopByDate:timestamp "
        "template.id template.name auditObjects:json auditObjectGroups:json"
    ),
    filters=asked("audit_object_id", "audit_object_group_id"),
    page_size=_PAGE_SIZE,
)
TEMPLATES = Listing(
    name="templates",
    title="Get audit templates detailed list",
    operation="audit_templates.list_detailed",
    columns=columns("id name templateType:integer"),
    page_size=_PAGE_SIZE,
)
SCORE_SYSTEMS = Listing(
    name="score_systems",
    title="Get score systems list",
    operation="score_systems.list",
    columns=columns("id name description passedThreshold:number scoreSystemType:integer isSample:boolean labels:json"),
    page_size=_PAGE_SIZE,
)
WEBHOOK_LOG = Listing(
    name="webhook_log",
    title="Get webhooks log",
    operation="webhooks.list_log",
    columns=columns(
        "createdAtUtc:timestamp webhookEvent webhookCommandType:integer httpStatusCode:integer errorMessage"
    ),
    key="",
    changed="createdAtUtc",
    # whoever knows the address of a receiver can tell it what they like
    secrets=("webhookUrl",),
    page_size=_PAGE_SIZE,
)
OBJECTS = _named("objects", "Get list of audit objects", "audit_objects.list")
ATTRIBUTES = _named(
    "attributes",
    "Get Audit Object Attributes List",
    "audit_object_attributes.list",
    "id name options:json",
)
USERS = _named("users", "Get list of users", "users.list", "id name email")
USER_GROUPS = _named("user_groups", "Get list of user groups", "user_groups.list")
ROLES = _named("roles", "Get Roles list", "roles.list", "id name roleType:integer")
COMPANIES = _named("companies", "Get accessible companies", "company.list_accessible")

LISTINGS = (
    PENDING_AUDITS, COMPLETED_AUDITS, AUDIT_ITEMS, PENDING_ACTIONS, EXPIRED_ACTIONS, COMPLETED_ACTIONS, SCHEDULES,
    OBJECTS, ATTRIBUTES, TEMPLATES, USERS, USER_GROUPS, ROLES, SCORE_SYSTEMS, WEBHOOK_LOG, COMPANIES,
)  # fmt: skip
