"""Serves the files of the demo to the browser: a page of Airflow cannot open those of the machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from airflow_qa_provider.demo.environment import loopback


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served_files(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a folder on this machine for the length of a ``with`` block, and return its address.

    :param folder: The folder.
    :param port: Port; 0 for a free one.
    """
    with ThreadingHTTPServer((loopback(), port), partial(_Silent, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, name="airflow-qa-ui-files", daemon=True)
        thread.start()
        try:
            yield f"http://{loopback()}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
