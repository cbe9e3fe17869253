"""The 68 operations of the MonitorQA documentation: title, a good request, and what the answer is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n"
START, END, FAR = "2026-03-02T09:00:00.000Z", "2026-03-03T17:00:00.000Z", "2026-12-31T23:59:59.000Z"


@dataclass(frozen=True)
class Operation:
    """
    One operation.

    :param path: as documented; members in braces and texts with ``$`` stand for ids that exist
    :param answers: members of the answer or of each row, in words; empty for an empty body
    :param form: ``object``, ``list``, ``page`` or a content type
    """

    method: str
    path: str
    title: str
    answers: str = ""
    form: str = "object"
    body: Any = None
    upload: bool = False


def page(method: str, path: str, title: str, answers: str) -> Operation:
    return Operation(method, path, title, answers, "page")


def every(path: str, title: str, answers: str) -> Operation:
    return Operation("GET", path, title, answers, "list")


def bulk_delete(path: str, title: str, ids: str) -> Operation:
    return Operation("DELETE", path, title, body={"ids": [ids]})


AUDIT = (
    "id auditorHint companyId number auditObject startedBy templateId template assignees isStarted startedAt "
    "isCompleted completeDate isFailed isExpired isReopened completedBy startDate endDate score scoreLabel scoreColor "
    "completionTime"
)
AUDIT_ROW = "id name assignees auditObject endDate number startDate template"
SCHEDULE_ROW = "id name repeatPattern active stopByDate startFromDate template repeat auditObjects auditObjectGroups"
ACTION_ROW = "id assignedUsers audit createdBy auditObject status priority createdAtUtc dueDateUtc name number"
SCORE_SYSTEM = "id name description passedThreshold scoreSystemType isSample labels"
DATES = {"startDate": START, "endDate": END}
PLANNED = {
    "auditObjectIds": ["$site", "$site2"],
    "name": "Daily Safety Inspections",
    "auditorHint": "Focus on emergency exits and safety equipment",
    "assigneesIds": ["$user", "$user2"],
    "active": True,
    "startFromDate": START,
    "stopByDate": FAR,
}
# What schedules are created with, beside that, and the pattern that they get.
REPEATS: dict[str, tuple[int, dict[str, Any]]] = {
    "daily": (1, {"repeatEvery": 3}),
    "multiple-weeks": (2, {"repeatEvery": 2, "startDay": 1, "duration": 14}),
    "monthly": (3, {"repeatEvery": 3, "startRule": {"type": 1, "cycleMonthStart": 3}, "endRule": {"type": 3}}),
    "weekly": (4, {"daysOfWeek": [1, 3, 5], "repeatEvery": 10}),
}
NEW_PLAN = {**PLANNED, "templateId": "$template"}
MONTHLY = {"repeatEvery": 1, "startRule": {"type": 0, "day": 29}, "endRule": {"type": 1, "days": 3}}
GEO = {"lat": "40.7128", "lng": "-74.0060", "name": "Warehouse Building", "address": "456 Industrial Blvd"}
OBJECT = {"name": "Warehouse Section A", "notes": "Storage for temperature-sensitive materials", "geoAddress": GEO}
PAIRS = {"attributes": [{"attributeId": "$attribute", "optionId": "$option"}]}
LABELS = [
    {"min": 0, "max": 50, "label": "Poor", "color": "#FF0000"},
    {"min": 50, "max": 80, "label": "Good", "color": "#FFFF00"},
    {"min": 80, "max": 100, "label": "Excellent", "color": "#00FF00"},
]
SCORING = {"name": "Standard Scoring", "description": "For audits", "passedThreshold": 70, "labels": LABELS}
ROLE = {"roleType": 1, "name": "Senior Quality Auditor", "permissions": ["audits.do", "issues.view"]}
COMPANY = {"companyName": "Example Company", "usagePurpose": 0, "ianaTimeZone": "America/New_York"}

OPERATIONS = [
    Operation(
        "PUT", "/audit/{audit}", "Update one-time audit", body={**DATES, "name": "Weekly", "assigneeId": "$user"}
    ),
    Operation("POST", "/audit/reopen/{done}", "Reopen Audit", body={**DATES, "assigneesIds": ["$user", "$user2"]}),
    Operation("POST", "/audit/expire", "Expire Audit", body={"ids": ["$audit"]}),
    bulk_delete("/audit", "Delete Audit", "$audit"),
    Operation(
        "POST",
        "/audit",
        "Create one-time audit",
        "id",
        body={**DATES, "name": "W", "templateId": "$template", "auditObjectId": "$site", "assigneeId": "$user"},
    ),
    page(
        "GET",
        "/audit/pending",
        "Get list of pending audits",
        f"{AUDIT_ROW} isReopened isStarted completedActionsCount pendingActionsCount",
    ),
    page(
        "GET",
        "/audit/complete",
        "Get list of complete audits",
        f"{AUDIT_ROW} completeDate completedBy score scoreLabel",
    ),
    Operation("GET", "/audit/{audit}", "Get details of audit", AUDIT),
    Operation(
        "GET",
        "/audit/complete/{done}",
        "Get details of complete audit",
        f"{AUDIT} reportUrl auditeeSignature auditorSignature",
    ),
    Operation("GET", "/audit/complete/{done}/report-pdf", "Get audit pdf report", form="application/pdf"),
    Operation("GET", "/audit/complete/{done}/report", "Get audit report", "id items"),
    page("GET", "/schedules", "Get schedules list", SCHEDULE_ROW),
    Operation("GET", "/schedules/{schedule}", "Get schedule details", f"{SCHEDULE_ROW} auditorHint assignees"),
    Operation("POST", "/schedules/daily", "Create daily schedule", "id", body={**NEW_PLAN, "repeatEvery": 1}),
    Operation(
        "POST",
        "/schedules/weekly",
        "Create weekly schedule",
        "id",
        body={**NEW_PLAN, "daysOfWeek": [1, 3, 5], "repeatEvery": 2},
    ),
    Operation(
        "POST",
        "/schedules/multiple-weeks",
        "Create multiple weeks schedule",
        "id",
        body={**NEW_PLAN, "repeatEvery": 2, "startDay": 1, "duration": 3},
    ),
    Operation("POST", "/schedules/monthly", "Create monthly schedule", "id", body={**NEW_PLAN, **MONTHLY}),
    Operation(
        "PUT",
        "/schedules/{schedule}",
        "Update schedule",
        body={**PLANNED, "repeatPattern": 1, "repeat": {"repeatEvery": 2}},
    ),
    bulk_delete("/schedules", "Delete schedules", "$schedule"),
    Operation(
        "POST",
        "/audit/templates/copy",
        "Copy template to another company",
        "templateId",
        body={"templateId": "$template", "targetCompanyId": "$sister", "copyScoreSystem": False},
    ),
    every("/audit/templates", "Get audit templates list", "id name"),
    page("GET", "/audit/templates/detailed", "Get audit templates detailed list", "id name templateType"),
    Operation("POST", "/audit/objects", "Create a new audit object", "id", body=OBJECT),
    Operation("PUT", "/audit/objects/{site}", "Update an audit object", body=OBJECT),
    every("/audit/objects", "Get list of audit objects", "id name"),
    Operation(
        "GET",
        "/audit/object/{site}",
        "Get an audit object details",
        "id name notes participantUserGroups participantUsers auditObjectGroupIds attributes geoAddress",
    ),
    bulk_delete("/audit/objects", "Delete audit objects", "$site"),
    Operation("POST", "/audit/objects/{site}/attributes", "Assign Attributes to Audit Object", body=PAIRS),
    Operation(
        "DELETE", "/audit/objects/{site}/attributes", "Delete Attributes Assignments from Audit Object", body=PAIRS
    ),
    every("/user-groups", "Get list of user groups", "id name"),
    every("/users", "Get list of users", "id name email"),
    Operation("GET", "/users/{user}", "Get user details", "id name email role"),
    Operation(
        "POST",
        "/users",
        "Create user",
        "id",
        body={
            "fullName": "John Smith",
            "email": "john.smith@example.com",
            "roleId": "$role",
            "phone": "+1-555-123-4567",
        },
    ),
    Operation("PUT", "/users/{user}", "Update user", body={"fullName": "John D. Smith", "roleId": "$role"}),
    bulk_delete("/users", "Delete users", "$user2"),
    Operation(
        "GET",
        "/company",
        "Get company information",
        "id name logoFileId iconFileId usagePurpose customAuditObjectName",
    ),
    Operation("DELETE", "/company", "Delete company"),
    Operation(
        "POST",
        "/company",
        "Create company",
        "companyId apiKey",
        body={**COMPANY, "companyAdmin": {"fullName": "Admin Name", "phone": "+1-555-123-4567"}},
    ),
    Operation("POST", "/company/logo", "Upload company logo", upload=True),
    every("/company/accessible", "Get accessible companies", "id name"),
    Operation("DELETE", "/company/logo", "Delete company logo"),
    Operation("POST", "/company/icon", "Upload company icon", upload=True),
    Operation("DELETE", "/company/icon", "Delete company icon"),
    Operation("PUT", "/company", "Update company", body=COMPANY),
    page("GET", "/corrective-actions/pending", "Get pending corrective actions list", ACTION_ROW),
    Operation(
        "GET",
        "/corrective-actions/{action}",
        "Get corrective action details",
        "answer approvedAtUtc approvedBy assignedUsers audit auditItemId auditObject createdAtUtc createdBy "
        "description dueDateUtc expiredAtUtc expiredBy id information name number priority question status tags files",
    ),
    Operation(
        "PUT",
        "/corrective-actions/{action}",
        "Update corrective action details",
        body={"name": "Replace", "description": "New guard", "dueDateUtc": FAR, "status": 3, "priority": 2},
    ),
    Operation("DELETE", "/corrective-actions/{action}", "Delete corrective action"),
    page(
        "GET",
        "/corrective-actions/expired",
        "Get expired corrective actions list",
        f"{ACTION_ROW} expiredBy expiredAtUtc",
    ),
    page(
        "GET",
        "/corrective-actions/completed",
        "Get completed corrective actions list",
        f"{ACTION_ROW} approvedBy approvedAtUtc",
    ),
    every("/audit/objects/attributes/all", "Get Audit Object Attributes List", "options name id"),
    Operation("GET", "/audit/objects/attributes/{attribute}", "Get Audit Object Attribute Details", "options name id"),
    Operation(
        "POST",
        "/audit/objects/attributes",
        "Create Audit Object Attribute",
        "id",
        body={"name": "Equipment Type", "options": [{"isDefault": True, "name": "Heavy Machinery"}]},
    ),
    Operation(
        "PUT",
        "/audit/objects/attributes/{attribute}",
        "Update Audit Object Attribute",
        body={"name": "Unit", "options": [{"isDefault": True, "name": "Works", "id": "$option"}, {"name": "Yard"}]},
    ),
    bulk_delete("/audit/objects/attributes", "Delete Audit Object Attribute", "$attribute"),
    page(
        "GET",
        "/webhooks/status",
        "Get webhooks log",
        "createdAtUtc errorMessage webhookCommandType httpStatusCode webhookUrl webhookEvent",
    ),
    every("/roles", "Get Roles list", "id name roleType"),
    Operation("GET", "/roles/{role}", "Get Role Details", "id name description roleType permissions"),
    Operation("POST", "/roles", "Create Role", "id", body=ROLE),
    Operation("PUT", "/roles/{auditor}", "Update Role", body=ROLE),
    bulk_delete("/roles", "Delete Roles", "$role"),
    Operation("GET", "/files/{file}", "Get File", form="image/png"),
    every("/timezones", "Get timezones", "ianaName text"),
    page("GET", "/score-systems", "Get score systems", SCORE_SYSTEM),
    Operation("GET", "/score-systems/{scoring}", "Get score system details", SCORE_SYSTEM),
    Operation("POST", "/score-systems", "Create score system", "id", body={**SCORING, "scoreSystemType": 0}),
    Operation("PUT", "/score-systems/{scoring}", "Update score system", body=SCORING),
    bulk_delete("/score-systems", "Delete score systems", "$scoring"),
]


def known_ids(company: Any) -> dict[str, str]:
    """
    Name objects of a new account that the requests may do anything to.

    :param company: the main company
    """
    done = next(audit for audit in reversed(list(company.audits.all)) if audit.outcome is not None)
    users, sites = list(company.people.users), list(company.objects.sites)
    roles = {role.name: role.id for role in company.people.roles}
    attribute = next(iter(company.objects.attributes))
    return {
        "audit": next(audit.id for audit in company.audits.all if audit.is_open and audit.schedule_id is None),
        "done": done.id,
        "schedule": next(iter(company.schedules.all)).id,
        "template": next(iter(company.templates.templates)).id,
        "sister": company.make_id("company", 1),
        "site": sites[0].id,
        "site2": sites[1].id,
        "user": users[1].id,
        "user2": users[2].id,
        "role": roles["Client observer"],
        "auditor": roles["Auditor"],
        "action": next(iter(company.actions.all)).id,
        "attribute": attribute.id,
        "option": attribute.options[1].id,
        "file": company.make_id("auditor-signature", done.key),
        "scoring": list(company.templates.score_systems)[-1].id,
    }


def filled_in(value: Any, ids: dict[str, str]) -> Any:
    """
    Put ids in the place of ``$`` texts.

    :param value: body of a request, or part of it
    :param ids: name -> id
    """
    if isinstance(value, dict):
        return {name: filled_in(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, ids) for item in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def new_schedule(api: Any, ids: dict[str, str], kind: str = "daily", **changes: Any) -> str:
    """
    Create a schedule that begins at once and does not stop.

    :param api: MonitorQA's API with credentials
    :param ids: what :func:`known_ids` returns
    :param kind: last part of the path
    :param changes: members of the body
    :return: its id
    """
    body = {**filled_in(NEW_PLAN, ids), **REPEATS[kind][1], "startFromDate": None, "stopByDate": None, **changes}
    answer = api.post(f"/schedules/{kind}", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])
