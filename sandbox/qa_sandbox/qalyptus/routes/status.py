"""On-demand requests and task runs: status, logs, downloads. All paths are inferred, not documented."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from qa_sandbox.files.report_file import answer_with
from qa_sandbox.qalyptus.outputs import STORAGE_PREFIX, is_valid, log_text, report_file, signed_url, smtp_log_text
from qa_sandbox.qalyptus.records import ACTIVE, ON_DEMAND, SCHEDULED, WITH_FILE, Record
from qa_sandbox.qalyptus.routes.operation import Id, Operation, Store
from qa_sandbox.qalyptus.store import QalyptusStore
from qa_sandbox.web import Refused

Call = Callable[..., Any]
_PATHS = {SCHEDULED: "/status/scheduled-tasks", ON_DEMAND: "/status/on-demand-requests"}

storage = APIRouter(include_in_schema=False)


def _list(kind: str) -> Call:
    return lambda store: [store.runs.wire(record) for record in store.runs.records(kind)]


def _get(kind: str) -> Call:
    return lambda store, one: store.runs.wire(store.runs.record(one, kind))


def _log(kind: str, title: str, name: str, write: Callable[[Record, datetime], str]) -> Operation:
    def log(store: QalyptusStore, record_id: str) -> Response:
        text = write(store.runs.record(record_id, kind), store.now)
        return Response(text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8")

    return Operation("GET", f"{_PATHS[kind]}/{{id}}/{name}", title, log, file="text/plain")


async def download(request: Request, store: Store, record_id: Id, version: str | None = None) -> Any:
    record, context = _with_file(store, record_id), store.context
    made = await asyncio.to_thread(report_file(context, record))
    base_url = context.base_url or str(request.base_url).rstrip("/")
    seconds = context.settings.download_url_seconds
    return signed_url(base_url, record.id, made.name, store.now, seconds, context.api_key)


async def download_stream(store: Store, record_id: Id) -> Response:
    return await answer_with(report_file(store.context, _with_file(store, record_id)))


@storage.get(STORAGE_PREFIX + "{record_id}/{name}")
async def signed_download(store: Store, record_id: str, name: str, expires: str = "", signature: str = "") -> Response:
    if not is_valid(record_id, expires, signature, store.now, store.context.api_key):
        refusal = "<?xml version='1.0' encoding='utf-8'?>\n<Error><Code>AuthenticationFailed</Code></Error>\n"
        return Response(refusal, status_code=403, media_type="application/xml")
    return await download_stream(store, record_id)


def _with_file(store: QalyptusStore, record_id: str) -> Record:
    record = store.runs.record(record_id)
    word = record.status(store.now)
    if word in ACTIVE:
        raise Refused(409, "Report not ready", f"The request is {word}.")
    if word not in WITH_FILE:
        raise Refused(409, "No report", f"The request ended with the status {word} and has no report.")
    return record


_TASK, _REQUEST = _PATHS.values()
STATUS = (
    Operation("GET", _TASK, "Get scheduled task status list", _list(SCHEDULED)),
    Operation("GET", _TASK + "/{id}", "Get scheduled task status", _get(SCHEDULED)),
    Operation("GET", _REQUEST, "Get on-demand requests status", _list(ON_DEMAND)),
    Operation("GET", _REQUEST + "/{id}", "Get on-demand request status", _get(ON_DEMAND)),
    Operation("POST", "/status/{id}/run", "Runs a specified task or report", "runs.run_again"),
    Operation("POST", "/status/{id}/stop", "Stop the execution of a specified task or request", "runs.stop"),
    _log(SCHEDULED, "Download the scheduled task log file", "log", log_text),
    _log(SCHEDULED, "Download the scheduled task SMTP log file", "smtp-log", smtp_log_text),
    _log(ON_DEMAND, "Download the on-demand request log", "log", log_text),
    _log(ON_DEMAND, "Download on-demand request SMTP log file", "smtp-log", smtp_log_text),
    Operation("DELETE", "/status/{id}", "Delete request", "runs.delete"),
    Operation("GET", "/status/{id}/download", "Download report", download),
    Operation(
        "GET",
        "/status/{id}/download/stream",
        "Download report as a stream",
        download_stream,
        file="application/octet-stream",
    ),
)
