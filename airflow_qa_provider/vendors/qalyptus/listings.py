"""The lists of Qalyptus Cloud. The docs show none of their rows: the columns come from public material."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.kinds.listing import Filter, Listing, Row, columns, earlier, one_of

_RECORD = "id status progress:integer message reportId reportName taskId taskName outputFormat createdDate:timestamp "
_TIMES = "startDate:timestamp endDate:timestamp"
_OWNED = "id name description project:json owner ownerName isMine:boolean"
_OF_RECORDS = (
    one_of("status", lambda client, row: client.dialect.status_of(row)),
    earlier("created_before", lambda client, row: client.dialect.created_of(row)),
)


def _of_report(client: Any, row: Row, wanted: str) -> bool:
    return wanted.casefold() in ("all", str(client.dialect.report_id_of(row) or "").casefold())


def _of_task(client: Any, row: Row, wanted: str) -> bool:
    return str(client.dialect.task_id_of(row) or "").casefold() == wanted.casefold()


def _listing(name: str, title: str, operation: str, described: str, filters: tuple[Filter, ...] = ()) -> Listing:
    return Listing(
        name=name,
        title=title,
        operation=operation,
        columns=columns(described),
        guessed=True,
        key_of=lambda client, row: client.dialect.find_id(row),
        filters=filters,
    )


REPORT_REQUESTS = _listing(
    "report_requests",
    "Get on-demand requests status",
    "status.list_on_demand",
    _RECORD + _TIMES,
    (*_OF_RECORDS, Filter("report_id", keeps=_of_report)),
)
TASK_RUNS = _listing(
    "task_runs",
    "Get scheduled task status list",
    "status.list_scheduled",
    _RECORD + _TIMES,
    (*_OF_RECORDS, Filter("qalyptus_task_id", keeps=_of_task)),
)
REPORTS = _listing(
    "reports",
    "Get reports",
    "reports.list",
    f"{_OWNED} type isIteration:boolean templateFile outputFormats:json dynamicNameSeparator",
)
TASKS = _listing(
    "tasks",
    "Get tasks",
    "tasks.list",
    f"{_OWNED} isActive:boolean isScheduled:boolean testMode:boolean lastExecution:timestamp notifyIfError:boolean "
    "notifyIfSuccess:boolean notifyIfWarning:boolean sendNotifications:boolean testModeRecipients:json "
    "notificationRecipients:json notificationCc:json notificationBcc:json",
)
FILTERS = _listing("filters", "Get filters", "filters.list", _OWNED)
CONDITIONS = _listing("conditions", "Get conditions", "conditions.list", _OWNED)
PROJECTS = _listing(
    "projects",
    "Get projects",
    "projects.list",
    "id name description owner ownerName isMine:boolean isGlobalPermissions:boolean",
)
USERS = _listing(
    "users",
    "Get users",
    "users.list",
    "id name email type status license groups:json isTenantOwner:boolean tenantAdminRole:json organizationRoles:json",
)
GROUPS = _listing(
    "groups",
    "Get all groups",
    "groups.list",
    "id name description members:integer isDefault:boolean organization organizationID",
)

LISTINGS = (REPORT_REQUESTS, TASK_RUNS, REPORTS, TASKS, FILTERS, CONDITIONS, PROJECTS, USERS, GROUPS)
