"""Qalyptus: projects and what is in them, who may do what, and what hangs on what."""

from __future__ import annotations

from typing import Any

import pytest

from qa_sandbox.qalyptus.models import PermissionDto
from tests.sandbox.envelopes import UNKNOWN, data, error

CONTENTS = ("conditions", "filters", "reports", "tasks")
OWNED = ("projects", *CONTENTS)
SUBJECTS = ("Project", "Report", "Filter", "Condition", "Task", "FolderContent")


def first(api: Any, path: str, which: int = 0) -> dict[str, Any]:
    return dict(data(api.get(path))[which])


def project_id(api: Any, name: str = "Sales") -> str:
    return next(str(item["id"]) for item in data(api.get("/projects")) if item["name"] == name)


def made_in(api: Any, path: str, name: str = "Spring review") -> dict[str, Any]:
    body = {"name": name, "description": "For the board", "projectID": project_id(api)}
    return dict(data(api.post(path, json=body)))


@pytest.mark.parametrize("name", CONTENTS)
def test_created_changed_listed_and_deleted(qalyptus: Any, name: str) -> None:
    made = made_in(qalyptus, f"/{name}")
    assert (made["name"], made["description"], made["project"]["name"]) == ("Spring review", "For the board", "Sales")
    assert (made["isMine"], made["ownerName"]) == (True, "Ingrid Solberg")
    one = f"/{name}/{made['id']}"
    assert data(qalyptus.get(one)) == made
    assert data(qalyptus.get(f"/{name}"))[-1] == made
    more = {"projectID": project_id(qalyptus), "isIteration": False, "isActive": False, "sendNotifications": False}
    changed = data(qalyptus.put(one, json={"name": "Autumn review", **more}))
    assert (changed["id"], changed["name"], changed["description"]) == (made["id"], "Autumn review", None)
    assert data(qalyptus.get(one)) == changed
    assert data(qalyptus.delete(one)) is None
    error(qalyptus.get(one), 404, made["id"])
    assert made["id"] not in {item["id"] for item in data(qalyptus.get(f"/{name}"))}


@pytest.mark.parametrize("name", CONTENTS)
def test_ids_are_those_of_every_run(sandbox: Any, qalyptus: Any, name: str) -> None:
    before = made_in(qalyptus, f"/{name}")["id"]
    assert made_in(qalyptus, f"/{name}")["id"] != before
    sandbox.reset()
    assert made_in(qalyptus, f"/{name}")["id"] == before


@pytest.mark.parametrize("name", ["conditions", "filters", "reports"])
def test_duplicate_goes_to_a_project_of_the_organization(qalyptus: Any, name: str) -> None:
    home, other = (item["id"] for item in data(qalyptus.get("/organizations")))
    original, there = first(qalyptus, f"/{name}"), project_id(qalyptus, "Operations")
    path = f"/{name}/{original['id']}/duplicate"
    assert error(qalyptus.post(path, json={"projectID": there, "organizationID": home}), 400).startswith("Project in")
    copy = data(qalyptus.post(path, json={"projectID": there, "organizationID": other}))
    assert copy["id"] != original["id"]
    assert (copy["name"], copy["project"]["name"], copy["isMine"]) == (f"{original['name']} (copy)", "Operations", True)
    assert copy in data(qalyptus.get(f"/{name}/project/{there}"))
    assert original not in data(qalyptus.get(f"/{name}/project/{there}"))


def test_project_round_trip_and_permission_mode(qalyptus: Any) -> None:
    made = data(qalyptus.post("/projects", json={"name": "Fleet"}))
    assert (made["name"], made["description"], made["isGlobalPermissions"]) == ("Fleet", None, False)
    one = f"/projects/{made['id']}"
    assert data(qalyptus.put(one, json={"name": "Vehicles", "description": "All"}))["description"] == "All"
    assert data(qalyptus.put(f"{one}/permission-mode/true"))["isGlobalPermissions"] is True
    assert data(qalyptus.get(one))["isGlobalPermissions"] is True
    assert data(qalyptus.put(f"{one}/permission-mode/false"))["isGlobalPermissions"] is False
    error(qalyptus.put(f"{one}/permission-mode/perhaps"), 400)
    home = first(qalyptus, "/organizations")["id"]
    for path in (f"/projects/organization/{home}", f"/organizations/{home}/projects"):
        assert [item["name"] for item in data(qalyptus.get(path))] == ["Sales", "Quality", "Vehicles"]


