"""Schedules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import EMPTY, SHORT_PAGE, Caller, PageNumber, PageSize, page_of
from qa_sandbox.monitorqa.wire import schedules as wire
from qa_sandbox.monitorqa.wire.base import Created, Ids, Page

router = APIRouter(prefix="/schedules", tags=["Schedules"], responses=RESPONSES)

ScheduleId = Annotated[str, Path(alias="scheduleId", description="Unique identifier of the schedule")]
NewSchedule = Annotated[
    wire.UpdateSchedule, Body(discriminator="repeat_pattern", json_schema_extra=wire.without_discriminator)
]


@router.get("", summary="Get schedules list")
async def list_schedules(
    company: Caller,
    audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
    audit_object_group_id: Annotated[str | None, Query(alias="auditObjectGroupId")] = None,
    page_number: PageNumber = 1,
    page_size: PageSize = SHORT_PAGE,
) -> Page[wire.ScheduleRow]:
    found = [
        schedule
        for schedule in company.schedules.all
        if schedule.is_active(company.now)
        and (audit_object_id is None or any(site.id == audit_object_id for site in schedule.audit_objects))
        and (
            audit_object_group_id is None
            or any(group.id == audit_object_group_id for group in schedule.audit_object_groups)
        )
    ]
    return page_of(
        found,
        page_number,
        page_size,
        lambda schedule: wire.ScheduleRow.model_validate(wire.schedule_members(schedule, company.now)),
    )


@router.get("/{scheduleId}", summary="Get schedule details")
async def get_schedule(company: Caller, schedule_id: ScheduleId) -> wire.ScheduleDetails:
    schedule = company.schedules.all.get(schedule_id)
    return wire.ScheduleDetails.model_validate(wire.schedule_members(schedule, company.now))


def _created(company: Caller, wanted: wire.CreateSchedule, pattern: int, repeat: type[wire.Repeat]) -> Created:
    own = repeat.model_validate({name: getattr(wanted, name) for name in repeat.model_fields})
    return Created(id=company.schedules.create(wanted, pattern, own).id)


@router.post("/daily", summary="Create daily schedule")
async def create_daily(company: Caller, wanted: wire.CreateDailySchedule) -> Created:
    return _created(company, wanted, wire.DAILY, wire.DailyRepeat)


@router.post("/weekly", summary="Create weekly schedule")
async def create_weekly(company: Caller, wanted: wire.CreateWeeklySchedule) -> Created:
    return _created(company, wanted, wire.WEEKLY, wire.WeeklyRepeat)


@router.post("/multiple-weeks", summary="Create multiple weeks schedule")
async def create_multiple_weeks(company: Caller, wanted: wire.CreateMultipleWeeksSchedule) -> Created:
    return _created(company, wanted, wire.MULTIPLE_WEEKS, wire.MultipleWeeksRepeat)


@router.post("/monthly", summary="Create monthly schedule")
async def create_monthly(company: Caller, wanted: wire.CreateMonthlySchedule) -> Created:
    return _created(company, wanted, wire.MONTHLY, wire.MonthlyRepeat)


@router.put("/{scheduleId}", summary="Update schedule", **EMPTY)
async def update_schedule(company: Caller, schedule_id: ScheduleId, wanted: NewSchedule) -> Response:
    company.schedules.update(schedule_id, wanted, wanted.repeat_pattern, wanted.repeat)
    return Response()


@router.delete("", summary="Delete schedules", **EMPTY)
async def delete_schedules(company: Caller, wanted: Ids) -> Response:
    company.schedules.delete(wanted.ids)
    return Response()
