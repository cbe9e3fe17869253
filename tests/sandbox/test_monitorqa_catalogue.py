"""MonitorQA audit objects, attributes, templates and score systems: state and rules over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from qa_sandbox import Sandbox
from tests.sandbox.monitorqa_operations import GEO, LABELS, OBJECT, SCORING, known_ids

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


def created(answer: requests.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def refused(answer: requests.Response) -> tuple[int, list[str]]:
    return answer.status_code, list(answer.json()["error"]["details"])


def names(api: Any, path: str) -> list[str]:
    return [row["name"] for row in api.get(path).json()]


# Audit objects


def test_audit_object_round_trip(monitorqa: Any) -> None:
    object_id = created(monitorqa.post("/audit/objects", json=OBJECT))
    details = monitorqa.get(f"/audit/object/{object_id}").json()
    assert {name: details[name] for name in OBJECT} == OBJECT
    assert details["participantUsers"] == details["participantUserGroups"] == details["auditObjectGroupIds"] == []
    assert monitorqa.put(f"/audit/objects/{object_id}", json={"name": "Dock"}).content == b""
    changed = monitorqa.get(f"/audit/object/{object_id}").json()
    assert (changed["name"], changed["notes"], changed["geoAddress"]) == ("Dock", None, None)
    assert names(monitorqa, "/audit/objects")[-1] == "Dock"
    assert monitorqa.delete("/audit/objects", json={"ids": [object_id]}).content == b""
    assert monitorqa.get(f"/audit/object/{object_id}").status_code == 404
    assert monitorqa.put(f"/audit/objects/{object_id}", json=OBJECT).status_code == 404


def test_the_plural_path_has_no_details(monitorqa: Any, ids: dict[str, str]) -> None:
    assert monitorqa.get(f"/audit/objects/{ids['site']}").status_code == 405


def test_history_keeps_the_name_of_a_deleted_object(monitorqa: Any) -> None:
    audit = monitorqa.get("/audit/complete").json()["data"][0]
    body = {"ids": [audit["auditObject"]["id"], UNKNOWN]}
    assert monitorqa.delete("/audit/objects", json=body).json() == {"message": "audit-object/not-found"}
    body["ids"].pop()
    assert monitorqa.delete("/audit/objects", json=body).status_code == 200
    assert monitorqa.get("/audit/complete").json()["data"][0] == audit
    assert monitorqa.get(f"/audit/complete/{audit['id']}/report-pdf").status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": " "}, (400, ["name"])),
        ({"notes": "x" * 801}, (422, ["notes"])),
        ({"geoAddress": {name: GEO[name] for name in ("lat", "lng", "name")}}, (400, ["geoAddress.address"])),
        ({"geoAddress": {**GEO, "lat": 40.7}}, (400, ["geoAddress.lat"])),
    ],
)
def test_audit_object_rules(monitorqa: Any, ids: dict[str, str], changes: Any, expected: Any) -> None:
    assert refused(monitorqa.post("/audit/objects", json={**OBJECT, **changes})) == expected
    assert refused(monitorqa.put(f"/audit/objects/{ids['site']}", json={**OBJECT, **changes})) == expected


def test_longest_notes_are_accepted(monitorqa: Any) -> None:
    assert created(monitorqa.post("/audit/objects", json={"name": "A", "notes": "x" * 800}))


def test_odd_texts_do_no_harm(sandbox: Sandbox, monitorqa: Any, ids: dict[str, str]) -> None:
    odd = "\x00\x07\u00fcn\u00ef \U0001f600 <b>\n" + "x" * 20_000
    body = {"name": odd, "notes": odd[:800], "geoAddress": dict.fromkeys(GEO, odd)}
    assert monitorqa.put(f"/audit/objects/{ids['site']}", json=body).status_code == 200
    assert monitorqa.get(f"/audit/object/{ids['site']}").json()["name"] == odd
    sandbox.add_outcome("audit", "failed")
    wanted = {"templateId": ids["template"], "auditObjectId": ids["site"], "endDate": "2999-01-01T00:00:00.000Z"}
    audit_id = created(monitorqa.post("/audit", json={"name": odd, "auditorHint": odd[:2000], **wanted}))
    sandbox.advance(4)
    assert monitorqa.get(f"/audit/complete/{audit_id}/report-pdf", params={"reportType": 2}).status_code == 200
    items = monitorqa.get(f"/audit/complete/{audit_id}/report").json()["items"]
    photo = next(item["photos"][0] for item in items if item["photos"])
    assert monitorqa.get(f"/files/{photo}", params={"withWatermark": "true"}).status_code == 200


# Attributes


def assigned(api: Any, object_id: str) -> list[tuple[str, str]]:
    rows = api.get(f"/audit/object/{object_id}").json()["attributes"]
    return [(row["attributeName"], row["optionName"]) for row in rows]


def test_assignments_ignore_duplicates_and_unknown_ids(monitorqa: Any, ids: dict[str, str]) -> None:
    object_id = created(monitorqa.post("/audit/objects", json={"name": "New"}))
    pair = {"attributeId": ids["attribute"], "optionId": ids["option"]}
    wrong = [{**pair, "optionId": UNKNOWN}, {**pair, "attributeId": UNKNOWN}]
    for _ in range(2):
        answer = monitorqa.post(f"/audit/objects/{object_id}/attributes", json={"attributes": [pair, *wrong, pair]})
        assert (answer.status_code, answer.content) == (200, b"")
        assert assigned(monitorqa, object_id) == [("Department", "Construction")]
    other = {
        **pair,
        "optionId": monitorqa.get(f"/audit/objects/attributes/{ids['attribute']}").json()["options"][2]["id"],
    }
    monitorqa.post(f"/audit/objects/{object_id}/attributes", json={"attributes": [other]})
    answer = monitorqa.delete(f"/audit/objects/{object_id}/attributes", json={"attributes": [*wrong, pair]})
    assert answer.status_code == 200
    assert assigned(monitorqa, object_id) == [("Department", "Logistics")]
    assert monitorqa.post(f"/audit/objects/{UNKNOWN}/attributes", json={"attributes": []}).status_code == 404
    assert refused(monitorqa.post(f"/audit/objects/{object_id}/attributes", json={})) == (400, ["attributes"])


def test_the_first_default_is_the_default(monitorqa: Any) -> None:
    options = [{"name": "A"}, {"name": "B", "isDefault": True}, {"name": "C", "isDefault": True}]
    attribute_id = created(monitorqa.post("/audit/objects/attributes", json={"name": "Kind", "options": options}))
    attribute = monitorqa.get(f"/audit/objects/attributes/{attribute_id}").json()
    assert [(one["name"], one["isDefault"]) for one in attribute["options"]] == [
        ("A", False),
        ("B", True),
        ("C", False),
    ]
    assert monitorqa.get("/audit/objects/attributes/all").json()[-1] == attribute


def test_attribute_update_keeps_makes_and_drops_options(monitorqa: Any, ids: dict[str, str]) -> None:
    before = monitorqa.get(f"/audit/objects/attributes/{ids['attribute']}").json()
    kept, *dropped = before["options"]
    assert ("Department", "Construction") in assigned(monitorqa, ids["site"])
    body = {"name": "Unit", "options": [{"id": kept["id"], "name": "Works"}, {"name": "Yard", "isDefault": True}]}
    assert monitorqa.put(f"/audit/objects/attributes/{ids['attribute']}", json=body).content == b""
    after = monitorqa.get(f"/audit/objects/attributes/{ids['attribute']}").json()
    assert (after["name"], [one["name"] for one in after["options"]]) == ("Unit", ["Works", "Yard"])
    assert after["options"][0] == {"id": kept["id"], "name": "Works", "isDefault": False}
    assert after["options"][1]["id"] not in {one["id"] for one in before["options"]}
    assert [name for name, _ in assigned(monitorqa, ids["site"])] == ["Risk level"], "with its assignments"
    body["options"][0]["id"] = dropped[0]["id"]
    answer = monitorqa.put(f"/audit/objects/attributes/{ids['attribute']}", json=body)
    assert answer.json() == {"message": "audit-object-attribute/option-not-found"}


def test_attribute_delete_drops_assignments(monitorqa: Any, ids: dict[str, str]) -> None:
    assert monitorqa.delete("/audit/objects/attributes", json={"ids": [ids["attribute"]]}).status_code == 200
    assert [name for name, _ in assigned(monitorqa, ids["site"])] == ["Risk level"]
    assert monitorqa.get(f"/audit/objects/attributes/{ids['attribute']}").status_code == 404
    assert monitorqa.delete("/audit/objects/attributes", json={"ids": [ids["attribute"]]}).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": "A", "options": []}, "options"), ({"name": "A"}, "options"), ({"options": [{"name": "A"}]}, "name")],
)
def test_attribute_rules(monitorqa: Any, ids: dict[str, str], body: dict[str, Any], field: str) -> None:
    assert refused(monitorqa.post("/audit/objects/attributes", json=body)) == (400, [field])
    assert refused(monitorqa.put(f"/audit/objects/attributes/{ids['attribute']}", json=body)) == (400, [field])


# Templates


def with_key(api: Any, key: str) -> dict[str, str]:
    return {"headers": {**api.headers, "X-API-KEY": key}}


def copy(api: Any, ids: dict[str, str], **changes: Any) -> requests.Response:
    body = {"templateId": ids["template"], "targetCompanyId": ids["sister"], "copyScoreSystem": True, **changes}
    return api.post("/audit/templates/copy", json=body)


def new_company(api: Any) -> dict[str, str]:
    body = {"companyName": "Northwind Marine", "companyAdmin": {"fullName": "Dan"}, "usagePurpose": 0}
    return dict(api.post("/company", json=body).json())


def test_template_is_copied_with_its_score_system(monitorqa: Any, ids: dict[str, str]) -> None:
    company = new_company(monitorqa)
    answer = copy(monitorqa, ids, targetCompanyId=company["companyId"])
    assert answer.status_code == 200
    there = with_key(monitorqa, company["apiKey"])
    name = monitorqa.get("/audit/templates").json()[0]["name"]
    assert monitorqa.get("/audit/templates", **there).json() == [{"id": answer.json()["templateId"], "name": name}]
    (copied,) = monitorqa.get("/score-systems", **there).json()["data"]
    original = monitorqa.get("/score-systems").json()["data"][0]
    assert copied["id"] != original["id"]
    assert [one["label"] for one in copied["labels"]] == [one["label"] for one in original["labels"]]
    assert copy(monitorqa, ids, targetCompanyId=company["companyId"], copyScoreSystem=False).status_code == 200
    assert monitorqa.get("/score-systems", **there).json()["meta"]["totalCount"] == 1


def test_copied_template_can_be_audited(sandbox: Sandbox, monitorqa: Any, ids: dict[str, str]) -> None:
    company = new_company(monitorqa)
    template_id = copy(monitorqa, ids, targetCompanyId=company["companyId"]).json()["templateId"]
    there = with_key(monitorqa, company["apiKey"])
    object_id = created(monitorqa.post("/audit/objects", json={"name": "Ship"}, **there))
    body = {
        "name": "First",
        "endDate": "2999-01-01T00:00:00.000Z",
        "templateId": template_id,
        "auditObjectId": object_id,
    }
    audit_id = created(monitorqa.post("/audit", json=body, **there))
    sandbox.advance(4)
    assert monitorqa.get(f"/audit/complete/{audit_id}", **there).json()["completedBy"]["name"] == "Dan"
    assert monitorqa.get(f"/audit/{audit_id}").status_code == 404, "another company's"


def test_copy_refusals(monitorqa: Any, ids: dict[str, str]) -> None:
    company = new_company(monitorqa)
    foreign = copy(monitorqa, ids).json()["templateId"]
    for changes, message in (
        ({"templateId": UNKNOWN}, "template/not-found"),
        ({"templateId": foreign}, "template/not-accessible"),
        ({"targetCompanyId": UNKNOWN}, "company/not-accessible"),
        ({"targetCompanyId": company["companyId"], "copyScoreSystem": False}, "score-system/no-default-score-system"),
    ):
        answer = copy(monitorqa, ids, **changes)
        assert (answer.status_code, answer.json()) == (409, {"message": message})
    assert refused(copy(monitorqa, ids, copyScoreSystem=None)) == (400, ["copyScoreSystem"])


def test_copy_needs_the_right_to_manage_templates_in_both_companies(monitorqa: Any, ids: dict[str, str]) -> None:
    company = new_company(monitorqa)
    there = with_key(monitorqa, company["apiKey"])
    for where in (there, {}):
        role = monitorqa.get("/roles", **where).json()[0]
        body = {"roleType": 0, "name": role["name"], "permissions": ["users.manage"]}
        assert monitorqa.put(f"/roles/{role['id']}", json=body, **where).status_code == 200
        answer = copy(monitorqa, ids, targetCompanyId=company["companyId"])
        assert (answer.status_code, answer.json()) == (409, {"message": "permissions/can-manage-templates"})
        body["permissions"].append("auditTemplates.manage")
        assert monitorqa.put(f"/roles/{role['id']}", json=body, **where).status_code == 200
    assert copy(monitorqa, ids, targetCompanyId=company["companyId"]).status_code == 200


# Score systems


def test_score_system_round_trip(monitorqa: Any) -> None:
    system_id = created(monitorqa.post("/score-systems", json={**SCORING, "scoreSystemType": 1}))
    system = monitorqa.get(f"/score-systems/{system_id}").json()
    assert {name: system[name] for name in ("name", "description", "passedThreshold")} == {
        name: SCORING[name] for name in ("name", "description", "passedThreshold")
    }
    assert (system["scoreSystemType"], system["isSample"]) == (1, False)
    assert [{name: one[name] for name in LABELS[0]} for one in system["labels"]] == LABELS
    body = {"name": "Pass or fail", "passedThreshold": 75.5, "labels": LABELS[::-1], "scoreSystemType": 0}
    assert monitorqa.put(f"/score-systems/{system_id}", json=body).content == b""
    changed = monitorqa.get(f"/score-systems/{system_id}").json()
    assert (changed["description"], changed["passedThreshold"]) == (None, 75.5)
    assert changed["scoreSystemType"] == 1, "cannot be changed"
    assert [one["min"] for one in changed["labels"]] == [0, 50, 80]
    found = monitorqa.get("/score-systems", params={"search": "PASS", "pageSize": 1, "pageNumber": 2}).json()
    assert (found["data"], found["meta"]) == ([changed], {"pageNumber": 2, "pageSize": 1, "totalCount": 2})
    assert monitorqa.get("/score-systems").json()["meta"]["pageSize"] == 10
    assert monitorqa.delete("/score-systems", json={"ids": [system_id]}).content == b""
    assert monitorqa.get(f"/score-systems/{system_id}").status_code == 404


def ranges(*pairs: tuple[float, float]) -> list[dict[str, Any]]:
    return [{"min": low, "max": high, "label": "L", "color": "#000000"} for low, high in pairs]


@pytest.mark.parametrize("good", [ranges((0, 50), (50, 80), (80, 100)), ranges((0, 100)), ranges((0, 0), (0, 100))])
def test_labels_that_cover_everything(monitorqa: Any, good: Any) -> None:
    assert created(monitorqa.post("/score-systems", json={**SCORING, "scoreSystemType": 0, "labels": good}))


@pytest.mark.parametrize(
    "wrong",
    [
        ranges((10, 50), (50, 100)),
        ranges((0, 50), (50, 90)),
        ranges((0, 50), (40, 100)),
        ranges((0, 50), (60, 100)),
        ranges((0, 50), (51, 80), (81, 100)),
        ranges((0, 50), (100, 50)),
    ],
)
def test_labels_with_gaps_or_overlaps_are_422(monitorqa: Any, ids: dict[str, str], wrong: Any) -> None:
    body = {**SCORING, "labels": wrong}
    assert refused(monitorqa.post("/score-systems", json={**body, "scoreSystemType": 0})) == (422, ["labels"])
    assert refused(monitorqa.put(f"/score-systems/{ids['scoring']}", json=body)) == (422, ["labels"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"labels": []}, "labels"),
        ({"passedThreshold": None}, "passedThreshold"),
        ({"scoreSystemType": 2}, "scoreSystemType"),
        ({"labels": [{"min": 0, "max": 100, "label": "", "color": "#000000"}]}, "labels.0.label"),
    ],
)
def test_score_system_rules(monitorqa: Any, changes: dict[str, Any], field: str) -> None:
    answer = monitorqa.post("/score-systems", json={**SCORING, "scoreSystemType": 0, **changes})
    assert refused(answer) == (400, [field])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_must_be_finite(monitorqa: Any, number: str) -> None:
    raw = json.dumps({**SCORING, "scoreSystemType": 0}).replace("70", number)
    answer = monitorqa.post("/score-systems", data=raw, headers={"Content-Type": "application/json"})
    assert refused(answer) == (400, ["passedThreshold"])


def test_score_system_of_templates_cannot_be_deleted(monitorqa: Any, ids: dict[str, str]) -> None:
    used = monitorqa.get("/score-systems").json()["data"][0]["id"]
    answer = monitorqa.delete("/score-systems", json={"ids": [ids["scoring"], used]})
    assert (answer.status_code, answer.json()) == (409, {"message": f"score-system/has-templates:{used}"})
    assert monitorqa.get(f"/score-systems/{ids['scoring']}").status_code == 200, "all or none"


def test_score_system_decides_label_and_failure(sandbox: Sandbox, monitorqa: Any, ids: dict[str, str]) -> None:
    used = monitorqa.get("/score-systems").json()["data"][0]["id"]
    before = monitorqa.get("/audit/complete").json()["data"]
    labels = [{"min": 0, "max": 100, "label": "Seen", "color": "blue"}]
    body = {"name": "Strict", "passedThreshold": 101, "labels": labels}
    assert monitorqa.put(f"/score-systems/{used}", json=body).status_code == 200
    wanted = {"templateId": ids["template"], "auditObjectId": ids["site"], "endDate": "2999-01-01T00:00:00.000Z"}
    audit_id = created(monitorqa.post("/audit", json={"name": "Strict", **wanted}))
    sandbox.advance(4)
    audit = monitorqa.get(f"/audit/complete/{audit_id}").json()
    assert (audit["scoreLabel"], audit["scoreColor"], audit["isFailed"]) == ("Seen", "blue", True)
    assert monitorqa.get(f"/audit/complete/{audit_id}/report-pdf").status_code == 200
    assert monitorqa.get("/audit/complete").json()["data"][1:] == before, "completed audits keep their scores"
