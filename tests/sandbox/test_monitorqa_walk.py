"""Every documented MonitorQA operation once with a good request, and once without a key."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from qa_sandbox import Sandbox
from tests.sandbox.monitorqa_operations import OPERATIONS, PNG, Operation, filled_in, known_ids


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, str]:
    return known_ids(sandbox.app("monitorqa").state.store.main)


def bare(path: str) -> str:
    return re.sub(r"\{.*?\}", "{}", path)


def test_the_app_serves_the_documented_operations_and_no_other(sandbox: Sandbox) -> None:
    paths = sandbox.app("monitorqa").openapi()["paths"]
    served = {
        (method.upper(), bare(path)): operation["summary"]
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
    assert served == {(each.method, bare(each.path)): each.title for each in OPERATIONS}
    assert len(served) == 68


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.title)
def test_good_request(monitorqa: Any, ids: dict[str, str], operation: Operation) -> None:
    upload = {"file": ("logo.png", PNG, "image/png")} if operation.upload else None
    body = filled_in(operation.body, ids)
    answer = monitorqa.request(operation.method, operation.path.format(**ids), json=body, files=upload)
    assert answer.status_code == 200, answer.text
    if "/" in operation.form:
        assert answer.headers["Content-Type"] == operation.form
        assert len(answer.content) == int(answer.headers["Content-Length"]) > 0
    elif not operation.answers:
        assert answer.content == b""
    else:
        check(answer.json(), operation)


def check(answer: Any, operation: Operation) -> None:
    members = set(operation.answers.split())
    if operation.form == "object":
        assert set(answer) == members
        return
    if operation.form == "page":
        assert set(answer) == {"data", "meta"}
        assert set(answer["meta"]) == {"pageNumber", "pageSize", "totalCount"}
        answer = answer["data"]
    for row in answer:
        assert set(row) == members
    # Without a webhook, none is called.
    assert len(answer) > 0 or operation.path == "/webhooks/status"


def test_requests_without_a_key_change_nothing(sandbox: Sandbox, ids: dict[str, str]) -> None:
    store = sandbox.app("monitorqa").state.store
    before = store.snapshot()
    error = {"message": "Missing or invalid X-API-KEY header", "code": "UNAUTHORIZED", "details": {}}
    with requests.Session() as session:
        for each in OPERATIONS:
            url = sandbox.url("monitorqa") + each.path.format(**ids)
            answer = session.request(each.method, url, json=filled_in(each.body, ids), timeout=10)
            assert (answer.status_code, answer.json()) == (401, {"error": error}), each.title
    assert store.snapshot() == before
