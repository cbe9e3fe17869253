"""CONQA: uneven wrappers, paging, access, milestones that are queued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests

from qa_sandbox import ConqaWire, ManualClock, Sandbox, SandboxSettings, run_sandbox
from tests.sandbox.fuzzing import fuzz

UNKNOWN = "00000000-0000-4000-8000-000000000000"
COMPLETE = {"productType": {"value": "earthworks"}, "area": {"value": "area-1"}}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """Serve one vendor only: every test resets all that are served."""
    with run_sandbox(["conqa"], clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def project(conqa: Any) -> str:
    return "/project/" + str(conqa.extra["project_id"])


def other_project(api: Any, name: str) -> str:
    state = api.control("GET", "/state").json()
    return "/project/" + next(item["id"] for item in state["projects"] if item["name"].startswith(name))


def stamp(sandbox: Sandbox, seconds: float = 0) -> str:
    return (sandbox.clock.now() + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def refusal(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body = dict(answer.json())
    assert isinstance(body["message"], str)
    assert set(body) <= {"message", "details", "skipReason"}
    return body


@pytest.fixture
def upsert(sandbox: Sandbox, conqa: Any, project: str) -> Any:
    def upsert(external_id: str, timestamp: str | None = None, where: str = project, **data: Any) -> requests.Response:
        body = {"metadata": {"timestamp": timestamp or stamp(sandbox)}, "data": data}
        answer: requests.Response = conqa.post(f"{where}/milestones/{quote(external_id, safe='')}", json=body)
        return answer

    return upsert


@pytest.fixture
def shown(conqa: Any, project: str) -> Any:
    """What the list of milestones shows, by external id."""

    def shown(where: str = project, **query: Any) -> dict[str, Any]:
        rows = conqa.get(f"{where}/milestones", params=query).json()["data"]["milestones"]
        return {row["externalId"]: row for row in rows}

    return shown


def test_wrappers_are_uneven_as_documented(conqa: Any, project: str) -> None:
    projects = conqa.get("/projects").json()
    assert set(projects) == {"projects"}
    assert [set(item) for item in projects["projects"]] == [{"projectId", "projectName"}] * 3
    summary = conqa.get(f"{project}/summary").json()["data"]
    assert summary["issues"]["total"] == sum(item["issueCount"] for item in summary["issues"]["statuses"]) == 37
    assert summary["milestones"]["total"] == sum(item["count"] for item in summary["milestones"]["statuses"]) == 13
    assert set(summary["milestones"]["statuses"][0]) == {"status", "count", "percentage"}
    assert set(conqa.get(f"{project}/issues").json()["data"]) == {"paging", "issues"}


def test_issues_come_in_pages_and_age_with_the_clock(sandbox: Sandbox, conqa: Any, project: str) -> None:
    first = conqa.get(f"{project}/issues").json()["data"]
    assert first["paging"] == {"total_records": 37, "page_size": 300, "page_number": 1}
    pages = [conqa.get(f"{project}/issues", params={"page": n, "limit": 15}).json()["data"] for n in (1, 2, 3, 4)]
    assert [len(page["issues"]) for page in pages] == [15, 15, 7, 0]
    assert [issue for page in pages for issue in page["issues"]] == first["issues"]
    issue = first["issues"][0]
    assert issue["issueId"].startswith("iss:")
    assert issue["checklistId"].startswith("cl:")
    sandbox.advance(3 * 24 * 3600)
    assert conqa.get(f"{project}/issues").json()["data"]["issues"][0]["daysAtStatus"] == issue["daysAtStatus"] + 3


@pytest.mark.parametrize("query", [{"page": 0}, {"limit": 0}, {"page": "x"}])
def test_wrong_paging_is_refused(conqa: Any, project: str, query: dict[str, Any]) -> None:
    assert refusal(conqa.get(f"{project}/issues", params=query), 400)["details"]


@pytest.mark.parametrize("token", [None, "", "wrong", "Bearer sandbox-conqa-key"])
def test_the_raw_token_is_asked_for_first(conqa: Any, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": token}
    schema = requests.get(conqa.root + "/openapi.json", timeout=10).json()
    assert sum(len(methods) for methods in schema["paths"].values()) == 15
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["security"]
            answer = requests.request(method, conqa.root + path, headers=headers, data=b"{", timeout=10)
            refusal(answer, 401)


def test_unknown_and_forbidden_places(conqa: Any) -> None:
    state = conqa.control("GET", "/state").json()
    hidden_account = next(item["id"] for item in state["accounts"] if not item["accessible"])
    hook = {"name": "n", "callbackUrl": "http://127.0.0.1:1/hook"}
    for place, status in (
        (f"/project/{UNKNOWN}", 404),
        (other_project(conqa, "Matai"), 403),
        (f"/account/{UNKNOWN}", 404),
        (f"/account/{hidden_account}", 403),
    ):
        refusal(conqa.get(f"{place}/webhooks"), status)
        refusal(conqa.put(f"{place}/report/webhook", json=hook), status)
    refusal(conqa.get("/nowhere"), 404)
    refused = conqa.patch("/projects")
    refusal(refused, 405)
    assert refused.headers["Allow"] == "GET"


def test_milestone_is_accepted_at_once_and_shown_later(sandbox: Sandbox, upsert: Any, shown: Any) -> None:
    fields = {**COMPLETE, "startDate": "2026-04-01", "quantity": 12.5, "notes": "Night shift"}
    answer = upsert("P6/B 2000", name="Fill, layer 1", status={"display": "Ready to Inspect"}, fields=fields)
    assert (answer.status_code, answer.content) == (202, b"")
    sandbox.advance(1.4)
    assert "P6/B 2000" not in shown()
    sandbox.advance(0.1)
    row = shown()["P6/B 2000"]
    assert (row["name"], row["status"]["value"]) == ("Fill, layer 1", "ready-to-inspect")
    assert row["fields"]["area"] == {"value": "area-1", "display": "Area 1"}
    assert (row["fields"]["startDate"], row["fields"]["quantity"]) == ("2026-04-01", 12.5)
    upsert(
        "P6/B 2000", stamp(sandbox), status={"value": "closed"}, fields={"notes": None, "startDate": {"value": None}}
    )
    sandbox.advance(2)
    changed = shown()["P6/B 2000"]
    assert changed["status"] == {"value": "closed", "display": "Closed"}
    assert (changed["milestoneId"], changed["name"]) == (row["milestoneId"], "Fill, layer 1")
    assert set(changed["fields"]) == {"productType", "area", "quantity"}


def test_new_milestone_gets_the_first_status(sandbox: Sandbox, upsert: Any, shown: Any) -> None:
    upsert("S-1", fields=COMPLETE)
    sandbox.advance(2)
    assert shown()["S-1"]["status"]["value"] == "planned"
    assert shown()["S-1"]["checklistId"].startswith("cl:")


@pytest.mark.parametrize(("earlier", "name"), [(0, "first"), (-60, "first"), (60, "second")])
def test_timestamp_makes_commands_idempotent(
    sandbox: Sandbox, conqa: Any, upsert: Any, shown: Any, earlier: float, name: str
) -> None:
    at = stamp(sandbox)
    upsert("S-1", at, name="first", fields=COMPLETE)
    assert upsert("S-1", stamp(sandbox, earlier), name="second").status_code == 202
    sandbox.advance(2)
    assert shown()["S-1"]["name"] == name
    skipped = conqa.control("GET", "/state").json()["skippedCommands"]
    assert [item["externalId"] for item in skipped] == ([] if name == "second" else ["S-1"])


def test_delete_is_queued_too_and_a_newer_upsert_makes_a_new_one(
    sandbox: Sandbox, conqa: Any, project: str, upsert: Any, shown: Any
) -> None:
    path, gone = f"{project}/milestones/P6-A1010", {"timestamp": stamp(sandbox)}
    before = shown()["P6-A1010"]["milestoneId"]
    assert conqa.delete(path, params=gone).status_code == 202
    assert conqa.delete(path, params=gone).status_code == 202, "a repeat while it is still shown"
    assert "P6-A1010" in shown()
    sandbox.advance(2)
    assert "P6-A1010" not in shown()
    refusal(conqa.delete(path, params=gone), 404)
    upsert("P6-A1010", gone["timestamp"], fields=COMPLETE)
    sandbox.advance(2)
    assert "P6-A1010" not in shown(), "a late repeat must not bring it back"
    upsert("P6-A1010", fields=COMPLETE)
    sandbox.advance(2)
    assert shown()["P6-A1010"]["milestoneId"] != before


@pytest.mark.parametrize("value", [None, "yesterday", "2026-01-15", "2026-02-30T10:00:00Z", "2026-01-15T10:30:00"])
def test_timestamp_must_be_an_iso_datetime(conqa: Any, project: str, upsert: Any, value: str | None) -> None:
    refusal(conqa.delete(f"{project}/milestones/P6-A1010", params={"timestamp": value}), 400)
    body = {"metadata": {"timestamp": value}, "data": {"name": "x"}}
    refusal(conqa.post(f"{project}/milestones/P6-A1010", json=body), 400)
    refusal(conqa.post(f"{project}/milestones/P6-A1010", json={"data": {"name": "x"}}), 400)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"fields": {"colour": "red"}}, "fields.colour"),
        ({"fields": {"area": "area-1"}}, "fields.area"),
        ({"fields": {"area": {"value": "Area 1"}}}, "fields.area"),
        ({"fields": {"area": {"display": "area-1"}}}, "fields.area"),
        ({"fields": {"area": {}}}, "fields.area"),
        ({"fields": {"area": {"value": "area-9"}}}, "fields.area"),
        ({"fields": {"area": {"value": "Area 9", "createNew": True}}}, "fields.area"),
        ({"fields": {"area": {"value": "x", "createNew": "yes"}}}, "fields.area"),
        ({"fields": {"subcontractor": {"value": "x", "createNew": True}}}, "fields.subcontractor"),
        ({"fields": {"inspectionClass": {"value": "x", "createNew": True}}}, "fields.inspectionClass"),
        ({"fields": {"startDate": "01.04.2026"}}, "fields.startDate"),
        ({"fields": {"startDate": "2026-02-30"}}, "fields.startDate"),
        ({"fields": {"quantity": "12"}}, "fields.quantity"),
        ({"fields": {"quantity": True}}, "fields.quantity"),
        ({"fields": {"notes": 7}}, "fields.notes"),
        ({"fields": {"notes": {"value": "x"}}}, "fields.notes"),
        ({"status": {"value": "Planned"}}, "status"),
        ({"status": {"display": "planned"}}, "status"),
        ({"status": {}}, "data.status"),
        ({"status": "planned"}, "data.status"),
        ({"feilds": {}}, "data.feilds"),
    ],
)
def test_wrong_values_are_400_and_change_nothing(
    sandbox: Sandbox, conqa: Any, upsert: Any, shown: Any, data: dict[str, Any], problem: str
) -> None:
    before = shown()
    assert problem in refusal(upsert("P6-A1010", **data), 400)["details"]
    sandbox.advance(2)
    assert shown() == before


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ({"value": "level-3", "display": "Level 3"}, ("level-3", "Level 3")),
        ({"value": "Level 3"}, ("level-3", "Level 3")),
        ({"value": "level-3"}, ("level-3", "level-3")),
        ({"display": "Level 3"}, ("level-3", "Level 3")),
        ({"value": "Type A/B"}, ("type-a-b", "Type A/B")),
        ({"value": "v1.2"}, ("v1.2", "v1.2")),
        ({"value": "Level 1"}, ("level-1", "Level 1")),
    ],
)
def test_create_new_slugifies(
    sandbox: Sandbox, upsert: Any, shown: Any, option: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert upsert("P6-A1010", fields={"level": {**option, "createNew": True}}).status_code == 202
    sandbox.advance(2)
    assert tuple(shown()["P6-A1010"]["fields"]["level"].values()) == expected
    assert upsert("P6-A1020", fields={"level": {"value": expected[0]}}).status_code == 202


@pytest.mark.parametrize(
    ("external_id", "fields", "reason"),
    [
        ("N-1", {}, "missingFields"),
        ("N-1", {"productType": {"value": "earthworks"}}, "missingFields"),
        ("N-1", {**COMPLETE, "area": None}, "missingFields"),
        ("N-1", {**COMPLETE, "productType": {"value": "landscaping"}}, "noChecklistTemplate"),
        ("N-1", {**COMPLETE, "area": {"value": "roof"}}, "noFolder"),
        ("N-1", {**COMPLETE, "area": {"value": "Area 77", "createNew": True}}, "noFolder"),
        ("P6-A1010", {}, "noData"),
        ("P6-A1010", {"area": {"value": "roof"}}, "noFolder"),
        ("P6-A1900", COMPLETE, "ambiguousExternalId"),
    ],
)
def test_skip_reasons(upsert: Any, external_id: str, fields: dict[str, Any], reason: str) -> None:
    assert refusal(upsert(external_id, fields=fields), 422)["skipReason"] == reason


def test_skip_reasons_of_other_projects_and_of_delete(sandbox: Sandbox, conqa: Any, project: str, upsert: Any) -> None:
    plain = other_project(conqa, "Riverstone")
    assert refusal(upsert("N-1", where=plain, fields=COMPLETE), 422)["skipReason"] == "noFolderNaming"
    assert upsert("P6-A1110", where=plain, name="Slab, east wing").status_code == 202
    refusal(upsert("N-1", where=other_project(conqa, "Totara"), fields=COMPLETE), 404)
    ambiguous = conqa.delete(f"{project}/milestones/P6-A1900", params={"timestamp": stamp(sandbox)})
    assert refusal(ambiguous, 422)["skipReason"] == "ambiguousExternalId"


def test_milestones_are_ordered_and_paged(conqa: Any, project: str, shown: Any) -> None:
    names = [row["name"] for row in shown(orderBy="name").values()]
    assert names == sorted(names)
    statuses = [row["status"]["value"] for row in shown(orderBy="status").values()]
    assert statuses == sorted(statuses)
    starts = [row["fields"]["startDate"] for row in shown(orderBy="startDate", orderDirection="desc").values()]
    assert starts == sorted(starts, reverse=True)
    page = conqa.get(f"{project}/milestones", params={"page": 2, "limit": 10}).json()["data"]
    assert page["paging"] == {"total_records": 13, "page_size": 10, "page_number": 2}
    assert len(page["milestones"]) == 3
    refusal(conqa.get(f"{project}/milestones", params={"orderBy": "colour"}), 400)
    refusal(conqa.get(f"{project}/milestones", params={"orderDirection": "up"}), 400)


def test_scripted_milestone_is_accepted_and_never_seen(sandbox: Sandbox, upsert: Any, shown: Any) -> None:
    sandbox.add_outcome("milestone", "never", match="^N-1$")
    assert upsert("N-1", fields=COMPLETE).status_code == 202
    sandbox.advance(3600)
    assert "N-1" not in shown()


def test_faults_reach_conqa_too(sandbox: Sandbox, conqa: Any, project: str, shown: Any) -> None:
    sandbox.add_fault("reset_after", vendor="conqa", method="POST", times=1)
    body = {"metadata": {"timestamp": stamp(sandbox)}, "data": {"fields": COMPLETE}}
    with pytest.raises(requests.ConnectionError):
        conqa.post(f"{project}/milestones/N-1", json=body)
    sandbox.advance(2)
    made = shown()["N-1"]["milestoneId"]
    assert conqa.post(f"{project}/milestones/N-1", json=body).status_code == 202
    sandbox.advance(2)
    assert shown()["N-1"]["milestoneId"] == made
    sandbox.add_fault("expire_token", vendor="conqa", times=1)
    refusal(conqa.get("/projects"), 401)


def test_seed_is_deterministic(sandbox: Sandbox, conqa: Any) -> None:
    with run_sandbox(["conqa"], clock=ManualClock()) as other:
        assert other.connections()["conqa_default"]["extra"] == conqa.extra


def test_a_member_for_the_error_text_is_a_guess_that_can_be_changed(api_of: Any) -> None:
    settings = SandboxSettings(conqa=ConqaWire(error_member="error"))
    with run_sandbox(["conqa"], settings) as sandbox:
        answer = api_of(sandbox, "conqa").get(f"/project/{UNKNOWN}/summary")
    assert (answer.status_code, answer.json()) == (404, {"error": "Project not found"})


@pytest.mark.slow
def test_no_input_makes_a_500(conqa: Any) -> None:
    assert {200, 400, 404} <= set(fuzz(conqa, examples=4)), "no fuzzing unless some requests get through"
