"""In the process of a task: requests carry the name of the attempt. The network boundary is wrapped, our code is not.

The gate at the other end decides what happens. Where it is to happen after the answer was read, the answer says so in a
header; the process then knocks at the gate and waits to be killed.
"""

from __future__ import annotations

import http.client
import os
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

TASK, TRY, PID = "x-kills-task", "x-kills-try", "x-kills-pid"
MEET = "x-kills-meet"
"""Header of an answer after which the process is to be killed."""
MEETING_PLACE = "/__kills__/answered"
_MEETING_SECONDS = 60.0


def install() -> None:
    """Wrap the sending of requests, once per process."""
    original = HTTPAdapter.send
    if getattr(original, "names_the_attempt", False):
        return

    def send(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        name = _attempt()
        request.headers.update(name)
        response = original(self, request, *args, **kwargs)
        if name and MEET in response.headers:
            _ = response.content  # the answer is here, to its last byte
            _meet(request.url or "", name)
        return response

    send.names_the_attempt = True  # type: ignore[attr-defined]
    HTTPAdapter.send = send  # type: ignore[method-assign]


def _attempt() -> dict[str, str]:
    """Return the headers that name the attempt; none outside of a task, as in the DAG processor."""
    from airflow.sdk import get_current_context

    try:
        ti: Any = get_current_context()["ti"]
    except RuntimeError:
        return {}
    return {TASK: f"{ti.dag_id}/{ti.task_id}/{ti.map_index}", TRY: str(ti.try_number), PID: str(os.getpid())}


def _meet(url: str, name: dict[str, str]) -> None:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_MEETING_SECONDS)
    connection.request("POST", MEETING_PLACE, headers=name)
    status = connection.getresponse().status
    raise RuntimeError(f"the harness was to kill this process here and did not; it answered {status}")
