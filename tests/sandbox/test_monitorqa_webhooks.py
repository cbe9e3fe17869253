"""MonitorQA webhooks: which events are told, how they are delivered, and the log of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qa_sandbox import ManualClock, MonitorQAWire, Sandbox, SandboxSettings, run_sandbox
from tests.sandbox.monitorqa_operations import NEW_PLAN, filled_in, known_ids
from tests.sandbox.receiver import Receiver

DAY = 24 * 3600
OPEN, APPROVED, REJECTED, SUBMITTED, EXPIRED = range(5)


def date(sandbox: Sandbox, seconds: float) -> str:
    moment = sandbox.clock.now() + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def hooked(sandbox: Sandbox, monitorqa: Any, receiver: Receiver) -> Any:
    """The API, with the receiver entered on the settings page."""
    assert monitorqa.control("PUT", "/webhook", json={"url": f"{receiver.url}/hook?secret=s3"}).status_code == 204
    return monitorqa


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


@pytest.fixture
def told(sandbox: Sandbox, receiver: Receiver) -> Callable[[], list[dict[str, Any]]]:
    """Return the messages since the last call, in order."""

    def told() -> list[dict[str, Any]]:
        sandbox.deliveries("monitorqa")
        return [receiver.next() for _ in range(receiver.count)]

    return told


@pytest.fixture
def create(sandbox: Sandbox, monitorqa: Any, ids: dict[str, str]) -> Callable[..., str]:
    def create(**changes: Any) -> str:
        body = {"templateId": ids["template"], "auditObjectId": ids["site"], "endDate": date(sandbox, 3600)}
        return str(monitorqa.post("/audit", json={"name": "Walk", **body, **changes}).json()["id"])

    return create


def events(messages: list[dict[str, Any]]) -> list[str]:
    return [message["event"] for message in messages]


def test_message_has_event_data_and_company(hooked: Any, told: Any, create: Any, ids: dict[str, str]) -> None:
    company = hooked.get("/company").json()
    audit_id = create(assigneeId=ids["user"])
    assert told() == [
        {
            "event": "AUDIT_ASSIGNED",
            "data": {"auditId": audit_id},
            "company": {"id": company["id"], "name": company["name"]},
        }
    ]


def test_completion_is_told_on_time_though_nobody_asks(
    sandbox: Sandbox, hooked: Any, told: Any, create: Any, receiver: Receiver
) -> None:
    audit_id = create()
    sandbox.advance(3.9)
    assert told() == []
    sandbox.advance(0.1)
    (message,) = [one for one in told() if one["event"].startswith("AUDIT")]
    details = hooked.get(f"/audit/complete/{audit_id}").json()
    assert message["event"] == "AUDIT_COMPLETED"
    assert message["data"] == {"auditId": audit_id, "audit": details}


def test_details_of_a_completed_audit_can_stand_beside_its_id(receiver: Receiver, api_of: Any) -> None:
    wire = MonitorQAWire(webhook_url=receiver.url, completed_details="merged")
    with run_sandbox(["monitorqa"], SandboxSettings(monitorqa=wire), clock=ManualClock()) as sandbox:
        api = api_of(sandbox, "monitorqa")
        ids = known_ids(sandbox.app("monitorqa").state.store.main)
        body = {"templateId": ids["template"], "auditObjectId": ids["site"], "endDate": date(sandbox, 3600)}
        audit_id = api.post("/audit", json={"name": "Walk", **body}).json()["id"]
        sandbox.advance(4)
        sandbox.deliveries("monitorqa")
        completed = [receiver.next() for _ in range(receiver.count)][-1]
        assert completed["event"] == "AUDIT_COMPLETED"
        assert completed["data"] == {"auditId": audit_id, **api.get(f"/audit/complete/{audit_id}").json()}


def test_audit_events(sandbox: Sandbox, hooked: Any, told: Any, create: Any, ids: dict[str, str]) -> None:
    sandbox.add_outcome("action", "never")
    dates = {"startDate": date(sandbox, 0), "endDate": date(sandbox, 1800)}

    def audit_events() -> list[str]:
        return [name for name in events(told()) if name.startswith("AUDIT")]

    audit_id = create()
    assert audit_events() == [], "unassigned"
    hooked.put(f"/audit/{audit_id}", json={"name": "W", **dates, "assigneeId": ids["user"]})
    assert audit_events() == ["AUDIT_ASSIGNED"]
    hooked.put(f"/audit/{audit_id}", json={"name": "W", **dates, "assigneeId": ids["user"]})
    assert audit_events() == [], "the same user"
    hooked.put(f"/audit/{audit_id}", json={"name": "W", **dates})
    assert audit_events() == [], "nobody"
    sandbox.advance(4)
    assert audit_events() == ["AUDIT_COMPLETED"]
    hooked.post(f"/audit/reopen/{audit_id}", json={**dates, "assigneesIds": [ids["user2"]]})
    assert audit_events() == ["AUDIT_RESCHEDULED", "AUDIT_ASSIGNED"]
    hooked.post("/audit/expire", json={"ids": [audit_id]})
    hooked.post("/audit/expire", json={"ids": [audit_id]})
    assert audit_events() == ["AUDIT_EXPIRED"]
    hooked.delete("/audit", json={"ids": [audit_id]})
    assert audit_events() == ["AUDIT_DELETED"]


@pytest.mark.parametrize(
    ("result", "expected"),
    [("expired", "AUDIT_EXPIRED"), ("deleted", "AUDIT_DELETED"), ("reopened", "AUDIT_RESCHEDULED")],
)
def test_scripted_endings_are_told(
    sandbox: Sandbox, hooked: Any, told: Any, create: Any, result: str, expected: str
) -> None:
    sandbox.add_outcome("audit", result)
    create()
    sandbox.advance(4)
    sandbox.advance(4)
    assert expected in events(told())


def test_corrective_action_events(sandbox: Sandbox, hooked: Any, told: Any, create: Any, ids: dict[str, str]) -> None:
    sandbox.add_outcome("audit", "failed")
    audit_id = create()
    sandbox.advance(4)
    first, *_ = messages = told()
    assert events(messages)[:2] == ["CORRECTIVE_ACTION_CREATED", "CORRECTIVE_ACTION_ASSIGNED"]
    assert events(messages)[-1] == "AUDIT_COMPLETED"
    action_id = first["data"]["correctiveActionId"]
    action = hooked.get(f"/corrective-actions/{action_id}").json()
    assert first["data"] == {"correctiveActionId": action_id, "correctiveAction": action}
    assert action["audit"]["id"] == audit_id
    body = {
        "name": action["name"],
        "dueDateUtc": date(sandbox, DAY),
        "status": OPEN,
        "priority": 2,
        "assignedUsersIds": [user["id"] for user in action["assignedUsers"]],
    }
    other = next(user for user in (ids["user"], ids["user2"]) if user not in body["assignedUsersIds"])
    for changes, expected in (
        ({"name": "Renamed"}, ["CORRECTIVE_ACTION_UPDATED"]),
        ({"assignedUsersIds": [other]}, ["CORRECTIVE_ACTION_ASSIGNED"]),
        ({"status": SUBMITTED}, ["CORRECTIVE_ACTION_SUBMITTED"]),
        ({"status": REJECTED}, ["CORRECTIVE_ACTION_REJECTED"]),
        ({"status": APPROVED}, ["CORRECTIVE_ACTION_APPROVED"]),
        ({"status": OPEN}, []),
    ):
        body.update(changes)
        hooked.put(f"/corrective-actions/{action_id}", json=body)
        messages = told()
        assert events(messages) == expected
        for message in messages:
            assert message["data"]["correctiveAction"]["status"] == body["status"]
    sandbox.advance(DAY)
    assert "CORRECTIVE_ACTION_EXPIRED" in [
        one["event"] for one in told() if one["data"].get("correctiveActionId") == action_id
    ]
    hooked.delete(f"/corrective-actions/{action_id}")
    (message,) = told()
    assert message["event"] == "CORRECTIVE_ACTION_DELETED"
    assert message["data"] == {"correctiveActionId": action_id, "correctiveAction": None}


def test_template_created_is_told_for_the_company_that_gets_it(hooked: Any, told: Any, ids: dict[str, str]) -> None:
    body = {"templateId": ids["template"], "targetCompanyId": ids["sister"], "copyScoreSystem": False}
    template_id = hooked.post("/audit/templates/copy", json=body).json()["templateId"]
    name = hooked.get("/audit/templates").json()[0]["name"]
    assert told() == [
        {
            "event": "TEMPLATE_CREATED",
            "data": {"id": template_id, "name": name},
            "company": {"id": ids["sister"], "name": "Northwind Cold Chain"},
        }
    ]
    assert hooked.get("/webhooks/status").json()["data"] == [], "the log is of one's own company"


def test_scheduled_audits_are_told_when_their_day_comes(
    sandbox: Sandbox, hooked: Any, told: Any, ids: dict[str, str]
) -> None:
    plan = {**filled_in(NEW_PLAN, ids), "repeatEvery": 1, "startFromDate": date(sandbox, 2 * DAY), "stopByDate": None}
    plan["auditObjectIds"] = [ids["site"]]
    sandbox.add_outcome("audit", "never_started", match=plan["name"])
    schedule_id = hooked.post("/schedules/daily", json=plan).json()["id"]
    for expected in ([], ["AUDIT_ASSIGNED"]):
        sandbox.advance(DAY)
        audits = [
            row["id"] for row in hooked.get("/audit/pending", params={"auditScheduleId": schedule_id}).json()["data"]
        ]
        assert [one["event"] for one in told() if one["data"].get("auditId") in audits] == expected


def test_log_shows_every_call_latest_first(
    sandbox: Sandbox, hooked: Any, told: Any, create: Any, receiver: Receiver, ids: dict[str, str]
) -> None:
    create(assigneeId=ids["user"])
    told()
    receiver.status = 500
    sandbox.advance(1)
    hooked.delete(f"/corrective-actions/{ids['action']}")
    told()
    log = hooked.get("/webhooks/status").json()
    failed, good = log["data"]
    assert log["meta"] == {"pageNumber": 1, "pageSize": 100, "totalCount": 2}
    assert good == {
        "createdAtUtc": date(sandbox, -1),
        "errorMessage": None,
        "webhookCommandType": 0,
        "httpStatusCode": 200,
        "webhookUrl": f"{receiver.url}/hook?secret=s3",
        "webhookEvent": "AUDIT_ASSIGNED",
    }
    assert (failed["webhookCommandType"], failed["httpStatusCode"]) == (1, 500)
    assert failed["errorMessage"] == "answered 500"
    second = hooked.get("/webhooks/status", params={"pageNumber": 2, "pageSize": 1}).json()
    assert second["data"] == [good]
    assert "s3" not in hooked.control("GET", "/state").text


def test_delivery_is_tried_five_times(
    sandbox: Sandbox, hooked: Any, create: Any, receiver: Receiver, ids: dict[str, str]
) -> None:
    receiver.status = 503
    create(assigneeId=ids["user"])
    for _ in range(8):
        sandbox.deliveries("monitorqa")
        sandbox.advance(10)
    bodies = [body for body in (receiver.next() for _ in range(receiver.count)) if body["event"] == "AUDIT_ASSIGNED"]
    assert len(bodies) == 5
    assert all(body == bodies[0] for body in bodies)


def test_delivery_succeeds_on_a_later_attempt(
    sandbox: Sandbox, hooked: Any, told: Any, create: Any, receiver: Receiver, ids: dict[str, str]
) -> None:
    sandbox.add_outcome("audit", "never_started")
    receiver.status = 503
    create(assigneeId=ids["user"])
    assert len(told()) == 1
    receiver.status = 200
    for expected in (1, 0):
        sandbox.advance(10)
        assert len(told()) == expected
    assert [row["httpStatusCode"] for row in hooked.get("/webhooks/status").json()["data"]] == [200, 503]


def test_receiver_that_hangs_is_given_up(receiver: Receiver, api_of: Any) -> None:
    receiver.hangs = True
    settings = SandboxSettings(callback_timeout_seconds=0.2, monitorqa=MonitorQAWire(webhook_url=receiver.url))
    with run_sandbox(["monitorqa"], settings, clock=ManualClock()) as sandbox:
        api = api_of(sandbox, "monitorqa")
        ids = known_ids(sandbox.app("monitorqa").state.store.main)
        assert api.delete(f"/corrective-actions/{ids['action']}").status_code == 200
        sandbox.deliveries("monitorqa")
        (call,) = api.get("/webhooks/status").json()["data"]
        assert (call["httpStatusCode"], call["errorMessage"]) == (None, "no answer within 0.2 s")


def test_removed_webhook_is_not_called(hooked: Any, told: Any, create: Any, ids: dict[str, str]) -> None:
    assert hooked.control("DELETE", "/webhook").status_code == 204
    create(assigneeId=ids["user"])
    assert told() == []
    assert hooked.control("GET", "/state").json()["webhook"] is None


def test_history_is_not_told(sandbox: Sandbox, hooked: Any, told: Any) -> None:
    assert hooked.get("/audit/complete").status_code == 200
    assert told() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "http://127.0.0.1.example.com/",
        "ftp://localhost/",
        "http://localhost:0/",
        "http://[::",
    ],
)
def test_only_this_machine_can_be_entered(monitorqa: Any, url: str) -> None:
    answer = monitorqa.control("PUT", "/webhook", json={"url": url})
    assert answer.status_code == 400
    assert url not in answer.text


def test_webhook_address_of_wrong_form(monitorqa: Any, qalyptus: Any) -> None:
    for body in ({}, {"url": 7}, []):
        assert monitorqa.control("PUT", "/webhook", json=body).status_code == 400
    assert qalyptus.control("PUT", "/webhook", json={"url": "http://localhost:1/"}).status_code == 404
    with pytest.raises(ValueError, match=r"on 127\.0\.0\.1 or localhost"):
        Sandbox(["monitorqa"], SandboxSettings(monitorqa=MonitorQAWire(webhook_url="https://example.com/")))
    with pytest.raises(ValueError, match="must be 'nested' or 'merged', not 'flat'"):
        MonitorQAWire(completed_details="flat")
