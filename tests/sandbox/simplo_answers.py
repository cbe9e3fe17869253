"""Reading Simplo's answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import requests

WRONG_HASH = "GyhrUFdG84Buc9EVVHqvkJevxATxs6KLVwipvXS07jdSqa5vaPiSJZip2o4U21QP"
CLIENT = "Mozilla/5.0 (client portal)"


def refusal(answer: requests.Response, status: int, kind: str) -> dict[str, str]:
    """Check the documented shape; return the problems by field."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"type", "message", "id"} | ({"errors"} if status == 422 else set())
    assert body["type"] == kind
    UUID(body["id"])
    return {error["field"]: error["message"] for error in body.get("errors", ())}


def items(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"items", "_meta"}
    return list(answer.json()["items"])


def in_state(api: Any, state: int) -> dict[str, Any]:
    return items(api.get("/reports", params={"filter[state]": state, "sort": "-id", "per_page": 1}))[0]


def without_login(api: Any, method: str, path: str, agent: str = "curl/8", **kwargs: Any) -> requests.Response:
    url = api.connection["host"] + path
    return requests.request(method, url, headers={"User-Agent": agent}, timeout=10, **kwargs)


def invoices(api: Any) -> list[dict[str, Any]]:
    return list(api.control("GET", "/state").json()["invoices"])
