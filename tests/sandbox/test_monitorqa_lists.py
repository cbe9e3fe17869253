"""MonitorQA lists: filters, paging, templates, objects, users."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from qa_sandbox import Sandbox


def rows(api: Any, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = api.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


def test_pages_add_up_to_the_whole_list(monitorqa: Any) -> None:
    whole = rows(monitorqa, "/audit/complete")
    assert len(whole) == 40
    pages: list[dict[str, Any]] = []
    for number in range(1, 4):
        answer = monitorqa.get("/audit/complete", params={"pageNumber": number, "pageSize": 15}).json()
        assert answer["meta"] == {"pageNumber": number, "pageSize": 15, "totalCount": 40}
        pages += answer["data"]
    assert pages == whole
    assert rows(monitorqa, "/audit/complete", pageNumber=4, pageSize=15) == []


def test_default_page_of_completed_audits_is_100(monitorqa: Any) -> None:
    assert monitorqa.get("/audit/complete").json()["meta"] == {"pageNumber": 1, "pageSize": 100, "totalCount": 40}


@pytest.mark.parametrize(
    "params", [{"pageNumber": 0}, {"pageSize": 0}, {"pageSize": "all"}, {"fromDate": "2026-01-01"}, {"scoreMin": "NaN"}]
)
def test_wrong_parameter_is_400(monitorqa: Any, params: dict[str, Any]) -> None:
    answer = monitorqa.get("/audit/complete", params=params)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["details"]) == list(params)


def test_completed_audits_come_latest_first(monitorqa: Any) -> None:
    dates = [row["completeDate"] for row in rows(monitorqa, "/audit/complete")]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize(
    ("parameter", "of_row"),
    [
        ("templateId", lambda row: row["template"]["id"]),
        ("auditObjectId", lambda row: row["auditObject"]["id"]),
        ("assignedTo", lambda row: row["assignees"][0]["id"]),
        ("completedBy", lambda row: row["completedBy"]["id"]),
    ],
)
def test_filter_by_id_keeps_exactly_the_matching_rows(monitorqa: Any, parameter: str, of_row: Any) -> None:
    whole = rows(monitorqa, "/audit/complete")
    wanted = of_row(whole[0])
    expected = [row for row in whole if of_row(row) == wanted]
    assert rows(monitorqa, "/audit/complete", **{parameter: wanted}) == expected
    assert 0 < len(expected) < len(whole)
    assert rows(monitorqa, "/audit/complete", **{parameter: "unknown"}) == []


def test_filter_by_group(sandbox: Sandbox, monitorqa: Any) -> None:
    company = sandbox.app("monitorqa").state.store.main
    whole = rows(monitorqa, "/audit/complete")
    sites, users = next(iter(company.objects.groups)), next(iter(company.people.groups))
    by_site = [row for row in whole if row["auditObject"]["id"] in sites.member_ids]
    by_user = [row for row in whole if row["assignees"][0]["id"] in users.member_ids]
    assert rows(monitorqa, "/audit/complete", auditObjectGroupId=sites.id) == by_site
    assert rows(monitorqa, "/audit/complete", assignedToGroup=users.id) == by_user
    assert rows(monitorqa, "/audit/complete", completedByGroup=users.id) == by_user
    assert 0 < len(by_site) < len(whole)
    assert 0 < len(by_user) < len(whole)


def test_filter_by_score_and_completion_date(monitorqa: Any) -> None:
    whole = rows(monitorqa, "/audit/complete")
    middling = [row for row in whole if 60 <= row["score"] <= 89]
    assert rows(monitorqa, "/audit/complete", scoreMin=60, scoreMax=89) == middling
    assert 0 < len(middling) < len(whole)
    first, last = whole[9]["completeDate"], whole[5]["completeDate"]
    assert rows(monitorqa, "/audit/complete", fromDate=first, toDate=last) == whole[5:10]


def test_pending_list_follows_the_audit(sandbox: Sandbox, monitorqa: Any) -> None:
    before = {row["id"] for row in rows(monitorqa, "/audit/pending")}
    assert len(before) == 6
    started = {row["id"] for row in rows(monitorqa, "/audit/pending", inProgress="true")}
    idle = {row["id"] for row in rows(monitorqa, "/audit/pending", inProgress="false")}
    assert started | idle == before
    assert len(started) == len(idle) == 3
    scheduled = sandbox.app("monitorqa").state.store.context.make_id("schedule", 0)
    assert len(rows(monitorqa, "/audit/pending", auditScheduleId=scheduled)) == 2


def test_only_audits_scripted_to_fail_do_so(sandbox: Sandbox, monitorqa: Any) -> None:
    state = monitorqa.control("GET", "/state").json()["audits"]
    planned = {audit["id"]: audit["plan"] == "failed" for audit in state if audit["state"] == "completed"}
    assert set(planned.values()) == {True, False}
    for audit_id, fails in planned.items():
        audit = monitorqa.get(f"/audit/complete/{audit_id}").json()
        assert (audit["isFailed"], audit["score"] >= 60) == (fails, not fails)


def test_dates_on_the_wire_have_the_documented_format(monitorqa: Any) -> None:
    for row in rows(monitorqa, "/audit/complete"):
        for name in ("startDate", "endDate", "completeDate"):
            assert datetime.strptime(row[name], "%Y-%m-%dT%H:%M:%S.%fZ")
            assert len(row[name]) == len("2026-01-01T00:00:00.000Z")


def test_templates(monitorqa: Any) -> None:
    plain = monitorqa.get("/audit/templates").json()
    detailed = monitorqa.get("/audit/templates/detailed").json()
    assert [{"id": row["id"], "name": row["name"]} for row in detailed["data"]] == plain
    found = rows(monitorqa, "/audit/templates/detailed", search="SAFETY")
    assert [row["name"] for row in found] == ["Site safety walk"]
    assert {row["templateType"] for row in rows(monitorqa, "/audit/templates/detailed", templateType=1)} == {1}


def test_objects_and_users(monitorqa: Any) -> None:
    site = monitorqa.get("/audit/objects").json()[0]
    details = monitorqa.get(f"/audit/object/{site['id']}").json()
    assert (details["name"], set(details["geoAddress"])) == (site["name"], {"lat", "lng", "name", "address"})
    user = monitorqa.get("/users").json()[0]
    assert user["email"].endswith("@example.com")
    assert monitorqa.get(f"/users/{user['id']}").json()["role"]["roleType"] in (0, 1, 2, 3)
    for path in ("/audit/object/none", "/users/none"):
        assert monitorqa.get(path).json()["error"]["code"] == "NOT_FOUND"
