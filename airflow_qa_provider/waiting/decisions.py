"""What goes into a wait and what comes out of it: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from airflow_qa_provider.kinds.conditions import Condition
from airflow_qa_provider.kinds.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """How one object is waited for. Plain data, so that it survives a restart of the triggerer.

    :param poll_interval: Seconds between two looks.
    :param started_at: Wall-clock time in seconds since the epoch at which the wait began.
    :param deadline: Wall-clock time at which the wait is given up; ``None`` for never.
    :param max_failures: How many looks may fail in a row.
    :param max_backoff: Longest extra pause after a failed look, in seconds.
    :param not_found_grace: For how many seconds an object may be missing before it counts as gone: some vendors show
        what they created only a little later, and a gateway whose service restarts answers 404 for everything.
    :param condition: What is waited for, where the object has no end of its own.
    """

    poll_interval: float
    started_at: float
    deadline: float | None = None
    max_failures: int = 10
    max_backoff: float = 300.0
    not_found_grace: float = 60.0
    condition: Condition | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> WaitPolicy:
        """Return the policy that :meth:`as_dict` described, also that of another version of this package.

        :param facts: Plain JSON.
        """
        known = {field.name: facts[field.name] for field in fields(cls) if field.name in facts}
        if known.get("condition"):
            known["condition"] = Condition.from_dict(known["condition"])
        return cls(**known)

    def shifted(self, seconds: float) -> WaitPolicy:
        """Return the policy with its times moved.

        :param seconds: How far into the future.
        """
        deadline = None if self.deadline is None else self.deadline + seconds
        return replace(self, started_at=self.started_at + seconds, deadline=deadline)


def grace_for(poll_interval: float) -> float:
    """Return for how long an object may be missing: a minute, or less for those who look often.

    :param poll_interval: Seconds between two looks.
    """
    return min(60.0, 4 * poll_interval)


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Look again.

    :param at: The best time for the next look. When it lies before ``earliest`` there is no next look: the wait is
        given up at that time, see :meth:`~airflow_qa_provider.waiting.machine.Wait.overdue`.
    :param earliest: Before this the vendor must not be asked, not even together with others.
    :param refresh: Whether the connection should be read anew first.
    :param notice: A line for the log, once.
    """

    at: float
    earliest: float
    refresh: bool = False
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The object reached an end.

    :param snapshot: The last look.
    """

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class GaveUp:
    """The wait ended, though the object may not have.

    :param reason: Why, in one sentence.
    :param timed_out: Whether the deadline was the reason.
    :param last: The last look, if there ever was one.
    :param permanent: Whether a new wait would get no further until somebody changes something.
    """

    reason: str
    timed_out: bool
    last: Snapshot | None
    permanent: bool = False


Decision = WaitUntil | Finished | GaveUp
