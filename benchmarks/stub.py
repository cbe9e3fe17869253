"""A vendor in a process of its own: N jobs that are all done at one moment, in three dialects.

``/audit/...`` as MonitorQA documents it, ``/api/v2/accounts/1/runs/{n}/`` as dbt Cloud, ``/jobs/{n}`` for sensors that
take 404 for "not yet". ``/__begin`` starts the clock, ``/__counts`` tells what happened. ``key-7-of-50`` opens an
account of its own: every fiftieth audit, from the seventh on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import ssl
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

LARGEST_PAGE = 100
_KEY = re.compile(rb"(?i)x-api-key: key-(\d+)-of-(\d+)")
EMPTY: tuple[int, bytes] = (200, b"")


def audit_id(number: int) -> str:
    """Return the id of the audit with this number."""
    return f"00000000-0000-4000-8000-{number:012d}"


def _row(number: int, *, done: bool) -> bytes:
    """Return an audit of the length and shape that MonitorQA documents."""
    row: dict[str, Any] = {
        "id": audit_id(number),
        "name": "Weekly kitchen safety inspection",
        "assignees": [{"id": audit_id(10**9), "name": "Emily Davis"}],
        "auditObject": {"id": audit_id(10**9 + 1), "name": "Main kitchen, building B"},
        "endDate": "2026-12-15T17:00:00.000Z",
        "number": f"AUD-2026-{number:06d}",
        "startDate": "2026-12-15T09:00:00.000Z",
        "template": {"id": audit_id(10**9 + 2), "name": "Kitchen safety inspection template"},
    }
    if done:
        person = {"id": audit_id(10**9), "name": "Emily Davis"}
        row.update(completeDate="2026-12-15T16:55:30.250Z", completedBy=person, score=82, scoreLabel="Good")
    else:
        row.update(isReopened=False, isStarted=True, completedActionsCount=8, pendingActionsCount=3)
    return json.dumps(row).encode()


def _owned(rows: list[bytes], head: bytes) -> list[bytes]:
    """Return the rows of the account whose key a request has."""
    key = _KEY.search(head)
    return rows[int(key[1]) :: int(key[2])] if key else rows


class Vendor:
    """The state of all jobs, which is one moment."""

    def __init__(self) -> None:
        self.begin(0.0, 0)

    def begin(self, seconds: float, waits: int) -> None:
        """Start anew: this many jobs, done in this many seconds."""
        self.calls = self.connections = 0
        self.done_at = time.monotonic() + seconds
        self.rows = {done: [_row(number, done=done) for number in range(waits)] for done in (False, True)}

    def answer(self, path: str, query: str, head: bytes = b"") -> tuple[int, bytes]:
        """Return status and body."""
        arguments = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/__begin":
            self.begin(float(arguments["seconds"]), int(arguments["waits"]))
            return EMPTY
        if path == "/__counts":
            counts = {"calls": self.calls, "connections": self.connections, "done_at": self.done_at}
            return 200, json.dumps(counts).encode()
        self.calls += 1
        done = time.monotonic() >= self.done_at
        kind, _, rest = path[1:].partition("/")
        if kind == "jobs":
            return (200, b'{"state": "done"}') if done else (404, b'{"state": "running"}')
        if kind == "api":
            return 200, json.dumps({"data": {"id": int(path.rsplit("/", 2)[1]), "status": 10 if done else 3}}).encode()
        if rest in ("pending", "complete"):
            return 200, self._page(_owned(self.rows[done], head) if done == (rest == "complete") else [], arguments)
        return 200, self._details(rest, done)

    def _page(self, rows: list[bytes], arguments: dict[str, str]) -> bytes:
        number, size = int(arguments.get("pageNumber", 1)), min(int(arguments.get("pageSize", 100)), LARGEST_PAGE)
        page = b",".join(rows[(number - 1) * size : number * size])
        return b'{"data": [%b], "meta": {"pageNumber": %d, "pageSize": %d, "totalCount": %d}}' % (
            *(page, number, size),
            len(rows),
        )

    def _details(self, wanted: str, done: bool) -> bytes:
        row = json.loads(_row(int(wanted[-12:]), done=done))
        return json.dumps({**row, "isCompleted": done, "isExpired": False}).encode()


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection, kept alive; requests have no body."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.vendor.connections += 1

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            target = urlsplit(head.split(b" ", 2)[1].decode())
            status, body = self.vendor.answer(target.path, target.query, head)
            self.transport.write(
                b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, b"OK" if status == 200 else b"Not Found", len(body), body)
            )
            if b"connection: close" in head.lower():
                self.transport.close()


async def serve(certificate: str | None) -> None:
    """Serve until standard input ends; print the port first."""
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    loop, vendor = asyncio.get_running_loop(), Vendor()
    server = await loop.create_server(lambda: Connection(vendor), "127.0.0.1", 0, ssl=context, backlog=8192)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificate", help="PEM file with certificate and key; HTTP without")
    asyncio.run(serve(parser.parse_args().certificate))