def test_a_project_goes_with_what_is_in_it(qalyptus: Any) -> None:
    sales = project_id(qalyptus)
    inside = {
        name: [item["id"] for item in data(qalyptus.get(f"/{name}")) if item["project"]["name"] == "Sales"]
        for name in CONTENTS
    }
    assert all(inside.values())
    data(qalyptus.post("/projects/delete", json=[sales]))
    for name, ids in inside.items():
        for object_id in ids:
            error(qalyptus.get(f"/{name}/{object_id}"), 404)
        assert data(qalyptus.get(f"/{name}")), "the other projects keep theirs"


@pytest.mark.parametrize("name", OWNED)
def test_change_owner(qalyptus: Any, name: str) -> None:
    item, user = first(qalyptus, f"/{name}"), first(qalyptus, "/users", 3)
    changed = data(qalyptus.put(f"/{name}/{item['id']}/owner/{user['id']}"))
    assert (changed["owner"], changed["ownerName"], changed["isMine"]) == (user["id"], user["name"], False)
    assert first(qalyptus, f"/{name}") == changed


def test_there_are_42_permissions() -> None:
    flags = list(PermissionDto.model_fields)
    assert len(flags) == len(set(flags)) == 42
    assert {flag for flag in flags if not flag.endswith(SUBJECTS)} == set()


@pytest.mark.parametrize("name", OWNED)
def test_permissions_of_members(qalyptus: Any, name: str) -> None:
    path = f"/{name}/{first(qalyptus, f'/{name}')['id']}/permissions"
    before = data(qalyptus.get(path))
    user, group = first(qalyptus, "/users", -1), first(qalyptus, "/groups", -1)
    members = [{"id": user["id"], "type": "User"}, {"id": group["id"], "type": "Group"}]
    body = {"members": members, "permissions": {"viewProject": True, "runTask": True}}
    held = data(qalyptus.put(path, json=body))
    assert held[: len(before)] == before, "other members keep theirs"
    added = held[len(before) :]
    assert [(item["memberID"], item["type"]) for item in added] == [(user["id"], "User"), (group["id"], "Group")]
    for item in added:
        assert {flag for flag, given in item["permissions"].items() if given} == {"viewProject", "runTask"}
        assert len(item["permissions"]) == 42
    assert data(qalyptus.put(path, json=body)) == held, "the same members again add nothing"

    one = f"{path}/{added[0]['id']}"
    assert data(qalyptus.get(one)) == added[0]
    changed = data(qalyptus.put(one, json={"viewReport": True}))
    assert {flag for flag, given in changed["permissions"].items() if given} == {"viewReport"}
    error(qalyptus.put(one, json={"viewReport": "yes"}), 400, "viewReport")
    data(qalyptus.delete(one))
    error(qalyptus.get(one), 404, added[0]["id"])
    data(qalyptus.post(f"{path}/delete", json=[added[1]["id"]]))
    assert data(qalyptus.get(path)) == before


def test_permissions_of_one_object_are_not_those_of_another(qalyptus: Any) -> None:
    here, there = (item["id"] for item in data(qalyptus.get("/reports"))[:2])
    held = first(qalyptus, f"/reports/{here}/permissions")["id"]
    error(qalyptus.get(f"/reports/{there}/permissions/{held}"), 404)
    error(qalyptus.get(f"/filters/{here}/permissions"), 404)


