"""Between vendors and Airflow: passes the calls of webhooks on, and loses some of the answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_SECONDS = 20.0


class Relay:
    """Passes calls on.

    :param loses_every: One answer in so many never reaches the vendor, though Airflow has given it.
    """

    def __init__(self, loses_every: int) -> None:
        self.target = ""
        self.passed = self.lost = self.unreached = 0
        self._loses_every = loses_every
        self._lock = threading.Lock()

    def answer_of(self, path: str, body: bytes) -> int | None:
        """Pass a call on, and return the status for the vendor; ``None`` for no answer at all."""
        try:
            status = requests.post(self.target + path, data=body, timeout=_SECONDS).status_code
        except requests.RequestException:
            with self._lock:
                self.unreached += 1
            return None
        with self._lock:
            self.passed += 1
            loses = self.passed % self._loses_every == 0
            self.lost += loses
        return None if loses else status

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve for the length of a ``with`` block, and give the address."""
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = relay.answer_of(self.path, body)
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(_SECONDS)
            server.server_close()
