"""A small HTTP server on a real socket that gives prepared answers and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Recorded:
    """One request as it came over the wire; ``target`` still percent-encoded, header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str | list[str]]:
        return pairs(self.target.partition("?")[2])

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    def parts(self) -> list[dict[str, Any]]:
        """The parts of a multipart/form-data body."""
        head = message_from_bytes(f"Content-Type: {self.headers['content-type']}\n\n".encode())
        boundary = str(head.get_param("boundary")).encode()
        sections = self.body.split(b"--" + boundary)
        assert sections[0] == b"", "the body does not start with the boundary"
        assert sections[-1].strip() == b"--", "the body does not end with the closing boundary"
        return [_part(section) for section in sections[1:-1]]


def _part(section: bytes) -> dict[str, Any]:
    head, _, content = section[2:-2].partition(b"\r\n\r\n")
    message = message_from_bytes(head)
    part = {
        "name": message.get_param("name", header="Content-Disposition"),
        "filename": message.get_filename(),
        "content_type": message.get_content_type() if "Content-Type" in message else None,
    }
    return {name: value for name, value in part.items() if value is not None} | {"content": content}


def pairs(encoded: str) -> dict[str, str | list[str]]:
    """Read a query string or form: a name that occurs more than once has a list, in order."""
    read: dict[str, str | list[str]] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded)):
        earlier = read.get(name)
        if earlier is None:
            read[name] = value
        else:
            read[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
    return read


class RecordingServer:
    """Answers requests in the order of the script, and records them; use it as a context manager."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self._script: list[Answer] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # one write per answer: two small ones would wait for each other's acknowledgement
            wbufsize = -1

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                names = {name.lower(): value for name, value in self.headers.items()}
                recorder.requests.append(Recorded(self.command, self.path, names, self.rfile.read(length)))
                recorder._answer(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the output of the tests clean."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> RecordingServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def expect(self, script: Iterable[Answer]) -> None:
        """Forget the last case and prepare the answers of the next one."""
        self.requests.clear()
        self._script = list(script)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        position = len(self.requests) - 1
        surprise = Answer(599, {"Content-Type": "text/plain"}, b"the case has no answer for this request")
        answer = self._script[position] if position < len(self._script) else surprise
        handler.send_response(answer.status)
        bodiless = answer.status in (204, 304)
        headers = answer.headers if bodiless else {"Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if not bodiless:
            handler.wfile.write(answer.body)
