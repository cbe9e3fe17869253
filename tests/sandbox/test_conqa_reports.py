"""CONQA: webhooks, and reports that only a webhook announces."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest
import requests

from qa_sandbox import ConqaWire, ManualClock, Sandbox, SandboxSettings, run_sandbox
from tests.sandbox.receiver import Receiver

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """Serve one vendor only: every test resets all that are served."""
    with run_sandbox(["conqa"], clock=ManualClock()) as sandbox:
        yield sandbox


def refusal(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert isinstance(answer.json()["message"], str)
    return dict(answer.json())


@pytest.fixture
def project(conqa: Any) -> str:
    return "/project/" + str(conqa.extra["project_id"])


@pytest.fixture
def register(conqa: Any, project: str, receiver: Receiver) -> Any:
    def register(kind: str = "report", where: str = project, url: str = "") -> dict[str, Any]:
        body = {"name": f"{kind} events", "callbackUrl": url or f"{receiver.url}/hook/s3cret"}
        answer = conqa.put(f"{where}/{kind}/webhook", json=body)
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"webhook"}
        return dict(answer.json()["webhook"])

    return register


@pytest.mark.parametrize("scope", ["project", "account"])
def test_webhook_life(sandbox: Sandbox, conqa: Any, register: Any, receiver: Receiver, scope: str) -> None:
    place = f"/{scope}/{conqa.extra[f'{scope}_id']}"
    hook = register("milestone", place)
    assert hook["id"].startswith("wh:")
    assert (hook["type"], hook["status"], hook["name"]) == ("MILESTONE", "ACTIVE", "milestone events")
    assert hook[f"{scope}Id"] == conqa.extra[f"{scope}_id"]
    assert hook["maskedCallbackUrl"] == receiver.url.removeprefix("http://") + "/***"
    listed = conqa.get(f"{place}/webhooks").json()["data"]
    assert set(listed) == {"count", "webhooks"}, "no lastEvaluatedKey at the end"
    expected = hook if scope == "account" else {key: hook[key] for key in hook if key != "name"}
    assert listed["webhooks"] == [expected]
    path = f"{place}/milestone/webhook/{hook['id']}"
    sandbox.advance(1)
    changed = conqa.patch(path, json={"name": "renamed", "status": "INACTIVE"}).json()
    assert {**changed, "message": ""} == {
        "message": "",
        "webhookId": hook["id"],
        "name": "renamed",
        "status": "INACTIVE",
    }
    assert conqa.get(f"{place}/webhooks").json()["data"]["webhooks"][0]["updatedAt"] > hook["updatedAt"]
    refusal(conqa.patch(path, json={}), 400)
    refusal(conqa.patch(path, json={"status": "active"}), 400)
    refusal(conqa.delete(path.replace("/milestone/", "/report/")), 404)
    assert set(conqa.delete(path).json()) == {"message", "webhookId"}
    refusal(conqa.delete(path), 404)


@pytest.mark.parametrize(
    "body", [{}, {"name": "n"}, {"name": "", "callbackUrl": "http://x"}, {"name": "n", "callbackUrl": "no url"}]
)
def test_webhook_needs_name_and_url(conqa: Any, project: str, body: dict[str, str]) -> None:
    refusal(conqa.put(f"{project}/report/webhook", json=body), 400)
    refusal(conqa.put(f"{project}/issue/webhook", json={"name": "n", "callbackUrl": "http://example.com"}), 400)


def test_webhook_list_is_read_with_a_cursor(conqa: Any, project: str, register: Any) -> None:
    made = {register()["id"] for _ in range(5)}
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    for _ in range(5):
        page = conqa.get(f"{project}/webhooks", params=query).json()["data"]
        found += [hook["id"] for hook in page["webhooks"]]
        if "lastEvaluatedKey" not in page:
            break
        query["lastEvaluatedKey"] = page["lastEvaluatedKey"]
    assert len(found) == 5
    assert set(found) == made
    full = conqa.get(f"{project}/webhooks", params={"limit": 5}).json()["data"]
    rest = conqa.get(f"{project}/webhooks", params={"limit": 5, "lastEvaluatedKey": full["lastEvaluatedKey"]})
    assert rest.json() == {"data": {"count": 0, "webhooks": []}}
    account = f"/account/{conqa.extra['account_id']}/webhooks"
    for where, key in (
        (f"{project}/webhooks", "e30="),
        (f"{project}/webhooks", "%"),
        (account, full["lastEvaluatedKey"]),
    ):
        refusal(conqa.get(where, params={"lastEvaluatedKey": key}), 400)


def test_a_fault_can_repeat_the_first_page_whatever_the_cursor(
    sandbox: Sandbox, conqa: Any, project: str, register: Any
) -> None:
    for _ in range(3):
        register()
    first = conqa.get(f"{project}/webhooks", params={"limit": 1}).json()["data"]
    sandbox.add_fault("duplicate_page", vendor="conqa")
    query = {"limit": 1, "lastEvaluatedKey": first["lastEvaluatedKey"]}
    assert conqa.get(f"{project}/webhooks", params=query).json()["data"] == first


@pytest.fixture
def start(conqa: Any, project: str) -> Any:
    def start(**body: Any) -> None:
        answer = conqa.post(f"{project}/report", json={"checklistId": conqa.extra["checklist_id"], **body})
        assert (answer.status_code, answer.json()) == (200, {"data": {"message": "Report submitted"}})

    return start


def test_report_is_announced_to_project_and_account(
    sandbox: Sandbox, conqa: Any, receiver: Receiver, register: Any, start: Any
) -> None:
    register()
    register(where=f"/account/{conqa.extra['account_id']}", url=f"{receiver.url}/account")
    register("milestone", url=f"{receiver.url}/wrong-type")
    register(
        where=f"/project/{conqa.get('/projects').json()['projects'][1]['projectId']}",
        url=f"{receiver.url}/wrong-project",
    )
    context = {"run": "manual__1", "nested": {"list": [1, None, "ü"]}}
    start(context=context)
    sandbox.advance(2.4)
    assert sandbox.deliveries("conqa") == []
    sandbox.advance(0.1)
    assert [delivery.result.value for delivery in sandbox.deliveries("conqa")] == ["delivered"] * 2
    calls = [receiver.calls.get(timeout=5) for _ in range(2)]
    assert {path for path, _, _ in calls} == {"/hook/s3cret", "/account"}
    assert {headers["content-type"] for _, headers, _ in calls} == {"application/json"}
    assert calls[0][2] == calls[1][2]
    data = calls[0][2]["data"]
    assert set(data) == {
        "reportUrl", "reportRequestedBy", "reportType", "context", "supportCode", "error", "status", "breadcrumbs"
    }  # fmt: skip
    assert (data["status"], data["reportType"], data["context"]) == ("completed", "QAREPORT", context)
    assert [item["type"] for item in data["breadcrumbs"]] == ["folder", "folder", "folder", "checklist"]
    assert data["breadcrumbs"][-1]["id"] == conqa.extra["checklist_id"]
    file = requests.get(data["reportUrl"], timeout=10)
    assert file.headers["Content-Type"] == "application/pdf"
    assert data["breadcrumbs"][-1]["name"] in pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text()


def test_file_is_there_only_when_the_report_is_ready(sandbox: Sandbox, conqa: Any, start: Any) -> None:
    start()
    run_id = conqa.control("GET", "/state").json()["reports"][0]["id"]
    address = f"{conqa.root}/exports/{run_id}/v2/qa-report.pdf"
    assert requests.get(address, timeout=10).status_code == 404
    sandbox.advance(3)
    assert requests.get(address, timeout=10).status_code == 200
    assert requests.get(address.replace("qa-report", "issue-report"), timeout=10).status_code == 404


def test_failed_report_has_the_documented_members(
    sandbox: Sandbox, conqa: Any, receiver: Receiver, register: Any, start: Any
) -> None:
    register()
    sandbox.add_outcome("report", "error", match="^KQA-A1")
    start()
    sandbox.advance(3)
    data = receiver.next()["data"]
    assert set(data) == {
        "projectId", "reportUrl", "reportRequestedBy", "reportType", "context", "supportCode", "error", "status"
    }  # fmt: skip
    assert (data["status"], data["reportUrl"], data["context"]) == ("failed", "", {})
    assert data["projectId"] == conqa.extra["project_id"]
    assert len(data["supportCode"]) == 5
    assert data["error"] == "There was an error generating the report"


@pytest.mark.parametrize("result", ["completed", "error"])
def test_issue_report_echoes_filters_not_context(
    sandbox: Sandbox, conqa: Any, receiver: Receiver, register: Any, result: str
) -> None:
    register()
    sandbox.add_outcome("report", result)
    store = sandbox.app("conqa").state.store
    store.start_issue_report(store.projects[0], {"status": "open"})
    sandbox.advance(3)
    data = receiver.next()["data"]
    assert set(data) == {
        "projectId", "reportUrl", "reportRequestedBy", "reportType", "filters", "supportCode", "error", "status"
    }  # fmt: skip
    assert (data["reportType"], data["filters"]) == ("ISSUES", {"status": "open"})
    if result == "completed":
        assert data["reportUrl"].endswith("/v2/issue-report.pdf")
        assert requests.get(data["reportUrl"], timeout=10).content.startswith(b"%PDF-")


def test_report_can_be_scripted_while_it_is_made(
    sandbox: Sandbox, conqa: Any, receiver: Receiver, register: Any, start: Any
) -> None:
    register()
    start(context={"n": 1})
    run_id = conqa.control("GET", "/state").json()["reports"][0]["id"]
    outcome = {"id": run_id, "kind": "report", "result": "never"}
    assert conqa.control("POST", "/outcomes", json=outcome).status_code == 201
    sandbox.advance(3600)
    assert sandbox.deliveries("conqa") == []
    assert conqa.control("POST", "/outcomes", json=outcome).status_code == 404, "it is over"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"checklistId": f"cl:{UNKNOWN}"}, 404),
        ({}, 400),
        ({"checklistId": "cl:x", "context": []}, 400),
        ({"checklistId": "cl:x", "contxt": {}}, 400),
        (b'{"checklistId": "cl:x", "context": {"n": NaN}}', 400),
        (b'{"checklistId": "cl:x", "context": {"n": "\\ud800"}}', 400),
        (b'{"checklistId": "cl:x", "context": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, 400),
    ],
)
def test_wrong_report_requests(conqa: Any, project: str, body: Any, status: int) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    refusal(conqa.post(f"{project}/report", data=raw, headers={"Content-Type": "application/json"}), status)


def test_milestone_webhook_tells_of_what_is_shown(
    sandbox: Sandbox, conqa: Any, project: str, receiver: Receiver, register: Any
) -> None:
    register("milestone")
    path, at = f"{project}/milestones/P6-A1010", sandbox.clock.now().isoformat()
    conqa.post(path, json={"metadata": {"timestamp": at}, "data": {"name": "Renamed"}})
    assert receiver.count == 0
    sandbox.advance(2)
    data = receiver.next()["data"]
    assert (data["event"], data["externalId"], data["milestone"]["name"]) == ("UPSERTED", "P6-A1010", "Renamed")
    conqa.delete(path, params={"timestamp": sandbox.clock.now().isoformat()})
    sandbox.advance(2)
    assert receiver.next()["data"]["event"] == "DELETED"


def state_of(conqa: Any, webhook_id: str) -> dict[str, Any]:
    hooks = conqa.control("GET", "/state").json()["webhooks"]
    return next(hook for hook in hooks if hook["id"] == webhook_id)


def test_ten_failures_in_a_row_disable_a_webhook(
    sandbox: Sandbox, conqa: Any, project: str, receiver: Receiver, register: Any, start: Any
) -> None:
    hook = register()

    def report(times: int, status: int) -> None:
        receiver.status = status
        for _ in range(times):
            start()
        sandbox.advance(3)
        sandbox.deliveries("conqa")

    report(9, 500)
    assert (state_of(conqa, hook["id"])["status"], state_of(conqa, hook["id"])["failures"]) == ("ACTIVE", 9)
    report(1, 204)
    assert state_of(conqa, hook["id"])["failures"] == 0, "only failures in a row count"
    report(12, 307)
    assert receiver.count == 9 + 1 + 10, "no redirect is followed, nothing is sent once it is disabled"
    assert (state_of(conqa, hook["id"])["status"], state_of(conqa, hook["id"])["failures"]) == ("INACTIVE", 0)
    state = conqa.control("GET", "/state").json()
    assert [mail["to"] for mail in state["mails"]] == ["hana.whitmore@example.com"]
    assert [item["result"] for item in state["deliveries"][-3:]] == ["failed", "skipped", "skipped"]
    assert state["deliveries"][-3]["attempts"][0]["problem"] == "answered 307"
    assert "s3cret" not in json.dumps(state)
    report(1, 200)
    assert receiver.count == 20
    conqa.patch(f"{project}/report/webhook/{hook['id']}", json={"status": "ACTIVE"})
    report(1, 200)
    assert receiver.count == 21


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://example.com/webhook", "not reached: a sandbox calls 127.0.0.1 and localhost only"),
        ("http://127.0.0.1@example.com/", "not reached: a sandbox calls 127.0.0.1 and localhost only"),
        ("http://127.0.0.1:1/", "not reached: ConnectError"),
    ],
)
def test_other_machines_are_never_called(
    sandbox: Sandbox, conqa: Any, register: Any, start: Any, url: str, problem: str
) -> None:
    hook = register(url=url)
    start()
    sandbox.advance(3)
    assert sandbox.deliveries("conqa")[0].attempts[0]["problem"] == problem
    assert state_of(conqa, hook["id"])["failures"] == 1


def test_wire_guesses_can_be_changed(api_of: Any, receiver: Receiver) -> None:
    wire = ConqaWire(register_replaces=True, milestone_webhooks=False)
    settings = SandboxSettings(conqa=wire, milestone_seconds=0)
    with run_sandbox(["conqa"], settings, clock=ManualClock()) as sandbox:
        api = api_of(sandbox, "conqa")
        project = f"/project/{api.extra['project_id']}"
        for _ in range(2):
            api.put(f"{project}/milestone/webhook", json={"name": "m", "callbackUrl": receiver.url})
        assert api.get(f"{project}/webhooks").json()["data"]["count"] == 1
        body = {"metadata": {"timestamp": "2026-03-02T08:00:00Z"}, "data": {"name": "Renamed"}}
        assert api.post(f"{project}/milestones/P6-A1010", json=body).status_code == 202
        assert api.get(f"{project}/milestones").json()["data"]["milestones"][0]["name"] == "Renamed"
        assert sandbox.deliveries("conqa") == []


def test_on_a_real_clock_nobody_has_to_ask(api_of: Any, receiver: Receiver) -> None:
    with run_sandbox(["conqa"], SandboxSettings(report_seconds=0.05)) as sandbox:
        api = api_of(sandbox, "conqa")
        project = f"/project/{api.extra['project_id']}"
        api.put(f"{project}/report/webhook", json={"name": "r", "callbackUrl": receiver.url})
        api.post(f"{project}/report", json={"checklistId": api.extra["checklist_id"], "context": {"n": 1}})
        assert receiver.next()["data"]["context"] == {"n": 1}


def test_receiver_has_the_time_of_the_settings(api_of: Any, receiver: Receiver) -> None:
    receiver.hangs = True
    with run_sandbox(["conqa"], SandboxSettings(callback_timeout_seconds=0.2), clock=ManualClock()) as sandbox:
        api = api_of(sandbox, "conqa")
        project = f"/project/{api.extra['project_id']}"
        api.put(f"{project}/report/webhook", json={"name": "slow", "callbackUrl": receiver.url})
        api.post(f"{project}/report", json={"checklistId": api.extra["checklist_id"]})
        sandbox.advance(3)
        assert sandbox.deliveries("conqa")[0].attempts[0]["problem"] == "no answer within 0.2 s"
