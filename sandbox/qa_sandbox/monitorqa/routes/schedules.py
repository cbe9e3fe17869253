"""Schedules."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Path, Query

from qa_sandbox.monitorqa.routes.common import Caller, Resource, ShortlyPaged
from qa_sandbox.monitorqa.state.company import Company
from qa_sandbox.monitorqa.state.schedules import Schedule, Schedules
from qa_sandbox.monitorqa.wire import schedules as wire
from qa_sandbox.monitorqa.wire.base import Page

ScheduleId = Annotated[str, Path(alias="scheduleId", description="Unique identifier of the schedule")]
NewSchedule = Annotated[
    wire.UpdateSchedule, Body(discriminator="repeat_pattern", json_schema_extra=wire.without_discriminator)
]

schedules = Resource("Schedules", "/schedules", "schedules", one=ScheduleId)


@schedules.router.get("", summary="Get schedules list")
async def list_schedules(
    company: Caller,
    paging: ShortlyPaged,
    audit_object_id: Annotated[str | None, Query(alias="auditObjectId")] = None,
    audit_object_group_id: Annotated[str | None, Query(alias="auditObjectGroupId")] = None,
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
    return paging.cut(found, wire.ScheduleRow.model_validate)


def _details(company: Company, schedule: Schedule) -> wire.ScheduleDetails:
    return wire.ScheduleDetails.of(schedule, active=schedule.is_active(company.now))


schedules.get("/{scheduleId}", "Get schedule details", wire.ScheduleDetails, _details)
schedules.create("/daily", "Create daily schedule", wire.CreateDailySchedule, Schedules.create)
schedules.create("/weekly", "Create weekly schedule", wire.CreateWeeklySchedule, Schedules.create)
schedules.create(
    "/multiple-weeks", "Create multiple weeks schedule", wire.CreateMultipleWeeksSchedule, Schedules.create
)
schedules.create("/monthly", "Create monthly schedule", wire.CreateMonthlySchedule, Schedules.create)
schedules.change("PUT", "/{scheduleId}", "Update schedule", NewSchedule, Schedules.update)
schedules.change_all("DELETE", "", "Delete schedules", Schedules.delete)
