"""MonitorQA audits: what the vendor's "Audits" pages say, over the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qa_sandbox import Sandbox

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def date(sandbox: Sandbox, seconds: float) -> str:
    moment = sandbox.clock.now() + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def body(sandbox: Sandbox, monitorqa: Any) -> dict[str, Any]:
    return {
        "name": "Weekly safety walk",
        "endDate": date(sandbox, 3600),
        "templateId": monitorqa.extra["template_id"],
        "auditObjectId": monitorqa.extra["audit_object_id"],
    }


@pytest.fixture
def create(monitorqa: Any, body: dict[str, Any]) -> Any:
    def create(**changes: Any) -> str:
        answer = monitorqa.post("/audit", json={**body, **changes})
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["id"]
        return str(answer.json()["id"])

    return create


def test_audit_is_picked_up_and_completed_as_the_clock_advances(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    audit_id = create(auditorHint="Start on level 14.")

    def look() -> dict[str, Any]:
        return dict(monitorqa.get(f"/audit/{audit_id}").json())

    new = look()
    assert (new["isStarted"], new["isCompleted"], new["isExpired"], new["score"]) == (False, False, False, None)
    assert new["auditorHint"] == "Start on level 14."
    sandbox.advance(1)
    started = look()
    assert (started["isStarted"], started["isCompleted"]) == (True, False)
    assert started["startedBy"]["name"]
    sandbox.advance(3)
    done = look()
    assert (done["isStarted"], done["isCompleted"], done["isFailed"]) == (True, True, False)
    assert 60 <= done["score"] <= 100
    assert done["completeDate"] == date(sandbox, 0)
    assert done == look(), "the state must not change while the clock stands still"


def test_score_is_the_same_in_every_run(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    results = []
    for _ in range(2):
        sandbox.reset()
        audit_id = create(endDate=date(sandbox, 3600))
        sandbox.advance(4)
        results.append((audit_id, monitorqa.get(f"/audit/complete/{audit_id}").json()["score"]))
    assert results[0] == results[1]


def test_complete_details_and_report(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    audit_id = create()
    sandbox.advance(4)
    details = monitorqa.get(f"/audit/complete/{audit_id}").json()
    assert details["reportUrl"].endswith(f"/reports/audit/{audit_id}")
    assert details["auditorSignature"]["createdBy"] == details["completedBy"]
    report = monitorqa.get(f"/audit/complete/{audit_id}/report").json()
    assert report["id"] == audit_id
    items = {item["id"]: item for item in report["items"]}
    sections = [item for item in report["items"] if item["itemType"] == 1]
    assert len(sections) == 5
    for section in sections:
        children = [items[child] for child in section["childrenIds"]]
        assert section["itemsCount"] == len(children) > 0
        assert section["isFailed"] == any(child["isFailed"] for child in children)
    checked = [item for item in report["items"] if item["itemType"] == 2]
    for item in checked:
        assert [item["isPassed"], item["isFailed"], item["notApplicable"]].count(True) == 1
        assert bool(item["actions"]) == item["isFailed"]
    passed = sum(item["isPassed"] for item in checked)
    assert details["score"] == round(100 * passed / sum(not item["notApplicable"] for item in checked))


@pytest.mark.parametrize("ending", ["", "/report", "/report-pdf"])
def test_complete_routes_refuse_an_audit_that_is_not_completed(monitorqa: Any, create: Any, ending: str) -> None:
    answer = monitorqa.get(f"/audit/complete/{create()}{ending}")
    assert (answer.status_code, answer.json()) == (409, {"message": "audit/not-completed"})


def test_start_date_holds_the_auditor_back(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    audit_id = create(startDate=date(sandbox, 100))
    sandbox.advance(100)
    assert monitorqa.get(f"/audit/{audit_id}").json()["isStarted"] is False
    sandbox.advance(1)
    assert monitorqa.get(f"/audit/{audit_id}").json()["isStarted"] is True


def test_audit_expires_when_its_end_date_passes_unfinished(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    audit_id = create(endDate=date(sandbox, 2))
    sandbox.advance(4)
    audit = monitorqa.get(f"/audit/{audit_id}").json()
    assert (audit["isExpired"], audit["isCompleted"], audit["completeDate"]) == (True, False, None)
    listed = [row["id"] for path in ("/audit/pending", "/audit/complete") for row in monitorqa.get(path).json()["data"]]
    assert audit_id not in listed


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("completed", {"isCompleted": True, "isFailed": False}),
        ("failed", {"isCompleted": True, "isFailed": True}),
        ("expired", {"isCompleted": False, "isExpired": True, "isStarted": True}),
        ("never_started", {"isCompleted": False, "isExpired": False, "isStarted": False}),
        ("never_finished", {"isCompleted": False, "isExpired": False, "isStarted": True}),
    ],
)
def test_scripted_outcome(
    sandbox: Sandbox, monitorqa: Any, create: Any, result: str, expected: dict[str, bool]
) -> None:
    sandbox.add_outcome("audit", result, match="^Scripted", times=1)
    scripted, other = create(name="Scripted walk"), create(name="Scripted walk, second")
    sandbox.advance(10)
    audit = monitorqa.get(f"/audit/{scripted}").json()
    assert {name: audit[name] for name in expected} == expected
    assert monitorqa.get(f"/audit/{other}").json()["isCompleted"] is True, "times=1 must spare the second"


def test_scripted_deletion(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    sandbox.add_outcome("audit", "deleted", seconds=2)
    audit_id = create()
    assert monitorqa.get(f"/audit/{audit_id}").status_code == 200
    sandbox.advance(2)
    answer = monitorqa.get(f"/audit/{audit_id}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NOT_FOUND"


def test_scripted_reopening_completes_a_second_time(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    sandbox.add_outcome("audit", "reopened")
    audit_id = create()
    seen = []
    for _ in range(4):
        audit = monitorqa.get(f"/audit/{audit_id}").json()
        seen.append((audit["isCompleted"], audit["isReopened"]))
        sandbox.advance(4)
    assert seen == [(False, False), (True, False), (False, True), (True, True)]


def test_an_existing_audit_can_be_scripted(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    audit_id = create()
    answer = monitorqa.control("POST", "/outcomes", json={"id": audit_id, "kind": "audit", "result": "never_started"})
    assert answer.status_code == 201
    sandbox.advance(60)
    assert monitorqa.get(f"/audit/{audit_id}").json()["isStarted"] is False


def test_update_changes_dates_name_hint_and_assignee(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    users = monitorqa.get("/users").json()
    audit_id = create(assigneeId=users[1]["id"], auditorHint="Old")
    wanted = {"name": "Renamed", "startDate": date(sandbox, 50), "endDate": date(sandbox, 500)}
    answer = monitorqa.put(f"/audit/{audit_id}", json=wanted)
    assert (answer.status_code, answer.content) == (200, b"")
    audit = monitorqa.get(f"/audit/{audit_id}").json()
    assert {key: audit[key] for key in ("startDate", "endDate")} == {k: wanted[k] for k in ("startDate", "endDate")}
    assert (audit["assignees"], audit["auditorHint"]) == ([], None), "what an update leaves out is removed"


def test_update_refuses_a_completed_and_a_scheduled_audit(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    wanted = {"name": "Renamed", "startDate": date(sandbox, 50), "endDate": date(sandbox, 500)}
    audit_id = create()
    sandbox.advance(4)
    answer = monitorqa.put(f"/audit/{audit_id}", json=wanted)
    assert (answer.status_code, answer.json()) == (409, {"message": "audit/already-completed"})
    scheduled = sandbox.app("monitorqa").state.store.context.make_id("schedule", 0)
    row = monitorqa.get("/audit/pending", params={"auditScheduleId": scheduled}).json()["data"][0]
    assert monitorqa.put(f"/audit/{row['id']}", json=wanted).json() == {"message": "audit/not-one-time"}


def test_reopen_keeps_replaces_or_removes_the_assignees(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    first, second = (user["id"] for user in monitorqa.get("/users").json()[:2])
    audit_id = create(assigneeId=first)
    for wanted, expected in ((None, [first]), ([second, first], [second, first]), ([], [])):
        sandbox.advance(4)
        dates = {"startDate": date(sandbox, 0), "endDate": date(sandbox, 600)}
        answer = monitorqa.post(f"/audit/reopen/{audit_id}", json={**dates, "assigneesIds": wanted})
        assert (answer.status_code, answer.content) == (200, b"")
        audit = monitorqa.get(f"/audit/{audit_id}").json()
        assert [user["id"] for user in audit["assignees"]] == expected
        assert (audit["isReopened"], audit["isCompleted"]) == (True, False)
    assert monitorqa.post(f"/audit/reopen/{audit_id}", json=dates).json() == {"message": "audit/not-completed"}


def test_expire_and_delete_are_all_or_nothing(sandbox: Sandbox, monitorqa: Any, create: Any) -> None:
    kept, gone = create(), create()
    for method, path in (("POST", "/audit/expire"), ("DELETE", "/audit")):
        answer = monitorqa.request(method, path, json={"ids": [kept, UNKNOWN]})
        assert (answer.status_code, answer.json()) == (409, {"message": "audit/not-found"})
    assert monitorqa.get(f"/audit/{kept}").json()["isExpired"] is False
    assert monitorqa.post("/audit/expire", json={"ids": [kept, gone]}).content == b""
    assert monitorqa.get(f"/audit/{gone}").json()["isExpired"] is True
    assert monitorqa.delete("/audit", json={"ids": [gone]}).status_code == 200
    assert monitorqa.get(f"/audit/{gone}").status_code == 404
    done = create(endDate=date(sandbox, 60))
    sandbox.advance(4)
    assert monitorqa.post("/audit/expire", json={"ids": [done]}).json() == {"message": "audit/already-completed"}


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"endDate": None}, 400, "endDate"),
        ({"name": None}, 400, "name"),
        ({"name": "  "}, 400, "name"),
        ({"templateId": 7}, 400, "templateId"),
        ({"endDate": "2030-01-01"}, 400, "endDate"),
        ({"endDate": "2030-01-01T00:00:00Z"}, 400, "endDate"),
        ({"endDate": "2030-01-01T00:00:00.000+01:00"}, 400, "endDate"),
        ({"endDate": "2030-02-30T00:00:00.000Z"}, 400, "endDate"),
        ({"auditorHint": "x" * 2001}, 422, "auditorHint"),
        ({"startDate": "2031-01-01T00:00:00.000Z", "endDate": "2030-01-01T00:00:00.000Z"}, 422, "endDate"),
    ],
)
def test_create_refuses_what_the_docs_rule_out(
    monitorqa: Any, body: dict[str, Any], changes: dict[str, Any], status: int, field: str
) -> None:
    answer = monitorqa.post("/audit", json={**body, **changes})
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "code", "details"}
    assert list(error["details"]) == [field]


def test_longest_hint_is_accepted(create: Any) -> None:
    assert create(auditorHint="x" * 2000)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("templateId", "template/not-found"),
        ("auditObjectId", "audit-object/not-found"),
        ("assigneeId", "user/not-found"),
    ],
)
def test_business_errors_are_409_with_a_message(monitorqa: Any, body: dict[str, Any], field: str, message: str) -> None:
    answer = monitorqa.post("/audit", json={**body, field: UNKNOWN})
    assert (answer.status_code, answer.json()) == (409, {"message": message})


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff\xfe", b'{"name": "\\ud800"}', b"[" * 100_000])
def test_unreadable_body_is_400(monitorqa: Any, raw: bytes) -> None:
    answer = monitorqa.post("/audit", data=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "BAD_REQUEST"


def test_dates_at_the_end_of_the_calendar_do_no_harm(monitorqa: Any, create: Any) -> None:
    audit_id = create(startDate="9999-12-31T23:59:59.998Z", endDate="9999-12-31T23:59:59.999Z")
    assert monitorqa.get(f"/audit/{audit_id}").json()["isStarted"] is False
