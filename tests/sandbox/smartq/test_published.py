"""The published OpenAPI: the documented calls and no others, guarded, and proof against any input."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import requests

from qa_sandbox import Sandbox

TICKET = "projects/{}/tickets/{}"
# Read off the vendor's page, in its order; adding a task is listed twice there.
DOCUMENTED = f"""
POST oauth2/
GET users/me
PUT users/me
GET users
POST users
GET users/{{}}
PUT users/{{}}
DELETE users/{{}}
GET projects
POST projects
GET projects/{{}}
PUT projects/{{}}
DELETE projects/{{}}
GET projects/{{}}/roles
POST projects/{{}}/roles
GET projects/{{}}/roles/{{}}
GET projects/{{}}/roles/default
PUT projects/{{}}/roles/{{}}
PUT projects/{{}}/roles/default
DELETE projects/{{}}/roles/{{}}
GET projects/{{}}/steps
POST projects/{{}}/steps
GET projects/{{}}/steps/{{}}
PUT projects/{{}}/steps/{{}}
DELETE projects/{{}}/steps/{{}}
GET projects/{{}}/custom_fields
GET projects/{{}}/custom_fields/{{}}
POST projects/{{}}/custom_fields
PUT projects/{{}}/custom_fields/{{}}
DELETE projects/{{}}/custom_fields/{{}}
GET projects/{{}}/custom_fields/{{}}/values
GET projects/{{}}/custom_fields/{{}}/values/{{}}
POST projects/{{}}/custom_fields/{{}}/values
PUT projects/{{}}/custom_fields/{{}}/values/{{}}
DELETE projects/{{}}/custom_fields/{{}}/values/{{}}
GET projects/{{}}/tickets
POST projects/{{}}/tickets
GET {TICKET}
PUT {TICKET}
DELETE {TICKET}
GET {TICKET}/notes
POST {TICKET}/notes
GET {TICKET}/notes/{{}}
PUT {TICKET}/notes/{{}}
DELETE {TICKET}/notes/{{}}
GET {TICKET}/tasks
POST {TICKET}/tasks
PUT {TICKET}/tasks/{{}}
DELETE {TICKET}/tasks/{{}}
GET {TICKET}/notes/{{}}/files
POST {TICKET}/notes/{{}}/filesv2
GET {TICKET}/notes/{{}}/files/{{}}
GET {TICKET}/notes/{{}}/files/{{}}/download
DELETE {TICKET}/notes/{{}}/files/{{}}
"""


@pytest.fixture(scope="module")
def schema(shared_sandbox: Sandbox) -> dict[str, Any]:
    return dict(requests.get(shared_sandbox.url("smartq") + "/openapi.json", timeout=20).json())


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path.removeprefix("/api/v1"), operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_documented_call_is_served_and_no_other(schema: dict[str, Any]) -> None:
    served = [f"{method} {re.sub('{.*?}', '{}', path)[1:]}" for method, path, _ in operations(schema)]
    assert sorted(served) == sorted(DOCUMENTED.split("\n")[1:-1])
    assert len(served) == 54


def test_every_call_asks_for_credentials_first(sandbox: Sandbox, smartq: Any, schema: dict[str, Any]) -> None:
    smartq.login = None
    for method, path, operation in operations(schema):
        assert operation["security"] == [{"key": [], "login": []}, {"key": [], "token": []}]
        smartq.refused(401, method, path.replace("{", "").replace("}", ""))


def test_published_examples_name_objects_that_exist(sandbox: Sandbox, smartq: Any, schema: dict[str, Any]) -> None:
    for method, path, operation in operations(schema):
        if method != "GET":
            continue
        examples = {item["name"]: item["example"] for item in operation.get("parameters", ()) if "example" in item}
        answer = smartq.call(method, path.format(**examples))
        assert path.endswith("/download") or answer.json()["error"] is None, (path, answer.text)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"no parts"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n\x00bad\r\n\r\n--x--"),
        ("multipart/form-data; boundary=\xe9; charset=bogus", b"--\xe9\r\n"),
        ("application/x-www-form-urlencoded", b"ticket[name]=%ff%fe%00&ticket[step_id]=%f0%9f"),
        ("application/x-www-form-urlencoded", b"ticket=1&ticket[name]=2&ticket[][][]=3&[=4&]=5&=6&ticket[name][=7"),
        ("application/x-www-form-urlencoded", b"&".join(b"a" + b"[]" * n for n in range(500))),
        ("application/x-www-form-urlencoded", b"&".join(b"ticket[f1]=%d" % n for n in range(1500))),
        ("application/json", b"{"),
        ("", b"\xff" * 1000),
    ],
)
def test_hostile_bodies_are_refused(smartq: Any, content_type: str, body: bytes) -> None:
    smartq.refused(400, "POST", smartq.tickets, body, headers={"Content-Type": content_type})


@pytest.mark.parametrize("path", ["/projects/%ff%00", "/projects/%2e%2e/users", "/projects/" + "9" * 5000, "/users/٣"])
def test_hostile_paths_are_refused(smartq: Any, path: str) -> None:
    assert smartq.call("GET", path).json()["error"]["code"] in (404, 405)


@pytest.mark.slow
def test_no_input_makes_a_500(sandbox: Sandbox, smartq: Any, schema: dict[str, Any]) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    hypothesis = pytest.importorskip("hypothesis")
    loaded = schemathesis.openapi.from_dict(schema)
    loaded.config.update(base_url=sandbox.url("smartq"))
    known = {
        item["name"]: item["example"]
        for _, _, operation in operations(schema)
        for item in operation.get("parameters", ())
        if "example" in item
    }
    codes: Counter[int | None] = Counter()
    for operation in (result.ok() for result in loaded.get_all_operations()):
        if not (operation.body or operation.query):
            continue
        # An update may have taken the caller's password or rights away.
        requests.post(sandbox.url("smartq") + "/__sandbox__/reset", timeout=20)

        @hypothesis.seed(0)
        @hypothesis.given(case=operation.as_strategy())
        @hypothesis.settings(
            max_examples=3, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None
        )
        def call(case: Any) -> None:
            case.headers = {"X-Auth-Client-Id": smartq.key}  # and no invented token
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            answer = case.call(auth=smartq.login, timeout=20)
            assert answer.status_code == 200, answer.text
            error = answer.json()["error"]
            codes[error and error["code"]] += 1

        call()
    assert set(codes) <= {None, 400, 401}
    assert min(codes[None], codes[400]) > 10 * codes[401]
