"""CONQA's routes. Answers are wrapped unevenly, as documented: some in ``data``, some not."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from qa_sandbox.conqa import models as wire
from qa_sandbox.conqa import views
from qa_sandbox.conqa.errors import RESPONSES, SKIPPED
from qa_sandbox.conqa.issues import as_of
from qa_sandbox.conqa.projects import Project
from qa_sandbox.conqa.report_pdf import report_file
from qa_sandbox.conqa.reports import EXPORTS_PREFIX
from qa_sandbox.conqa.store import ConqaStore
from qa_sandbox.files.report_file import answer_with
from qa_sandbox.web import Refused, store_of

DEFAULT_LIMIT = 300
LARGEST_LIMIT = 10_000

projects = APIRouter(tags=["Projects"], responses=RESPONSES)
milestones = APIRouter(prefix="/project/{projectId}/milestones", tags=["Milestones"], responses=RESPONSES)
project_hooks = APIRouter(prefix="/project/{projectId}", tags=["Project-scoped webhooks"], responses=RESPONSES)
account_hooks = APIRouter(prefix="/account/{accountId}", tags=["Account-scoped webhooks"], responses=RESPONSES)
reports = APIRouter(tags=["Reports"], responses=RESPONSES)
exports = APIRouter(include_in_schema=False)


Store = Annotated[ConqaStore, Depends(store_of)]


async def _project(store: Store, project_id: Annotated[str, Path(alias="projectId")]) -> Project:
    return store.project(project_id)


InProject = Annotated[Project, Depends(_project)]


async def _project_id(project: InProject) -> str:
    return project.id


async def _account_id(store: Store, account_id: Annotated[str, Path(alias="accountId")]) -> str:
    return store.account(account_id)


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
    return wire.Issues(data=wire.IssuePage(paging=paging, issues=[as_of(issue, store.now) for issue in rows]))


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


def _add_hook_routes(router: APIRouter, title: str, member: str, within: Any) -> None:
    """Add the four routes that projects and accounts have alike."""

    @router.get("/webhooks", summary=f"List Webhooks for {title}", response_model_exclude_unset=True)
    async def list_webhooks(
        store: Store, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None, scope: str = Depends(within)
    ) -> wire.Webhooks:
        return wire.Webhooks(data=store.webhooks.page(member, scope, limit, cursor))

    @router.put("/{type}/webhook", summary=f"Register {title} Webhook", response_model_exclude_unset=True)
    async def register(
        store: Store, kind: WebhookType, wanted: wire.RegisterWebhook, scope: str = Depends(within)
    ) -> wire.Registered:
        return wire.Registered(webhook=store.webhooks.register(member, scope, kind, wanted).wire())

    @router.patch("/{type}/webhook/{webhookId}", summary=f"Update {title} Webhook")
    async def update(
        store: Store, kind: WebhookType, webhook_id: WebhookId, wanted: wire.UpdateWebhook, scope: str = Depends(within)
    ) -> wire.WebhookUpdated:
        hook = store.webhooks.update(member, scope, kind, webhook_id, wanted)
        message = "Webhook updated successfully"
        return wire.WebhookUpdated(message=message, webhookId=hook.id, name=hook.name, status=hook.status)

    @router.delete("/{type}/webhook/{webhookId}", summary=f"Delete {title} Webhook")
    async def delete(
        store: Store, kind: WebhookType, webhook_id: WebhookId, scope: str = Depends(within)
    ) -> wire.WebhookDeleted:
        store.webhooks.delete(member, scope, kind, webhook_id)
        return wire.WebhookDeleted(message="Webhook deleted successfully", webhookId=webhook_id)


_add_hook_routes(project_hooks, "Project", "projectId", _project_id)
_add_hook_routes(account_hooks, "Account", "accountId", _account_id)


@reports.post("/project/{projectId}/report", summary="Start generation of Report")
async def start_report(store: Store, project: InProject, wanted: wire.StartReport) -> wire.ReportSubmitted:
    store.start_report(project, wanted)
    return wire.ReportSubmitted(data=wire.Message(message="Report submitted"))


@exports.get(EXPORTS_PREFIX + "{run_id}/v2/{name}")
async def download_export(store: Store, run_id: str, name: str) -> Response:
    run = store.report_run(run_id)
    if run is None or not run.path.endswith(f"/{name}"):
        raise Refused(404, "Not Found")
    return await answer_with(report_file(store, run))
