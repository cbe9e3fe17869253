"""Files and the webhook log."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from qa_sandbox.files.report_file import ReportFile
from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.images import watermarked
from qa_sandbox.monitorqa.routes.common import Caller, Id, Paged, Store
from qa_sandbox.monitorqa.wire.base import Page
from qa_sandbox.monitorqa.wire.people import WebhookCall
from qa_sandbox.web import BINARY

files = APIRouter(prefix="/files", tags=["Files"], responses=RESPONSES)
webhooks = APIRouter(prefix="/webhooks", tags=["Webhook Log"], responses=RESPONSES)


@files.get("/{id}", summary="Get File", response_class=Response, responses={200: {"content": {"*/*": BINARY}}})
async def get_file(
    company: Caller,
    file_id: Id,
    with_watermark: Annotated[bool, Query(alias="withWatermark", description="Images only")] = False,
) -> Response:
    stored = company.files.all.get(file_id)
    data = await asyncio.to_thread(stored.read)
    if with_watermark and stored.watermark and stored.content_type.startswith("image/"):
        data = await asyncio.to_thread(watermarked, data, company.name)
    return ReportFile(stored.name, stored.content_type, len(data), lambda: iter((data,))).response()


@webhooks.get("/status", summary="Get webhooks log")
async def list_webhook_calls(company: Caller, store: Store, paging: Paged) -> Page[WebhookCall]:
    return paging.cut(store.webhooks.log(company), lambda call: call)
