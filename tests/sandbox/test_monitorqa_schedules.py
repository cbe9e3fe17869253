"""MonitorQA schedules: every rule and example of the vendor's "Schedules" pages."""

from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice
from typing import Any

import pytest

from qa_sandbox import Sandbox
from qa_sandbox.monitorqa.state.recurrence import periods
from qa_sandbox.monitorqa.wire.schedules import (
    DailyRepeat,
    MonthlyRepeat,
    MultipleWeeksRepeat,
    OneTimeRepeat,
    WeeklyRepeat,
)
from tests.sandbox.monitorqa_operations import NEW_PLAN, PLANNED, REPEATS, filled_in, known_ids, new_schedule

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def first(repeat: Any, since: str, count: int = 3) -> list[tuple[str, str]]:
    moment = datetime.fromisoformat(since).replace(tzinfo=timezone.utc)
    return [(f"{one.start:%Y-%m-%d}", f"{one.end:%Y-%m-%d}") for one in islice(periods(repeat, moment), count)]


def monthly(start: dict[str, int], end: dict[str, int], every: int = 1) -> MonthlyRepeat:
    return MonthlyRepeat.model_validate({"repeatEvery": every, "startRule": start, "endRule": end})


BEFORE_NEXT = {"type": 3}


@pytest.mark.parametrize(
    ("created", "every", "rule", "starts"),
    [
        ("2026-01-20T10:00", 1, {"type": 0, "day": 15}, "2026-02-15"),
        ("2026-01-05T10:00", 1, {"type": 0, "day": 15}, "2026-01-15"),
        ("2026-01-15T10:00", 1, {"type": 0, "day": 15}, "2026-01-15"),
        ("2026-02-01T10:00", 1, {"type": 0, "day": 31}, "2026-02-28"),
        ("2028-02-01T10:00", 1, {"type": 0, "day": 29}, "2028-02-29"),
        ("2027-02-01T10:00", 1, {"type": 0, "day": 29}, "2027-02-28"),
        ("2026-01-15T10:00", 3, {"type": 1, "cycleMonthStart": 1}, "2026-02-01"),
        ("2026-01-01T10:00", 3, {"type": 1, "cycleMonthStart": 1}, "2026-01-01"),
        ("2026-03-10T10:00", 3, {"type": 1, "cycleMonthStart": 1}, "2026-04-01"),
        ("2026-02-05T10:00", 3, {"type": 1, "cycleMonthStart": 2}, "2026-04-01"),
    ],
)
def test_first_month_is_the_closest(created: str, every: int, rule: dict[str, int], starts: str) -> None:
    assert first(monthly(rule, BEFORE_NEXT, every), created, 1)[0][0] == starts


@pytest.mark.parametrize(
    ("rule", "every", "ends"),
    [
        ({"type": 0, "cycleMonthEnd": 1}, 1, "2026-01-31"),
        ({"type": 0, "cycleMonthEnd": 2}, 3, "2026-02-28"),
        ({"type": 1, "days": 20}, 1, "2026-02-04"),
        ({"type": 2, "weeks": 3}, 1, "2026-02-05"),
        ({"type": 3}, 1, "2026-02-14"),
        # Would overlap: one day before the next one starts.
        ({"type": 0, "cycleMonthEnd": 2}, 1, "2026-02-14"),
        ({"type": 1, "days": 31}, 1, "2026-02-14"),
        ({"type": 1, "days": 10**30}, 10, "2026-11-14"),
        ({"type": 2, "weeks": 10**30}, 2, "2026-03-14"),
        ({"type": 0, "cycleMonthEnd": 10**30}, 3, "2026-04-14"),
    ],
)
def test_a_month_ends_as_its_rule_says_but_before_the_next(rule: dict[str, int], every: int, ends: str) -> None:
    repeat = monthly({"type": 0, "day": 15}, rule, every)
    assert first(repeat, "2026-01-15T10:00", 1) == [("2026-01-15", ends)]


def test_quarters() -> None:
    repeat = monthly({"type": 1, "cycleMonthStart": 1}, {"type": 0, "cycleMonthEnd": 3}, 3)
    assert first(repeat, "2026-01-01T10:00") == [
        ("2026-01-01", "2026-03-31"),
        ("2026-04-01", "2026-06-30"),
        ("2026-07-01", "2026-09-30"),
    ]


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (
            DailyRepeat(repeat_every=3),
            [("2026-03-02", "2026-03-04"), ("2026-03-05", "2026-03-07"), ("2026-03-08", "2026-03-10")],
        ),
        (
            WeeklyRepeat(days_of_week=[3, 1, 0], repeat_every=2),
            [("2026-03-02", "2026-03-02"), ("2026-03-04", "2026-03-04"), ("2026-03-15", "2026-03-15")],
        ),
        (
            MultipleWeeksRepeat(repeat_every=2, start_day=0, duration=3),
            [("2026-03-08", "2026-03-10"), ("2026-03-22", "2026-03-24"), ("2026-04-05", "2026-04-07")],
        ),
    ],
)
def test_days_and_weeks(repeat: Any, expected: list[tuple[str, str]]) -> None:
    assert first(repeat, "2026-03-02T08:00") == expected  # a Monday