def test_rules_of_a_condition(qalyptus: Any) -> None:
    condition = made_in(qalyptus, "/conditions")
    path, app = f"/conditions/{condition['id']}", first(qalyptus, f"/organizations/{home(qalyptus)}/qlik-apps")
    body = {"name": "Stock is low", "qlikAppID": app["id"], "values": [{"operator": "<", "value": 10}]}
    assert data(qalyptus.get(f"{path}/rules")) == []
    rule = data(qalyptus.put(f"{path}/rule", json=body))
    assert rule == {"id": rule["id"], **body}
    changed = data(qalyptus.put(f"{path}/rule", json={**body, "id": rule["id"], "values": []}))
    assert changed == {**rule, "values": []}
    assert data(qalyptus.get(f"/conditions/rules/{rule['id']}")) == changed
    assert data(qalyptus.get(f"{path}/rules")) == [changed]
    error(qalyptus.put(f"{path}/rule", json={**body, "id": UNKNOWN}), 404, UNKNOWN)
    elsewhere = first(qalyptus, "/conditions")["id"]
    error(qalyptus.post(f"/conditions/{elsewhere}/rules/delete", json=[rule["id"]]), 404)
    data(qalyptus.post(f"{path}/rules/delete", json=[rule["id"]]))
    assert data(qalyptus.get(f"{path}/rules")) == []


def home(api: Any) -> str:
    return str(first(api, "/organizations")["id"])


def test_items_of_a_filter(qalyptus: Any) -> None:
    seeded = data(qalyptus.get(f"/filters/{first(qalyptus, '/filters')['id']}/items"))
    assert [item["type"] for item in seeded] == ["Field", "Variable", "Bookmark"]
    field, variable, bookmark = seeded
    path = f"/filters/{made_in(qalyptus, '/filters')['id']}"
    bodies = {
        "variables": {"qlikVariableID": variable["qlikVariableID"], "variableValue": "2025"},
        "bookmarks": {"qlikBookmarkID": bookmark["qlikBookmarkID"]},
        "fields": {"qlikFieldID": field["qlikFieldID"], "filterItemFieldValues": ["Nordics", "DACH"]},
    }
    made = [data(qalyptus.put(f"{path}/{name}", json=body)) for name, body in bodies.items()]
    assert [item["name"] for item in made] == [variable["name"], bookmark["name"], field["name"]]
    assert [item["order"] for item in made] == [1, 2, 3]
    assert made[2]["filterItemFieldValues"] == ["Nordics", "DACH"]
    changed = data(
        qalyptus.put(f"{path}/variables", json={**bodies["variables"], "id": made[0]["id"], "variableValue": "2026"})
    )
    assert changed == {**made[0], "variableValue": "2026"}
    error(qalyptus.put(f"{path}/fields", json={**bodies["fields"], "id": made[0]["id"]}), 404)
    assert data(qalyptus.get(f"/filters/items/{made[0]['id']}")) == changed
    assert data(qalyptus.get(f"{path}/items")) == [changed, *made[1:]]


def test_items_move_up_and_down_and_stop_at_the_ends(qalyptus: Any) -> None:
    path = f"/filters/{first(qalyptus, '/filters')['id']}"
    a, b, c = (item["id"] for item in data(qalyptus.get(f"{path}/items")))

    def move(item: str, direction: str) -> list[str]:
        answer = data(qalyptus.put(f"{path}/values/order", json={"id": item, "direction": direction}))
        assert answer == data(qalyptus.get(f"{path}/items"))
        assert [one["order"] for one in answer] == [1, 2, 3]
        return [one["id"] for one in answer]

    assert move(a, "Down") == [b, a, c]
    assert move(c, "Up") == [b, c, a]
    assert move(b, "Up") == [b, c, a]
    assert move(a, "Down") == [b, c, a]
    error(qalyptus.put(f"{path}/values/order", json={"id": a, "direction": "Left"}), 400, "direction")
    data(qalyptus.post(f"{path}/values/delete", json=[b, c]))
    assert [one["id"] for one in data(qalyptus.get(f"{path}/items"))] == [a]


def test_filter_moves_to_another_project_and_is_found_by_report(qalyptus: Any) -> None:
    made, report = made_in(qalyptus, "/filters"), qalyptus.extra["report_id"]
    assert made in data(qalyptus.get(f"/filters/report/{report}"))
    body = {"name": made["name"], "projectID": project_id(qalyptus, "Quality")}
    assert data(qalyptus.put(f"/filters/{made['id']}", json=body))["project"]["name"] == "Quality"
    assert made["id"] not in {item["id"] for item in data(qalyptus.get(f"/filters/report/{report}"))}


