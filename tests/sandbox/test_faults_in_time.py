"""Faults that leave a client in doubt: late commits, lists that lag, answers that drip, odd headers."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox


@pytest.fixture
def frozen() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "smartq", "simplo"], SandboxSettings(), clock=ManualClock()) as sandbox:
        yield sandbox


def user(name: str, api: Any) -> dict[str, str]:
    role = api.get("/roles").json()[0]["id"]
    return {"fullName": name, "email": f"{name.lower()}@example.com", "roleId": role}


def names(api: Any) -> list[str]:
    return [row["name"] for row in api.get("/users").json()]


def test_late_commit_is_answered_502_and_appears_later(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    body = user("Latecomer", api)
    frozen.add_fault({"commit_late": 30}, method="POST", path="^/users$", times=1)
    assert api.post("/users", json=body).status_code == 502
    frozen.advance(29)
    assert "Latecomer" not in names(api)
    frozen.advance(1)
    assert frozen.callbacks("monitorqa").wait(10)
    assert names(api).count("Latecomer") == 1


def test_late_commit_may_answer_another_status(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    frozen.add_fault({"commit_late": 5, "status": 504, "body": {"error": "timeout"}}, method="POST", times=1)
    answer = api.post("/users", json=user("Somebody", api))
    assert (answer.status_code, answer.json()) == (504, {"error": "timeout"})


def test_request_timeout_after_the_request_was_carried_out(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    frozen.add_fault({"status": 408, "commit": True}, method="POST", times=1)
    assert api.post("/users", json=user("Doubtful", api)).status_code == 408
    assert names(api).count("Doubtful") == 1


def test_list_shows_a_new_object_only_after_the_lag(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    before = api.get("/score-systems").json()
    labels = [{"min": 0, "max": 100, "label": "All", "color": "#000000"}]
    body = {"name": "Lagging", "passedThreshold": 50, "scoreSystemType": 0, "labels": labels}
    frozen.add_fault({"list_lag": 10}, method="POST", times=1)
    made = api.post("/score-systems", json=body).json()["id"]
    assert api.get("/score-systems").json() == before, "neither the row nor the count may show it"
    assert api.get(f"/score-systems/{made}").json()["name"] == "Lagging"
    frozen.advance(10)
    after = api.get("/score-systems").json()
    assert (len(after["data"]), after["meta"]["totalCount"]) == (len(before["data"]) + 1, len(before["data"]) + 1)


def test_what_was_made_though_the_answer_is_lost_lags_behind_too(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    frozen.add_fault({"reset_after": True, "list_lag": 10}, method="POST", times=1)
    with pytest.raises(requests.ConnectionError):
        api.post("/users", json=user("Late", api))
    assert "Late" not in names(api)
    frozen.advance(10)
    assert names(api).count("Late") == 1


def test_reset_ends_the_lag(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    frozen.add_fault({"list_lag": 1000}, method="POST")
    api.post("/users", json=user("Hidden", api))
    frozen.reset()
    api.post("/users", json=user("Shown", api))
    assert "Shown" in names(api)


def test_drip_sends_byte_by_byte(frozen: Sandbox, api_of: Any) -> None:
    api = api_of(frozen, "monitorqa")
    frozen.add_fault({"drip": 0.02, "truncate": 20}, path="^/users$", times=1)
    began = time.monotonic()
    with pytest.raises(Exception, match=r"IncompleteRead|broken"):
        api.get("/users")
    assert time.monotonic() - began >= 0.3


def raw_answer(url: str, path: str, key: str) -> bytes:
    host, _, port = url.removeprefix("http://").partition(":")
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-API-KEY: {key}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def test_content_length_can_come_twice(frozen: Sandbox) -> None:
    frozen.add_fault("duplicate_content_length", path="^/users$")
    key = frozen.settings.api_key("monitorqa")
    head, _, body = raw_answer(frozen.url("monitorqa"), "/users", key).partition(b"\r\n\r\n")
    lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    assert lengths == [b"content-length: %d" % len(body)] * 2
    assert frozen.requests("monitorqa")[-1].status == 200


@pytest.mark.parametrize("skew", [-7200, 0, 86400])
def test_date_header_can_be_wrong(frozen: Sandbox, api_of: Any, skew: float) -> None:
    frozen.add_fault({"date_skew": skew})
    before = int(time.time())
    answer = api_of(frozen, "monitorqa").get("/users")
    assert len(answer.raw.headers.getlist("Date")) == 1
    assert before <= parsedate_to_datetime(answer.headers["Date"]).timestamp() - skew <= time.time()


@pytest.mark.parametrize(
    "fault", [{"commit_late": -1}, {"list_lag": "soon"}, {"drip": -0.1}, {"date_skew": "x"}, {"html": 1}]
)
def test_wrong_members_are_refused(frozen: Sandbox, fault: Any) -> None:
    with pytest.raises(ValueError, match="Scenario member"):
        frozen.add_fault(fault)
