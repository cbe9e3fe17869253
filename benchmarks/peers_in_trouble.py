"""What the triggers of other providers make of the same troubles; needs the environment of ``make bench``.

.venv-bench/bin/python -m benchmarks.peers_in_trouble
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.certificate import write_certificate

_PATIENCE = 5.0
_ALWAYS = 10**9
_TROUBLES: tuple[tuple[str, str | int, int], ...] = (
    ("always 401", 401, _ALWAYS),
    ("always 429, Retry-After: 30", 429, _ALWAYS),
    ("one 429, Retry-After: 30", 429, 1),
    ("one 503", 503, 1),
    ("always 503", 503, _ALWAYS),
    ("always 404", 404, _ALWAYS),
    ("three resets", "reset", 3),
    ("a login page, twice", "html", 2),
    ("an answer that breaks off, twice", "cut", 2),
)


@dataclass
class Vendor:
    """A vendor whose jobs are all done, after some trouble.

    :param trouble: A status, or ``reset``, ``html``, ``cut``.
    :param times: How many requests it befalls.
    :param calls: Requests so far.
    """

    trouble: str | int = 200
    times: int = 0
    calls: int = 0


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection to the vendor."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        if b"\r\n\r\n" not in self.received:
            return
        self.received = b""
        self.vendor.calls += 1
        trouble = self.vendor.trouble if self.vendor.calls <= self.vendor.times else 200
        if trouble == "reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        elif trouble == "html":
            self.answer(200, b"<html><title>Sign in</title></html>", kind=b"text/html")
        elif trouble == "cut":
            self.answer(200, b'{"data": ', missing=50)
            self.transport.close()
        else:
            self.answer(int(trouble), b'{"data": {"id": 1, "status": 10}}')

    def answer(self, status: int, body: bytes, kind: bytes = b"application/json", missing: int = 0) -> None:
        later = b"Retry-After: 30\r\n" if status == 429 else b""
        head = b"HTTP/1.1 %d -\r\nContent-Type: %b\r\nContent-Length: %d\r\n%b\r\n"
        self.transport.write(head % (status, kind, len(body) + missing, later) + body)


def peers() -> dict[str, Callable[[], Any]]:
    """Return what makes the trigger of each peer, with a minute between two looks."""
    from airflow.providers.dbt.cloud.triggers.dbt import DbtCloudRunJobTrigger
    from airflow.providers.http.triggers.http import HttpSensorTrigger

    return {
        "HttpSensorTrigger": lambda: HttpSensorTrigger(endpoint="jobs/1", poke_interval=60.0),
        "DbtCloudRunJobTrigger": lambda: DbtCloudRunJobTrigger("dbt", 1, time.time() + 3600, 60.0, account_id=1),
    }


async def outcome(trigger: Any) -> str:
    """Return what becomes of a wait within a few seconds."""

    async def first() -> Any:
        async for event in trigger.run():
            return event.payload
        return "no event"

    try:
        payload = await asyncio.wait_for(first(), _PATIENCE)
    except asyncio.TimeoutError:
        return f"goes on after {_PATIENCE:g} s"
    except Exception as error:
        return f"raises {type(error).__name__}: the task fails"
    failed = isinstance(payload, dict) and payload.get("status") == "error"
    return f"event error, the task fails: {payload['message'][:60]}" if failed else "event success"


async def play() -> None:
    """Print what each peer makes of each trouble."""
    with tempfile.TemporaryDirectory(prefix="airflow-qa-bench-") as folder:
        trusted, server_pem = write_certificate(Path(folder))
        os.environ.update(AIRFLOW_HOME=folder, AIRFLOW__LOGGING__LOGGING_LEVEL="CRITICAL", SSL_CERT_FILE=str(trusted))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(server_pem)
        vendor = Vendor()
        server = await asyncio.get_running_loop().create_server(lambda: Connection(vendor), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        http = {"conn_type": "http", "host": "127.0.0.1", "port": port, "schema": "https"}
        dbt = {"conn_type": "dbt_cloud", "host": f"127.0.0.1:{port}", "login": "1", "password": "key"}
        os.environ.update(AIRFLOW_CONN_HTTP_DEFAULT=json.dumps(http), AIRFLOW_CONN_DBT=json.dumps(dbt))
        for name, trouble, times in _TROUBLES:
            for peer, make in peers().items():
                vendor.trouble, vendor.times, vendor.calls = trouble, times, 0
                what = await outcome(make())
                print(f"{name:34}{peer:24}{vendor.calls:6,} requests  {what}", flush=True)


if __name__ == "__main__":
    asyncio.run(play())
