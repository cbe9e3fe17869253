"""What time it is at the vendor, by the ``Date`` of its answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

_HALF_A_SECOND = 0.5  # a Date has whole seconds, cut off
# 2024 to 2100: a gateway without a clock says 1970, one that counts wrong 2106, and what was made then is never found
_BELIEVED = (1_704_067_200.0, 4_102_444_800.0)


def http_date(text: str | None) -> float | None:
    """Read a date of an HTTP header.

    :param text: The header.
    :return: Seconds since the epoch; ``None`` when it cannot be read.
    """
    try:
        moment = parsedate_to_datetime(text or "")
        if moment.tzinfo is None:  # an HTTP date is always in GMT, also where it does not say so
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


class VendorClock:
    """The vendor's clock, as far as its latest answer tells. Exact to about a second, plus the way of the answer.

    Does not go wrong when this machine's own clock is set in the meantime.

    :param wall: This machine's clock, in seconds since the epoch.
    :param monotonic: Seconds that are never set.
    """

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._seen: tuple[float, float] | None = None
        self._text = ""

    def note(self, headers: Mapping[str, str]) -> None:
        """Take the time of an answer that has just arrived; from a cache, or without a date that can be, it tells none.

        :param headers: Headers of the answer.
        """
        text = headers.get("Date") or ""
        if text == self._text or "Age" in headers:  # an answer of the same second tells nothing new
            return
        moment = http_date(text)
        if moment is not None and _BELIEVED[0] <= moment < _BELIEVED[1]:
            self._text = text
            self._seen = (moment + _HALF_A_SECOND, self._monotonic())

    def now(self) -> float | None:
        """Return the time at the vendor, in seconds since the epoch; ``None`` while it is unknown."""
        seen = self._seen
        return None if seen is None else seen[0] + self._monotonic() - seen[1]

    @property
    def offset(self) -> float | None:
        """Seconds that the vendor's clock is ahead of ours; ``None`` while it is unknown."""
        now = self.now()
        return None if now is None else now - self._wall()
