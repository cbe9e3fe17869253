"""A vendor on a real socket that sends reports whole, broken or not at all, and downloads from it."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from airflow_qa_provider.reports.manifest import Manifest
from airflow_qa_provider.reports.store import store_report
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient

KEY = "abcd-efgh-ijkl-mnop"
PDF = b"%PDF-1.7\n" + b"x" * 2_500_000 + b"\n%%EOF\n"
OLD = b"%PDF-1.7\nthe older one\n%%EOF\n"
LOGIN_PAGE = b"<!doctype html><title>Sign in</title><form></form>"

Step = Callable[["Vendor", BaseHTTPRequestHandler], None]


class Vendor:
    """An HTTP server that does one step of its script per request, and the last one for all that follow."""

    def __init__(self, *script: Step) -> None:
        self.script = list(script)
        self.asked = 0
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                step = vendor.script[min(vendor.asked, len(vendor.script) - 1)]
                vendor.asked += 1
                self.close_connection = True
                step(vendor, self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        settings = ClientSettings(
            f"http://127.0.0.1:{self._server.server_port}", KEY, retries=0, connect_timeout=5, read_timeout=5
        )
        self.client = MonitorQAClient(settings)

    def __enter__(self) -> Vendor:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.shutdown()
        self._server.server_close()

    def open(self) -> Download:
        return self.client.audits.download_report_pdf("a1")


def answers(body: bytes, content_type: str = "application/pdf", status: int = 200, **headers: str) -> Step:
    """Send all of it."""

    def step(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
        head(handler, len(body), content_type, status, **headers)
        handler.wfile.write(body)

    return step


def head(
    handler: BaseHTTPRequestHandler,
    length: int | None,
    content_type: str = "application/pdf",
    status: int = 200,
    **headers: str,
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def truncated(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Announce everything, send half, close in good order."""
    head(handler, len(PDF))
    handler.wfile.write(PDF[: len(PDF) // 2])


def reset(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send half, then drop the connection with a TCP reset."""
    head(handler, len(PDF))
    handler.wfile.write(PDF[: len(PDF) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def silent(vendor: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send half, then nothing more until the reader hangs up."""
    head(handler, len(PDF))
    handler.wfile.write(PDF[: len(PDF) // 2])
    handler.wfile.flush()
    handler.connection.settimeout(20)
    handler.connection.recv(1)


def cut_chunks(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send one chunk of a chunked answer, and no end."""
    head(handler, None, Transfer_Encoding="chunked")
    handler.wfile.write(b"%x\r\n%b\r\n" % (len(PDF), PDF))


def half_without_length(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
    """Send half, with nothing that could tell the reader that it is half."""
    head(handler, None, Connection="close")
    handler.wfile.write(PDF[: len(PDF) // 2])


def during(event: Callable[[], None]) -> Step:
    """Let something happen in mid-stream, then send the rest."""

    def step(_: Vendor, handler: BaseHTTPRequestHandler) -> None:
        head(handler, len(PDF))
        handler.wfile.write(PDF[:1_500_000])
        handler.wfile.flush()
        event()
        handler.wfile.write(PDF[1_500_000:])

    return step


def fetch(vendor: Vendor, target: Any, **options: Any) -> Manifest:
    """Store the answer of the vendor."""
    options = {
        "vendor": "monitorqa",
        "source": {"audit_id": "a1"},
        "operation": "audits.download_report_pdf",
        **options,
    }
    return store_report(vendor.open, target, **options)


def until(condition: Callable[[], Any], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come"
        time.sleep(0.005)


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
