"""Audits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from starlette.responses import Response

from qa_sandbox.files.report_file import answer_with
from qa_sandbox.monitorqa.report_pdf import report_file
from qa_sandbox.monitorqa.routes.common import Caller, Paged, Resource, members
from qa_sandbox.monitorqa.state.audits import Audit, Audits
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.wire import audits as wire
from qa_sandbox.monitorqa.wire.base import Page, WireDate
from qa_sandbox.web import BINARY

AuditId = Annotated[str, Path(alias="auditId", description="Unique identifier of the audit")]
ReportType = Annotated[int, Query(alias="reportType", ge=0, le=2, description="0 Regular, 1 Summary, 2 Full")]

audits = Resource("Audits", "/audit", "audits")
audits.create("", "Create one-time audit", wire.CreateAudit, Audits.create)
audits.change_all("DELETE", "", "Delete Audit", Audits.delete)
audits.change_all("POST", "/expire", "Expire Audit", Audits.expire)
audits.change("POST", "/reopen/{id}", "Reopen Audit", wire.ReopenAudit, Audits.reopen)


# Coroutines, for what is not one is called in a thread.
async def _chosen(
    company: Caller,
    template_id: Annotated[str | None, Query(alias="templateId")] = None,
    audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
    audit_object_group_id: Annotated[str | None, Query(alias="auditObjectGroupId")] = None,
    assigned_to: Annotated[str | None, Query(alias="assignedTo")] = None,
    assigned_to_group: Annotated[str | None, Query(alias="assignedToGroup")] = None,
) -> list[Audit]:
    sites = members(company.objects.groups, audit_object_group_id)
    users = members(company.people.groups, assigned_to_group)
    return [
        audit
        for audit in company.audits.all
        if template_id in (None, audit.template.id)
        and audit_object_id in (None, audit.audit_object.id)
        and (sites is None or audit.audit_object.id in sites)
        and (assigned_to is None or any(user.id == assigned_to for user in audit.assignees))
        and (users is None or any(user.id in users for user in audit.assignees))
    ]


Chosen = Annotated[list[Audit], Depends(_chosen)]


@audits.router.get("/pending", summary="Get list of pending audits")
async def list_pending(
    company: Caller,
    chosen: Chosen,
    paging: Paged,
    in_progress: Annotated[bool | None, Query(alias="inProgress")] = None,
    schedule_id: Annotated[str | None, Query(alias="auditScheduleId")] = None,
) -> Page[wire.PendingAudit]:
    found = [
        audit
        for audit in chosen
        if audit.is_open and in_progress in (None, audit.is_started) and schedule_id in (None, audit.schedule_id)
    ]
    return paging.cut(found, lambda audit: wire.pending_row(company, audit))


async def _completed(
    company: Caller,
    chosen: Chosen,
    score_min: Annotated[float | None, Query(alias="scoreMin", allow_inf_nan=False)] = None,
    score_max: Annotated[float | None, Query(alias="scoreMax", allow_inf_nan=False)] = None,
    completed_by: Annotated[str | None, Query(alias="completedBy")] = None,
    completed_by_group: Annotated[str | None, Query(alias="completedByGroup")] = None,
    from_date: Annotated[WireDate | None, Query(alias="fromDate")] = None,
    to_date: Annotated[WireDate | None, Query(alias="toDate")] = None,
) -> list[Audit]:
    users, found = members(company.people.groups, completed_by_group), []
    for audit in (audit for audit in chosen if audit.is_completed):
        auditor, score, done = company.audits.auditor(audit).id, audit.result.score, audit.completed_at
        if (
            (score_min is None or score >= score_min)
            and (score_max is None or score <= score_max)
            and (from_date is None or done >= from_date)
            and (to_date is None or done <= to_date)
            and completed_by in (None, auditor)
            and (users is None or auditor in users)
        ):
            found.append(audit)
    return found


@audits.router.get("/complete", summary="Get list of complete audits")
async def list_complete(
    company: Caller, found: Annotated[list[Audit], Depends(_completed)], paging: Paged
) -> Page[wire.CompleteAudit]:
    latest_first = sorted(found, key=lambda audit: audit.completed_at, reverse=True)
    return paging.cut(latest_first, lambda audit: wire.complete_row(company, audit))


def _complete(view: Callable[[Company, Audit], Any]) -> Callable[[Company, Audit], Any]:
    return lambda company, audit: view(company, company.audits.complete(audit.id))


# The last to be included: its path would swallow those of the other pages.
by_id = Resource("Audits", "/audit", "audits", one=AuditId)
_COMPLETE = "/complete/{auditId}"
by_id.get(_COMPLETE, "Get details of complete audit", wire.CompleteAuditDetails, _complete(wire.complete_details))
by_id.get(f"{_COMPLETE}/report", "Get audit report", wire.AuditReport, _complete(wire.report))
by_id.get("/{auditId}", "Get details of audit", wire.AuditDetails, wire.details)
by_id.change("PUT", "/{auditId}", "Update one-time audit", wire.UpdateAudit, Audits.update)


@by_id.router.get(
    f"{_COMPLETE}/report-pdf",
    summary="Get audit pdf report",
    response_class=Response,
    responses={200: {"content": {"application/pdf": BINARY}}},
)
async def get_report_pdf(
    company: Caller,
    audit_id: AuditId,
    report_type: ReportType = 0,
    include_photos: Annotated[bool, Query(alias="includePhotos")] = False,
) -> Response:
    audit = company.audits.complete(audit_id)
    return await answer_with(report_file(company, audit, report_type, include_photos))
