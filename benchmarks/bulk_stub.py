"""A vendor in a process of its own that takes milestones, and lists them and issues, each answer after a time.

``/__begin?seconds=0.02&there=50000`` starts anew with that many of both, ``/__counts`` tells what was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit


def milestone(number: int) -> dict[str, Any]:
    """Return the milestone with this number as the list shows it."""
    fields = {"productType": {"value": "earthworks", "display": "Earthworks"}, "startDate": "2026-04-07"}
    status = {"value": "planned", "display": "Planned"}
    return {"externalId": f"A-{number:06d}", "name": f"Slab {number}", "status": status, "fields": fields}


def issue(number: int) -> dict[str, Any]:
    """Return the issue with this number as the list shows it."""
    moment = f"2026-{1 + number % 12:02d}-{1 + number % 28:02d}T09:{number % 60:02d}:00.000Z"
    people = {
        name: f"usr:{number % 97:08d}-9d3c-4a5e-8f7b-2f1d6c0b9a34"
        for name in ("assignedTo", "lastUpdatedBy", "raisedBy", "responsiblePerson", "ballInCourtUser")
    }
    names = {
        name: f"Rory Tamihana {number % 97}"
        for name in ("raisedByName", "responsiblePersonName", "ballInCourtUserName")
    }
    return {
        "issueId": f"iss:{number:08d}-5b0c-4a5e-8f7b-2f1d6c0b9a34",
        "projectId": "p-1",
        "checklistId": f"chk:{number % 500:08d}-5b0c-4a5e-8f7b-2f1d6c0b9a34",
        "checkpointId": f"scpd:{number:08d}-5b0c-4a5e-8f7b-2f1d6c0b9a34",
        "issueNumber": f"ISS-{number}",
        "title": "Honeycombing at column base",
        "description": f"Voids up to {number % 40} mm deep on the north face, grid C4. Engineer to advise on repair.",
        "status": ("open", "closed", "disputed")[number % 3],
        "daysAtStatus": number % 90,
        "numberOfAttachments": number % 5,
        **{name: moment for name in ("dueDate", "raisedAt", "lastUpdatedAt")},
        **people,
        **names,
    }


class Vendor:
    """The milestones and issues, and how often it was asked."""

    def __init__(self) -> None:
        self.begin(0.0, 0)

    def begin(self, seconds: float, there: int) -> None:
        """Start anew."""
        self.seconds = seconds
        self.rows = {
            "milestones": [json.dumps(milestone(number)).encode() for number in range(there)],
            "issues": [json.dumps(issue(number)).encode() for number in range(there)],
        }
        self.lists = self.writes = 0

    def answer(self, method: str, path: str, query: str) -> tuple[int, bytes]:
        """Return status and body."""
        arguments = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/__begin":
            self.begin(float(arguments["seconds"]), int(arguments["there"]))
            return 200, b"{}"
        if path == "/__counts":
            return 200, json.dumps({"lists": self.lists, "writes": self.writes}).encode()
        if method == "GET":
            self.lists += 1
            kind = path.rpartition("/")[2]
            return 200, self._page(kind, int(arguments.get("page", 1)), int(arguments.get("limit", 300)))
        self.writes += 1
        return 202, b""

    def _page(self, kind: str, number: int, size: int) -> bytes:
        there = self.rows[kind]
        rows = b",".join(there[(number - 1) * size : number * size])
        paging = b'{"total_records": %d, "page_size": %d, "page_number": %d}' % (len(there), size, number)
        return b'{"data": {"paging": %b, "%b": [%b]}}' % (paging, kind.encode(), rows)


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection, kept alive."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor = vendor
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, rest = self.received.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if not found or len(rest) < int(length or 0):
            return
        self.received = rest[int(length or 0) :]
        method, target = head.split(b" ", 2)[:2]
        parts = urlsplit(target.decode())
        status, body = self.vendor.answer(method.decode(), parts.path, parts.query)
        seconds = 0.0 if parts.path.startswith("/__") else self.vendor.seconds
        asyncio.get_running_loop().call_later(seconds, self._send, status, body)

    def _send(self, status: int, body: bytes) -> None:
        self.transport.write(
            b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )


async def serve() -> None:
    """Serve until standard input ends; print the port first."""
    loop, vendor = asyncio.get_running_loop(), Vendor()
    server = await loop.create_server(lambda: Connection(vendor), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    asyncio.run(serve())
