"""Simplo IS: what it publishes about itself, guesses that can be changed, faults, arbitrary input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, SandboxSettings, SimploWire, run_sandbox
from tests.sandbox.fuzzing import fuzz
from tests.sandbox.simplo_answers import CLIENT, invoices, refusal, without_login


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    """Serve one vendor only: every test resets all that are served."""
    with run_sandbox(["simplo"], clock=ManualClock()) as sandbox:
        yield sandbox


def test_every_other_route_asks_for_a_login_first(simplo: Any) -> None:
    schema = requests.get(simplo.root + "/openapi.json", timeout=10).json()
    operations = [
        (method, path, found) for path, methods in schema["paths"].items() for method, found in methods.items()
    ]
    assert len(operations) == 17, "the 16 of the inventory, and PATCH of a report setting"
    for method, path, operation in operations:
        by_hash = path.endswith(("/public", "/download-pdf", "/approved"))
        assert ("security" in operation) is not by_hash, path
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": simplo.connection["password"]}):
            answer = requests.request(method, simplo.root + path, headers=headers, data=b"{", timeout=10)
            if not by_hash:
                refusal(answer, 401, "Unauthorized")
            else:
                assert answer.status_code == 404, "the path is no report id"


def test_published_examples_name_objects_that_exist(sandbox: Sandbox, simplo: Any) -> None:
    schema = requests.get(simplo.root + "/openapi.json", timeout=10).json()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            shown = {item["name"]: item["example"] for item in operation.get("parameters", ()) if "example" in item}
            media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            query = {"hash": shown["hash"]} if "hash" in shown else None
            sandbox.reset()
            answer = requests.request(
                method,
                simplo.root + path.format(**shown),
                headers=simplo.headers,
                params=query,
                json=media.get("example"),
                timeout=10,
            )
            assert answer.status_code in (200, 201, 204), (method, path, answer.text)


@pytest.mark.parametrize(
    ("wire", "headers"),
    [
        ({"auth_scheme": ""}, {"Authorization": "sandbox-simplo-key"}),
        ({"auth_scheme": "Token"}, {"Authorization": "token sandbox-simplo-key"}),
        ({"auth_header": "X-API-Key", "auth_scheme": ""}, {"X-API-Key": "sandbox-simplo-key"}),
    ],
)
def test_login_is_a_guess_that_can_be_changed(wire: dict[str, Any], headers: dict[str, str]) -> None:
    with run_sandbox(["simplo"], SandboxSettings(simplo=SimploWire(**wire))) as sandbox:
        url = sandbox.url("simplo") + "/api/v0/reports"
        assert requests.get(url, headers=headers, timeout=10).status_code == 200
        bearer = {"Authorization": "Bearer sandbox-simplo-key"}
        assert requests.get(url, headers=bearer, timeout=10).status_code == 401


def test_other_guesses_can_be_changed(api_of: Any) -> None:
    wire = SimploWire(second_invoice="error", approve_returns_report=True, user_agents=("Portal/1",))
    with run_sandbox(["simplo"], SandboxSettings(simplo=wire), clock=ManualClock()) as sandbox:
        api = api_of(sandbox, "simplo")
        assert api.get("/reports/46/issue-invoice").status_code == 204
        assert list(refusal(api.get("/reports/46/issue-invoice"), 422, "ValidationError")) == ["state"]
        assert len(invoices(api)) == 1
        report = api.get("/reports/47").json()
        body = {"hash": report["hash"]}
        refusal(without_login(api, "POST", "/reports/47/approved", agent=CLIENT, json=body), 401, "Unauthorized")
        answer = without_login(api, "POST", "/reports/47/approved", agent="Portal/1", json=body)
        assert answer.json()["state"] == 3


@pytest.mark.parametrize("wire", [{"auth_header": "X-Secret"}, {"second_invoice": "maybe"}])
def test_wrong_guesses_are_refused(wire: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Simplo"):
        SimploWire(**wire)  # type: ignore[arg-type]


def test_faults_reach_simplo_too(sandbox: Sandbox, simplo: Any) -> None:
    sandbox.add_fault({"status": 429, "retry_after": 7}, vendor="simplo", times=1)
    assert simplo.get("/reports").headers["Retry-After"] == "7"
    sandbox.add_fault("expire_token", vendor="simplo", times=1)
    refusal(simplo.get("/reports"), 401, "Unauthorized")
    sandbox.add_fault("html", vendor="simplo", path="download-pdf", times=1)
    assert simplo.get("/reports/46/download-pdf").text.startswith("<!DOCTYPE html>")


@pytest.mark.slow
def test_no_input_makes_a_500(simplo: Any) -> None:
    assert {200, 404, 422} <= set(fuzz(simplo, examples=3)), "no fuzzing unless some requests get through"
