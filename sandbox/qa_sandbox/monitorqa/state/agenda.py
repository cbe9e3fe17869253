"""What will happen by itself: audits are picked up, corrective actions run out, schedules come round."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime

Happening = Callable[[datetime], None]


class Agenda:
    """
    Happenings in order of time. They must check for themselves whether they still apply.

    :param on_earlier: told when something is planned before everything else
    """

    def __init__(self, on_earlier: Callable[[datetime], None] = lambda moment: None) -> None:
        self._on_earlier = on_earlier
        self._entries: list[tuple[datetime, int, Happening]] = []
        self._numbers = itertools.count()

    @property
    def next_at(self) -> datetime | None:
        """When the next thing happens, if anything does."""
        return self._entries[0][0] if self._entries else None

    def plan(self, moment: datetime, happening: Happening) -> None:
        """Plan something."""
        earlier = self.next_at is None or moment < self.next_at
        heapq.heappush(self._entries, (moment, next(self._numbers), happening))
        if earlier:
            self._on_earlier(moment)

    def settle(self, now: datetime) -> None:
        """Let everything happen that is due, in order."""
        while self._entries and self._entries[0][0] <= now:
            moment, _, happening = heapq.heappop(self._entries)
            happening(moment)
