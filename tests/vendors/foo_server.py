"""Foo as a server on 127.0.0.1, which can lose an answer after it has done what was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "foo-token-of-the-tests"
REPORT = b"item,answer\nDoor closes,yes\nExit free,no\n"


class Foo(ThreadingHTTPServer):
    """Inspections are done at the second look."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.answers_to_lose = 0
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Foo
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(("GET", parts.path))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._answer(401, {"error": "who are you?"})
        if parts.path == "/inspections":
            site = parse_qs(parts.query).get("site", [""])[0]
            return self._answer(200, [row for row in self.server.rows.values() if row["site"] == site])
        _, _, number, *rest = parts.path.split("/")
        row = self.server.rows.get(number)
        if row is None:
            return self._answer(404, {"error": "no such inspection"})
        if rest == ["report"]:
            return self._send(200, "text/csv", REPORT)
        row["looks"] += 1
        if row["looks"] >= 2 and row["state"] == "running":
            row.update(state="done", score=87)
        return self._answer(200, row)

    def do_POST(self) -> None:
        self.server.asked.append(("POST", self.path))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")
        if self.path != "/inspections":
            self.server.rows[self.path.split("/")[2]]["state"] = "cancelled"
            return self._answer(200, {})
        number = str(len(self.server.rows) + 1)
        self.server.rows[number] = {"id": number, "state": "running", "looks": 0, **body}
        if self.server.answers_to_lose:
            self.server.answers_to_lose -= 1
            self.close_connection = True
            self.connection.close()
            return None
        return self._answer(201, {"id": number})

    def _answer(self, status: int, content: Any) -> None:
        self._send(status, "application/json", json.dumps(content).encode())

    def _send(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
