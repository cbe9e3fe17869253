"""Another time for a whole run of the tests: a moment of the next four years, by the clock of the process.

The wall clock is shifted and goes on; pauses and time-outs, which count by another clock, stay as they are. Processes
that a test starts have the real time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from time_machine import travel

# four years, so that a leap day is among them
_DAYS = 4 * 365 + 1
RANDOM = "random"
# for moments that are the same on every day
_FIRST = datetime(2026, 12, 1, tzinfo=timezone.utc)
# where people work with us, and two that do it differently: to the west, and by half an hour
ZONES = ("Europe/Prague", "Europe/London", "America/New_York", "Australia/Lord_Howe")
# what is at stake happens while the tests run
_BEFORE = timedelta(seconds=10)


@dataclass(frozen=True)
class Moment:
    """A time at a place.

    :param at: The time, aware.
    :param zone: Name of the zone that is the local one.
    """

    at: datetime
    zone: str = "UTC"

    @classmethod
    def read(cls, text: str) -> Moment:
        """Read ``2028-02-29T12:00:00Z@Europe/Prague``; the zone may be left out, and the time of the day, too.

        :param text: The text.
        :raises ValueError: It is none, or the zone is not known.
        """
        time, _, zone = text.partition("@")
        at = datetime.fromisoformat(time.replace("Z", "+00:00"))
        moment = cls(at if at.tzinfo else at.replace(tzinfo=timezone.utc), zone or "UTC")
        moment.local()
        return moment

    def __str__(self) -> str:
        return f"{self.at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}@{self.zone}"

    def local(self) -> datetime:
        """Return the time as people there write it.

        :raises ValueError: The zone is not known.
        """
        try:
            return self.at.astimezone(ZoneInfo(self.zone))
        except (KeyError, OSError) as error:
            raise ValueError(f"{self.zone!r} is no time zone that is known here") from error

    def travel(self) -> travel:
        """Return the travel to this moment, from which on time goes on."""
        import time_machine

        return time_machine.travel(self.local(), tick=True)


def moment_of(asked: str) -> Moment:
    """Return the moment that ``--moment`` asks for.

    :param asked: ``random``; ``random:`` and any text, which is the same moment each time; or what :meth:`Moment.read`
        takes.
    :raises ValueError: It is neither.
    """
    if asked == RANDOM:
        return drawn(random.Random(), datetime.now(timezone.utc))
    if asked.startswith(f"{RANDOM}:"):
        return drawn(random.Random(asked), _FIRST)
    return Moment.read(asked)


def drawn(chance: random.Random, now: datetime) -> Moment:
    """Draw a moment of the next four years; times at which things go wrong are as likely as all others.

    :param chance: Where chance comes from.
    :param now: From when on.
    """
    first = now.date()
    last = first + timedelta(days=_DAYS)
    kinds = [[Moment(now + timedelta(seconds=chance.random() * _DAYS * 86400))], *candidates(first, last).values()]
    return chance.choice(chance.choice(kinds))


@lru_cache
def candidates(first: date, last: date) -> dict[str, list[Moment]]:
    """Return the times between two days at which things go wrong, by kind; most a little before something changes.

    :param first: The first day.
    :param last: The last one.
    """
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    midnights = [(day, datetime(day.year, day.month, day.day, tzinfo=timezone.utc)) for day in days]
    return {
        "ends of months": [Moment(at - _BEFORE) for day, at in midnights if day.day == 1],
        "leap days": [Moment(at + timedelta(hours=12)) for day, at in midnights if (day.month, day.day) == (2, 29)],
        "ends of years": [Moment(at - _BEFORE) for day, at in midnights if (day.month, day.day) == (1, 1)],
        "nights of the clock": [Moment(at - _BEFORE, zone) for zone in ZONES for at in _changes(zone, midnights)],
    }


def _changes(zone: str, midnights: list[tuple[date, datetime]]) -> Iterator[datetime]:
    """Yield when the clock of a zone is changed."""
    place = ZoneInfo(zone)
    for (_, at), (_, after) in pairwise(midnights):
        if at.astimezone(place).utcoffset() == after.astimezone(place).utcoffset():
            continue
        while at.astimezone(place).utcoffset() == (at + timedelta(minutes=30)).astimezone(place).utcoffset():
            at += timedelta(minutes=30)
        yield at + timedelta(minutes=30)
