"""Time as the sandbox sees it: every state is a function of a clock, so tests advance it instead of sleeping."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

MAX_ADVANCE_SECONDS = 366 * 24 * 3600.0
_LATEST = datetime(9999, 12, 31, tzinfo=timezone.utc)


def later(moment: datetime, seconds: float) -> datetime:
    """Add seconds to a moment, stopping at the end of the calendar instead of overflowing."""
    try:
        return whole_milliseconds(moment + timedelta(seconds=seconds))
    except OverflowError:
        return _LATEST


def whole_milliseconds(moment: datetime) -> datetime:
    """Cut a moment to the resolution of the wire, so that what a client reads is exactly what is compared."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def midnight(moment: datetime) -> datetime:
    """
    Return the beginning of a moment's day in UTC. What an account begins with is placed by it, not by the moment, so
    that it is the same at every time of the day.
    """
    return moment.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def iso_milliseconds(moment: datetime) -> str:
    """Write a moment as most vendors do, such as ``2026-01-15T10:30:00.000Z``."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Clock:
    """A clock that can be pushed forward. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._advanced = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC, in whole milliseconds."""
        with self._lock:
            return whole_milliseconds(self._base() + self._advanced)

    def advance(self, seconds: float) -> datetime:
        """
        Push the clock forward.

        :param seconds: how far; 0 to one year per call
        :raises ValueError: for a negative, not finite or larger step
        """
        if not 0 <= seconds <= MAX_ADVANCE_SECONDS:
            raise ValueError(f"A sandbox clock advances by 0 to {MAX_ADVANCE_SECONDS:.0f} seconds, not {seconds}.")
        with self._lock:
            self._advanced = min(self._advanced + timedelta(seconds=seconds), timedelta(days=366 * 1000))
            listeners = list(self._listeners)
        for listener in listeners:
            listener()
        return self.now()

    def on_advance(self, listener: Callable[[], None]) -> Callable[[], None]:
        """
        Ask to be told when the clock is pushed forward.

        :param listener: called in the thread that pushes; quick and without blocking
        :return: a function that ends it
        """
        with self._lock:
            self._listeners.append(listener)

        def forget() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return forget

    def _base(self) -> datetime:
        raise NotImplementedError


class RealClock(Clock):
    """Wall-clock time plus what it was advanced by."""

    def _base(self) -> datetime:
        return datetime.now(timezone.utc)


class ManualClock(Clock):
    """
    Stands still until it is advanced.

    :param start: the first moment; default 2026-03-02 08:00 UTC
    """

    def __init__(self, start: datetime = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)) -> None:
        super().__init__()
        self._start = start.astimezone(timezone.utc)

    def _base(self) -> datetime:
        return self._start
