"""On-demand requests and task runs: status, logs, downloads. All paths are inferred, not documented."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from qa_sandbox.files.report_file import ReportFile
from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.logs import log_text, smtp_log_text
from qa_sandbox.qalyptus.records import ACTIVE, ON_DEMAND, SCHEDULED, WITH_FILE, Record
from qa_sandbox.qalyptus.routes.operation import Endpoint, Id, Operation, Store
from qa_sandbox.qalyptus.signing import STORAGE_PREFIX, is_valid, signed_url
from qa_sandbox.qalyptus.store import QalyptusStore

_TEXT = "text/plain"
_BINARY = "application/octet-stream"

storage = APIRouter(include_in_schema=False)


def _list(kind: str) -> Endpoint:
    async def list_records(store: Store) -> Any:
        return [store.runs.wire(record) for record in store.runs.records(kind)]

    return list_records


def _get(kind: str) -> Endpoint:
    async def get_record(store: Store, record_id: Id) -> Any:
        return store.runs.wire(store.runs.record(record_id, kind))

    return get_record


def _get_log(kind: str) -> Endpoint:
    async def get_log(store: Store, record_id: Id) -> Response:
        return _log(log_text(store.runs.record(record_id, kind), store.now))

    return get_log


def _get_smtp_log(kind: str) -> Endpoint:
    async def get_smtp_log(store: Store, record_id: Id) -> Response:
        return _log(smtp_log_text(store.runs.record(record_id, kind), store.now))

    return get_smtp_log


async def run_again(store: Store, record_id: Id) -> Any:
    return store.runs.wire(store.runs.run_again(record_id))


async def stop(store: Store, record_id: Id) -> Any:
    return store.runs.wire(store.runs.stop(record_id))


async def delete(store: Store, record_id: Id) -> None:
    store.runs.delete(record_id)


async def download(request: Request, store: Store, record_id: Id, version: str | None = None) -> Any:
    record, context = _with_file(store, record_id), store.context
    made = await _file(request, record)
    base_url = context.base_url or str(request.base_url).rstrip("/")
    seconds = context.settings.download_url_seconds
    return signed_url(base_url, record.id, made.name, store.now, seconds, context.api_key)


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
    record = store.runs.record(record_id)
    word = record.status(store.now)
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


_TASK, _REQUEST = "/status/scheduled-tasks", "/status/on-demand-requests"
STATUS = (
    Operation("GET", _TASK, "Get scheduled task status list", _list(SCHEDULED)),
    Operation("GET", _TASK + "/{id}", "Get scheduled task status", _get(SCHEDULED)),
    Operation("GET", _REQUEST, "Get on-demand requests status", _list(ON_DEMAND)),
    Operation("GET", _REQUEST + "/{id}", "Get on-demand request status", _get(ON_DEMAND)),
    Operation("POST", "/status/{id}/run", "Runs a specified task or report", run_again),
    Operation("POST", "/status/{id}/stop", "Stop the execution of a specified task or request", stop),
    Operation("GET", _TASK + "/{id}/log", "Download the scheduled task log file", _get_log(SCHEDULED), file=_TEXT),
    Operation(
        "GET",
        _TASK + "/{id}/smtp-log",
        "Download the scheduled task SMTP log file",
        _get_smtp_log(SCHEDULED),
        file=_TEXT,
    ),
    Operation("GET", _REQUEST + "/{id}/log", "Download the on-demand request log", _get_log(ON_DEMAND), file=_TEXT),
    Operation(
        "GET",
        _REQUEST + "/{id}/smtp-log",
        "Download on-demand request SMTP log file",
        _get_smtp_log(ON_DEMAND),
        file=_TEXT,
    ),
    Operation("DELETE", "/status/{id}", "Delete request", delete),
    Operation("GET", "/status/{id}/download", "Download report", download),
    Operation("GET", "/status/{id}/download/stream", "Download report as a stream", download_stream, file=_BINARY),
)
