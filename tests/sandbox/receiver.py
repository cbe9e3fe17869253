"""A webhook receiver for tests of outgoing calls."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """
    Keeps what it is sent in ``calls``: path, lower-case headers, JSON body.

    Answers ``status``; while ``hangs``, answers nothing until it is closed.
    """

    def __init__(self) -> None:
        self.status = 200
        self.hangs = False
        self.calls: queue.Queue[tuple[str, dict[str, str], Any]] = queue.Queue()
        self._released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.calls.put((self.path, headers, json.loads(body)))
                if receiver.hangs:
                    receiver._released.wait(20)
                    return
                self.send_response(receiver.status)
                if 300 <= receiver.status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def count(self) -> int:
        """How many calls have not been taken out."""
        return self.calls.qsize()

    def next(self) -> Any:
        """Take out the oldest body, waiting for it."""
        return self.calls.get(timeout=10)[2]

    def close(self) -> None:
        """Answer nothing more and free the port."""
        self._released.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
