"""MonitorQA corrective actions: lists, changes, and what happens to them as time passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qa_sandbox import Sandbox
from tests.sandbox.monitorqa_operations import known_ids

UNKNOWN = "00000000-0000-4000-8000-000000000000"
OPEN, APPROVED, REJECTED, SUBMITTED, EXPIRED = range(5)
LISTS = {"pending": {OPEN, REJECTED, SUBMITTED}, "completed": {APPROVED}, "expired": {EXPIRED}}
DAY = 24 * 3600


def date(sandbox: Sandbox, seconds: float) -> str:
    moment = sandbox.clock.now() + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rows(api: Any, which: str, **params: Any) -> list[dict[str, Any]]:
    answer = api.get(f"/corrective-actions/{which}", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


@pytest.fixture
def fail_audit(sandbox: Sandbox, monitorqa: Any, ids: dict[str, str]) -> Callable[[], str]:
    """Complete an audit with failed items and return its id."""

    def fail_audit() -> str:
        sandbox.add_outcome("audit", "failed")
        body = {"templateId": ids["template"], "auditObjectId": ids["site"], "endDate": date(sandbox, DAY)}
        audit_id = monitorqa.post("/audit", json={"name": "Failing walk", **body}).json()["id"]
        sandbox.advance(4)
        return str(audit_id)

    return fail_audit


@pytest.fixture
def body(sandbox: Sandbox) -> dict[str, Any]:
    return {"name": "Replace", "dueDateUtc": date(sandbox, 9 * DAY), "status": OPEN, "priority": 1}


def test_failed_items_bring_forth_actions(monitorqa: Any, fail_audit: Any) -> None:
    audit_id = fail_audit()
    audit = monitorqa.get(f"/audit/complete/{audit_id}").json()
    items = {item["id"]: item for item in monitorqa.get(f"/audit/complete/{audit_id}/report").json()["items"]}
    reported = {action["id"]: action for item in items.values() for action in item["actions"]}
    found = rows(monitorqa, "pending", auditId=audit_id)
    assert {row["id"] for row in found} == set(reported)
    for row in found:
        details = monitorqa.get(f"/corrective-actions/{row['id']}").json()
        item, action = items[details["auditItemId"]], reported[row["id"]]
        assert item["isFailed"] is True
        assert (details["question"], details["answer"]["text"]) == (item["text"], item["note"])
        assert [file["id"] for file in details["files"]] == item["photos"]
        for name, other in (("dueDateUtc", "dueDate"), ("createdAtUtc", "createdAt"), ("assignedUsers", "assignees")):
            assert row[name] == details[name] == action[other]
        for name in ("name", "number", "priority", "status", "createdBy"):
            assert row[name] == details[name] == action[name]
        assert (row["audit"]["number"], row["auditObject"]["name"]) == (audit["number"], audit["auditObject"]["name"])
        assert set(details["audit"]) == {"id", "name", "ianaTimeZone"}
        assert (details["information"], details["approvedBy"], details["expiredBy"]) == (None, None, None)


def test_a_new_account_has_a_plausible_past(sandbox: Sandbox, monitorqa: Any) -> None:
    statuses = {name: [row["status"] for row in rows(monitorqa, name)] for name in LISTS}
    for name, allowed in LISTS.items():
        assert set(statuses[name]) == allowed
    assert len(statuses["completed"]) > len(statuses["expired"]) > len(statuses["pending"]) > 3
    for row in rows(monitorqa, "completed"):
        assert row["createdAtUtc"] < row["approvedAtUtc"] <= row["dueDateUtc"] < date(sandbox, 0)
    for row in rows(monitorqa, "expired"):
        assert row["expiredAtUtc"] == row["dueDateUtc"]
        assert row["expiredBy"]["name"] == "System Auto-Expire"


@pytest.mark.parametrize("which", LISTS)
def test_filters_keep_exactly_the_matching_rows(sandbox: Sandbox, monitorqa: Any, which: str) -> None:
    company = sandbox.app("monitorqa").state.store.main
    template_of = {audit.id: audit.template.id for audit in company.audits.all}
    whole = rows(monitorqa, which)
    group = next(iter(company.people.groups))
    assigned = next(row["assignedUsers"][0]["id"] for row in whole if row["assignedUsers"])
    checks: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
        "auditId": (whole[0]["audit"]["id"], lambda row: row["audit"]["id"] == whole[0]["audit"]["id"]),
        "templateId": (
            template_of[whole[0]["audit"]["id"]],
            lambda row: template_of[row["audit"]["id"]] == template_of[whole[0]["audit"]["id"]],
        ),
        "auditObjectId": (
            whole[0]["auditObject"]["id"],
            lambda row: row["auditObject"]["id"] == whole[0]["auditObject"]["id"],
        ),
        "assignedToId": (assigned, lambda row: assigned in [user["id"] for user in row["assignedUsers"]]),
        "assignedToGroupId": (
            group.id,
            lambda row: any(user["id"] in group.member_ids for user in row["assignedUsers"]),
        ),
    }
    if which == "completed":
        approver = whole[0]["approvedBy"]["id"]
        checks["approvedById"] = (approver, lambda row: row["approvedBy"]["id"] == approver)
    if which != "pending":
        dates = sorted(row["dueDateUtc"] for row in whole)
        checks["fromDate"] = (dates[3], lambda row: row["dueDateUtc"] >= dates[3])
        checks["toDate"] = (dates[3], lambda row: row["dueDateUtc"] <= dates[3])
    for name, (value, matches) in checks.items():
        expected = [row for row in whole if matches(row)]
        assert rows(monitorqa, which, **{name: value}) == expected
        assert 0 < len(expected) < len(whole), name
        if not name.endswith("Date"):
            assert rows(monitorqa, which, **{name: UNKNOWN}) == []


@pytest.mark.parametrize("which", LISTS)
def test_pages(monitorqa: Any, which: str) -> None:
    whole = rows(monitorqa, which)
    answer = monitorqa.get(f"/corrective-actions/{which}", params={"pageNumber": 2, "pageSize": 3}).json()
    assert answer == {"data": whole[3:6], "meta": {"pageNumber": 2, "pageSize": 3, "totalCount": len(whole)}}
    assert rows(monitorqa, which, pageNumber=1000) == []


@pytest.mark.parametrize(
    ("status", "where"), [(SUBMITTED, "pending"), (REJECTED, "pending"), (APPROVED, "completed"), (EXPIRED, "expired")]
)
def test_status_decides_the_list(
    sandbox: Sandbox,
    monitorqa: Any,
    fail_audit: Any,
    body: dict[str, Any],
    ids: dict[str, str],
    status: int,
    where: str,
) -> None:
    action_id = rows(monitorqa, "pending", auditId=fail_audit())[0]["id"]
    wanted = {**body, "status": status, "assignedUsersIds": [ids["user"], ids["user2"]], "description": "New guard"}
    assert monitorqa.put(f"/corrective-actions/{action_id}", json=wanted).content == b""
    assert [name for name in LISTS if action_id in [row["id"] for row in rows(monitorqa, name)]] == [where]
    details = monitorqa.get(f"/corrective-actions/{action_id}").json()
    for name in ("name", "description", "dueDateUtc", "status", "priority"):
        assert details[name] == wanted[name]
    assert [user["id"] for user in details["assignedUsers"]] == [ids["user"], ids["user2"]]
    by_us = {"id": monitorqa.get("/users").json()[0]["id"], "name": "Daniel Okafor"}
    now = date(sandbox, 0)
    assert (details["approvedBy"], details["approvedAtUtc"]) == ((by_us, now) if status == APPROVED else (None, None))
    assert (details["expiredBy"], details["expiredAtUtc"]) == ((by_us, now) if status == EXPIRED else (None, None))
    assert bool(details["information"]) is (status == SUBMITTED)


def test_what_an_update_leaves_out_is_removed(monitorqa: Any, fail_audit: Any, body: dict[str, Any]) -> None:
    action_id = rows(monitorqa, "pending", auditId=fail_audit())[0]["id"]
    assert monitorqa.put(f"/corrective-actions/{action_id}", json=body).status_code == 200
    details = monitorqa.get(f"/corrective-actions/{action_id}").json()
    assert (details["assignedUsers"], details["description"]) == ([], None)


def test_due_date_expires_what_is_not_approved(
    sandbox: Sandbox, monitorqa: Any, fail_audit: Any, body: dict[str, Any]
) -> None:
    audit_id = fail_audit()
    first, second, *_ = (row["id"] for row in rows(monitorqa, "pending", auditId=audit_id))
    due = date(sandbox, 60)
    for action_id, status in ((first, SUBMITTED), (second, APPROVED)):
        wanted = {**body, "dueDateUtc": due, "status": status}
        assert monitorqa.put(f"/corrective-actions/{action_id}", json=wanted).status_code == 200
    sandbox.advance(61)
    expired = monitorqa.get(f"/corrective-actions/{first}").json()
    assert (expired["status"], expired["expiredAtUtc"]) == (EXPIRED, due)
    assert expired["expiredBy"] == {"id": "00000000-0000-0000-0000-000000000000", "name": "System Auto-Expire"}
    assert monitorqa.get(f"/corrective-actions/{second}").json()["status"] == APPROVED
    monitorqa.put(f"/corrective-actions/{first}", json={**body, "dueDateUtc": date(sandbox, 60)})
    again = monitorqa.get(f"/corrective-actions/{first}").json()
    assert (again["status"], again["expiredBy"]) == (OPEN, None)
    sandbox.advance(61)
    assert monitorqa.get(f"/corrective-actions/{first}").json()["status"] == EXPIRED


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("approved", [OPEN, SUBMITTED, APPROVED]),
        ("rejected", [OPEN, SUBMITTED, REJECTED]),
        ("submitted", [OPEN, OPEN, SUBMITTED]),
        ("expired", [OPEN, OPEN, EXPIRED]),
        ("never", [OPEN, OPEN, OPEN]),
    ],
)
def test_scripted_outcome(sandbox: Sandbox, monitorqa: Any, fail_audit: Any, result: str, expected: list[int]) -> None:
    sandbox.add_outcome("action", result, seconds=100, times=1)
    first, other, *_ = (row["id"] for row in rows(monitorqa, "pending", auditId=fail_audit()))
    seen = []
    for _ in range(3):
        seen.append(monitorqa.get(f"/corrective-actions/{first}").json()["status"])
        sandbox.advance(50)
    assert seen == expected
    assert monitorqa.get(f"/corrective-actions/{other}").json()["status"] == OPEN, "times=1 must spare the second"


def test_an_action_that_exists_can_be_scripted_until_people_take_over(
    sandbox: Sandbox, monitorqa: Any, fail_audit: Any, body: dict[str, Any]
) -> None:
    first, second, *_ = (row["id"] for row in rows(monitorqa, "pending", auditId=fail_audit()))
    for action_id in (first, second, UNKNOWN):
        outcome = {"id": action_id, "kind": "action", "result": "approved", "seconds": 10}
        expected = 404 if action_id == UNKNOWN else 201
        assert monitorqa.control("POST", "/outcomes", json=outcome).status_code == expected
    monitorqa.put(f"/corrective-actions/{second}", json=body)
    sandbox.advance(10)
    done = monitorqa.get(f"/corrective-actions/{first}").json()
    assert (done["status"], bool(done["information"]["photosIds"])) == (APPROVED, True)
    assert monitorqa.get(f"/corrective-actions/{second}").json()["status"] == OPEN


def test_deleted_action_and_deleted_audit(monitorqa: Any, fail_audit: Any, body: dict[str, Any]) -> None:
    audit_id = fail_audit()
    first, second, *_ = (row["id"] for row in rows(monitorqa, "pending", auditId=audit_id))
    assert monitorqa.delete(f"/corrective-actions/{first}").content == b""
    for answer in (
        monitorqa.get(f"/corrective-actions/{first}"),
        monitorqa.put(f"/corrective-actions/{first}", json=body),
        monitorqa.delete(f"/corrective-actions/{first}"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert monitorqa.delete("/audit", json={"ids": [audit_id]}).status_code == 200
    assert monitorqa.get(f"/corrective-actions/{second}").status_code == 404


def test_reopened_audit_counts_its_actions_and_brings_forth_new_ones(
    sandbox: Sandbox, monitorqa: Any, fail_audit: Any, body: dict[str, Any]
) -> None:
    audit_id = fail_audit()
    old = [row["id"] for row in rows(monitorqa, "pending", auditId=audit_id)]
    monitorqa.put(f"/corrective-actions/{old[0]}", json={**body, "status": APPROVED})
    dates = {"startDate": date(sandbox, 0), "endDate": date(sandbox, 600)}
    assert monitorqa.post(f"/audit/reopen/{audit_id}", json=dates).status_code == 200
    row = next(row for row in monitorqa.get("/audit/pending").json()["data"] if row["id"] == audit_id)
    assert (row["completedActionsCount"], row["pendingActionsCount"]) == (1, len(old) - 1)
    sandbox.advance(4)
    report = monitorqa.get(f"/audit/complete/{audit_id}/report").json()["items"]
    new = [action["id"] for item in report for action in item["actions"]]
    assert new
    assert not set(new) & set(old)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "name"),
        ({"dueDateUtc": "2026-03-09"}, "dueDateUtc"),
        ({"status": 5}, "status"),
        ({"status": None}, "status"),
        ({"priority": 3}, "priority"),
        ({"priority": "1"}, "priority"),
    ],
)
def test_update_rules(
    monitorqa: Any, ids: dict[str, str], body: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    answer = monitorqa.put(f"/corrective-actions/{ids['action']}", json={**body, **changes})
    assert (answer.status_code, list(answer.json()["error"]["details"])) == (400, [field])


def test_assigned_users_must_exist(monitorqa: Any, ids: dict[str, str], body: dict[str, Any]) -> None:
    answer = monitorqa.put(f"/corrective-actions/{ids['action']}", json={**body, "assignedUsersIds": [UNKNOWN]})
    assert (answer.status_code, answer.json()) == (409, {"message": "user/not-found"})
