"""Examples for the published OpenAPI that work on a new account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qa_sandbox.clock import iso_milliseconds, later
from qa_sandbox.monitorqa.seed import SISTER
from qa_sandbox.monitorqa.state.audits import Audit, State
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.store import MonitorQAStore
from qa_sandbox.web import Examples

_DAY = 24 * 3600.0
Example = tuple[tuple[str, str], dict[str, Any]]


def examples_of(store: MonitorQAStore) -> Examples:
    company = store.main
    sister = next(other.id for other in store.accessible(company) if other.name == SISTER.name)
    return {
        **dict(_audits(company)),
        **dict(_schedules(company)),
        **dict(_templates(company, sister)),
        **dict(_objects(company)),
        **dict(_people(company)),
        **dict(_company()),
        **dict(_actions(company)),
    }


def _first(records: Any) -> Any:
    return next(iter(records))


def _dates(company: Company) -> dict[str, str]:
    return {"startDate": iso_milliseconds(company.now), "endDate": iso_milliseconds(later(company.now, _DAY))}


def _latest(company: Company, *states: State) -> Audit:
    return next(audit for audit in reversed(list(company.audits.all)) if audit.state in states)


def _audits(company: Company) -> Iterator[Example]:
    done, pending = _latest(company, State.COMPLETED), _latest(company, State.PENDING, State.STARTED)
    dates, person = _dates(company), _first(company.people.users).id
    changed = {**dates, "name": "Weekly safety inspection", "auditorHint": "Focus on emergency exits"}
    refers = {"templateId": _first(company.templates.templates).id, "auditObjectId": _first(company.objects.sites).id}
    yield ("post", "/audit"), {"body": {**changed, **refers, "assigneeId": person}}
    yield ("delete", "/audit"), {"body": {"ids": [pending.id]}}
    yield ("post", "/audit/expire"), {"body": {"ids": [pending.id]}}
    yield ("post", "/audit/reopen/{id}"), {"id": done.id, "body": dates}
    for ending in ("", "/report-pdf", "/report"):
        yield ("get", f"/audit/complete/{{auditId}}{ending}"), {"auditId": done.id}
    yield ("get", "/audit/{auditId}"), {"auditId": pending.id}
    yield ("put", "/audit/{auditId}"), {"auditId": pending.id, "body": {**changed, "assigneeId": person}}
    photo = company.make_id("auditor-signature", done.key)
    yield ("get", "/files/{id}"), {"id": photo}


def _schedules(company: Company) -> Iterator[Example]:
    schedule = _first(company.schedules.all).id
    common = {
        "auditObjectIds": [_first(company.objects.sites).id],
        "name": "Safety inspections",
        "auditorHint": "Focus on emergency exits",
        "assigneesIds": [_first(company.people.users).id],
        "active": True,
        "stopByDate": iso_milliseconds(later(company.now, 300 * _DAY)),
    }
    new = {**common, "templateId": _first(company.templates.templates).id}
    monthly = {"repeatEvery": 1, "startRule": {"type": 0, "day": 29}, "endRule": {"type": 1, "days": 3}}
    yield ("post", "/schedules/daily"), {"body": {**new, "repeatEvery": 1}}
    yield ("post", "/schedules/weekly"), {"body": {**new, "daysOfWeek": [1, 3, 5], "repeatEvery": 2}}
    yield ("post", "/schedules/multiple-weeks"), {"body": {**new, "repeatEvery": 2, "startDay": 1, "duration": 3}}
    yield ("post", "/schedules/monthly"), {"body": {**new, **monthly}}
    yield ("get", "/schedules/{scheduleId}"), {"scheduleId": schedule}
    changed = {**common, "repeatPattern": 3, "repeat": monthly}
    yield ("put", "/schedules/{scheduleId}"), {"scheduleId": schedule, "body": changed}
    yield ("delete", "/schedules"), {"body": {"ids": [schedule]}}


def _templates(company: Company, sister: str) -> Iterator[Example]:
    template, systems = _first(company.templates.templates).id, list(company.templates.score_systems)
    copy = {"templateId": template, "targetCompanyId": sister, "copyScoreSystem": True}
    yield ("post", "/audit/templates/copy"), {"body": copy}
    labels = [
        {"min": 0, "max": 50, "label": "Poor", "color": "#FF0000"},
        {"min": 50, "max": 100, "label": "Good", "color": "#00FF00"},
    ]
    body = {"name": "Two grades", "description": "For short checks", "passedThreshold": 50, "labels": labels}
    yield ("post", "/score-systems"), {"body": {**body, "scoreSystemType": 0}}
    yield ("get", "/score-systems/{id}"), {"id": systems[0].id}
    yield ("put", "/score-systems/{id}"), {"id": systems[0].id, "body": body}
    yield ("delete", "/score-systems"), {"body": {"ids": [systems[-1].id]}}


def _objects(company: Company) -> Iterator[Example]:
    site, attribute = _first(company.objects.sites).id, _first(company.objects.attributes)
    geo = {"lat": "53.5511", "lng": "9.9937", "name": "Pier 7", "address": "Quayside 7"}
    body = {"name": "Pier 7", "notes": "Hard hat needed", "geoAddress": geo}
    yield ("post", "/audit/objects"), {"body": body}
    yield ("get", "/audit/object/{id}"), {"id": site}
    yield ("put", "/audit/objects/{id}"), {"id": site, "body": body}
    yield ("delete", "/audit/objects"), {"body": {"ids": [site]}}
    pairs = {"attributes": [{"attributeId": attribute.id, "optionId": attribute.options[0].id}]}
    for method in ("post", "delete"):
        yield (method, "/audit/objects/{id}/attributes"), {"id": site, "body": pairs}
    options = [{"name": "Indoors", "isDefault": True}, {"name": "Outdoors", "isDefault": False}]
    yield ("post", "/audit/objects/attributes"), {"body": {"name": "Setting", "options": options}}
    yield ("get", "/audit/objects/attributes/{id}"), {"id": attribute.id}
    kept = [{"id": attribute.options[0].id, "name": "Buildings", "isDefault": True}, *options]
    yield ("put", "/audit/objects/attributes/{id}"), {"id": attribute.id, "body": {"name": "Unit", "options": kept}}
    yield ("delete", "/audit/objects/attributes"), {"body": {"ids": [attribute.id]}}


def _people(company: Company) -> Iterator[Example]:
    user, roles = _first(company.people.users), list(company.people.roles)
    used = {one.role.id for one in company.people.users}
    free = next(role for role in roles if role.id not in used)
    new = {"fullName": "Nils Aalto", "email": "nils.aalto@example.com", "roleId": roles[1].id, "phone": "+1-555-0123"}
    yield ("post", "/users"), {"body": new}
    yield ("get", "/users/{id}"), {"id": user.id}
    yield ("put", "/users/{id}"), {"id": user.id, "body": {"fullName": "Daniel J. Okafor", "phone": "+1-555-0199"}}
    yield ("delete", "/users"), {"body": {"ids": [list(company.people.users)[-1].id]}}
    body = {"roleType": 1, "name": "Lead auditor", "permissions": ["audits.do", "audits.viewResults"]}
    yield ("post", "/roles"), {"body": body}
    yield ("get", "/roles/{id}"), {"id": roles[0].id}
    yield ("put", "/roles/{id}"), {"id": roles[1].id, "body": body}
    yield ("delete", "/roles"), {"body": {"ids": [free.id]}}


def _company() -> Iterator[Example]:
    body = {"companyName": "Northwind Marine", "usagePurpose": 6, "usagePurposeObjectName": "Vessel"}
    zone = {"ianaTimeZone": "Europe/London"}
    yield ("post", "/company"), {"body": {**body, **zone, "companyAdmin": {"fullName": "Daniel Okafor"}}}
    yield ("put", "/company"), {"body": {**body, **zone}}


def _actions(company: Company) -> Iterator[Example]:
    action = list(company.actions.all)[-1]
    body = {
        "assignedUsersIds": [user.id for user in action.assignees],
        "description": action.description,
        "name": action.name,
        "dueDateUtc": iso_milliseconds(later(company.now, 7 * _DAY)),
        "status": 3,
        "priority": 2,
    }
    yield ("get", "/corrective-actions/{id}"), {"id": action.id}
    yield ("put", "/corrective-actions/{id}"), {"id": action.id, "body": body}
    yield ("delete", "/corrective-actions/{id}"), {"id": action.id}
