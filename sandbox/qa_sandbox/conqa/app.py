"""The CONQA app."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import APIKeyHeader

from qa_sandbox.auth import same_secret
from qa_sandbox.clock import iso_milliseconds
from qa_sandbox.conqa import routes, seed
from qa_sandbox.conqa.errors import answer, invalid
from qa_sandbox.conqa.reports import EXPORTS_PREFIX
from qa_sandbox.conqa.store import ConqaStore
from qa_sandbox.web import Examples, Refused, Vendor

BASE_PATH = "/api-v1"
_SCHEME = APIKeyHeader(name="Authorization", description="The API token as it is, without a word before it")


def _mount(app: FastAPI, variant: None) -> None:
    for router in (routes.projects, routes.milestones, routes.project_hooks, routes.account_hooks, routes.reports):
        app.include_router(router, prefix=BASE_PATH, dependencies=[Security(_SCHEME)])
    app.include_router(routes.exports)


def _examples(store: ConqaStore) -> Examples:
    project = store.projects[seed.FULL]
    place, account = {"projectId": project.id}, {"accountId": project.account_id}
    milestone, stamp = {**place, "externalId": seed.MILESTONES[0][0]}, iso_milliseconds(store.now)
    fields = {"productType": {"value": "earthworks"}, "area": {"value": "area-1"}, "startDate": "2026-03-16"}
    upsert = {"metadata": {"timestamp": stamp}, "data": {"name": "Fill, Area 1", "fields": fields}}
    hook = {"name": "Reports to Airflow", "callbackUrl": "http://127.0.0.1:9/webhook"}
    report = {"checklistId": store.checklists.of(project)[0].id, "context": {"run": "manual"}}
    found: dict[tuple[str, str], dict[str, Any]] = {
        ("get", "/project/{projectId}/summary"): place,
        ("get", "/project/{projectId}/issues"): place,
        ("get", "/project/{projectId}/milestones"): place,
        ("post", "/project/{projectId}/milestones/{externalId}"): {**milestone, "body": upsert},
        ("delete", "/project/{projectId}/milestones/{externalId}"): {**milestone, "timestamp": stamp},
        ("post", "/project/{projectId}/report"): {**place, "body": report},
    }
    for prefix, where in (("/project/{projectId}", place), ("/account/{accountId}", account)):
        found["get", f"{prefix}/webhooks"] = where
        found["put", f"{prefix}/{{type}}/webhook"] = {**where, "type": "report", "body": hook}
        change = {**where, "type": "report"}
        found["patch", f"{prefix}/{{type}}/webhook/{{webhookId}}"] = {**change, "body": {"status": "ACTIVE"}}
        found["delete", f"{prefix}/{{type}}/webhook/{{webhookId}}"] = change
    return found


VENDOR = Vendor(
    title="CONQA public API",
    version="v1",
    store=ConqaStore,
    base_path=BASE_PATH,
    extras=lambda context: {
        "account_id": context.make_id("account", 0),
        "project_id": context.make_id("project", seed.FULL),
        "checklist_id": "cl:" + context.make_id("checklist", 0),
    },
    mount=_mount,
    answer=answer,
    invalid=invalid,
    accepts=lambda headers, store: same_secret(headers.get("Authorization", ""), store.context.api_key),
    unauthorized=Refused(401, "Unauthorized: the API token is missing or invalid"),
    open_paths=EXPORTS_PREFIX + ".*",
    examples=_examples,
)