def test_periods_are_whole_days_and_stop_with_the_calendar() -> None:
    last = list(islice(periods(DailyRepeat(repeat_every=1), datetime(9999, 12, 30, 5, tzinfo=timezone.utc)), 5))
    assert [one.start.isoformat() for one in last[:1]] == ["9999-12-30T00:00:00+00:00"]
    assert last[0].end.isoformat() == "9999-12-30T23:59:59+00:00"
    assert len(last) == 2
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert len(list(periods(OneTimeRepeat.model_construct(start_date=moment, end_date=moment), moment))) == 1


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


@pytest.mark.parametrize("kind", REPEATS)
def test_schedule_comes_back_as_it_was_created(monitorqa: Any, ids: dict[str, str], kind: str) -> None:
    pattern, repeat = REPEATS[kind]
    schedule_id = new_schedule(monitorqa, ids, kind, stopByDate="2999-12-31T23:59:59.000Z")
    schedule = monitorqa.get(f"/schedules/{schedule_id}").json()
    assert (schedule["repeatPattern"], schedule["repeat"]) == (pattern, repeat)
    assert (schedule["name"], schedule["auditorHint"]) == (PLANNED["name"], PLANNED["auditorHint"])
    assert [site["id"] for site in schedule["auditObjects"]] == [ids["site"], ids["site2"]]
    assert [user["id"] for user in schedule["assignees"]] == [ids["user"], ids["user2"]]
    assert (schedule["active"], schedule["startFromDate"]) == (True, None)
    assert schedule["stopByDate"] == "2999-12-31T23:59:59.000Z"
    row = monitorqa.get("/schedules", params={"pageSize": 100}).json()["data"][-1]
    assert row == {name: value for name, value in schedule.items() if name not in ("auditorHint", "assignees")}


@pytest.mark.parametrize(
    ("kind", "changes", "status", "field"),
    [
        ("daily", {"repeatEvery": 0}, 422, "repeatEvery"),
        ("daily", {"repeatEvery": 11}, 422, "repeatEvery"),
        ("daily", {"repeatEvery": "2"}, 400, "repeatEvery"),
        ("daily", {"repeatEvery": True}, 400, "repeatEvery"),
        ("daily", {"name": None}, 400, "name"),
        ("daily", {"active": "yes"}, 400, "active"),
        ("daily", {"auditObjectIds": None}, 400, "auditObjectIds"),
        ("daily", {"auditObjectIds": [], "auditObjectGroupIds": []}, 400, "auditObjectIds"),
        ("daily", {"auditorHint": "x" * 2001}, 422, "auditorHint"),
        ("daily", {"startFromDate": "2026-01-01"}, 400, "startFromDate"),
        (
            "daily",
            {"startFromDate": "2026-05-01T00:00:00.000Z", "stopByDate": "2026-04-01T00:00:00.000Z"},
            422,
            "stopByDate",
        ),
        ("weekly", {"daysOfWeek": []}, 400, "daysOfWeek"),
        ("weekly", {"daysOfWeek": [7]}, 422, "daysOfWeek.0"),
        ("multiple-weeks", {"startDay": 7}, 422, "startDay"),
        ("multiple-weeks", {"duration": 0}, 422, "duration"),
        ("multiple-weeks", {"duration": 15}, 422, "duration"),
        ("monthly", {"startRule": {"type": 0, "day": 32}}, 422, "startRule.day"),
        ("monthly", {"startRule": {"type": 0}}, 400, "startRule.day"),
        ("monthly", {"startRule": {"type": 2, "day": 1}}, 400, "startRule.type"),
        ("monthly", {"startRule": {"type": 1, "cycleMonthStart": 0}}, 422, "startRule.cycleMonthStart"),
        ("monthly", {"startRule": {"type": 1, "cycleMonthStart": 4}}, 422, "startRule.cycleMonthStart"),
        ("monthly", {"endRule": {"type": 1, "days": 0}}, 422, "endRule.days"),
        ("monthly", {"endRule": {"weeks": 2}}, 400, "endRule.type"),
    ],
)
def test_create_refuses_what_the_docs_rule_out(
    monitorqa: Any, ids: dict[str, str], kind: str, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = monitorqa.post(f"/schedules/{kind}", json={**filled_in(NEW_PLAN, ids), **REPEATS[kind][1], **changes})
    assert (answer.status_code, list(answer.json()["error"]["details"])) == (status, [field])


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("templateId", "template/not-found"),
        ("auditObjectIds", "audit-object/not-found"),
        ("auditObjectGroupIds", "audit-object-group/not-found"),
        ("assigneesIds", "user/not-found"),
    ],
)
def test_references_are_checked(monitorqa: Any, ids: dict[str, str], field: str, message: str) -> None:
    value = UNKNOWN if field == "templateId" else [UNKNOWN]
    answer = monitorqa.post("/schedules/daily", json={**filled_in(NEW_PLAN, ids), "repeatEvery": 1, field: value})
    assert (answer.status_code, answer.json()) == (409, {"message": message})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"repeatPattern": 5}, "repeatPattern"),
        ({"repeatPattern": None}, "repeatPattern"),
        ({"repeat": {}}, "repeat.repeatEvery"),
        ({"repeat": None}, "repeat"),
    ],
)
def test_update_needs_a_pattern_and_its_options(
    monitorqa: Any, ids: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    body = {**filled_in(PLANNED, ids), "repeatPattern": 1, "repeat": {"repeatEvery": 1}, **changes}
    answer = monitorqa.put(f"/schedules/{ids['schedule']}", json=body)
    assert (answer.status_code, list(answer.json()["error"]["details"])) == (400, [field])
