"""Qalyptus' routes. The paths of the status group and of on-demand generation are inferred, not documented."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from airflow_qa_provider.sandbox.files.report_file import ReportFile
from airflow_qa_provider.sandbox.qalyptus.envelope import RESPONSES, Envelope, Refused, success
from airflow_qa_provider.sandbox.qalyptus.logs import log_text, smtp_log_text
from airflow_qa_provider.sandbox.qalyptus.models import OnDemand
from airflow_qa_provider.sandbox.qalyptus.records import ACTIVE, ON_DEMAND, SCHEDULED, WITH_FILE, Record
from airflow_qa_provider.sandbox.qalyptus.signing import STORAGE_PREFIX, is_valid, signed_url
from airflow_qa_provider.sandbox.qalyptus.store import QalyptusStore

_LOG: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}

catalogue = APIRouter(responses=RESPONSES)
reports = APIRouter(prefix="/reports", tags=["Reports"], responses=RESPONSES)
tasks = APIRouter(prefix="/tasks", tags=["Tasks"], responses=RESPONSES)
status = APIRouter(prefix="/status", tags=["Status"], responses=RESPONSES)
storage = APIRouter(include_in_schema=False)


async def _store(request: Request) -> QalyptusStore:
    store: QalyptusStore = request.app.state.store
    return store


async def _id(value: Annotated[UUID, Path(alias="id", description="Unique ID")]) -> str:
    return str(value)


Store = Annotated[QalyptusStore, Depends(_store)]
Id = Annotated[str, Depends(_id)]


@catalogue.get("/organizations", summary="Get all organizations", tags=["Organizations"], response_model=Envelope)
async def list_organizations(store: Store) -> JSONResponse:
    return success(store.tenant.organizations)


@catalogue.get("/projects", summary="Get projects", tags=["Projects"], response_model=Envelope)
async def list_projects(store: Store) -> JSONResponse:
    return success(store.tenant.projects)


@catalogue.get("/users", summary="Get users", tags=["Users"], response_model=Envelope)
async def list_users(store: Store) -> JSONResponse:
    return success(store.tenant.users)


@catalogue.get("/filters", summary="Get filters", tags=["Filters"], response_model=Envelope)
async def list_filters(store: Store) -> JSONResponse:
    return success(store.tenant.filters)


@reports.get("", summary="Get reports", response_model=Envelope)
async def list_reports(store: Store) -> JSONResponse:
    return success([dict(report.wire) for report in store.tenant.reports.values()])


@reports.get("/{id}", summary="Get report by ID", response_model=Envelope)
async def get_report(store: Store, report_id: Id) -> JSONResponse:
    return success(dict(store.report(report_id).wire))


@reports.post("/{id}/on-demand/{outputFormat}", summary="Generate an on-demand report", response_model=Envelope)
async def generate_report(
    store: Store,
    report_id: Id,
    output_format: Annotated[str, Path(alias="outputFormat", description="One of the report's outputFormats")],
    wanted: Annotated[OnDemand | None, Body()] = None,
) -> JSONResponse:
    selections = (wanted.selections if wanted else None) or []
    return success(store.wire(store.generate(store.report(report_id), output_format, selections)))


@tasks.get("", summary="Get tasks", response_model=Envelope)
async def list_tasks(store: Store) -> JSONResponse:
    return success([store.wire_task(task) for task in store.tenant.tasks.values()])


@tasks.get("/{id}", summary="Get task", response_model=Envelope)
async def get_task(store: Store, task_id: Id) -> JSONResponse:
    return success(store.wire_task(store.task(task_id)))


@tasks.post("/{id}/run", summary="Run", response_model=Envelope)
async def run_task(store: Store, task_id: Id) -> JSONResponse:
    record = store.run_task(store.task(task_id))
    return success({"id": record.id} if store.context.settings.qalyptus.task_run_returns_id else None)


@status.get("/scheduled-tasks", summary="Get scheduled task status list", response_model=Envelope)
async def list_scheduled(store: Store) -> JSONResponse:
    return success([store.wire(record) for record in store.records(SCHEDULED)])


@status.get("/scheduled-tasks/{id}", summary="Get scheduled task status", response_model=Envelope)
async def get_scheduled(store: Store, record_id: Id) -> JSONResponse:
    return success(store.wire(store.record(record_id, SCHEDULED)))


@status.get(
    "/scheduled-tasks/{id}/log",
    summary="Download the scheduled task log file",
    response_class=Response,
    responses=_LOG,
)
async def get_scheduled_log(store: Store, record_id: Id) -> Response:
    return _log(log_text(store.record(record_id, SCHEDULED), store.now))


@status.get(
    "/scheduled-tasks/{id}/smtp-log",
    summary="Download the scheduled task SMTP log file",
    response_class=Response,
    responses=_LOG,
)
async def get_scheduled_smtp_log(store: Store, record_id: Id) -> Response:
    return _log(smtp_log_text(store.record(record_id, SCHEDULED), store.now))


@status.get("/on-demand-requests", summary="Get on-demand requests status", response_model=Envelope)
async def list_on_demand(store: Store) -> JSONResponse:
    return success([store.wire(record) for record in store.records(ON_DEMAND)])


@status.get("/on-demand-requests/{id}", summary="Get on-demand request status", response_model=Envelope)
async def get_on_demand(store: Store, record_id: Id) -> JSONResponse:
    return success(store.wire(store.record(record_id, ON_DEMAND)))


@status.get(
    "/on-demand-requests/{id}/log",
    summary="Download the on-demand request log",
    response_class=Response,
    responses=_LOG,
)
async def get_on_demand_log(store: Store, record_id: Id) -> Response:
    return _log(log_text(store.record(record_id, ON_DEMAND), store.now))


@status.get(
    "/on-demand-requests/{id}/smtp-log",
    summary="Download on-demand request SMTP log file",
    response_class=Response,
    responses=_LOG,
)
async def get_on_demand_smtp_log(store: Store, record_id: Id) -> Response:
    return _log(smtp_log_text(store.record(record_id, ON_DEMAND), store.now))


@status.post("/{id}/run", summary="Runs a specified task or report", response_model=Envelope)
async def run_again(store: Store, record_id: Id) -> JSONResponse:
    return success(store.wire(store.run_again(record_id)))


@status.post("/{id}/stop", summary="Stop the execution of a specified task or request", response_model=Envelope)
async def stop(store: Store, record_id: Id) -> JSONResponse:
    return success(store.wire(store.stop(record_id)))


@status.delete("/{id:uuid}", summary="Delete request", response_model=Envelope)
async def delete(store: Store, record_id: Id) -> JSONResponse:
    store.delete(record_id)
    return success(None)


@status.get("/{id}/download", summary="Download report", response_model=Envelope)
async def download(request: Request, store: Store, record_id: Id, version: str | None = None) -> JSONResponse:
    record, context = _with_file(store, record_id), store.context
    made = await _file(request, record)
    base_url = context.base_url or str(request.base_url).rstrip("/")
    seconds = context.settings.download_url_seconds
    return success(signed_url(base_url, record.id, made.name, store.now, seconds, context.api_key))


@status.get("/{id}/download/stream", summary="Download report as a stream", response_class=Response, responses=_FILE)
async def download_stream(request: Request, store: Store, record_id: Id) -> Response:
    return (await _file(request, _with_file(store, record_id))).response()


@storage.get(STORAGE_PREFIX + "{record_id}/{name}")
async def signed_download(
    request: Request, store: Store, record_id: str, name: str, expires: str = "", signature: str = ""
) -> Response:
    if not is_valid(record_id, expires, signature, store.now, store.context.api_key):
        refusal = "<?xml version='1.0' encoding='utf-8'?>\n<Error><Code>AuthenticationFailed</Code></Error>\n"
        return Response(refusal, status_code=403, media_type="application/xml")
    return (await _file(request, _with_file(store, record_id))).response()


def _with_file(store: QalyptusStore, record_id: str) -> Record:
    record = store.record(record_id)
    now = store.now
    word = record.status(now)
    if word in ACTIVE:
        raise Refused(409, "Report not ready", f"The request is {word}.")
    if word not in WITH_FILE:
        raise Refused(409, "No report", f"The request ended with the status {word} and has no report.")
    return record


async def _file(request: Request, record: Record) -> ReportFile:
    made: ReportFile = await asyncio.to_thread(request.app.state.press.make, record)
    return made


def _log(text: str) -> Response:
    return Response(text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8")
