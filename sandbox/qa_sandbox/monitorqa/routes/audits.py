"""Audits."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.report_pdf import report_file
from qa_sandbox.monitorqa.routes.common import (
    DEFAULT_PAGE,
    EMPTY,
    AuditFilter,
    Caller,
    Id,
    PageNumber,
    PageSize,
    members,
    page_of,
)
from qa_sandbox.monitorqa.state.audit import Audit, State
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.views import audits as views
from qa_sandbox.monitorqa.wire import audits as wire
from qa_sandbox.monitorqa.wire.base import Created, Ids, WireDate

router = APIRouter(prefix="/audit", tags=["Audits"], responses=RESPONSES)
# The last to be included: its path would swallow those of the other pages.
by_id = APIRouter(prefix="/audit", tags=["Audits"], responses=RESPONSES)

AuditId = Annotated[str, Path(alias="auditId", description="Unique identifier of the audit")]
ReportType = Annotated[int, Query(alias="reportType", ge=0, le=2, description="0 Regular, 1 Summary, 2 Full")]


@router.post("", summary="Create one-time audit")
async def create_audit(company: Caller, wanted: wire.CreateAudit) -> Created:
    return Created(id=company.audits.create(wanted).id)


@router.delete("", summary="Delete Audit", **EMPTY)
async def delete_audits(company: Caller, wanted: Ids) -> Response:
    company.audits.delete(wanted.ids)
    return Response()


@router.post("/expire", summary="Expire Audit", **EMPTY)
async def expire_audits(company: Caller, wanted: Ids) -> Response:
    company.audits.expire(wanted.ids)
    return Response()


@router.post("/reopen/{id}", summary="Reopen Audit", **EMPTY)
async def reopen_audit(company: Caller, audit_id: Id, wanted: wire.ReopenAudit) -> Response:
    company.audits.reopen(audit_id, wanted)
    return Response()


@router.get("/pending", summary="Get list of pending audits")
async def list_pending(
    company: Caller,
    chosen: Annotated[AuditFilter, Depends()],
    in_progress: Annotated[bool | None, Query(alias="inProgress")] = None,
    schedule_id: Annotated[str | None, Query(alias="auditScheduleId")] = None,
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.PendingAudits:
    found = [
        audit
        for audit in company.audits.all
        if audit.is_open
        and chosen.accepts(audit)
        and in_progress in (None, audit.state is State.STARTED)
        and schedule_id in (None, audit.schedule_id)
    ]
    page = page_of(found, page_number, page_size, lambda audit: views.pending_row(company, audit))
    return wire.PendingAudits.model_validate(page)


class CompletionFilter:
    """The filters of the list of complete audits alone."""

    def __init__(
        self,
        company: Caller,
        score_min: Annotated[float | None, Query(alias="scoreMin", allow_inf_nan=False)] = None,
        score_max: Annotated[float | None, Query(alias="scoreMax", allow_inf_nan=False)] = None,
        completed_by: Annotated[str | None, Query(alias="completedBy")] = None,
        completed_by_group: Annotated[str | None, Query(alias="completedByGroup")] = None,
        from_date: Annotated[WireDate | None, Query(alias="fromDate")] = None,
        to_date: Annotated[WireDate | None, Query(alias="toDate")] = None,
    ) -> None:
        self.scores, self.dates, self.auditor = (score_min, score_max), (from_date, to_date), completed_by
        self.group = None if completed_by_group is None else members(company.people.groups, completed_by_group)

    def accepts(self, company: Company, audit: Audit) -> bool:
        """Whether a completed audit passes every filter."""
        auditor, score, done = company.audits.auditor(audit).id, audit.result.score, audit.completed_at
        least, most = self.scores
        since, until = self.dates
        return (
            (least is None or score >= least)
            and (most is None or score <= most)
            and (since is None or done >= since)
            and (until is None or done <= until)
            and self.auditor in (None, auditor)
            and (self.group is None or auditor in self.group)
        )


@router.get("/complete", summary="Get list of complete audits")
async def list_complete(
    company: Caller,
    chosen: Annotated[AuditFilter, Depends()],
    completion: Annotated[CompletionFilter, Depends()],
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.CompleteAudits:
    found = [
        audit
        for audit in company.audits.all
        if audit.state is State.COMPLETED and chosen.accepts(audit) and completion.accepts(company, audit)
    ]
    found.sort(key=lambda audit: audit.completed_at, reverse=True)
    page = page_of(found, page_number, page_size, lambda audit: views.complete_row(company, audit))
    return wire.CompleteAudits.model_validate(page)


@router.get("/complete/{auditId}", summary="Get details of complete audit")
async def get_complete_audit(company: Caller, audit_id: AuditId) -> wire.CompleteAuditDetails:
    return views.complete_details(company, company.audits.complete(audit_id))


@router.get(
    "/complete/{auditId}/report-pdf",
    summary="Get audit pdf report",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_report_pdf(
    request: Request,
    company: Caller,
    audit_id: AuditId,
    report_type: ReportType = 0,
    include_photos: Annotated[bool, Query(alias="includePhotos")] = False,
) -> Response:
    audit = company.audits.complete(audit_id)
    make = report_file(company, request.app.state.press, audit, report_type, include_photos)
    return (await asyncio.to_thread(make)).response()


@router.get("/complete/{auditId}/report", summary="Get audit report")
async def get_report(company: Caller, audit_id: AuditId) -> wire.AuditReport:
    return views.report(company, company.audits.complete(audit_id))


@by_id.get("/{auditId}", summary="Get details of audit")
async def get_audit(company: Caller, audit_id: AuditId) -> wire.AuditDetails:
    return views.details(company, company.audits.all.get(audit_id))


@by_id.put("/{auditId}", summary="Update one-time audit", **EMPTY)
async def update_audit(company: Caller, audit_id: AuditId, wanted: wire.UpdateAudit) -> Response:
    company.audits.update(audit_id, wanted)
    return Response()