@pytest.mark.parametrize(
    ("kind", "stored", "formats"),
    [
        (None, "Excel", ["Xlsx", "Pdf", "Csv", "Html"]),
        ("html", "HTML", ["Html", "Pdf"]),
        ("Word", "Word", ["Pdf"]),
        ("PowerPoint", "PowerPoint", ["Pdf"]),
    ],
)
def test_report_of_each_type(qalyptus: Any, kind: str | None, stored: str, formats: list[str]) -> None:
    body = {"name": "New", "projectID": project_id(qalyptus), "type": kind}
    made = data(qalyptus.post("/reports", json=body))
    assert (made["type"], made["outputFormats"]) == (stored, formats)
    page = qalyptus.get(f"/reports/{made['id']}/html")
    if stored == "HTML":
        assert "<h1>New</h1>" in data(page)
    else:
        assert error(page, 404) == "HTML content not found"
    error(qalyptus.post("/reports", json={**body, "type": "Poem"}), 400, "Excel, Word, PowerPoint, HTML")


def test_report_made_by_hand_can_be_generated_under_any_name(sandbox: Any, qalyptus: Any) -> None:
    body = {"name": '<b>Übersicht \u65e5\u672c \U0001f4c8\x00 & "Co"', "projectID": project_id(qalyptus)}
    report = data(qalyptus.post("/reports", json=body))
    for output_format in report["outputFormats"]:
        request_id = data(qalyptus.post(f"/reports/{report['id']}/on-demand/{output_format}"))["id"]
        sandbox.advance(3)
        answer = qalyptus.get(f"/status/{request_id}/download/stream")
        assert answer.status_code == 200
        assert len(answer.content) > 500
    data(qalyptus.delete(f"/reports/{report['id']}"))
    record = data(qalyptus.get(f"/status/on-demand-requests/{request_id}"))
    assert record["reportName"] == body["name"], "a request outlives its report"


def test_iteration_fields_and_dynamic_names(qalyptus: Any) -> None:
    path = f"/reports/{qalyptus.extra['report_id']}"
    body = {
        "name": "Regional sales review",
        "isIteration": True,
        "iterationFields": [{"field": "Region"}],
        "dynamicNameSeparator": "-",
        "dynamicNames": [{"text": "Sales"}, {"field": "Region"}],
    }
    changed = data(qalyptus.put(path, json=body))
    assert (changed["isIteration"], changed["dynamicNameSeparator"]) == (True, "-")
    fields, names = (data(qalyptus.get(f"{path}/{name}")) for name in ("iteration-fields", "dynamic-names"))
    assert [item["field"] for item in fields] == ["Region"]
    assert [item.get("text") for item in names] == ["Sales", None]
    assert all(item["id"] for item in (*fields, *names))
    data(qalyptus.put(path, json={"name": "Regional sales review", "isIteration": False}))
    assert data(qalyptus.get(f"{path}/iteration-fields")) == []


def test_qlik_side_of_a_report(qalyptus: Any) -> None:
    path = f"/reports/{qalyptus.extra['report_id']}"
    apps, objects = data(qalyptus.get(f"{path}/qlik-apps")), data(qalyptus.get(f"{path}/objects"))
    variables, items = data(qalyptus.get(f"{path}/variables")), data(qalyptus.get(f"{path}/template-items"))
    assert [app["name"] for app in apps] == ["Sales analytics"]
    assert {item["qlikAppID"] for item in (*objects, *variables)} == {apps[0]["id"]}
    levels = [item for node in items["nodes"] for item in node["objects"]]
    in_template = [item for level in levels for item in level["objects"]]
    assert {item["objects"] for item in in_template} == {None}
    assert {item["id"] for item in in_template} == {item["id"] for item in objects}
    assert all([column["name"] for column in item["columns"]][:2] == ["Region", "Month"] for item in in_template)
    assert all(column.keys() == {"id", "name"} for item in in_template for column in item["columns"])
