"""Between vendors and Airflow's API servers: passes the calls of webhooks on, and loses some of the answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_SECONDS = 20.0


class Relay:
    """Passes calls on, to one API server after the other.

    :param loses_every: One answer in so many never reaches the vendor, though Airflow has given it.
    :param doubles_every: One call in so many reaches all API servers at the same moment.
    """

    def __init__(self, loses_every: int, doubles_every: int) -> None:
        self.targets: list[str] = []
        self.passed = self.lost = self.unreached = self.doubled = 0
        self._came = 0
        self._loses_every, self._doubles_every = loses_every, doubles_every
        self._lock = threading.Lock()

    def answer_of(self, path: str, body: bytes) -> int | None:
        """Pass a call on, and return the status for the vendor; ``None`` for no answer at all."""
        with self._lock:
            self._came += 1
            turn = self._came % len(self.targets)
            doubles = len(self.targets) > 1 and self._came % self._doubles_every == 0
        targets = self.targets if doubles else self.targets[turn : turn + 1]
        with ThreadPoolExecutor(len(targets)) as pool:
            answers = list(pool.map(lambda target: _status(target + path, body), targets))
        status = next((one for one in answers if one is not None), None)
        with self._lock:
            self.doubled += doubles and None not in answers
            if status is None:
                self.unreached += 1
                return None
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


def _status(address: str, body: bytes) -> int | None:
    try:
        return requests.post(address, data=body, timeout=_SECONDS).status_code
    except requests.RequestException:
        return None
