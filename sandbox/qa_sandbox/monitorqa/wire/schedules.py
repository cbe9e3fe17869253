"""Schedules on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from qa_sandbox.monitorqa.wire.base import Answer, Flag, Hint, Integer, Ref, RequiredText, SentDate, Wire, WireDate

RepeatEvery = Annotated[Integer, Field(ge=1, le=10)]
Positive = Annotated[Integer, Field(ge=1)]
# 0 Sunday to 6 Saturday.
DayOfWeek = Annotated[Integer, Field(ge=0, le=6)]


def without_discriminator(schema: dict[str, Any]) -> None:
    """Publish a union as it is: OpenAPI knows discriminators of text only, and these are numbers."""
    schema.pop("discriminator", None)


def _told_apart_by(member: str) -> Any:
    return Field(discriminator=member, json_schema_extra=without_discriminator)


class OneTimeRepeat(Wire):
    start_date: WireDate
    end_date: WireDate


class DailyRepeat(Wire):
    repeat_every: RepeatEvery


class WeeklyRepeat(Wire):
    """On days of the week (0 Sunday to 6 Saturday), every ``repeatEvery`` weeks."""

    days_of_week: Annotated[list[DayOfWeek], Field(min_length=1)]
    repeat_every: RepeatEvery


class MultipleWeeksRepeat(Wire):
    """From ``startDay`` (0 Sunday to 6 Saturday) for ``duration`` days, every ``repeatEvery`` weeks."""

    repeat_every: RepeatEvery
    start_day: DayOfWeek
    duration: Positive


class DayOfMonth(Wire):
    """Starts on a day of each scheduled month; the last day where the month is shorter."""

    type: Literal[0]
    day: Annotated[Integer, Field(ge=1, le=31)]


class StartOfMonth(Wire):
    """Starts on the 1st of a month of each cycle; ``cycleMonthStart`` counts from 1."""

    type: Literal[1]
    cycle_month_start: Positive


class EndOfMonth(Wire):
    """Ends with a month; ``cycleMonthEnd`` 1 is the month it started in."""

    type: Literal[0]
    cycle_month_end: Positive


class AfterDays(Wire):
    type: Literal[1]
    days: Positive


class AfterWeeks(Wire):
    type: Literal[2]
    weeks: Positive


class BeforeNextStarts(Wire):
    """Ends one day before the next audit starts."""

    type: Literal[3]


StartRule = Annotated[DayOfMonth | StartOfMonth, _told_apart_by("type")]
EndRule = Annotated[EndOfMonth | AfterDays | AfterWeeks | BeforeNextStarts, _told_apart_by("type")]


class MonthlyRepeat(Wire):
    repeat_every: RepeatEvery
    start_rule: StartRule
    end_rule: EndRule


Repeat = OneTimeRepeat | DailyRepeat | MultipleWeeksRepeat | MonthlyRepeat | WeeklyRepeat
# In the order of their numbers on the wire.
PATTERNS: tuple[type[Repeat], ...] = get_args(Repeat)


class ScheduleBody(Wire):
    """What all schedules have; audit objects, groups of them, or both."""

    audit_object_ids: list[str] | None = None
    audit_object_group_ids: list[str] | None = None
    name: RequiredText
    auditor_hint: Hint | None = None
    assignees_ids: list[str] | None = None
    active: Flag | None = None
    start_from_date: WireDate | None = None
    stop_by_date: WireDate | None = None


class CreateSchedule(ScheduleBody):
    template_id: RequiredText

    @property
    def repeat(self) -> Repeat:
        """The members of the repeat, which an update has in one of their own."""
        kind = next(kind for kind in PATTERNS if isinstance(self, kind))
        return kind.model_validate({name: getattr(self, name) for name in kind.model_fields})


class CreateDailySchedule(CreateSchedule, DailyRepeat):
    """Create daily schedule."""


class CreateWeeklySchedule(CreateSchedule, WeeklyRepeat):
    """Create weekly schedule."""


class CreateMultipleWeeksSchedule(CreateSchedule, MultipleWeeksRepeat):
    """Create multiple weeks schedule."""


class CreateMonthlySchedule(CreateSchedule, MonthlyRepeat):
    """Create monthly schedule."""


class UpdateToOneTime(ScheduleBody):
    """Update schedule to a single audit; ``active`` and its dates are ignored."""

    repeat_pattern: Literal[0]
    repeat: OneTimeRepeat


class UpdateToDaily(ScheduleBody):
    repeat_pattern: Literal[1]
    repeat: DailyRepeat


class UpdateToMultipleWeeks(ScheduleBody):
    repeat_pattern: Literal[2]
    repeat: MultipleWeeksRepeat


class UpdateToMonthly(ScheduleBody):
    repeat_pattern: Literal[3]
    repeat: MonthlyRepeat


class UpdateToWeekly(ScheduleBody):
    repeat_pattern: Literal[4]
    repeat: WeeklyRepeat


UpdateSchedule = UpdateToOneTime | UpdateToDaily | UpdateToMultipleWeeks | UpdateToMonthly | UpdateToWeekly


class ScheduleRow(Answer):
    """
    One schedule of the list.

    ``repeatPattern`` 0 one-time, 1 daily, 2 multiple weeks, 3 monthly, 4 weekly; ``repeat`` depends on it.
    """

    id: str
    name: str
    repeat_pattern: int
    active: bool
    stop_by_date: SentDate | None
    start_from_date: SentDate | None
    template: Ref
    repeat: Repeat
    audit_objects: list[Ref]
    audit_object_groups: list[Ref]


class ScheduleDetails(ScheduleRow):
    auditor_hint: str | None
    assignees: list[Ref]
