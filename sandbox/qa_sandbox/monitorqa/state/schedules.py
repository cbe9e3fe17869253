"""The schedules of a company and the audits they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.errors import not_valid, senseless
from qa_sandbox.monitorqa.state.audits import check_dates
from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.state.objects import Site
from qa_sandbox.monitorqa.state.people import Group, User
from qa_sandbox.monitorqa.state.recurrence import Period, periods
from qa_sandbox.monitorqa.state.templates import Template
from qa_sandbox.monitorqa.wire import schedules as wire

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

# A clock may be pushed by centuries; schedules stop there instead of filling the memory.
MAX_SCHEDULED_AUDITS = 5_000


@dataclass(eq=False)
class Schedule:
    """
    A schedule.

    :param active: what was asked for; see :meth:`is_active`
    :param version: one more with every change, so that what was planned before is void
    :param made_until: start of the latest period that audits were made for
    """

    id: str
    template: Template
    repeat: wire.Repeat
    name: str = ""
    audit_objects: list[Site] = field(default_factory=list)
    audit_object_groups: list[Group] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    auditor_hint: str | None = None
    active: bool = True
    start_from_date: datetime | None = None
    stop_by_date: datetime | None = None
    version: int = 0
    made_until: datetime | None = None

    @property
    def repeat_pattern(self) -> int:
        return wire.PATTERNS.index(type(self.repeat))

    @property
    def is_one_time(self) -> bool:
        return isinstance(self.repeat, wire.OneTimeRepeat)

    def is_active(self, now: datetime) -> bool:
        """Whether it makes audits: an inactive one does not, nor one whose last date has passed."""
        return self.active and (self.stop_by_date is None or now <= self.stop_by_date)

    def is_new(self, period: Period) -> bool:
        """Whether audits for a period have not been made, by this version of the schedule or one before."""
        if self.made_until is None or self.is_one_time:
            return period.start != self.made_until
        return period.start > self.made_until


class Schedules:
    def __init__(self, company: Company) -> None:
        self._company = company
        self._made = 0
        self.all: Shelf[Schedule] = Shelf("Schedule", "schedule")

    def create(self, wanted: wire.CreateSchedule) -> Schedule:
        """Create a schedule; its first period may begin at once."""
        (template,) = self._company.templates.templates.known([wanted.template_id])
        self._check(wanted, wanted.repeat)
        schedule = Schedule(self._company.new_id("schedule"), template, wanted.repeat)
        self._fill(schedule, wanted)
        return self.add(schedule)

    def add(self, schedule: Schedule) -> Schedule:
        self.all.add(schedule)
        self._start(schedule)
        return schedule

    def update(self, schedule_id: str, wanted: wire.UpdateSchedule) -> None:
        """Change everything but the template; what is left out is removed. Audits that exist stay as they are."""
        schedule = self.all.get(schedule_id)
        self._check(wanted, wanted.repeat)
        schedule.repeat = wanted.repeat
        self._fill(schedule, wanted)
        schedule.version += 1
        self._start(schedule)

    def delete(self, schedule_ids: Iterable[str]) -> None:
        """Delete schedules, all or none, with their audits that nobody has started."""
        schedules = self.all.known(schedule_ids)
        self.all.remove(schedules)
        for schedule in schedules:
            schedule.version += 1
            self._company.audits.delete_unstarted(schedule.id)

    def _fill(self, schedule: Schedule, wanted: wire.ScheduleBody) -> None:
        one_time = schedule.is_one_time
        schedule.name, schedule.auditor_hint = wanted.name, wanted.auditor_hint
        objects = self._company.objects
        schedule.audit_objects = objects.sites.known(wanted.audit_object_ids or ())
        schedule.audit_object_groups = objects.groups.known(wanted.audit_object_group_ids or ())
        schedule.assignees = self._company.people.users.known(wanted.assignees_ids or ())
        schedule.active = one_time or wanted.active is not False
        schedule.start_from_date = None if one_time else wanted.start_from_date
        schedule.stop_by_date = None if one_time else wanted.stop_by_date

    def _check(self, wanted: wire.ScheduleBody, repeat: wire.Repeat) -> None:
        if not wanted.audit_object_ids and not wanted.audit_object_group_ids:
            raise not_valid({"auditObjectIds": "required without auditObjectGroupIds"})
        objects = self._company.objects
        objects.sites.known(wanted.audit_object_ids or ())
        objects.groups.known(wanted.audit_object_group_ids or ())
        self._company.people.users.known(wanted.assignees_ids or ())
        problem = _problem(repeat)
        first, last = wanted.start_from_date, wanted.stop_by_date
        if first is not None and last is not None and last < first:
            problem = {"stopByDate": "must not be before startFromDate"}
        if problem:
            raise senseless(problem)

    def _start(self, schedule: Schedule) -> None:
        now = self._company.now
        since = now if schedule.start_from_date is None else max(now, schedule.start_from_date)
        self._plan_next(schedule, periods(schedule.repeat, since), since, schedule.version)

    def _plan_next(self, schedule: Schedule, coming: Iterator[Period], since: datetime, version: int) -> None:
        period = next((one for one in coming if schedule.is_new(one)), None)
        if period is None or (schedule.stop_by_date is not None and period.start > schedule.stop_by_date):
            return
        at = since if schedule.is_one_time else max(period.start, since)

        def begin(moment: datetime) -> None:
            if schedule.version != version or self._company.closed or self._made >= MAX_SCHEDULED_AUDITS:
                return
            if schedule.is_active(moment):
                self._make_audits(schedule, period, moment)
            self._plan_next(schedule, coming, since, version)

        if schedule.active:
            self._company.agenda.plan(at, begin)

    def _make_audits(self, schedule: Schedule, period: Period, moment: datetime) -> None:
        schedule.made_until = period.start
        objects = self._company.objects
        members = {site_id for group in schedule.audit_object_groups for site_id in group.member_ids}
        chosen = members.union(site.id for site in schedule.audit_objects)
        for site in objects.sites:
            if site.id in chosen:
                self._made += 1
                self._company.audits.add(
                    name=schedule.name,
                    auditor_hint=schedule.auditor_hint,
                    template=schedule.template,
                    audit_object=site,
                    assignees=list(schedule.assignees),
                    start_date=period.start,
                    end_date=period.end,
                    opened_at=moment,
                    schedule_id=schedule.id,
                )


def _problem(repeat: wire.Repeat) -> dict[str, str] | None:
    if isinstance(repeat, wire.OneTimeRepeat):
        check_dates(repeat.start_date, repeat.end_date)
    if isinstance(repeat, wire.MultipleWeeksRepeat) and repeat.duration > repeat.repeat_every * 7:
        return {"duration": f"must be 1 to {repeat.repeat_every * 7}, repeatEvery weeks"}
    if isinstance(repeat, wire.MonthlyRepeat):
        rule, months = repeat.start_rule, repeat.repeat_every
        if isinstance(rule, wire.StartOfMonth) and rule.cycle_month_start > months:
            return {"startRule.cycleMonthStart": f"must be a month of the cycle, 1 to {months}"}
    return None
