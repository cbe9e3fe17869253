"""MonitorQA users, roles, companies, time zones and files: state and rules over the wire."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from PIL import Image

from qa_sandbox import Sandbox
from tests.sandbox.monitorqa_operations import COMPANY, PNG, ROLE, known_ids

UNKNOWN = "00000000-0000-4000-8000-000000000000"
ADMIN, AUDITOR, AUDITEE, OBSERVER = range(4)


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


def created(answer: requests.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def refused(answer: requests.Response) -> tuple[int, list[str]]:
    return answer.status_code, list(answer.json()["error"]["details"])


# Users


def test_user_round_trip(monitorqa: Any, ids: dict[str, str]) -> None:
    new = {"fullName": "Nils Aalto", "email": "nils@example.com", "roleId": ids["role"], "phone": "1" * 50}
    user_id = created(monitorqa.post("/users", json=new))
    user = monitorqa.get(f"/users/{user_id}").json()
    role = {"id": ids["role"], "name": "Client observer", "roleType": OBSERVER}
    assert user == {"id": user_id, "name": "Nils Aalto", "email": "nils@example.com", "role": role}
    assert monitorqa.put(f"/users/{user_id}", json={"fullName": "Nils B. Aalto"}).content == b""
    assert monitorqa.get(f"/users/{user_id}").json() == {**user, "name": "Nils B. Aalto"}, "the role stays"
    monitorqa.put(f"/users/{user_id}", json={"fullName": "Nils", "roleId": ids["auditor"]})
    assert monitorqa.get(f"/users/{user_id}").json()["role"]["roleType"] == AUDITOR
    assert monitorqa.get("/users").json()[-1] == {"id": user_id, "name": "Nils", "email": "nils@example.com"}
    assert monitorqa.delete("/users", json={"ids": [user_id, UNKNOWN]}).json() == {"message": "user/not-found"}
    assert monitorqa.delete("/users", json={"ids": [user_id]}).content == b""
    assert monitorqa.get(f"/users/{user_id}").status_code == 404
    assert created(monitorqa.post("/users", json=new)) != user_id, "the address is free again"


def test_email_is_unique_and_the_role_known(monitorqa: Any, ids: dict[str, str]) -> None:
    taken = monitorqa.get("/users").json()[0]["email"].upper()
    body = {"fullName": "A", "email": taken, "roleId": ids["role"]}
    assert monitorqa.post("/users", json=body).json() == {"message": "user/email-already-exists"}
    for answer in (
        monitorqa.post("/users", json={**body, "email": "free@example.com", "roleId": UNKNOWN}),
        monitorqa.put(f"/users/{ids['user']}", json={"fullName": "A", "roleId": UNKNOWN}),
    ):
        assert (answer.status_code, answer.json()) == (409, {"message": "role/not-found"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": "nobody"}, (400, ["email"])),
        ({"email": None}, (400, ["email"])),
        ({"fullName": ""}, (400, ["fullName"])),
        ({"roleId": None}, (400, ["roleId"])),
        ({"phone": "1" * 51}, (422, ["phone"])),
    ],
)
def test_user_rules(monitorqa: Any, ids: dict[str, str], changes: dict[str, Any], expected: Any) -> None:
    body = {"fullName": "A", "email": "free@example.com", "roleId": ids["role"], **changes}
    assert refused(monitorqa.post("/users", json=body)) == expected


def test_a_deleted_user_keeps_their_name_in_what_they_did(monitorqa: Any) -> None:
    audit = monitorqa.get("/audit/complete").json()["data"][0]
    assert monitorqa.delete("/users", json={"ids": [audit["completedBy"]["id"]]}).status_code == 200
    assert monitorqa.get("/audit/complete").json()["data"][0] == audit
    groups = monitorqa.get("/user-groups").json()
    assert [set(group) for group in groups] == [{"id", "name"}] * 3


def test_an_account_without_users_still_audits(sandbox: Sandbox, monitorqa: Any, ids: dict[str, str]) -> None:
    everyone = [user["id"] for user in monitorqa.get("/users").json()]
    assert monitorqa.delete("/users", json={"ids": everyone}).status_code == 200
    sandbox.add_outcome("audit", "failed")
    body = {"templateId": ids["template"], "auditObjectId": ids["site"], "endDate": "2999-01-01T00:00:00.000Z"}
    audit_id = created(monitorqa.post("/audit", json={"name": "Alone", **body}))
    sandbox.advance(4)
    assert monitorqa.get(f"/audit/complete/{audit_id}").json()["completedBy"]["name"] == "Daniel Okafor"
    actions = monitorqa.get("/corrective-actions/pending", params={"auditId": audit_id}).json()["data"]
    assert actions
    assert all(action["assignedUsers"] == [] for action in actions)
    accessible = monitorqa.get("/company/accessible").json()
    assert [one["name"] for one in accessible] == ["Northwind Cold Chain"], "where the key's user still is one"


# Roles


def test_role_round_trip_and_removal_of_permissions(monitorqa: Any) -> None:
    role_id = created(monitorqa.post("/roles", json={**ROLE, "description": "Plans audits"}))
    role = monitorqa.get(f"/roles/{role_id}").json()
    assert role == {"id": role_id, "description": "Plans audits", **ROLE}
    assert monitorqa.get("/roles").json()[-1] == {"id": role_id, "name": ROLE["name"], "roleType": AUDITOR}
    replaced = {**ROLE, "permissions": ["reports.viewSummary", "audits.viewResults"]}
    assert monitorqa.put(f"/roles/{role_id}", json=replaced).content == b""
    assert set(monitorqa.get(f"/roles/{role_id}").json()["permissions"]) == set(replaced["permissions"])
    for left_out in ({}, {"permissions": None}):
        monitorqa.put(f"/roles/{role_id}", json=ROLE)
        body = {"roleType": AUDITOR, "name": "Lead", **left_out}
        assert monitorqa.put(f"/roles/{role_id}", json=body).status_code == 200
        after = monitorqa.get(f"/roles/{role_id}").json()
        assert (after["permissions"], after["description"], after["name"]) == ([], None, "Lead")
    assert monitorqa.delete("/roles", json={"ids": [role_id]}).content == b""
    assert monitorqa.get(f"/roles/{role_id}").json()["error"]["code"] == "NOT_FOUND"
    assert monitorqa.get(f"/roles/{created(monitorqa.post('/roles', json=body))}").json()["permissions"] == []


@pytest.mark.parametrize(
    ("role_type", "count", "foreign"),
    [
        (ADMIN, 31, "audits.fly"),
        (AUDITOR, 17, "users.manage"),
        (AUDITEE, 4, "audits.do"),
        (OBSERVER, 9, "correctiveActions.do"),
    ],
)
def test_permissions_are_valid_for_their_role_type_only(
    monitorqa: Any, role_type: int, count: int, foreign: str
) -> None:
    seeded = next(role["id"] for role in monitorqa.get("/roles").json() if role["roleType"] == role_type)
    everything = monitorqa.get(f"/roles/{seeded}").json()["permissions"]
    assert len(everything) == len(set(everything)) == count
    body = {"roleType": role_type, "name": "All", "permissions": everything}
    assert monitorqa.get(f"/roles/{created(monitorqa.post('/roles', json=body))}").json()["permissions"] == everything
    body["permissions"] = [*everything, foreign]
    for answer in (monitorqa.post("/roles", json=body), monitorqa.put(f"/roles/{seeded}", json=body)):
        assert refused(answer) == (400, ["permissions"])
        assert foreign in answer.json()["error"]["details"]["permissions"]
    assert monitorqa.get(f"/roles/{seeded}").json()["permissions"] == everything


@pytest.mark.parametrize(
    ("changes", "field"), [({"roleType": 4}, "roleType"), ({"roleType": "1"}, "roleType"), ({"name": " "}, "name")]
)
def test_role_rules(monitorqa: Any, ids: dict[str, str], changes: dict[str, Any], field: str) -> None:
    assert refused(monitorqa.post("/roles", json={**ROLE, **changes})) == (400, [field])
    assert refused(monitorqa.put(f"/roles/{ids['auditor']}", json={**ROLE, **changes})) == (400, [field])


def test_role_type_cannot_change_and_a_used_role_not_be_deleted(monitorqa: Any, ids: dict[str, str]) -> None:
    body = {"roleType": OBSERVER, "name": "A"}
    assert refused(monitorqa.put(f"/roles/{ids['auditor']}", json=body)) == (400, ["roleType"])
    answer = monitorqa.delete("/roles", json={"ids": [ids["role"], ids["auditor"]]})
    assert (answer.status_code, answer.json()) == (409, {"message": f"role/has-users:{ids['auditor']}"})


# Companies


def test_company_update(monitorqa: Any) -> None:
    body = {**COMPANY, "usagePurpose": 6, "usagePurposeObjectName": "Facility"}
    assert monitorqa.put("/company", json=body).content == b""
    company = monitorqa.get("/company").json()
    assert (company["name"], company["usagePurpose"]) == ("Example Company", 6)
    assert company["customAuditObjectName"] == "Facility"
    action = monitorqa.get("/corrective-actions/pending").json()["data"][0]
    assert action["audit"]["ianaTimeZone"] == "America/New_York"
    assert monitorqa.put("/company", json={**body, "usagePurpose": 7}).status_code == 200
    assert monitorqa.get("/company").json()["customAuditObjectName"] is None


def test_new_company_has_a_key_of_its_own_shown_once(sandbox: Sandbox, monitorqa: Any) -> None:
    body = {**COMPANY, "companyAdmin": {"fullName": "Admin Name"}}
    made = monitorqa.post("/company", json=body).json()
    assert set(made) == {"companyId", "apiKey"}
    there = {"headers": {"X-API-KEY": made["apiKey"]}}
    company = monitorqa.get("/company", **there).json()
    assert (company["id"], company["name"]) == (made["companyId"], "Example Company")
    own = monitorqa.get("/users").json()[0]
    (admin,) = monitorqa.get("/users", **there).json()
    assert (admin["name"], admin["email"]) == ("Admin Name", own["email"])
    assert monitorqa.get(f"/users/{admin['id']}", **there).json()["role"]["roleType"] == ADMIN
    for path in ("/audit/pending", "/audit/templates", "/audit/objects", "/schedules", "/score-systems"):
        answer = monitorqa.get(path, **there).json()
        assert (answer if isinstance(answer, list) else answer["data"]) == []
    accessible = monitorqa.get("/company/accessible").json()
    assert [one["name"] for one in accessible] == [
        "Northwind Facilities Group",
        "Northwind Cold Chain",
        "Example Company",
    ]
    assert monitorqa.get("/company/accessible", **there).json() == accessible
    shown = [monitorqa.get(path, **where).text for path in ("/company", "/company/accessible") for where in ({}, there)]
    assert made["apiKey"] not in "".join(shown) + monitorqa.control("GET", "/state").text


def test_a_deleted_company_takes_its_key_along(sandbox: Sandbox, monitorqa: Any) -> None:
    made = monitorqa.post("/company", json={**COMPANY, "companyAdmin": {"fullName": "Admin"}}).json()
    there = {"headers": {"X-API-KEY": made["apiKey"]}}
    assert monitorqa.delete("/company", **there).content == b""
    assert monitorqa.get("/company", **there).status_code == 401
    assert made["companyId"] not in monitorqa.get("/company/accessible").text
    assert monitorqa.delete("/company").status_code == 200
    assert monitorqa.get("/company").json()["error"]["code"] == "UNAUTHORIZED"
    sandbox.advance(30 * 24 * 3600)
    assert monitorqa.control("GET", "/state").status_code == 200
    sandbox.reset()
    assert monitorqa.get("/company").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"usagePurpose": 8}, "usagePurpose"),
        ({"usagePurpose": 6}, "usagePurposeObjectName"),
        ({"usagePurpose": 6, "usagePurposeObjectName": " "}, "usagePurposeObjectName"),
        ({"ianaTimeZone": "Mars/Olympus"}, "ianaTimeZone"),
        ({"companyName": ""}, "companyName"),
    ],
)
def test_company_rules(monitorqa: Any, changes: dict[str, Any], field: str) -> None:
    body = {**COMPANY, "companyAdmin": {"fullName": "A"}, **changes}
    assert refused(monitorqa.post("/company", json=body)) == (400, [field])
    assert refused(monitorqa.put("/company", json=body)) == (400, [field])


def test_time_zone_is_optional_for_a_new_company_only(monitorqa: Any) -> None:
    body = {"companyName": "A", "usagePurpose": 0, "companyAdmin": {"fullName": "A"}}
    assert monitorqa.post("/company", json=body).status_code == 200
    assert refused(monitorqa.put("/company", json=body)) == (400, ["ianaTimeZone"])
    assert refused(monitorqa.post("/company", json={**body, "companyAdmin": {}})) == (400, ["companyAdmin.fullName"])


def test_time_zones_come_by_offset(sandbox: Sandbox, monitorqa: Any) -> None:
    zones = monitorqa.get("/timezones").json()
    assert {"ianaName": "America/New_York", "text": "America/New York"} in zones
    now: datetime = sandbox.clock.now()
    offsets = [now.astimezone(ZoneInfo(zone["ianaName"])).utcoffset() for zone in zones]
    assert offsets == sorted(offsets)
    assert zones[0]["ianaName"] == "Pacific/Midway"


# Images and files


@pytest.mark.parametrize("kind", ["logo", "icon"])
@pytest.mark.parametrize(("content_type", "field"), [("image/png", "file"), ("image/jpeg", "File"), ("image/jpg", "x")])
def test_image_upload_replacement_and_removal(monitorqa: Any, kind: str, content_type: str, field: str) -> None:
    files = [(field, ("a.png", PNG + b"first", content_type)), (field, ("b.png", b"ignored", "text/html"))]
    answer = monitorqa.post(f"/company/{kind}", files=files)
    assert (answer.status_code, answer.content) == (200, b"")
    file_id = monitorqa.get("/company").json()[f"{kind}FileId"]
    stored = monitorqa.get(f"/files/{file_id}")
    assert (stored.content, stored.headers["Content-Type"]) == (PNG + b"first", content_type)
    monitorqa.post(f"/company/{kind}", files={field: ("b.png", b"second", content_type)})
    assert monitorqa.get(f"/files/{file_id}").status_code == 404
    assert monitorqa.get(f"/files/{monitorqa.get('/company').json()[f'{kind}FileId']}").content == b"second"
    for _ in range(2):
        assert monitorqa.delete(f"/company/{kind}").content == b""
    assert monitorqa.get("/company").json()[f"{kind}FileId"] is None


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"files": {"file": ("a.gif", b"GIF89a", "image/gif")}}, "file"),
        ({"files": {"file": ("a.png", b"data")}}, "file"),
        ({"files": {"file": ("a.png", b"", "image/png")}}, "file"),
        ({"files": {"file": (None, "text")}}, "file"),
        ({"data": PNG}, "Content-Type"),
        ({"data": PNG, "headers": {"Content-Type": "image/png"}}, "Content-Type"),
        ({"data": PNG, "headers": {"Content-Type": "multipart/form-data"}}, "body"),
        ({"data": b"--x\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, "file"),
        ({"files": {"file": ("a.png", bytes(11 << 20), "image/png")}}, "file"),
    ],
)
def test_upload_that_cannot_be_processed_is_400(monitorqa: Any, request_: dict[str, Any], field: str) -> None:
    answer = monitorqa.post("/company/logo", **request_)
    assert refused(answer) == (400, [field])
    assert monitorqa.get("/company").json()["logoFileId"] is None


def test_every_file_that_is_named_can_be_fetched(monitorqa: Any) -> None:
    audits = monitorqa.get("/audit/complete").json()["data"][:5]
    named: dict[str, str] = {}
    for audit in audits:
        details = monitorqa.get(f"/audit/complete/{audit['id']}").json()
        named |= {details[f"{who}Signature"]["photoId"]: "image/png" for who in ("auditee", "auditor")}
        for item in monitorqa.get(f"/audit/complete/{audit['id']}/report").json()["items"]:
            named |= dict.fromkeys(item["photos"], "image/jpeg")
    for row in monitorqa.get("/corrective-actions/completed").json()["data"][:3]:
        action = monitorqa.get(f"/corrective-actions/{row['id']}").json()
        named |= {file["id"]: file["contentType"] for file in (*action["files"], *action["information"]["files"])}
        named |= dict.fromkeys(action["information"]["photosIds"], "image/jpeg")
    assert {"image/png", "image/jpeg", "text/plain"} == set(named.values())
    for file_id, content_type in named.items():
        answer = monitorqa.get(f"/files/{file_id}")
        assert answer.headers["Content-Type"].split(";")[0] == content_type
        if content_type.startswith("image/"):
            Image.open(io.BytesIO(answer.content)).verify()
    assert monitorqa.get(f"/files/{UNKNOWN}").json()["error"]["code"] == "NOT_FOUND"


def photo_of(api: Any, template: str) -> str:
    template_id = next(one["id"] for one in api.get("/audit/templates").json() if one["name"] == template)
    for audit in api.get("/audit/complete", params={"templateId": template_id}).json()["data"]:
        for item in api.get(f"/audit/complete/{audit['id']}/report").json()["items"]:
            if item["photos"]:
                return str(item["photos"][0])
    raise AssertionError(f"no photo of a {template}")


def test_watermark_on_request_unless_the_template_forbids_it(monitorqa: Any) -> None:
    for template, changes in (("Site safety walk", True), ("Kitchen hygiene inspection", False)):
        path = f"/files/{photo_of(monitorqa, template)}"
        plain, marked = monitorqa.get(path), monitorqa.get(path, params={"withWatermark": "true"})
        assert monitorqa.get(path).content == plain.content
        assert (plain.content != marked.content) is changes
        assert marked.headers["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(marked.content)).size == Image.open(io.BytesIO(plain.content)).size
    monitorqa.post("/company/logo", files={"file": ("a.png", b"no image", "image/png")})
    logo = monitorqa.get("/company").json()["logoFileId"]
    assert monitorqa.get(f"/files/{logo}", params={"withWatermark": "true"}).content == b"no image"


def test_bodies_of_the_wrong_kind_are_400(monitorqa: Any, ids: dict[str, str]) -> None:
    for raw in (b"", b"null", b'"text"', json.dumps([ids]).encode(), b'{"ids": "all"}', b'{"ids": []}'):
        for path in ("/users", "/roles", "/schedules", "/score-systems", "/audit/objects"):
            answer = monitorqa.delete(path, data=raw, headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BAD_REQUEST"), (path, raw)
