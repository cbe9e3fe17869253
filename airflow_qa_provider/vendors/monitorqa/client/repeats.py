"""How schedules repeat: one type per repeat pattern, and the start and end rules of monthly schedules.

The values are checked when a schedule is sent, not when they are made, so they may be made while a DAG is parsed.
(Source of all rules: "Get schedule details".)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.monitorqa.client.enums import DayOfWeek, RepeatPattern
from airflow_qa_provider.vendors.monitorqa.client.rules import check

MOST_REPEAT = 10


@dataclass(frozen=True)
class StartOnDay:
    """Each audit starts on a day of the month, on the last one where the month is shorter.

    :param day: Day of the month, 1 to 31.
    """

    type: ClassVar[int] = 0
    day: int | str

    def wire(self, repeat_every: int) -> dict[str, int]:
        """Return the rule as MonitorQA takes it.

        :param repeat_every: Months of a cycle.
        """
        return {"type": self.type, "day": check.whole(self.day, "start_rule.day", 1, 31)}


@dataclass(frozen=True)
class StartOfMonth:
    """Each audit starts on the first day of one month of the repeat cycle.

    The docs disagree on where the first cycle begins, for a schedule made in the middle of January that repeats every 3
    months with ``cycle_month_start=1``: 1 February on the pages of creation and details, 1 April on the page of update.

    :param cycle_month_start: Which month of the cycle, from 1 to the months of the cycle.
    """

    type: ClassVar[int] = 1
    cycle_month_start: int | str

    def wire(self, repeat_every: int) -> dict[str, int]:
        """Return the rule as MonitorQA takes it.

        :param repeat_every: Months of a cycle.
        """
        month = check.whole(self.cycle_month_start, "start_rule.cycle_month_start", 1)
        if month > repeat_every:
            raise check.refused(
                f"start_rule.cycle_month_start {month} is not a month of the cycle: repeat_every makes it "
                f"{repeat_every} month{'s' if repeat_every > 1 else ''} long"
            )
        return {"type": self.type, "cycleMonthStart": month}


@dataclass(frozen=True)
class EndOfMonth:
    """Each audit ends with the last day of a month of the cycle, at 23:59:59.

    :param cycle_month_end: Which month: 1 is the month in which the audit starts.
    """

    type: ClassVar[int] = 0
    cycle_month_end: int | str

    def wire(self) -> dict[str, int]:
        """Return the rule as MonitorQA takes it."""
        return {
            "type": self.type,
            "cycleMonthEnd": check.whole(self.cycle_month_end, "end_rule.cycle_month_end", 1),
        }


@dataclass(frozen=True)
class EndAfterDays:
    """Each audit ends some days after its start.

    :param days: Number of days, at least 1.
    """

    type: ClassVar[int] = 1
    days: int | str

    def wire(self) -> dict[str, int]:
        """Return the rule as MonitorQA takes it."""
        return {"type": self.type, "days": check.whole(self.days, "end_rule.days", 1)}


@dataclass(frozen=True)
class EndAfterWeeks:
    """Each audit ends some weeks after its start.

    :param weeks: Number of weeks, at least 1.
    """

    type: ClassVar[int] = 2
    weeks: int | str

    def wire(self) -> dict[str, int]:
        """Return the rule as MonitorQA takes it."""
        return {"type": self.type, "weeks": check.whole(self.weeks, "end_rule.weeks", 1)}


@dataclass(frozen=True)
class EndBeforeNextStarts:
    """Each audit ends one day before the next one starts."""

    type: ClassVar[int] = 3

    def wire(self) -> dict[str, int]:
        """Return the rule as MonitorQA takes it."""
        return {"type": self.type}


StartRule = StartOnDay | StartOfMonth | Mapping[str, Any]
"""When each audit of a monthly schedule starts; also as the vendor's JSON, ``{"type": 0, "day": 15}``."""

EndRule = EndOfMonth | EndAfterDays | EndAfterWeeks | EndBeforeNextStarts | Mapping[str, Any]
"""When each audit of a monthly schedule ends; MonitorQA pulls it back to the day before the next one starts."""

_START_RULES: tuple[type[StartOnDay] | type[StartOfMonth], ...] = (StartOnDay, StartOfMonth)
_END_RULES: tuple[type[EndOfMonth] | type[EndAfterDays] | type[EndAfterWeeks] | type[EndBeforeNextStarts], ...] = (
    *(EndOfMonth, EndAfterDays),
    *(EndAfterWeeks, EndBeforeNextStarts),
)


@dataclass(frozen=True)
class OneTime:
    """One audit, no repeat.

    :param start_date: When it starts.
    :param end_date: When it is due.
    """

    pattern: ClassVar[RepeatPattern] = RepeatPattern.ONE_TIME
    start_date: Timestamp
    end_date: Timestamp

    def wire(self) -> dict[str, Any]:
        """Return the options as MonitorQA takes them."""
        return check.period(self.start_date, self.end_date)


