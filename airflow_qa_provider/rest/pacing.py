"""A request budget per account that holds across all clients and threads of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable


class Pacer:
    """Spaces requests evenly, so that no more than a number per minute leave.

    :param requests_per_minute: The budget.
    """

    def __init__(self, requests_per_minute: int) -> None:
        self._gap = 60.0 / requests_per_minute
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Block until this request may leave and return the seconds waited."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next)
            self._next = start + self._gap
        if start > now:
            time.sleep(start - now)
        return start - now


class Hold:
    """Keeps the requests of a client back while the vendor asks for a pause, whichever thread it told so."""

    def __init__(self) -> None:
        self._ends = 0.0

    def begin(self, seconds: float) -> None:
        """Let nothing leave for a time.

        :param seconds: How long, from now.
        """
        self._ends = max(self._ends, time.monotonic() + seconds)

    def wait(self) -> None:
        """Block until the pause is over."""
        while (left := self._ends - time.monotonic()) > 0:
            time.sleep(left)


_PACERS: dict[tuple[Hashable, int], Pacer] = {}
_LOCK = threading.Lock()


def pacer_for(account: Hashable, requests_per_minute: int | None) -> Pacer | None:
    """Return the one pacer of an account in this process, or ``None`` when it has no budget.

    :param account: What identifies the account.
    :param requests_per_minute: The budget.
    """
    if requests_per_minute is None:
        return None
    with _LOCK:
        return _PACERS.setdefault((account, requests_per_minute), Pacer(requests_per_minute))
