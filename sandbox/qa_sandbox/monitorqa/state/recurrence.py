"""
When the audits of a schedule begin and end.

Periods are whole days in UTC, from midnight to 23:59:59. Of what the docs leave open: a daily period lasts until the
next one begins, a day of a weekly schedule is a period of its own, weeks begin on Sunday.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from qa_sandbox.monitorqa.wire import schedules as wire

_DAY = timedelta(days=1)
_END_OF_DAY = time(23, 59, 59, tzinfo=timezone.utc)
_MONTHS = 12
# Beyond the longest cycle, ten months: the next period has begun by then.
_LONGEST_DAYS = 366


Days = Iterator[tuple[date, date]]


@dataclass(frozen=True)
class Period:
    start: datetime
    end: datetime


def periods(repeat: wire.Repeat, since: datetime) -> Iterator[Period]:
    """
    Yield the periods of a schedule, in order, without end but that of the calendar.

    :param since: when it was created, changed or activated; the first period is that day's or the next one's
    """
    if isinstance(repeat, wire.OneTimeRepeat):
        yield Period(repeat.start_date, repeat.end_date)
        return
    days = _PERIODS[type(repeat)](repeat, since.astimezone(timezone.utc).date())
    while True:
        try:
            first, last = next(days)
        except (OverflowError, ValueError):  # the end of the calendar
            return
        yield Period(datetime.combine(first, time(tzinfo=timezone.utc)), datetime.combine(last, _END_OF_DAY))


def _daily(repeat: wire.DailyRepeat, since: date) -> Days:
    step = timedelta(days=repeat.repeat_every)
    while True:
        yield since, since + (step - _DAY)
        since += step


def _weekly(repeat: wire.WeeklyRepeat, since: date) -> Days:
    sunday = _sunday(since)
    while True:
        for number in sorted(set(repeat.days_of_week)):
            day = sunday + timedelta(days=number)
            if day >= since:
                yield day, day
        sunday += timedelta(weeks=repeat.repeat_every)


def _multiple_weeks(repeat: wire.MultipleWeeksRepeat, since: date) -> Days:
    start = _sunday(since) + timedelta(days=repeat.start_day)
    if start < since:
        start += timedelta(weeks=1)
    while True:
        yield start, start + timedelta(days=repeat.duration - 1)
        start += timedelta(weeks=repeat.repeat_every)


def _monthly(repeat: wire.MonthlyRepeat, since: date) -> Days:
    month, day = _first_month(repeat, since)
    while True:
        start, following = _day_of(month, day), _day_of(month + repeat.repeat_every, day)
        yield start, min(_last_day(repeat.end_rule, month, start, following), following - _DAY)
        month += repeat.repeat_every


def _first_month(repeat: wire.MonthlyRepeat, since: date) -> tuple[int, int]:
    """Return the month of the first period, counted from year 0, and the day of the month."""
    month = since.year * _MONTHS + since.month - 1
    if isinstance(repeat.start_rule, wire.StartOfMonth):
        cycle = month if since.day == 1 else month + 1
        return cycle + repeat.start_rule.cycle_month_start - 1, 1
    day = repeat.start_rule.day
    return (month if _day_of(month, day) >= since else month + 1), day


def _last_day(rule: wire.EndRule, month: int, start: date, following: date) -> date:
    if isinstance(rule, wire.EndOfMonth):
        return _day_of(month + min(rule.cycle_month_end, _MONTHS) - 1, 31)
    if isinstance(rule, wire.AfterDays):
        return start + timedelta(days=min(rule.days, _LONGEST_DAYS))
    if isinstance(rule, wire.AfterWeeks):
        return start + timedelta(days=min(rule.weeks * 7, _LONGEST_DAYS))
    return following - _DAY


def _day_of(month: int, day: int) -> date:
    """Return a day of a month, or the month's last day where it is shorter."""
    year, index = divmod(month, _MONTHS)
    return date(year, index + 1, min(day, monthrange(year, index + 1)[1]))


def _sunday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() % 7)


_PERIODS: dict[type[Any], Callable[[Any, date], Days]] = {
    wire.DailyRepeat: _daily,
    wire.WeeklyRepeat: _weekly,
    wire.MultipleWeeksRepeat: _multiple_weeks,
    wire.MonthlyRepeat: _monthly,
}
