"""Simplo's routes. Those of report settings and report tasks are public or inferred, not in the reports page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from starlette.responses import JSONResponse, Response

from qa_sandbox.files.report_file import answer_with
from qa_sandbox.simplo import models, views
from qa_sandbox.simplo.errors import HASH_RESPONSES, RESPONSES
from qa_sandbox.simplo.index import IndexQuery
from qa_sandbox.simplo.models import MAX_ID
from qa_sandbox.simplo.report_pdf import report_file
from qa_sandbox.simplo.store import SimploStore
from qa_sandbox.web import BINARY, Refused, Responses, asked, store_of

reports = APIRouter(prefix="/reports", tags=["Reports"], responses=RESPONSES)
# By hash, without a login.
shared = APIRouter(prefix="/reports", tags=["Reports by hash"], responses={**RESPONSES, **HASH_RESPONSES})
settings = APIRouter(prefix="/report-settings", tags=["Report settings"], responses=RESPONSES)
tasks = APIRouter(prefix="/report-tasks", tags=["Report tasks"], responses=RESPONSES)
_PDF: Responses = {200: {"content": {"application/pdf": BINARY}}}


Store = Annotated[SimploStore, Depends(store_of)]
Asked = Annotated[IndexQuery, Depends(asked(IndexQuery))]
ReportId = Annotated[int, Path(ge=0, le=MAX_ID)]
SettingId = Annotated[int, Path(alias="report_setting_id", ge=0, le=MAX_ID)]
TaskId = Annotated[int, Path(alias="report_task_id", ge=0, le=MAX_ID)]
Hash = Annotated[str, Query(alias="hash", description="Property hash of the report")]
Embed = Annotated[str, Query(description="Embedded objects, comma separated")]


@reports.get("", summary="Reports index")
async def list_reports(store: Store, query: Asked) -> JSONResponse:
    return views.REPORTS.page(store, store.reports(), query)


@reports.get("/{report_id}", summary="Report detail")
async def get_report(store: Store, report_id: ReportId, embed: Embed = "") -> JSONResponse:
    return views.REPORTS.one(store, store.report(report_id), embed)


@reports.put("/{report_id}", summary="Update report")
async def update_report(store: Store, report_id: ReportId, wanted: models.UpdateReport) -> JSONResponse:
    return JSONResponse(views.report_wire(store.update(report_id, wanted)))


@reports.patch("/{report_id}", summary="Update report, any field can be omitted")
async def patch_report(
    store: Store, report_id: ReportId, wanted: Annotated[models.PatchReport | None, Body()] = None
) -> JSONResponse:
    return JSONResponse(views.report_wire(store.update(report_id, wanted or models.PatchReport())))


@reports.delete("/{report_id}", summary="Delete report", status_code=204, response_class=Response)
async def delete_report(store: Store, report_id: ReportId) -> Response:
    store.delete(report_id)
    return Response(status_code=204)


@reports.get("/{report_id}/issue-invoice", summary="Issue external invoice", status_code=204, response_class=Response)
async def issue_invoice(store: Store, report_id: ReportId) -> Response:
    store.issue_invoice(store.report(report_id))
    return Response(status_code=204)


@shared.get("/{report_id}/download-pdf", summary="Download report as PDF", response_class=Response, responses=_PDF)
async def download_pdf(store: Store, report_id: ReportId, given: Hash = "") -> Response:
    return await answer_with(report_file(store, store.public_report(report_id, given)))


# The heading of the docs says POST, their example is a GET with a body.
@shared.get("/{report_id}/approved", response_class=Response, include_in_schema=False)
@shared.post("/{report_id}/approved", summary="Approve Report", response_class=Response)
async def approve_report(
    request: Request, store: Store, report_id: ReportId, wanted: Annotated[models.Approval | None, Body()] = None
) -> Response:
    report = store.public_report(report_id, wanted.hash if wanted else "")
    wire = store.context.settings.simplo
    logged_in = store.is_logged_in(request.headers)
    if not logged_in and request.headers.get("User-Agent") not in wire.user_agents:
        raise Refused(401, "User is not logged-in and client's user-agent is unknown.")
    store.approve(report, store.me if logged_in else None)
    return JSONResponse(views.report_wire(report)) if wire.approve_returns_report else Response()


@shared.get("/{report_id}/public", summary="View Public Report")
async def get_public_report(store: Store, report_id: ReportId, given: Hash = "", embed: Embed = "") -> JSONResponse:
    return views.PUBLIC.one(store, store.public_report(report_id, given), embed)


@settings.get("", summary="Report settings index")
async def list_settings(store: Store, query: Asked) -> JSONResponse:
    return views.SETTINGS.page(store, list(store.settings.values()), query)


@settings.get("/{report_setting_id}", summary="Report setting detail")
async def get_setting(store: Store, setting_id: SettingId, embed: Embed = "") -> JSONResponse:
    return views.SETTINGS.one(store, store.setting(setting_id), embed)


@settings.post("", summary="Create report setting", status_code=201)
async def store_setting(store: Store, wanted: models.StoreSetting) -> JSONResponse:
    return JSONResponse(views.setting_wire(store.store_setting(wanted)), status_code=201)


@settings.put("/{report_setting_id}", summary="Update report setting")
async def update_setting(store: Store, setting_id: SettingId, wanted: models.StoreSetting) -> JSONResponse:
    return JSONResponse(views.setting_wire(store.update_setting(setting_id, wanted)))


@settings.patch("/{report_setting_id}", summary="Update report setting, any field can be omitted")
async def patch_setting(store: Store, setting_id: SettingId, wanted: models.PatchSetting) -> JSONResponse:
    return JSONResponse(views.setting_wire(store.update_setting(setting_id, wanted)))


@settings.delete("/{report_setting_id}", summary="Delete report setting", status_code=204, response_class=Response)
async def delete_setting(store: Store, setting_id: SettingId) -> Response:
    store.delete_setting(setting_id)
    return Response(status_code=204)


@tasks.get("", summary="Report tasks index")
async def list_tasks(store: Store, query: Asked) -> JSONResponse:
    return views.TASKS.page(store, store.tasks(), query)


@tasks.get("/{report_task_id}", summary="Report task detail")
async def get_task(store: Store, task_id: TaskId, embed: Embed = "") -> JSONResponse:
    return views.TASKS.one(store, store.task(task_id), embed)
