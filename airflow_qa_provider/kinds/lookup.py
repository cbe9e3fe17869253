"""How an object is found whose id was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from airflow_qa_provider.exceptions import may_be_done, was_accepted
from airflow_qa_provider.kinds.snapshot import Phase

__all__ = ["Candidate", "Lookup", "LookupTimeouts", "Search", "may_be_done", "was_accepted"]

_GROWTH = 2.5
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True)
class Search:
    """What to look for.

    :param fields: What was asked for.
    :param sent_at: When the request was sent, in seconds since the epoch, by the vendor's clock where that is known.
    :param since: The earliest moment at which it can have been sent; before ``sent_at`` where the moment is not noted;
        ``None`` to find what is there, however old.
    :param compared: Whether the ids that were there before the request are known, so that age need not be judged.
    :param hasty: Whether it is looked for again in any case before another one is made, so that what is unlikely so
        soon, such as another name, need not be looked for.
    """

    fields: Any
    sent_at: float
    since: float | None
    compared: bool = False
    hasty: bool = False


@dataclass(frozen=True)
class Candidate:
    """An object at the vendor that may be the one.

    :param id: Id at the vendor.
    :param phase: Where it stands.
    :param about: One line for people: name, dates, status.
    :param sure: Whether it can be told that it is this one, as far as the vendor shows anything.
    :param marked: Whether it carries something that only this task has sent, so that it is nobody else's.
    :param current: Whether it would count as "already there" for ``if_exists``.
    """

    id: str
    phase: Phase
    about: str
    sure: bool = True
    current: bool = True
    marked: bool = False


Lookup = Callable[[Any, Search], list[Candidate]]
"""Takes the vendor's client and what to look for, and returns all objects that match.

It raises a QANotSupportedError where the vendor shows nothing to search, or more than can be read.
"""


@dataclass(frozen=True)
class LookupTimeouts:
    """How long to look for an object before it is believed that there is none, in seconds.

    :param pause: Before the first poll; each next pause is two and a half times as long, up to ten seconds.
    :param lost_answer: In the attempt that lost the answer to its request.
    :param no_id: In an attempt whose answer had no id.
    :param settled: Age of a request from which on one poll is enough: vendors go on working on a request whose client
        is gone, and lists lag.
    :param not_found: Age of an object from which on 404 is believed.
    """

    pause: float = 1.0
    lost_answer: float = 10.0
    no_id: float = 30.0
    settled: float = 15.0
    not_found: float = 60.0

    @property
    def two_looks(self) -> float:
        """Time for two polls, the fewest that make sure of an object."""
        return self.pause * (1 + _GROWTH)

    def pauses(self, seconds: float) -> Iterator[float]:
        """Yield the pause before each poll.

        :param seconds: Time for all polls; without any there is one, at once.
        """
        pause, left = self.pause, seconds
        if left <= 0:
            yield 0.0
        while left > 0:
            yield min(pause, left)
            left -= pause
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)
