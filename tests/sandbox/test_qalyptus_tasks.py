"""Qalyptus: tasks with their mail, recipients, triggers and reports, and what a run makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.envelopes import UNKNOWN, data, error, in_days

REPORT = {"format": "xlsx", "emailEmbedment": False, "emailAttachment": True}
SCHEDULE = {"name": "Mondays", "timeZone": "Europe/Oslo", "frequency": "Weekly", "weeklyDays": "Monday", "atHour": 6}
EVENT = {"name": "Reloaded", "execution": "Serial", "priority": 2, "qlikEvent": "App Successful Reload", "appID": "app"}


@pytest.fixture
def task(qalyptus: Any) -> str:
    """Path of a new task."""
    project = data(qalyptus.get("/projects"))[0]["id"]
    made = data(qalyptus.post("/tasks", json={"name": "Board pack", "projectID": project}))
    assert (made["isActive"], made["isScheduled"], made["lastExecution"]) == (True, False, None)
    return f"/tasks/{made['id']}"


def user(api: Any, which: int = 0) -> dict[str, Any]:
    return dict(data(api.get("/users"))[which])


def add_report(api: Any, task: str, **more: Any) -> dict[str, Any]:
    body = {"reportID": api.extra["report_id"], **REPORT, **more}
    return dict(data(api.post(f"{task}/report", json=body)))


def add_recipients(api: Any, task: str, *ids: str) -> list[dict[str, Any]]:
    body = [{"id": member, "type": "User"} for member in ids]
    return list(data(api.put(f"{task}/recipients", json=body)))


def test_update(qalyptus: Any, task: str) -> None:
    body = {
        "name": "Pack",
        "isActive": False,
        "sendNotifications": True,
        "notifyIfError": True,
        "notificationCc": "a@example.com",
    }
    changed = data(qalyptus.put(task, json=body))
    assert body.items() <= changed.items()
    assert (changed["testMode"], changed["description"]) == (False, None)
    error(qalyptus.put(task, json={**body, "testMode": None}), 400, "testMode")
    assert data(qalyptus.get(task)) == changed


def test_email(qalyptus: Any, task: str) -> None:
    assert data(qalyptus.get(f"{task}/email"))["subject"] == "Board pack"
    variable = data(qalyptus.get(f"/reports/{qalyptus.extra['report_id']}/variables"))[0]["id"]
    body = {"from": "board@example.com", "subject": "The pack", "isActive": True, "ccQlikVariable": variable}
    changed = data(qalyptus.put(f"{task}/email", json=body))
    assert body.items() <= changed.items()
    assert (changed["oneToAll"], changed["bccQlikVariable"]) == (False, None)
    assert data(qalyptus.get(f"{task}/email")) == changed
    error(qalyptus.put(f"{task}/email", json={**body, "ccQlikVariable": UNKNOWN}), 404, UNKNOWN)


def test_recipients(qalyptus: Any, task: str) -> None:
    group, ids = data(qalyptus.get("/groups"))[-1], [user(qalyptus, which)["id"] for which in range(3)]
    first, second, team = add_recipients(qalyptus, task, *ids[:2], group["id"])
    assert (first["recipientID"], first["name"], first["type"]) == (ids[0], "Ingrid Solberg", "User")
    assert (team["name"], team["type"], team["email"]) == (group["name"], "Group", None)
    assert first["email"] == "ingrid.solberg@example.com"
    kept, added = add_recipients(qalyptus, task, ids[1], ids[2])
    assert kept == second, "who stays keeps its id"
    data(qalyptus.delete(f"{task}/recipients", json=[kept["id"]]))
    data(qalyptus.delete(f"{task}/recipients", json=[added["recipientID"]]))
    assert data(qalyptus.get(f"{task}/recipients")) == []


@pytest.mark.parametrize(
    ("one", "many", "parameter", "body"),
    [
        ("schedule", "schedules", "taskScheduleID", SCHEDULE),
        ("external-event", "external-events", "taskExternalEventID", EVENT),
    ],
)
def test_schedules_and_events(
    qalyptus: Any, task: str, one: str, many: str, parameter: str, body: dict[str, Any]
) -> None:
    made = data(qalyptus.post(f"{task}/{one}", json=body))
    assert body.items() <= made.items()
    changed = data(qalyptus.post(f"{task}/{one}", params={parameter: made["id"]}, json={**body, "name": "Other"}))
    assert changed == {**made, "name": "Other"}
    assert data(qalyptus.get(f"{task}/{many}/{made['id']}")) == changed
    assert data(qalyptus.get(f"{task}/{many}")) == [changed]
    error(qalyptus.post(f"{task}/{one}", params={parameter: UNKNOWN}, json=body), 404, UNKNOWN)
    error(qalyptus.post(f"{task}/{one}", json={**body, "startDate": "tomorrow"}), 400, "startDate")
    error(qalyptus.post(f"{task}/{one}", json={**body, "startDate": None}), 400, "startDate")
    error(qalyptus.post(f"{task}/{one}", json={**body, "priority": 2**31}), 400, "priority")
    dated = data(qalyptus.post(f"{task}/{one}", json={**body, "startDate": "2026-07-01T08:00:00+02:00"}))
    assert dated["startDate"] == "2026-07-01T06:00:00.000Z"
    other = data(qalyptus.get("/tasks"))[0]["id"]
    error(qalyptus.get(f"/tasks/{other}/{many}/{made['id']}"), 404)


def test_triggers_are_schedules_and_events(qalyptus: Any, task: str) -> None:
    start = in_days(qalyptus, 30)
    schedule = data(qalyptus.post(f"{task}/schedule", json={**SCHEDULE, "startDate": start}))
    event = data(qalyptus.post(f"{task}/external-event", json=EVENT))
    by_time, by_event = data(qalyptus.get(f"{task}/triggers"))
    assert set(by_time) == set(by_event)
    assert len(by_time) == 26
    assert (by_time["id"], by_time["weeklyDays"], by_time["atHour"]) == (schedule["id"], "Monday", 6)
    assert by_time["nextExecutionDate"] == start
    assert (by_event["id"], by_event["appId"], by_event["qlikEvent"]) == (event["id"], "app", EVENT["qlikEvent"])
    assert data(qalyptus.get(task))["isScheduled"] is True
    error(qalyptus.post(f"{task}/triggers/delete", json=[schedule["id"], UNKNOWN]), 404, UNKNOWN)
    assert len(data(qalyptus.get(f"{task}/triggers"))) == 2
    data(qalyptus.post(f"{task}/triggers/delete", json=[event["id"], schedule["id"]]))
    for name in ("triggers", "schedules", "external-events"):
        assert data(qalyptus.get(f"{task}/{name}")) == []
    assert data(qalyptus.get(task))["isScheduled"] is False


def test_reports_of_a_task(qalyptus: Any, task: str) -> None:
    links = {
        name: data(qalyptus.get(f"/{path}"))[0]
        for name, path in (
            ("filters", "filters"),
            ("conditions", "conditions"),
            ("storageServices", "storage-services"),
        )
    }
    made = add_report(
        qalyptus,
        task,
        **{name: [{"id": item["id"], "order": 1}] for name, item in links.items()},
        fileOpenPassword="not to be shown",
        isOpenFilePasswordProtected=True,
        separatorOptions={"numberDecimalSeparator": ","},
        iterationOptions={"mode": "OneFile"},
    )
    assert (made["name"], made["format"], made["isIteration"]) == ("Regional sales review", "Xlsx", False)
    for name, item in links.items():
        assert made[name] == [{"id": item["id"], "order": 1, "name": item["name"]}] or name != "filters"
        assert made[name][0]["name"] == item["name"]
    assert made["separatorOptions"] == {"numberDecimalSeparator": ",", "numberGroupSeparator": None}
    assert made["iterationOptions"] == {"mode": "OneFile"}
    assert "not to be shown" not in str(made)
    one = f"{task}/reports/{made['id']}"
    assert data(qalyptus.get(one)) == made
    (listed,) = data(qalyptus.get(f"{task}/reports"))
    assert listed.items() <= made.items()
    assert "filters" not in listed
    body = {"reportID": qalyptus.extra["report_id"], **REPORT}
    changed = data(qalyptus.post(f"{task}/report", params={"taskReportID": made["id"]}, json={**body, "format": "Pdf"}))
    assert (changed["id"], changed["format"], changed["filters"]) == (made["id"], "Pdf", [])
    assert len(data(qalyptus.get(f"{task}/reports"))) == 1
    error(qalyptus.post(f"{task}/report", json={**body, "format": "Pptx"}), 400, "Pdf, Xlsx, Csv, Html")
    for name in links:
        error(qalyptus.post(f"{task}/report", json={**body, name: [{"id": UNKNOWN}]}), 404, UNKNOWN)
    data(qalyptus.post(f"{task}/reports/delete", json=[made["id"]]))
    assert data(qalyptus.get(f"{task}/reports")) == []


@pytest.mark.parametrize(
    ("name", "path"),
    [("filters", "filters"), ("conditions", "conditions"), ("storageServices", "storage-services")],
)
def test_a_task_report_forgets_what_is_deleted(qalyptus: Any, task: str, name: str, path: str) -> None:
    linked = data(qalyptus.get(f"/{path}"))[0]["id"]
    made = add_report(qalyptus, task, **{name: [{"id": linked}]})
    data(qalyptus.post(f"/{path}/delete", json=[linked]))
    assert data(qalyptus.get(f"{task}/reports/{made['id']}"))[name] == []
    data(qalyptus.delete(f"/reports/{qalyptus.extra['report_id']}"))
    assert data(qalyptus.get(f"{task}/reports")) == []


def test_duplicate_takes_everything_along(qalyptus: Any, task: str) -> None:
    add_report(qalyptus, task)
    add_recipients(qalyptus, task, user(qalyptus)["id"])
    data(qalyptus.post(f"{task}/schedule", json=SCHEDULE))
    data(qalyptus.post(f"{task}/external-event", json=EVENT))
    copy = data(qalyptus.post(f"{task}/duplicate"))
    assert (copy["name"], copy["isScheduled"]) == ("Board pack (copy)", True)
    for name in ("reports", "recipients", "schedules", "external-events", "triggers"):
        ours, theirs = (data(qalyptus.get(f"{path}/{name}")) for path in (task, f"/tasks/{copy['id']}"))
        assert len(ours) == len(theirs) > 0
        assert {item["id"] for item in ours}.isdisjoint(item["id"] for item in theirs)
    data(qalyptus.delete(task))
    assert data(qalyptus.get(f"/tasks/{copy['id']}/reports"))


def test_run_makes_the_first_report_and_mails_each_address_once(sandbox: Any, qalyptus: Any, task: str) -> None:
    assert error(qalyptus.post(f"{task}/run"), 409) == "Nothing to run"
    add_report(qalyptus, task, format="csv")
    purchasing = data(qalyptus.get("/groups"))[-1]["id"]
    add_recipients(qalyptus, task, user(qalyptus, 1)["id"], purchasing)

    def run() -> str:
        run_id = data(qalyptus.post(f"{task}/run"))["id"]
        sandbox.advance(4)
        return f"/status/scheduled-tasks/{run_id}"

    done = run()
    record = data(qalyptus.get(done))
    assert (record["status"], record["outputFormat"], record["taskName"]) == ("success", "Csv", "Board pack")
    assert data(qalyptus.get(task))["lastExecution"] == record["createdDate"]
    mail = qalyptus.get(f"{done}/smtp-log").text
    for address in ("pieter.de.vries@example.com", "camille.laurent@example.com"):
        assert mail.count(f"<{address}>") == 1
    email = {"from": "reports@example.com", "subject": "Pack", "isActive": True}
    update = {"name": "Pack", "isActive": True, "sendNotifications": False}
    data(qalyptus.put(task, json={**update, "testMode": True, "testModeRecipients": "me@example.com; you@example.com"}))
    mail = qalyptus.get(f"{run()}/smtp-log").text
    assert (mail.count("recipient ok"), "<you@example.com>" in mail) == (2, True)
    data(qalyptus.put(f"{task}/email", json={**email, "isActive": False}))
    assert error(qalyptus.get(f"{run()}/smtp-log"), 404) == "Log not found"
    data(qalyptus.delete(task))
    assert data(qalyptus.get(done)) == record, "a run outlives its task"


def test_runs_by_qlik_events_are_on_demand_requests(qalyptus: Any) -> None:
    records = data(qalyptus.get("/status/on-demand-requests"))
    by_event = [record for record in records if record["taskId"] is not None]
    assert [record["taskName"] for record in by_event] == ["Monthly regional sales pack"]
    log = qalyptus.get(f"/status/on-demand-requests/{by_event[0]['id']}/smtp-log")
    assert "@example.com" in log.text
