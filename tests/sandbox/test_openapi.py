"""What the apps publish about themselves, and that every published route is guarded and robust."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from qa_sandbox import Sandbox

VENDORS = ("monitorqa", "qalyptus")
# A finished request cannot be stopped, and people are not imported from a picture.
EXPECTED = {"/api/v1/status/{id}/stop": 409, "/api/v1/users/import": 400}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def schema_of(sandbox: Sandbox, vendor: str) -> dict[str, Any]:
    return dict(requests.get(sandbox.url(vendor) + "/openapi.json", timeout=10).json())


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize(
    ("vendor", "title", "version", "count"),
    [
        ("monitorqa", "MonitorQA external API", "2025-12-17", 68),
        ("qalyptus", "Qalyptus Cloud API Documentation (beta)", "v1", 176),
    ],
)
def test_openapi_is_published_without_the_control_api(
    sandbox: Sandbox, vendor: str, title: str, version: str, count: int
) -> None:
    schema = schema_of(sandbox, vendor)
    assert (schema["info"]["title"], schema["info"]["version"]) == (title, version)
    assert len(operations(schema)) == count
    assert "__sandbox__" not in str(schema)
    assert requests.get(sandbox.url(vendor) + "/docs", timeout=10).status_code == 200


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("headers", [{}, {"X-API-KEY": "wrong"}, {"Authorization": "Bearer wrong"}])
def test_every_route_asks_for_credentials_first(sandbox: Sandbox, vendor: str, headers: dict[str, str]) -> None:
    for method, path, operation in operations(schema_of(sandbox, vendor)):
        assert operation["security"], path
        url = sandbox.url(vendor) + re.sub(r"\{.*?\}", UNKNOWN, path)
        answer = requests.request(method, url, headers=headers, data=b"{", timeout=10)
        assert answer.status_code == 401, (method, path)
        assert answer.json().get("isSuccess") is False or answer.json()["error"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("vendor", VENDORS)
def test_published_examples_name_objects_that_exist(sandbox: Sandbox, api_of: Any, vendor: str) -> None:
    api = api_of(sandbox, vendor)
    for method, path, operation in operations(schema_of(sandbox, vendor)):
        examples = {item["name"]: item["example"] for item in operation.get("parameters", ()) if "example" in item}
        url = sandbox.url(vendor) + path.format(**examples)
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get("application/json", {}).get("example")
        files = {"file": ("a.png", b"image", "image/png")} if "multipart/form-data" in content else None
        api.control("POST", "/reset")
        answer = requests.request(method, url, headers=api.headers, json=body, files=files, timeout=60)
        assert answer.status_code == EXPECTED.get(path, 200), (method, path, answer.text)


@pytest.mark.parametrize("vendor", VENDORS)
def test_unknown_route_and_wrong_method_have_the_vendors_error_shape(
    sandbox: Sandbox, api_of: Any, vendor: str
) -> None:
    api = api_of(sandbox, vendor)
    for answer, status in ((api.get("/nowhere"), 404), (api.request("PATCH", "/users"), 405)):
        assert answer.status_code == status
        assert "error" in answer.json()
    assert "GET" in api.request("PATCH", "/users").headers["Allow"].split(", ")


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["monitorqa"])
def test_no_input_makes_a_500(sandbox: Sandbox, api_of: Any, vendor: str) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    hypothesis = pytest.importorskip("hypothesis")
    api = api_of(sandbox, vendor)
    schema = schemathesis.openapi.from_url(sandbox.url(vendor) + "/openapi.json")
    tried = 0
    for operation in schema.get_all_operations():

        @hypothesis.given(case=operation.ok().as_strategy())
        @hypothesis.settings(
            max_examples=5, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None
        )
        def call(case: Any) -> None:
            nonlocal tried
            tried += 1
            answer = case.call(headers=api.headers, timeout=10)
            assert answer.status_code < 500, answer.text

        api.control("POST", "/reset")  # one operation deletes the account, and its key with it
        call()
    assert tried > 100
