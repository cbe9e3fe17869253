"""Schedules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.responses import Response

from qa_sandbox.monitorqa.errors import RESPONSES
from qa_sandbox.monitorqa.routes.common import EMPTY, SHORT_PAGE, Caller, PageNumber, PageSize, page_of
from qa_sandbox.monitorqa.views.catalogue import schedule_details, schedule_row
from qa_sandbox.monitorqa.wire import schedules as wire
from qa_sandbox.monitorqa.wire.base import Created, Ids

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
) -> wire.Schedules:
    found = [
        schedule
        for schedule in company.schedules.all
        if schedule.is_active(company.now)
        and (audit_object_id is None or audit_object_id in schedule.object_ids)
        and (audit_object_group_id is None or audit_object_group_id in schedule.group_ids)
    ]
    page = page_of(found, page_number, page_size, lambda schedule: schedule_row(company, schedule))
    return wire.Schedules.model_validate(page)


@router.get("/{scheduleId}", summary="Get schedule details")
async def get_schedule(company: Caller, schedule_id: ScheduleId) -> wire.ScheduleDetails:
    return schedule_details(company, company.schedules.all.get(schedule_id))


@router.post("/daily", summary="Create daily schedule")
async def create_daily(company: Caller, wanted: wire.CreateDailySchedule) -> Created:
    repeat = wire.DailyRepeat(repeat_every=wanted.repeat_every)
    return Created(id=company.schedules.create(wanted, wire.DAILY, repeat).id)


@router.post("/weekly", summary="Create weekly schedule")
async def create_weekly(company: Caller, wanted: wire.CreateWeeklySchedule) -> Created:
    repeat = wire.WeeklyRepeat(days_of_week=wanted.days_of_week, repeat_every=wanted.repeat_every)
    return Created(id=company.schedules.create(wanted, wire.WEEKLY, repeat).id)


@router.post("/multiple-weeks", summary="Create multiple weeks schedule")
async def create_multiple_weeks(company: Caller, wanted: wire.CreateMultipleWeeksSchedule) -> Created:
    repeat = wire.MultipleWeeksRepeat(
        repeat_every=wanted.repeat_every, start_day=wanted.start_day, duration=wanted.duration
    )
    return Created(id=company.schedules.create(wanted, wire.MULTIPLE_WEEKS, repeat).id)


@router.post("/monthly", summary="Create monthly schedule")
async def create_monthly(company: Caller, wanted: wire.CreateMonthlySchedule) -> Created:
    repeat = wire.MonthlyRepeat(
        repeat_every=wanted.repeat_every, start_rule=wanted.start_rule, end_rule=wanted.end_rule
    )
    return Created(id=company.schedules.create(wanted, wire.MONTHLY, repeat).id)


@router.put("/{scheduleId}", summary="Update schedule", **EMPTY)
async def update_schedule(company: Caller, schedule_id: ScheduleId, wanted: NewSchedule) -> Response:
    company.schedules.update(schedule_id, wanted, wanted.repeat_pattern, wanted.repeat)
    return Response()


@router.delete("", summary="Delete schedules", **EMPTY)
async def delete_schedules(company: Caller, wanted: Ids) -> Response:
    company.schedules.delete(wanted.ids)
    return Response()
