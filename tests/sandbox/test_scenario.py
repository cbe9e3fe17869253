"""Every kind of fault, as a client sees it on the wire."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from qa_sandbox import Sandbox
from qa_sandbox.scenario import Fault, Rule, read_scenario


def test_status_with_body_headers_and_retry_after(sandbox: Sandbox, monitorqa: Any) -> None:
    fault = {"status": 429, "body": {"message": "slow down"}, "headers": {"X-Quota": "0"}, "retry_after": 2}
    sandbox.add_fault(fault, vendor="monitorqa", path="^/users$", times=1)
    answer = monitorqa.get("/users")
    assert (answer.status_code, answer.json()) == (429, {"message": "slow down"})
    assert (answer.headers["Retry-After"], answer.headers["X-Quota"]) == ("2", "0")
    assert monitorqa.get("/users").status_code == 200, "times=1 must end the fault"


def test_retry_after_as_a_date(sandbox: Sandbox, monitorqa: Any) -> None:
    sandbox.add_fault({"status": 503, "retry_after_date": 60})
    asked = time.time()
    answer = monitorqa.get("/users")
    assert answer.status_code == 503
    assert 58 <= parsedate_to_datetime(answer.headers["Retry-After"]).timestamp() - asked <= 62


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        ({"nth": 2}, [2]),
        ({"first": 3}, [3, 4, 5]),
        ({"first": 2, "last": 3}, [2, 3]),
        ({"first": 2, "times": 2}, [2, 3]),
        ({"method": "post"}, []),
        ({"vendor": "qalyptus"}, []),
        ({"path": "^/user"}, [1, 2, 3, 4, 5]),
        ({"path": "^/audit"}, []),
    ],
)
def test_rule_chooses_requests(sandbox: Sandbox, monitorqa: Any, rule: dict[str, Any], hit: list[int]) -> None:
    sandbox.add_fault({"status": 500}, **rule)
    failed = [number for number in range(1, 6) if monitorqa.get("/users").status_code == 500]
    assert failed == hit


def test_first_rule_that_applies_wins_and_all_count(sandbox: Sandbox, monitorqa: Any) -> None:
    sandbox.add_fault({"status": 500}, nth=1)
    sandbox.add_fault({"status": 502}, last=2)
    assert [monitorqa.get("/users").status_code for _ in range(3)] == [500, 502, 200]


@pytest.mark.parametrize(("fault", "commits"), [("reset_before", False), ("reset_after", True)])
def test_reset_drops_the_connection(sandbox: Sandbox, monitorqa: Any, fault: str, commits: bool) -> None:
    sandbox.add_fault(fault, method="POST", times=1)
    body = {
        "name": "Lost answer",
        "endDate": "2999-01-01T00:00:00.000Z",
        "templateId": monitorqa.extra["template_id"],
        "auditObjectId": monitorqa.extra["audit_object_id"],
    }
    with pytest.raises(requests.ConnectionError, match="reset"):
        monitorqa.post("/audit", json=body)
    assert sandbox.requests("monitorqa")[-1].status is None
    names = [row["name"] for row in monitorqa.get("/audit/pending").json()["data"]]
    assert ("Lost answer" in names) is commits


def test_commit_lets_the_app_work_behind_a_gateway_error(sandbox: Sandbox, qalyptus: Any) -> None:
    sandbox.add_fault({"status": 504, "commit": True}, method="POST", times=1)
    before = len(qalyptus.get("/status/on-demand-requests").json()["data"])
    assert qalyptus.post(f"/reports/{qalyptus.extra['report_id']}/on-demand/Pdf").status_code == 504
    assert len(qalyptus.get("/status/on-demand-requests").json()["data"]) == before + 1


def test_truncate_keeps_the_content_length(sandbox: Sandbox, monitorqa: Any) -> None:
    whole = monitorqa.get("/audit/complete")
    sandbox.add_fault({"truncate": 100}, times=1)
    answer = monitorqa.get("/audit/complete", stream=True)
    assert answer.headers["Content-Length"] == whole.headers["Content-Length"]
    assert answer.raw.read(100) == whole.content[:100]
    with pytest.raises(urllib3.exceptions.ProtocolError, match="IncompleteRead"):
        answer.raw.read(1)
    assert sandbox.requests("monitorqa")[-1].bytes_sent == 100


def test_slow_limits_the_rate(sandbox: Sandbox, monitorqa: Any) -> None:
    size = len(monitorqa.get("/users").content)
    sandbox.add_fault({"slow": size * 5}, times=1)
    began = time.monotonic()
    assert len(monitorqa.get("/users").content) == size
    assert time.monotonic() - began >= 0.15


def test_delay_comes_before_anything_else(sandbox: Sandbox, monitorqa: Any) -> None:
    sandbox.add_fault({"delay": 0.2, "status": 500}, times=1)
    began = time.monotonic()
    assert monitorqa.get("/users").status_code == 500
    assert time.monotonic() - began >= 0.2


def test_client_timeout_during_a_delay(sandbox: Sandbox, monitorqa: Any) -> None:
    sandbox.add_fault({"delay": 30}, times=1)
    with pytest.raises(requests.Timeout):
        requests.get(monitorqa.root + "/users", headers=monitorqa.headers, timeout=0.1)
    assert monitorqa.get("/users").status_code == 200


def test_html_instead_of_json(sandbox: Sandbox, qalyptus: Any) -> None:
    sandbox.add_fault("html", times=1)
    answer = qalyptus.get("/reports")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>Sign in" in answer.text


@pytest.mark.parametrize("vendor", ["monitorqa", "qalyptus"])
def test_expired_token_gets_the_vendors_own_401(sandbox: Sandbox, api_of: Any, vendor: str) -> None:
    api = api_of(sandbox, vendor)
    sandbox.add_fault("expire_token", times=1)
    answer = api.get("/users")
    assert answer.status_code == 401
    assert "error" in answer.json()
    assert api.get("/users").status_code == 200


def test_duplicate_page_repeats_page_one(sandbox: Sandbox, monitorqa: Any) -> None:
    params = {"pageSize": 10}
    first = monitorqa.get("/audit/complete", params={**params, "pageNumber": 1}).json()
    sandbox.add_fault("duplicate_page", times=1)
    assert monitorqa.get("/audit/complete", params={**params, "pageNumber": 2}).json() == first
    assert monitorqa.get("/audit/complete", params={**params, "pageNumber": 2}).json() != first


def test_removed_fault_no_longer_applies(sandbox: Sandbox, monitorqa: Any) -> None:
    rule_id = sandbox.add_fault({"status": 500})
    assert monitorqa.get("/users").status_code == 500
    assert sandbox.remove_fault(rule_id)
    assert not sandbox.remove_fault(rule_id)
    assert monitorqa.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("status", "mapping"),
        ({}, "non-empty mapping"),
        ({"fault": {"status": 99}}, "200 to 599"),
        ({"fault": {"stutus": 500}}, "Unknown fault member stutus"),
        ({"fault": "explode"}, "Unknown fault member explode"),
        ({"fault": {"status": 500}, "paht": "x"}, "Unknown scenario rule member paht"),
        ({"fault": {"status": 500}, "path": "("}, "not a regular expression"),
        ({"fault": {"status": 500}, "nth": 0}, "1 or more"),
        ({"fault": {"slow": 0}}, "bytes per second"),
        ({"fault": {"commit": True}}, "needs status or html"),
        ({"fault": {"status": 500, "headers": {"X-Bad": "a\r\nb"}}}, "one line of Latin-1"),
        ({"fault": {"status": 500, "headers": {"X-\u2603": "a"}}}, "one line of Latin-1"),
        ({"fault": {"status": 500, "body": {1, 2}}}, "JSON"),
    ],
)
def test_wrong_rule_is_refused_with_a_reason(raw: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Rule.parse(raw, "rule-1")


def test_rule_survives_a_round_trip() -> None:
    rule = Rule(Fault(status=429, retry_after=2, headers={"a": "b"}), id="quota", vendor="monitorqa", last=3)
    assert Rule.parse(rule.as_dict(), "other") == rule


@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_scenario_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"scenario.{ending}"
    rules = [{"vendor": "monitorqa", "fault": {"status": 500}}]
    outcomes = [{"kind": "audit", "result": "expired"}]
    path.write_text(json.dumps(rules))
    assert read_scenario(path) == (rules, [])
    path.write_text(json.dumps({"rules": rules, "outcomes": outcomes}))
    assert read_scenario(path) == (rules, outcomes)
    for text in ("[1", '"text"', '{"rule": []}'):
        path.write_text(text)
        with pytest.raises(ValueError, match="Scenario file"):
            read_scenario(path)
