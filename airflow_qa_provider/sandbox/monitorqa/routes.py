"""MonitorQA's routes: audits, templates, objects, users."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from airflow_qa_provider.sandbox.monitorqa import models as wire
from airflow_qa_provider.sandbox.monitorqa import views
from airflow_qa_provider.sandbox.monitorqa.audit import Audit, State
from airflow_qa_provider.sandbox.monitorqa.errors import RESPONSES
from airflow_qa_provider.sandbox.monitorqa.report_pdf import report_file
from airflow_qa_provider.sandbox.monitorqa.seed import Group
from airflow_qa_provider.sandbox.monitorqa.store import MonitorQAStore

LARGEST_PAGE = 1000
DEFAULT_PAGE = 100

audits = APIRouter(prefix="/audit", tags=["Audits"], responses=RESPONSES)
catalogue = APIRouter(responses=RESPONSES)


async def _store(request: Request) -> MonitorQAStore:
    store: MonitorQAStore = request.app.state.store
    return store


AuditId = Annotated[str, Path(alias="auditId", description="Unique identifier of the audit")]
Id = Annotated[str, Path(alias="id", description="Unique identifier")]
Store = Annotated[MonitorQAStore, Depends(_store)]
PageNumber = Annotated[int, Query(alias="pageNumber", ge=1)]
PageSize = Annotated[int, Query(alias="pageSize", ge=1, le=LARGEST_PAGE)]
ReportType = Annotated[int, Query(alias="reportType", ge=0, le=2, description="0 Regular, 1 Summary, 2 Full")]
Row = TypeVar("Row")


class AuditFilter:
    """The filters that both lists of audits share."""

    def __init__(
        self,
        store: Store,
        template_id: Annotated[str | None, Query(alias="templateId")] = None,
        audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
        audit_object_group_id: Annotated[str | None, Query(alias="auditObjectGroupId")] = None,
        assigned_to: Annotated[str | None, Query(alias="assignedTo")] = None,
        assigned_to_group: Annotated[str | None, Query(alias="assignedToGroup")] = None,
    ) -> None:
        self.checks: list[Callable[[Audit], bool]] = []
        if template_id is not None:
            self.checks.append(lambda audit: audit.template_id == template_id)
        if audit_object_id is not None:
            self.checks.append(lambda audit: audit.object_id == audit_object_id)
        if audit_object_group_id is not None:
            sites = members(store.site_groups, audit_object_group_id)
            self.checks.append(lambda audit: audit.object_id in sites)
        if assigned_to is not None:
            self.checks.append(lambda audit: assigned_to in audit.assignee_ids)
        if assigned_to_group is not None:
            users = members(store.user_groups, assigned_to_group)
            self.checks.append(lambda audit: not users.isdisjoint(audit.assignee_ids))

    def accepts(self, audit: Audit) -> bool:
        """Whether an audit passes every filter."""
        return all(check(audit) for check in self.checks)


def members(groups: Iterable[Group], group_id: str) -> frozenset[str]:
    """Return the member ids of a group; none for an unknown group."""
    return next((group.member_ids for group in groups if group.id == group_id), frozenset())


def page_of(rows: list[Row], number: int, size: int) -> tuple[list[Row], wire.Meta]:
    """
    Cut one page out of a list; a page past the end is empty.

    :param rows: the whole list
    :param number: page number from 1
    :param size: page size
    """
    start = (number - 1) * size
    return rows[start : start + size], wire.Meta(page_number=number, page_size=size, total_count=len(rows))


@audits.post("", summary="Create one-time audit")
async def create_audit(store: Store, wanted: wire.CreateAudit) -> wire.Created:
    return wire.Created(id=store.create(wanted).id)


@audits.delete("", summary="Delete audit", response_class=Response)
async def delete_audits(store: Store, wanted: wire.AuditIds) -> Response:
    store.delete(wanted.ids)
    return Response()


@audits.post("/expire", summary="Expire audit", response_class=Response)
async def expire_audits(store: Store, wanted: wire.AuditIds) -> Response:
    store.expire(wanted.ids)
    return Response()


@audits.post("/reopen/{id}", summary="Reopen audit", response_class=Response)
async def reopen_audit(store: Store, audit_id: Id, wanted: wire.ReopenAudit) -> Response:
    store.reopen(audit_id, wanted)
    return Response()


@audits.get("/pending", summary="Get list of pending audits")
async def list_pending(
    store: Store,
    chosen: Annotated[AuditFilter, Depends()],
    in_progress: Annotated[bool | None, Query(alias="inProgress")] = None,
    schedule_id: Annotated[str | None, Query(alias="auditScheduleId")] = None,
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.PendingAudits:
    found = [
        audit
        for audit in store.audits()
        if audit.is_open
        and chosen.accepts(audit)
        and in_progress in (None, audit.state is State.STARTED)
        and schedule_id in (None, audit.schedule_id)
    ]
    page, meta = page_of(found, page_number, page_size)
    return wire.PendingAudits(data=[views.pending_row(store, audit) for audit in page], meta=meta)


@audits.get("/complete", summary="Get list of complete audits")
async def list_complete(
    store: Store,
    chosen: Annotated[AuditFilter, Depends()],
    score_min: Annotated[float | None, Query(alias="scoreMin")] = None,
    score_max: Annotated[float | None, Query(alias="scoreMax")] = None,
    completed_by: Annotated[str | None, Query(alias="completedBy")] = None,
    completed_by_group: Annotated[str | None, Query(alias="completedByGroup")] = None,
    from_date: Annotated[wire.WireDate | None, Query(alias="fromDate")] = None,
    to_date: Annotated[wire.WireDate | None, Query(alias="toDate")] = None,
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.CompleteAudits:
    group = None if completed_by_group is None else members(store.user_groups, completed_by_group)
    rows = []
    for audit in store.audits():
        if audit.state is not State.COMPLETED or not chosen.accepts(audit):
            continue
        done, score, auditor = audit.ended_at or audit.opened_at, store.result(audit).score, store.auditor(audit).id
        if (
            (score_min is None or score >= score_min)
            and (score_max is None or score <= score_max)
            and (from_date is None or done >= from_date)
            and (to_date is None or done <= to_date)
            and completed_by in (None, auditor)
            and (group is None or auditor in group)
        ):
            rows.append(audit)
    rows.sort(key=lambda audit: audit.ended_at or audit.opened_at, reverse=True)
    page, meta = page_of(rows, page_number, page_size)
    return wire.CompleteAudits(data=[views.complete_row(store, audit) for audit in page], meta=meta)


@audits.get("/complete/{auditId}", summary="Get details of complete audit")
async def get_complete_audit(store: Store, audit_id: AuditId) -> wire.CompleteAuditDetails:
    return views.complete_details(store, store.complete_audit(audit_id))


@audits.get(
    "/complete/{auditId}/report-pdf",
    summary="Get audit pdf report",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_report_pdf(
    request: Request,
    store: Store,
    audit_id: AuditId,
    report_type: ReportType = 0,
    include_photos: Annotated[bool, Query(alias="includePhotos")] = False,
) -> Response:
    audit = store.complete_audit(audit_id)
    make = report_file(store, request.app.state.press, audit, report_type, include_photos)
    return (await asyncio.to_thread(make)).response()


@audits.get("/complete/{auditId}/report", summary="Get audit report")
async def get_report(store: Store, audit_id: AuditId) -> wire.AuditReport:
    return views.report(store, store.complete_audit(audit_id))


@audits.get("/templates", summary="Get audit templates list", tags=["Audit templates"])
async def list_templates(store: Store) -> list[wire.Ref]:
    return [wire.Ref(id=template.id, name=template.name) for template in store.templates]


@audits.get("/templates/detailed", summary="Get audit templates detailed list", tags=["Audit templates"])
async def list_templates_detailed(
    store: Store,
    template_type: Annotated[int | None, Query(alias="templateType")] = None,
    search: str = "",
    page_number: PageNumber = 1,
    page_size: PageSize = DEFAULT_PAGE,
) -> wire.Templates:
    rows = [
        wire.TemplateRow(id=template.id, name=template.name, template_type=template.template_type)
        for template in store.templates
        if template_type in (None, template.template_type) and search.lower() in template.name.lower()
    ]
    page, meta = page_of(rows, page_number, page_size)
    return wire.Templates(data=page, meta=meta)


@audits.get("/objects", summary="Get list of audit objects", tags=["Audit objects"])
async def list_objects(store: Store) -> list[wire.Ref]:
    return [views.ref(site) for site in store.sites]


@audits.get("/object/{id}", summary="Get an audit object details", tags=["Audit objects"])
async def get_object(store: Store, object_id: Id) -> wire.AuditObjectDetails:
    return views.object_details(store, store.site(object_id))


@audits.get("/{auditId}", summary="Get details of audit")
async def get_audit(store: Store, audit_id: AuditId) -> wire.AuditDetails:
    return views.details(store, store.audit(audit_id))


@audits.put("/{auditId}", summary="Update one-time audit", response_class=Response)
async def update_audit(store: Store, audit_id: AuditId, wanted: wire.UpdateAudit) -> Response:
    store.update(audit_id, wanted)
    return Response()


@catalogue.get("/users", summary="Get list of users", tags=["Users"])
async def list_users(store: Store) -> list[wire.UserRow]:
    return [wire.UserRow(id=person.id, name=person.name, email=person.email) for person in store.people]


@catalogue.get("/users/{id}", summary="Get user details", tags=["Users"])
async def get_user(store: Store, user_id: Id) -> wire.UserDetails:
    return views.user_details(store, store.person(user_id))
