"""A digest that is made beside the network and the disk."""

from __future__ import annotations

import hashlib
import queue
import threading

from typing_extensions import Self

_MOST_WAITING = 4


class HashingThread:
    """SHA-256 in a thread: hashing lets other threads run, and takes as long as receiving does.

    Use it as a context manager, which ends the thread. At most :data:`_MOST_WAITING` chunks wait for it.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._chunks: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="report-digest", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._chunks.put(None)
        self._thread.join()

    def update(self, chunk: bytes) -> None:
        """Take the next bytes.

        :param chunk: The bytes; they must not change.
        """
        self._chunks.put(chunk)

    def hexdigest(self) -> str:
        """Return the digest of all that was given, once that is done."""
        self._chunks.join()
        return self._digest.hexdigest()

    def _run(self) -> None:
        while (chunk := self._chunks.get()) is not None:
            self._digest.update(chunk)
            self._chunks.task_done()
        self._chunks.task_done()
