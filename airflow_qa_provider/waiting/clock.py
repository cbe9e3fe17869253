"""A wall clock that does not jump."""

from __future__ import annotations

import time


class SteadyClock:
    """Seconds since the epoch, advanced by the monotonic clock.

    Deadlines are wall-clock times, since they must mean the same in another process; within a process a corrected or
    wrongly set clock must neither end a wait nor stall it.
    """

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def __call__(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.monotonic() + self._offset
