"""
Two readings of the MonitorQA documentation checked against each other.

The client and the sandbox follow the same pages and share no code: every operation of one is used on the other, and its
effect is looked at with plain requests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from airflow_qa_provider.exceptions import (
    QAConflictError,
    QANotFoundError,
)
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.client.attributes import Option
from airflow_qa_provider.vendors.monitorqa.client.client import MonitorQAClient
from airflow_qa_provider.vendors.monitorqa.client.enums import (
    CorrectiveActionStatus,
    DayOfWeek,
    RoleType,
    ScoreSystemType,
)
from airflow_qa_provider.vendors.monitorqa.client.objects import GeoAddress
from airflow_qa_provider.vendors.monitorqa.client.permissions import PERMISSIONS
from airflow_qa_provider.vendors.monitorqa.client.repeats import (
    EndAfterWeeks,
    Monthly,
    StartOfMonth,
    StartOnDay,
)
from airflow_qa_provider.vendors.monitorqa.client.routes import ROUTES
from airflow_qa_provider.vendors.monitorqa.client.score_systems import ScoreLabel
from qa_sandbox import Sandbox
from tests.sandbox.monitorqa_operations import OPERATIONS, known_ids

START, END = datetime(2998, 5, 1, 8, tzinfo=timezone.utc), "2998-05-02T19:00:00+02:00"
DATES = {"startDate": "2998-05-01T08:00:00.000Z", "endDate": "2998-05-02T17:00:00.000Z"}
LABELS = [ScoreLabel(50, 100, "Good", "#00FF00"), ScoreLabel(0, 50, "Poor", "#FF0000")]
GEO = GeoAddress(40.5, "-74", "Yard", "Dock Road 1")
PLACE = {"lng": "2", "name": "Yard", "address": "Dock Road 1"}
Ids = dict[str, str]


@pytest.fixture
def ids(sandbox: Sandbox) -> Ids:
    return known_ids(sandbox.app("monitorqa").state.store.main)


@pytest.fixture
def client(monitorqa: Any) -> Iterator[MonitorQAClient]:
    settings = ClientSettings(base_url=monitorqa.connection["host"], token=monitorqa.connection["password"], retries=0)
    with MonitorQAClient(settings) as client:
        yield client


def bare(path: str) -> str:
    return re.sub(r"\{.*?\}", "{}", path)


def test_both_readings_know_the_same_operations() -> None:
    read_by_client = {(route.method, bare(route.path)): route.title for route in ROUTES.values()}
    assert read_by_client == {(each.method, bare(each.path)): each.title for each in OPERATIONS}


def test_both_readings_know_the_same_permissions(client: MonitorQAClient) -> None:
    for role in client.roles.list():
        permissions = client.roles.get(role["id"])["permissions"]
        assert permissions == list(PERMISSIONS[RoleType(role["roleType"])])


# Reading: operation -> call; what it returns is compared with a plain GET of the path.
READS: dict[str, tuple[str, Callable[[MonitorQAClient, Ids], Any]]] = {
    "audits.get": ("/audit/{audit}", lambda c, ids: c.audits.get(ids["audit"])),
    "audits.get_complete": ("/audit/complete/{done}", lambda c, ids: c.audits.get_complete(ids["done"])),
    "audits.get_report": ("/audit/complete/{done}/report", lambda c, ids: c.audits.get_report(ids["done"])),
    "schedules.get": ("/schedules/{schedule}", lambda c, ids: c.schedules.get(ids["schedule"])),
    "audit_templates.list": ("/audit/templates", lambda c, ids: c.audit_templates.list()),
    "audit_objects.list": ("/audit/objects", lambda c, ids: c.audit_objects.list()),
    "audit_objects.get": ("/audit/object/{site}", lambda c, ids: c.audit_objects.get(ids["site"])),
    "audit_object_attributes.list": (
        "/audit/objects/attributes/all",
        lambda c, ids: c.audit_object_attributes.list(),
    ),
    "audit_object_attributes.get": (
        "/audit/objects/attributes/{attribute}",
        lambda c, ids: c.audit_object_attributes.get(ids["attribute"]),
    ),
    "corrective_actions.get": (
        "/corrective-actions/{action}",
        lambda c, ids: c.corrective_actions.get(ids["action"]),
    ),
    "users.list": ("/users", lambda c, ids: c.users.list()),
    "users.get": ("/users/{user}", lambda c, ids: c.users.get(ids["user"])),
    "user_groups.list": ("/user-groups", lambda c, ids: c.user_groups.list()),
    "roles.list": ("/roles", lambda c, ids: c.roles.list()),
    "roles.get": ("/roles/{role}", lambda c, ids: c.roles.get(ids["role"])),
    "company.get": ("/company", lambda c, ids: c.company.get()),
    "company.list_accessible": ("/company/accessible", lambda c, ids: c.company.list_accessible()),
    "score_systems.get": ("/score-systems/{scoring}", lambda c, ids: c.score_systems.get(ids["scoring"])),
    "timezones.list": ("/timezones", lambda c, ids: c.timezones.list()),
}


@pytest.mark.parametrize("operation", READS)
def test_read(client: MonitorQAClient, monitorqa: Any, ids: Ids, operation: str) -> None:
    path, call = READS[operation]
    assert call(client, ids) == monitorqa.get(path.format(**ids)).json()


# Lists: operation -> path, filters for the client, the same on the wire.
LISTS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "audits.list_pending": (
        "/audit/pending",
        {"in_progress": True, "assigned_to_group": "$group"},
        {"inProgress": "true", "assignedToGroup": "$group"},
    ),
    "audits.list_complete": (
        "/audit/complete",
        {"score_min": 60, "score_max": 95.5, "template_id": "$template", "from_date": "2020-01-01T01:00:00+01:00"},
        {"scoreMin": 60, "scoreMax": 95.5, "templateId": "$template", "fromDate": "2020-01-01T00:00:00.000Z"},
    ),
    "schedules.list": ("/schedules", {"audit_object_id": "$site"}, {"auditObjectId": "$site"}),
    "audit_templates.list_detailed": (
        "/audit/templates/detailed",
        {"template_type": 1, "search": "e"},
        {"templateType": 1, "search": "e"},
    ),
    "corrective_actions.list_pending": (
        "/corrective-actions/pending",
        {"assigned_to_group_id": "$group"},
        {"assignedToGroupId": "$group"},
    ),
    "corrective_actions.list_expired": (
        "/corrective-actions/expired",
        {"template_id": "$template", "to_date": START},
        {"templateId": "$template", "toDate": DATES["startDate"]},
    ),
    "corrective_actions.list_completed": (
        "/corrective-actions/completed",
        {"assigned_to_id": "$user", "from_date": datetime(2000, 1, 1, tzinfo=timezone.utc)},
        {"assignedToId": "$user", "fromDate": "2000-01-01T00:00:00.000Z"},
    ),
    "score_systems.list": ("/score-systems", {"search": "FAIL"}, {"search": "FAIL"}),
}


@pytest.mark.parametrize("operation", LISTS)
@pytest.mark.parametrize("page_size", [None, 2, 5000])
def test_list(
    sandbox: Sandbox, client: MonitorQAClient, monitorqa: Any, ids: Ids, operation: str, page_size: int | None
) -> None:
    path, filters, wire = LISTS[operation]
    names = {**ids, "group": next(iter(sandbox.app("monitorqa").state.store.main.people.groups)).id}
    filters, wire = (
        {name: names[value[1:]] if str(value).startswith("$") else value for name, value in given.items()}
        for given in (filters, wire)
    )
    resource, _, method = operation.partition(".")
    found = getattr(getattr(client, resource), method)(page_size=page_size, **filters)
    rows = list(found)
    everything = monitorqa.get(path).json()["meta"]["totalCount"]
    assert rows == monitorqa.get(path, params={**wire, "pageSize": 1000}).json()["data"]
    assert found.total == len(rows)
    assert 0 < len(rows) < everything
    assert list(getattr(getattr(client, resource), method)(limit=1, **filters)) == rows[:1]


# Changes: operation -> call, the path to look at afterwards, and members expected there.
def _plan(ids: Ids) -> dict[str, Any]:
    return {
        "name": "Plan",
        "template_id": ids["template"],
        "audit_object_ids": [ids["site"]],
        "assignees_ids": ids["user"],
        "auditor_hint": "Start at the gate",
        "active": False,
        "start_from_date": START,
        "stop_by_date": END,
    }


PLANNED = {
    "name": "Plan",
    "auditorHint": "Start at the gate",
    "active": False,
    "startFromDate": DATES["startDate"],
    "stopByDate": DATES["endDate"],
}
CREATES: dict[str, tuple[Callable[[MonitorQAClient, Ids], Any], str, dict[str, Any]]] = {
    "audits.create": (
        lambda c, ids: c.audits.create(
            name=" Walk ",
            template_id=ids["template"],
            audit_object_id=ids["site"],
            assignee_id=ids["user"],
            start_date=START,
            end_date=END,
            auditor_hint="Look up",
        ),
        "/audit/{}",
        {**DATES, "auditorHint": "Look up", "isStarted": False},
    ),
    "schedules.create_daily": (
        lambda c, ids: c.schedules.create_daily(repeat_every=10, **_plan(ids)),
        "/schedules/{}",
        {**PLANNED, "repeatPattern": 1, "repeat": {"repeatEvery": 10}},
    ),
    "schedules.create_weekly": (
        lambda c, ids: c.schedules.create_weekly(
            days_of_week=["monday", DayOfWeek.SUNDAY, 3], repeat_every=2, **_plan(ids)
        ),
        "/schedules/{}",
        {**PLANNED, "repeatPattern": 4, "repeat": {"daysOfWeek": [1, 0, 3], "repeatEvery": 2}},
    ),
    "schedules.create_multiple_weeks": (
        lambda c, ids: c.schedules.create_multiple_weeks(
            repeat_every=2, start_day="tuesday", duration=14, **_plan(ids)
        ),
        "/schedules/{}",
        {**PLANNED, "repeatPattern": 2, "repeat": {"repeatEvery": 2, "startDay": 2, "duration": 14}},
    ),
    "schedules.create_monthly": (
        lambda c, ids: c.schedules.create_monthly(
            repeat_every=3, start_rule=StartOfMonth(3), end_rule={"type": 0, "cycleMonthEnd": 2}, **_plan(ids)
        ),
        "/schedules/{}",
        {
            **PLANNED,
            "repeatPattern": 3,
            "repeat": {
                "repeatEvery": 3,
                "startRule": {"type": 1, "cycleMonthStart": 3},
                "endRule": {"type": 0, "cycleMonthEnd": 2},
            },
        },
    ),
    "audit_objects.create": (
        lambda c, ids: c.audit_objects.create(name="Yard", notes="x" * 800, geo_address=GEO),
        "/audit/object/{}",
        {
            "notes": "x" * 800,
            "geoAddress": {"lat": "40.5", "lng": "-74", "name": "Yard", "address": "Dock Road 1"},
        },
    ),
    "audit_object_attributes.create": (
        lambda c, ids: c.audit_object_attributes.create(name="Kind", options=["A", Option("B", True)]),
        "/audit/objects/attributes/{}",
        {"name": "Kind"},
    ),
    "users.create": (
        lambda c, ids: c.users.create(email="n@example.com", full_name="Nils", role_id=ids["role"], phone="1" * 50),
        "/users/{}",
        {"name": "Nils", "email": "n@example.com"},
    ),
    "roles.create": (
        lambda c, ids: c.roles.create(role_type="auditee", name="Guest", permissions="correctiveActions.do"),
        "/roles/{}",
        {"name": "Guest", "roleType": 2, "permissions": ["correctiveActions.do"], "description": None},
    ),
    "score_systems.create": (
        lambda c, ids: c.score_systems.create(
            name="Two",
            passed_threshold=50,
            score_system_type=ScoreSystemType.COUNT_NOT_APPLICABLE_AS_POSITIVE,
            labels=LABELS,
        ),
        "/score-systems/{}",
        {"name": "Two", "passedThreshold": 50, "scoreSystemType": 1},
    ),
}


@pytest.mark.parametrize("operation", CREATES)
def test_create(client: MonitorQAClient, monitorqa: Any, ids: Ids, operation: str) -> None:
    call, path, expected = CREATES[operation]
    made = monitorqa.get(path.format(call(client, ids))).json()
    assert {name: made[name] for name in expected} == expected


UPDATES: dict[str, tuple[Callable[[MonitorQAClient, Ids], None], str, dict[str, Any]]] = {
    "audits.update": (
        lambda c, ids: c.audits.update(
            ids["audit"], name="New", start_date=START, end_date=END, assignee_id=None, auditor_hint="H"
        ),
        "/audit/{audit}",
        {**DATES, "assignees": [], "auditorHint": "H"},
    ),
    "audits.reopen": (
        lambda c, ids: c.audits.reopen(ids["done"], start_date=START, end_date=END, remove_assignees=True),
        "/audit/{done}",
        {**DATES, "assignees": [], "isReopened": True, "isCompleted": False},
    ),
    "audits.expire": (lambda c, ids: c.audits.expire(ids["audit"]), "/audit/{audit}", {"isExpired": True}),
    "schedules.update": (
        lambda c, ids: c.schedules.update(
            ids["schedule"],
            name="Changed",
            active=False,
            audit_object_ids=ids["site2"],
            repeat=Monthly(2, StartOnDay(31), EndAfterWeeks(3)),
        ),
        "/schedules/{schedule}",
        {
            "name": "Changed",
            "active": False,
            "repeatPattern": 3,
            "repeat": {"repeatEvery": 2, "startRule": {"type": 0, "day": 31}, "endRule": {"type": 2, "weeks": 3}},
            "assignees": [],
        },
    ),
    "audit_objects.update": (
        lambda c, ids: c.audit_objects.update(ids["site"], name="Yard", geo_address={"lat": 1, **PLACE}),
        "/audit/object/{site}",
        {"name": "Yard", "notes": None, "geoAddress": {"lat": "1", **PLACE}},
    ),
    "audit_objects.unassign_attributes": (
        lambda c, ids: c.audit_objects.unassign_attributes(ids["site"], c.audit_objects.get(ids["site"])["attributes"]),
        "/audit/object/{site}",
        {"attributes": []},
    ),
    "users.update": (
        lambda c, ids: c.users.update(ids["user"], full_name="Renamed"),
        "/users/{user}",
        {"name": "Renamed"},
    ),
    "roles.update": (
        lambda c, ids: c.roles.update(ids["auditor"], role_type=1, name="Auditor", permissions=None),
        "/roles/{auditor}",
        {"permissions": [], "description": None},
    ),
    "company.update": (
        lambda c, ids: c.company.update(
            company_name="New",
            usage_purpose="other",
            usage_purpose_object_name="Berth",
            iana_time_zone="America/New_York",
        ),
        "/company",
        {"name": "New", "usagePurpose": 6, "customAuditObjectName": "Berth"},
    ),
    "company.delete_logo": (lambda c, ids: c.company.delete_logo(), "/company", {"logoFileId": None}),
    "company.delete_icon": (lambda c, ids: c.company.delete_icon(), "/company", {"iconFileId": None}),
    "corrective_actions.update": (
        lambda c, ids: c.corrective_actions.update(
            ids["action"],
            name="Fix",
            due_date=END,
            status=CorrectiveActionStatus.SUBMITTED,
            priority="high",
            assigned_users_ids=[ids["user"]],
            description="Now",
        ),
        "/corrective-actions/{action}",
        {"name": "Fix", "dueDateUtc": DATES["endDate"], "status": 3, "priority": 2, "description": "Now"},
    ),
    "score_systems.update": (
        lambda c, ids: c.score_systems.update(ids["scoring"], name="Two", passed_threshold=50.5, labels=LABELS),
        "/score-systems/{scoring}",
        {"name": "Two", "passedThreshold": 50.5, "description": None},
    ),
}


@pytest.mark.parametrize("operation", UPDATES)
def test_update(client: MonitorQAClient, monitorqa: Any, ids: Ids, operation: str) -> None:
    call, path, expected = UPDATES[operation]
    assert call(client, ids) is None
    after = monitorqa.get(path.format(**ids)).json()
    assert {name: after[name] for name in expected} == expected


DELETES: dict[str, tuple[Callable[[MonitorQAClient, Ids], None], str]] = {
    "audits.delete": (lambda c, ids: c.audits.delete([ids["audit"]]), "/audit/{audit}"),
    "schedules.delete": (lambda c, ids: c.schedules.delete(ids["schedule"]), "/schedules/{schedule}"),
    "audit_objects.delete": (lambda c, ids: c.audit_objects.delete(ids["site"]), "/audit/object/{site}"),
    "audit_object_attributes.delete": (
        lambda c, ids: c.audit_object_attributes.delete(ids["attribute"]),
        "/audit/objects/attributes/{attribute}",
    ),
    "users.delete": (lambda c, ids: c.users.delete(ids["user"]), "/users/{user}"),
    "roles.delete": (lambda c, ids: c.roles.delete(ids["role"]), "/roles/{role}"),
    "corrective_actions.delete": (
        lambda c, ids: c.corrective_actions.delete(ids["action"]),
        "/corrective-actions/{action}",
    ),
    "score_systems.delete": (lambda c, ids: c.score_systems.delete(ids["scoring"]), "/score-systems/{scoring}"),
}


@pytest.mark.parametrize("operation", DELETES)
def test_delete(client: MonitorQAClient, monitorqa: Any, ids: Ids, operation: str) -> None:
    call, path = DELETES[operation]
    assert monitorqa.get(path.format(**ids)).status_code == 200
    assert call(client, ids) is None
    assert monitorqa.get(path.format(**ids)).status_code == 404
    with pytest.raises((QAConflictError, QANotFoundError), match=r"not.found"):
        call(client, ids)


def test_every_operation_is_used() -> None:
    in_flows = {
        "audits.download_report_pdf",
        "files.download",
        "company.upload_logo",
        "company.upload_icon",
        "audit_objects.assign_attributes",
        "audit_object_attributes.update",
        "company.create",
        "company.delete",
        "audit_templates.copy",
        "webhooks.list_log",
    }
    tables = (READS, LISTS, CREATES, UPDATES, DELETES)
    used = [operation for table in tables for operation in table]
    assert sorted([*used, *in_flows]) == sorted(ROUTES)
