"""CONQA's routes. Answers are wrapped unevenly, as documented: some in ``data``, some not."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from qa_sandbox.conqa import models as wire
from qa_sandbox.conqa import views
from qa_sandbox.conqa.errors import RESPONSES, SKIPPED, Refused
from qa_sandbox.conqa.projects import Project
from qa_sandbox.conqa.report_pdf import report_file
from qa_sandbox.conqa.reports import EXPORTS_PREFIX
from qa_sandbox.conqa.store import ConqaStore

DEFAULT_LIMIT = 300
LARGEST_LIMIT = 10_000

projects = APIRouter(tags=["Projects"], responses=RESPONSES)
milestones = APIRouter(prefix="/project/{projectId}/milestones", tags=["Milestones"], responses=RESPONSES)
project_hooks = APIRouter(prefix="/project/{projectId}", tags=["Project-scoped webhooks"], responses=RESPONSES)
account_hooks = APIRouter(prefix="/account/{accountId}", tags=["Account-scoped webhooks"], responses=RESPONSES)
reports = APIRouter(tags=["Reports"], responses=RESPONSES)
exports = APIRouter(include_in_schema=False)


async def _store(request: Request) -> ConqaStore:
    store: ConqaStore = request.app.state.store
    return store


Store = Annotated[ConqaStore, Depends(_store)]


async def _project(store: Store, project_id: Annotated[str, Path(alias="projectId")]) -> Project:
    return store.project(project_id)


async def _account(store: Store, account_id: Annotated[str, Path(alias="accountId")]) -> str:
    return store.account(account_id)


InProject = Annotated[Project, Depends(_project)]
InAccount = Annotated[str, Depends(_account)]
# With the path converter, since the ids of planning tools may hold slashes.
ExternalId = Annotated[str, Path(alias="externalId", min_length=1, description="Identifier in the external system")]
WebhookId = Annotated[str, Path(alias="webhookId")]
WebhookType = Annotated[Literal["milestone", "report"], Path(alias="type")]
Page = Annotated[int, Query(ge=1)]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT)]
Cursor = Annotated[str | None, Query(alias="lastEvaluatedKey", description="Base64 key of the page before")]


@projects.get("/projects", summary="Get Projects for User")
async def list_projects(store: Store) -> wire.Projects:
    rows = [wire.ProjectRow(projectId=p.id, projectName=p.name) for p in store.projects if p.accessible]
    return wire.Projects(projects=rows)


@projects.get("/project/{projectId}/summary", summary="Get Project Summary")
async def get_summary(store: Store, project: InProject) -> wire.Summary:
    store.settle()
    return views.summary(project, store.issues(project), store.milestones.visible(project))


@projects.get("/project/{projectId}/issues", summary="Get Project Issues")
async def list_issues(store: Store, project: InProject, page: Page = 1, limit: Limit = DEFAULT_LIMIT) -> wire.Issues:
    rows, paging = views.page_of(store.issues(project), page, limit)
    return wire.Issues(data=wire.IssuePage(paging=paging, issues=[issue.wire(store.now) for issue in rows]))


@milestones.get("", summary="Get Project Milestones")
async def list_milestones(
    store: Store,
    project: InProject,
    page: Page = 1,
    limit: Limit = DEFAULT_LIMIT,
    order_by: Annotated[str | None, Query(alias="orderBy", description="A member or a field")] = None,
    direction: Annotated[Literal["asc", "desc"], Query(alias="orderDirection")] = "asc",
) -> wire.Milestones:
    store.settle()
    found = store.milestones.visible(project)
    if order_by is not None:
        fields = project.config.fields if project.config is not None else {}
        if order_by not in views.ORDERS and order_by not in fields:
            raise Refused(400, "Unknown field to order by", {"orderBy": "must be a member or a field of milestones"})
        found = views.sorted_milestones(project, found, order_by, direction == "desc")
    rows, paging = views.page_of(found, page, limit)
    shown = [views.milestone_row(project, milestone) for milestone in rows]
    return wire.Milestones(data=wire.MilestonePage(paging=paging, milestones=shown))


@milestones.post(
    "/{externalId:path}", summary="Upsert Milestone", status_code=202, response_class=Response, responses=SKIPPED
)
async def upsert_milestone(
    store: Store, project: InProject, external_id: ExternalId, wanted: wire.UpsertMilestone
) -> Response:
    store.upsert(project, external_id, wanted.metadata.timestamp, wanted.data)
    return Response(status_code=202)


@milestones.delete(
    "/{externalId:path}", summary="Delete Milestone", status_code=202, response_class=Response, responses=SKIPPED
)
async def delete_milestone(
    store: Store, project: InProject, external_id: ExternalId, timestamp: Annotated[wire.Timestamp, Query()]
) -> Response:
    store.delete(project, external_id, timestamp)
    return Response(status_code=202)


@project_hooks.get("/webhooks", summary="List Webhooks for Project", response_model_exclude_unset=True)
async def list_project_webhooks(
    store: Store, project: InProject, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> wire.Webhooks:
    return wire.Webhooks(data=store.webhooks.page("projectId", project.id, limit, cursor))


@project_hooks.put("/{type}/webhook", summary="Register Project Webhook", response_model_exclude_unset=True)
async def register_project_webhook(
    store: Store, project: InProject, kind: WebhookType, wanted: wire.RegisterWebhook
) -> wire.Registered:
    return wire.Registered(webhook=store.webhooks.register("projectId", project.id, kind, wanted).wire())


@project_hooks.patch("/{type}/webhook/{webhookId}", summary="Update Project Webhook")
async def update_project_webhook(
    store: Store, project: InProject, kind: WebhookType, webhook_id: WebhookId, wanted: wire.UpdateWebhook
) -> wire.WebhookUpdated:
    return _updated(store, "projectId", project.id, kind, webhook_id, wanted)


@project_hooks.delete("/{type}/webhook/{webhookId}", summary="Delete Project Webhook")
async def delete_project_webhook(
    store: Store, project: InProject, kind: WebhookType, webhook_id: WebhookId
) -> wire.WebhookDeleted:
    return _deleted(store, "projectId", project.id, kind, webhook_id)


@account_hooks.get("/webhooks", summary="List Webhooks for Account", response_model_exclude_unset=True)
async def list_account_webhooks(
    store: Store, account: InAccount, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> wire.Webhooks:
    return wire.Webhooks(data=store.webhooks.page("accountId", account, limit, cursor))


@account_hooks.put("/{type}/webhook", summary="Register Account Webhook", response_model_exclude_unset=True)
async def register_account_webhook(
    store: Store, account: InAccount, kind: WebhookType, wanted: wire.RegisterWebhook
) -> wire.Registered:
    return wire.Registered(webhook=store.webhooks.register("accountId", account, kind, wanted).wire())


@account_hooks.patch("/{type}/webhook/{webhookId}", summary="Update Account Webhook")
async def update_account_webhook(
    store: Store, account: InAccount, kind: WebhookType, webhook_id: WebhookId, wanted: wire.UpdateWebhook
) -> wire.WebhookUpdated:
    return _updated(store, "accountId", account, kind, webhook_id, wanted)


@account_hooks.delete("/{type}/webhook/{webhookId}", summary="Delete Account Webhook")
async def delete_account_webhook(
    store: Store, account: InAccount, kind: WebhookType, webhook_id: WebhookId
) -> wire.WebhookDeleted:
    return _deleted(store, "accountId", account, kind, webhook_id)


@reports.post("/project/{projectId}/report", summary="Start generation of Report")
async def start_report(store: Store, project: InProject, wanted: wire.StartReport) -> wire.ReportSubmitted:
    store.start_report(project, wanted)
    return wire.ReportSubmitted(data=wire.Message(message="Report submitted"))


@exports.get(EXPORTS_PREFIX + "{run_id}/v2/{name}")
async def download_export(request: Request, store: Store, run_id: str, name: str) -> Response:
    run = store.report_run(run_id)
    if run is None or not run.path.endswith(f"/{name}"):
        raise Refused(404, "Not Found")
    make = report_file(store, request.app.state.press, run)
    return (await asyncio.to_thread(make)).response()


def _updated(
    store: ConqaStore, scope: str, scope_id: str, kind: str, webhook_id: str, wanted: wire.UpdateWebhook
) -> wire.WebhookUpdated:
    hook = store.webhooks.update(scope, scope_id, kind, webhook_id, wanted)
    return wire.WebhookUpdated(
        message="Webhook updated successfully", webhookId=hook.id, name=hook.name, status=hook.status
    )


def _deleted(store: ConqaStore, scope: str, scope_id: str, kind: str, webhook_id: str) -> wire.WebhookDeleted:
    store.webhooks.delete(scope, scope_id, kind, webhook_id)
    return wire.WebhookDeleted(message="Webhook deleted successfully", webhookId=webhook_id)
