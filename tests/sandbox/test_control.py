"""The control API below ``/__sandbox__/``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from qa_sandbox import Sandbox


def test_request_log_tells_what_went_over_the_wire(sandbox: Sandbox, monitorqa: Any) -> None:
    monitorqa.get("/audit/complete", params={"pageSize": 3}, headers={"X-Trace": "t1"})
    monitorqa.post("/audit/expire", json={"ids": ["x"]})
    answer = monitorqa.control("GET", "/requests").json()
    first, second = answer["requests"]
    assert answer["total"] == 2
    assert (first["method"], first["path"], first["query"]) == ("GET", "/audit/complete", "pageSize=3")
    assert (first["status"], first["headers"]["x-trace"]) == (200, "t1")
    assert first["bytes_sent"] > 100
    assert (second["method"], second["body"], second["status"]) == ("POST", '{"ids": ["x"]}', 409)
    assert first["clock"] == sandbox.clock.now().isoformat()
    assert monitorqa.control("DELETE", "/requests").status_code == 204
    assert sandbox.requests("monitorqa") == []


@pytest.mark.parametrize("vendor", ["monitorqa", "qalyptus"])
def test_request_log_hides_secrets(sandbox: Sandbox, api_of: Any, vendor: str) -> None:
    api = api_of(sandbox, vendor)
    api.get("/users")
    logged = api.control("GET", "/requests").text
    assert api.connection["password"] not in logged
    assert '"***"' in logged


def test_control_needs_no_key_and_suffers_no_faults(sandbox: Sandbox, monitorqa: Any) -> None:
    sandbox.add_fault("reset_before")
    assert monitorqa.control("GET", "/state").status_code == 200
    assert sandbox.requests("monitorqa") == []


def test_scenario_can_be_changed_at_run_time(monitorqa: Any, qalyptus: Any) -> None:
    answer = monitorqa.control("POST", "/scenario", json={"id": "quota", "fault": {"status": 429}})
    assert (answer.status_code, answer.json()["added"]) == (201, ["quota"])
    assert monitorqa.get("/users").status_code == 429
    assert qalyptus.get("/users").status_code == 200, "a rule without a vendor belongs to the vendor asked"
    rule = monitorqa.control("GET", "/scenario").json()["rules"][0]
    assert (rule["vendor"], rule["matched"], rule["applied"]) == ("monitorqa", 1, 1)
    assert monitorqa.control("DELETE", "/scenario/quota").status_code == 204
    assert monitorqa.control("DELETE", "/scenario/quota").status_code == 404
    assert monitorqa.get("/users").status_code == 200
    monitorqa.control("POST", "/scenario", json=[{"fault": {"status": 500}}, {"fault": "html"}])
    assert monitorqa.control("DELETE", "/scenario").status_code == 204
    assert monitorqa.control("GET", "/scenario").json() == {"rules": []}


def test_several_rules_are_added_together_or_not_at_all(monitorqa: Any) -> None:
    answer = monitorqa.control("POST", "/scenario", json=[{"fault": {"status": 500}}, {"fault": "nonsense"}])
    assert answer.status_code == 400
    assert monitorqa.control("GET", "/scenario").json() == {"rules": []}


def test_clock_advances_for_every_vendor(monitorqa: Any, qalyptus: Any) -> None:
    before = datetime.fromisoformat(monitorqa.control("GET", "/clock").json()["now"])
    answer = monitorqa.control("POST", "/clock/advance", json={"seconds": 90.5})
    assert datetime.fromisoformat(answer.json()["now"]) - before == timedelta(seconds=90.5)
    assert qalyptus.control("GET", "/clock").json() == answer.json()


def test_outcomes_can_be_scripted_at_run_time(sandbox: Sandbox, qalyptus: Any) -> None:
    outcome = {"kind": "report", "result": "error", "match": "sales"}
    assert qalyptus.control("POST", "/outcomes", json=outcome).status_code == 201
    path = f"/reports/{qalyptus.extra['report_id']}/on-demand/Pdf"
    request_id = qalyptus.post(path).json()["data"]["id"]
    assert qalyptus.control("GET", "/outcomes").json()["outcomes"][0]["used"] == 1
    assert qalyptus.control("DELETE", "/outcomes").status_code == 204
    changed = {"id": request_id, "kind": "report", "result": "completed", "seconds": 0}
    assert qalyptus.control("POST", "/outcomes", json=changed).status_code == 201
    assert qalyptus.get(f"/status/on-demand-requests/{request_id}").json()["data"]["status"] == "completed"
    assert qalyptus.control("POST", "/outcomes", json={**changed, "id": "none"}).status_code == 404


def test_state_and_reset(monitorqa: Any) -> None:
    state = monitorqa.control("GET", "/state").json()
    assert state["vendor"] == "monitorqa"
    doomed = [audit["id"] for audit in state["audits"]]
    assert monitorqa.delete("/audit", json={"ids": doomed}).status_code == 200
    assert monitorqa.control("GET", "/state").json()["audits"] == []
    assert monitorqa.control("POST", "/reset").status_code == 204
    after = monitorqa.control("GET", "/state").json()
    assert [audit["id"] for audit in after["audits"]] == doomed
    assert monitorqa.control("GET", "/requests").json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock/advance", b"{"),
        ("/clock/advance", b"[1]"),
        ("/clock/advance", b'{"seconds": -1}'),
        ("/clock/advance", b'{"seconds": true}'),
        ("/clock/advance", b'{"seconds": NaN}'),
        ("/scenario", b'{"fault": 7}'),
        ("/scenario", b"\xff"),
        ("/outcomes", b'{"kind": "audit", "result": "won"}'),
        ("/outcomes", b'{"kind": "tea", "result": "completed"}'),
        ("/outcomes", b'{"kind": "audit", "result": "expired", "match": "("}'),
        ("/outcomes", b'{"kind": "audit", "result": "expired", "colour": 1}'),
        ("/outcomes", b"[[]]"),
    ],
)
def test_wrong_control_request_is_400_with_a_reason(monitorqa: Any, path: str, body: bytes) -> None:
    answer = monitorqa.control("POST", path, data=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