@dataclass(frozen=True)
class Daily:
    """Every so many days.

    :param repeat_every: Days, 1 to 10.
    """

    pattern: ClassVar[RepeatPattern] = RepeatPattern.DAILY
    repeat_every: int | str

    def wire(self) -> dict[str, Any]:
        """Return the options as MonitorQA takes them."""
        return {"repeatEvery": _repeat_every(self.repeat_every, "days")}


@dataclass(frozen=True)
class MultipleWeeks:
    """Every so many weeks, from one day of the week on.

    :param repeat_every: Weeks, 1 to 10.
    :param start_day: Day of the week.
    :param duration: Days that each audit is open, 1 to 7 times ``repeat_every``.
    """

    pattern: ClassVar[RepeatPattern] = RepeatPattern.MULTIPLE_WEEKS
    repeat_every: int | str
    start_day: DayOfWeek | int | str
    duration: int | str

    def wire(self) -> dict[str, Any]:
        """Return the options as MonitorQA takes them."""
        weeks = _repeat_every(self.repeat_every, "weeks")
        return {
            "repeatEvery": weeks,
            "startDay": check.value_of(DayOfWeek, self.start_day, "start_day"),
            "duration": check.whole(self.duration, "duration", 1, weeks * 7, "days"),
        }


@dataclass(frozen=True)
class Monthly:
    """Every so many months.

    :param repeat_every: Months, 1 to 10; they are the cycle that the rules speak of.
    :param start_rule: When each audit starts.
    :param end_rule: When each audit ends.
    """

    pattern: ClassVar[RepeatPattern] = RepeatPattern.MONTHLY
    repeat_every: int | str
    start_rule: StartRule
    end_rule: EndRule

    def wire(self) -> dict[str, Any]:
        """Return the options as MonitorQA takes them."""
        months = _repeat_every(self.repeat_every, "months")
        return {
            "repeatEvery": months,
            "startRule": _rule(_START_RULES, self.start_rule, "start_rule").wire(months),
            "endRule": _rule(_END_RULES, self.end_rule, "end_rule").wire(),
        }


@dataclass(frozen=True)
class Weekly:
    """On some days of every so many weeks.

    :param days_of_week: Days of the week, at least one.
    :param repeat_every: Weeks, 1 to 10.
    """

    pattern: ClassVar[RepeatPattern] = RepeatPattern.WEEKLY
    days_of_week: Iterable[DayOfWeek | int | str]
    repeat_every: int | str

    def wire(self) -> dict[str, Any]:
        """Return the options as MonitorQA takes them."""
        named = self.days_of_week
        listed = check.optional_words(named, "days_of_week") if isinstance(named, str) else named
        days = [
            check.value_of(DayOfWeek, day, "days_of_week") for day in check.optional_list(listed, "days_of_week") or []
        ]
        if not days:
            raise check.refused("days_of_week names no day")
        return {"daysOfWeek": days, "repeatEvery": _repeat_every(self.repeat_every, "weeks")}


Repeat = OneTime | Daily | MultipleWeeks | Monthly | Weekly

_REPEATS: dict[int, type[OneTime] | type[Daily] | type[MultipleWeeks] | type[Monthly] | type[Weekly]] = {
    int(kind.pattern): kind for kind in (OneTime, Daily, MultipleWeeks, Monthly, Weekly)
}


def repeat_of(value: Repeat | Mapping[str, Any] | str, pattern: RepeatPattern | int | str | None) -> Repeat:
    """Return how a schedule repeats.

    :param value: One of the types of this module, or the vendor's JSON.
    :param pattern: The repeat pattern; needed for JSON, which does not say it.
    :raises QAValidationError: The two contradict each other, or the JSON does not fit the pattern.
    """
    number = check.value_of(RepeatPattern, pattern, "repeat_pattern") if is_given(pattern) else None
    if isinstance(value, str):
        value = check.mapping(value, "repeat")
    if isinstance(value, Mapping):
        if number is None:
            raise check.refused("repeat_pattern is required when repeat is a mapping")
        return check.record(_REPEATS[number], value, "repeat")
    if not isinstance(value, tuple(_REPEATS.values())):
        known = ", ".join(kind.__name__ for kind in _REPEATS.values())
        raise check.refused(f"repeat must be one of {known} or a mapping, got {value!r}")
    if number not in (None, value.pattern):
        raise check.refused(f"repeat_pattern {number} contradicts repeat, which is a {type(value).__name__}")
    return value


def _repeat_every(value: int | str, unit: str) -> int:
    return check.whole(value, "repeat_every", 1, MOST_REPEAT, unit)


def _rule(kinds: tuple[Any, ...], value: Any, field: str) -> Any:
    """Return a start or end rule, also from the vendor's JSON, whose ``type`` says which it is."""
    if isinstance(value, kinds):
        return value
    value = check.structure(value, field)
    if not isinstance(value, Mapping):
        raise check.refused(f"{field} must be one of {', '.join(kind.__name__ for kind in kinds)}, got {value!r}")
    number = check.whole(value.get("type", ""), f"{field}.type", 0, len(kinds) - 1)
    return check.record(kinds[number], value, field, ignoring=("type",))
