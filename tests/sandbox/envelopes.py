"""Qalyptus' envelope, opened."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import requests

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def data(answer: requests.Response) -> Any:
    """Return the data of a good answer."""
    assert answer.status_code == 200, (_request(answer), answer.text)
    body = answer.json()
    assert set(body) == {"data", "isSuccess", "error", "errorDetails"}
    assert (body["isSuccess"], body["error"], body["errorDetails"]) == (True, None, None)
    return body["data"]


def error(answer: requests.Response, status: int, part_of_details: str = "") -> str:
    """Return the error of a refusal with that status, whose details hold that part."""
    assert answer.status_code == status, (_request(answer), answer.text)
    body = answer.json()
    assert set(body) == {"data", "isSuccess", "error", "errorDetails"}
    assert (body["data"], body["isSuccess"]) == (None, False)
    assert body["error"]
    assert part_of_details in (body["errorDetails"] or ""), _request(answer)
    return str(body["error"])


def _request(answer: requests.Response) -> tuple[Any, ...]:
    return answer.request.method, answer.request.url, answer.request.body


def in_days(api: Any, days: float) -> str:
    """Return a date on the wire, that far from the sandbox's clock; other tests may have moved that."""
    now = datetime.fromisoformat(api.control("GET", "/clock").json()["now"])
    return (now + timedelta(days=days)).astimezone(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
