"""MonitorQA schedules as time passes: the audits that they make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from qa_sandbox import ManualClock, Sandbox, run_sandbox
from qa_sandbox.monitorqa.state import schedules
from tests.sandbox.monitorqa_operations import REPEATS, known_ids, new_schedule

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DAY = 24 * 3600


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose clock begins on Monday, 2026-03-02, at 08:00; the shared one's goes on from test to test."""
    with run_sandbox(["monitorqa"], clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


@pytest.fixture
def create(monitorqa: Any, ids: dict[str, str]) -> Any:
    return partial(new_schedule, monitorqa, ids)


def audits_of(api: Any, schedule_id: str) -> list[dict[str, Any]]:
    return list(api.get("/audit/pending", params={"auditScheduleId": schedule_id}).json()["data"])


def test_daily_schedule_makes_an_audit_per_object_each_day(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    schedule_id = create(repeatEvery=1)
    today = audits_of(monitorqa, schedule_id)
    assert [audit["auditObject"]["name"] for audit in today] == [
        "Harbour Point Tower B",
        "Maple Street Distribution Centre",
    ]
    assert {audit["startDate"] for audit in today} == {"2026-03-02T00:00:00.000Z"}
    assert {audit["endDate"] for audit in today} == {"2026-03-02T23:59:59.000Z"}
    sandbox.advance(16 * 3600)
    tomorrow = audits_of(monitorqa, schedule_id)
    assert {audit["startDate"] for audit in tomorrow} == {"2026-03-03T00:00:00.000Z"}
    done = monitorqa.get("/audit/complete", params={"pageSize": 2}).json()["data"]
    assert {audit["id"] for audit in done} == {audit["id"] for audit in today}
    assert "audit/not-one-time" in monitorqa.put(f"/audit/{tomorrow[0]['id']}", json=dated("x")).text


def dated(name: str) -> dict[str, str]:
    return {"name": name, "startDate": "2026-03-03T00:00:00.000Z", "endDate": "2026-03-09T00:00:00.000Z"}


def test_objects_of_groups_and_single_ones_count_once(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    group = next(iter(sandbox.app("monitorqa").state.store.main.objects.groups))
    member = sorted(group.member_ids)[0]
    schedule_id = create(auditObjectIds=[member], auditObjectGroupIds=[group.id])
    assert len(audits_of(monitorqa, schedule_id)) == len(group.member_ids) == 3
    for name, value in (("auditObjectId", member), ("auditObjectGroupId", group.id)):
        found = monitorqa.get("/schedules", params={name: value}).json()["data"]
        assert schedule_id in [row["id"] for row in found]
    gone = monitorqa.get("/schedules", params={"auditObjectGroupId": UNKNOWN}).json()
    assert (gone["data"], gone["meta"]["pageSize"]) == ([], 10)


def test_schedule_runs_between_its_dates_and_is_inactive_after(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    sandbox.add_outcome("audit", "never_started")
    schedule_id = create(repeatEvery=1, startFromDate="2026-03-04T06:00:00.000Z", stopByDate="2026-03-05T12:00:00.000Z")
    made = []
    for _ in range(6):
        made.append(len(audits_of(monitorqa, schedule_id)))
        sandbox.advance(DAY)
    assert made == [0, 0, 2, 2, 0, 0]
    assert monitorqa.get(f"/schedules/{schedule_id}").json()["active"] is False
    assert schedule_id not in [row["id"] for row in monitorqa.get("/schedules").json()["data"]]


def test_inactive_schedule_makes_nothing_until_it_is_activated(
    sandbox: Sandbox, monitorqa: Any, ids: dict[str, str], create: Any
) -> None:
    schedule_id = create(repeatEvery=1, active=False)
    sandbox.advance(3 * DAY)
    assert audits_of(monitorqa, schedule_id) == []
    body = {"name": "On", "auditObjectIds": [ids["site"]], "repeatPattern": 1, "repeat": {"repeatEvery": 1}}
    assert monitorqa.put(f"/schedules/{schedule_id}", json=body).content == b""
    assert len(audits_of(monitorqa, schedule_id)) == 1


def test_update_replaces_everything_but_the_template(monitorqa: Any, ids: dict[str, str], create: Any) -> None:
    schedule_id = create(repeatEvery=1)
    before = monitorqa.get(f"/schedules/{schedule_id}").json()
    assert len(audits_of(monitorqa, schedule_id)) == 2
    repeat = REPEATS["weekly"][1]
    body = {"name": "Renamed", "auditObjectIds": [ids["site2"]], "repeatPattern": 4, "repeat": repeat}
    assert monitorqa.put(f"/schedules/{schedule_id}", json=body).status_code == 200
    after = monitorqa.get(f"/schedules/{schedule_id}").json()
    assert after["template"] == before["template"]
    assert (after["repeatPattern"], after["repeat"], after["name"]) == (4, repeat, "Renamed")
    assert (after["auditorHint"], after["assignees"], len(after["auditObjects"])) == (None, [], 1)
    # Monday is among the days, but today's audits have been made already.
    assert len(audits_of(monitorqa, schedule_id)) == 2


def test_update_to_one_time_makes_one_audit_and_ignores_dates_and_status(
    sandbox: Sandbox, monitorqa: Any, ids: dict[str, str], create: Any
) -> None:
    schedule_id = create(active=False)
    dates = {"startDate": "2026-05-01T08:00:00.000Z", "endDate": "2026-05-02T17:00:00.000Z"}
    body = {"name": "Once", "auditObjectIds": [ids["site"]], "repeatPattern": 0, "repeat": dates}
    ignored = {"active": False, "stopByDate": "2020-01-01T00:00:00.000Z", "startFromDate": "2019-01-01T00:00:00.000Z"}
    for _ in range(2):
        assert monitorqa.put(f"/schedules/{schedule_id}", json={**body, **ignored}).status_code == 200
    (audit,) = audits_of(monitorqa, schedule_id)
    assert {name: audit[name] for name in dates} == dates
    schedule = monitorqa.get(f"/schedules/{schedule_id}").json()
    assert (schedule["active"], schedule["stopByDate"], schedule["repeat"]) == (True, None, dates)
    sandbox.advance(100 * DAY)
    assert audits_of(monitorqa, schedule_id) == []


def test_delete_takes_unstarted_audits_along(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    sandbox.add_outcome("audit", "never_started", match="^Quiet")
    sandbox.add_outcome("audit", "never_finished", match="^Busy")
    quiet, busy = create(name="Quiet"), create(name="Busy")
    sandbox.advance(2)
    (started, *_), (unstarted, *_) = audits_of(monitorqa, busy), audits_of(monitorqa, quiet)
    answer = monitorqa.delete("/schedules", json={"ids": [quiet, UNKNOWN]})
    assert (answer.status_code, answer.json()) == (409, {"message": "schedule/not-found"})
    assert monitorqa.delete("/schedules", json={"ids": [quiet, busy]}).content == b""
    assert monitorqa.get(f"/audit/{unstarted['id']}").status_code == 404
    assert monitorqa.get(f"/audit/{started['id']}").json()["isStarted"] is True
    assert monitorqa.get(f"/schedules/{busy}").json()["error"]["code"] == "NOT_FOUND"
    sandbox.advance(4 * DAY)
    assert audits_of(monitorqa, busy) == []


def test_a_clock_pushed_by_years_does_not_drown_the_account(
    sandbox: Sandbox, monitorqa: Any, create: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "MAX_SCHEDULED_AUDITS", 500)
    create(repeatEvery=1)
    for _ in range(3):
        sandbox.advance(366 * DAY)
    assert monitorqa.get("/audit/pending").status_code == 200
    assert 500 <= len(sandbox.app("monitorqa").state.store.main.audits.all) < 600
