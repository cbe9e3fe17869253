"""The wait for one object as a pure state machine: no I/O, no clock, no chance of its own.

Fed with what was seen or what went wrong, and the time, it answers what to do. All the ways in which this package waits
(in the triggerer, in place on a worker, as a poking or rescheduled sensor) use it, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QATLSError,
)
from airflow_qa_provider.waiting.snapshot import Phase, Snapshot

_HOPELESS = (QAConfigurationError, QATLSError)
_REFUSED = (QAAuthenticationError, QAPermissionError)
_CONFIRMATIONS = 2


@dataclass(frozen=True)
class WaitPolicy:
    """How one object is waited for. Plain data, so that it survives a restart of the triggerer.

    :param poll_interval: Seconds between two looks.
    :param started_at: Wall-clock time in seconds since the epoch at which the wait began.
    :param deadline: Wall-clock time at which the wait is given up; ``None`` for never.
    :param max_failures: How many looks may fail in a row.
    :param max_backoff: Longest extra pause after a failed look, in seconds.
    :param not_found_grace: For how many seconds after ``started_at`` an object that was never seen may be missing,
        since some vendors show what they created only a little later.
    """

    poll_interval: float
    started_at: float
    deadline: float | None = None
    max_failures: int = 10
    max_backoff: float = 300.0
    not_found_grace: float = 60.0

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> WaitPolicy:
        """Return the policy that :meth:`as_dict` described.

        :param facts: Plain JSON.
        """
        return cls(**facts)


@dataclass(frozen=True)
class WaitUntil:
    """Look again.

    :param at: The best time for the next look.
    :param earliest: Before this the vendor must not be asked, not even together with others.
    :param refresh: Whether the credentials should be read anew first.
    :param notice: A line for the log, once.
    """

    at: float
    earliest: float
    refresh: bool = False
    notice: str | None = None


@dataclass(frozen=True)
class Finished:
    """The object reached an end.

    :param snapshot: The last look.
    """

    snapshot: Snapshot


@dataclass(frozen=True)
class GaveUp:
    """The wait ended, though the object may not have.

    :param reason: Why, in one sentence.
    :param timed_out: Whether the deadline was the reason.
    :param last: The last look, if there ever was one.
    """

    reason: str
    timed_out: bool
    last: Snapshot | None


Decision = WaitUntil | Finished | GaveUp


class Wait:
    """The wait for one object.

    :param object_id: Id at the vendor.
    :param policy: How to wait.
    :param failures: Looks that failed in a row so far, when a wait is taken up again.
    """

    def __init__(self, object_id: str, policy: WaitPolicy, failures: int = 0) -> None:
        self.object_id = object_id
        self.policy = policy
        self.failures = failures
        self.last: Snapshot | None = None
        self._missing = 0
        self._refreshed = False
        self._warned: str | None = None

    def on_snapshot(self, now: float, snapshot: Snapshot) -> Decision:
        """Take in a look at the object.

        :param now: Wall-clock time in seconds since the epoch.
        :param snapshot: What was seen.
        """
        self.failures = self._missing = 0
        self._refreshed = False
        self.last = snapshot
        if snapshot.phase.ended:
            return Finished(snapshot)
        if self._past_deadline(now):
            return self._timed_out(f"it is still {snapshot.status or 'without a status'!s}")
        interval = self.policy.poll_interval
        return WaitUntil(now + interval, now + interval / 2, notice=self._notice(snapshot))

    def on_error(self, now: float, error: QAError, jitter: float) -> Decision:
        """Take in a look that failed. This says nothing about the object itself.

        :param now: Wall-clock time in seconds since the epoch.
        :param error: What went wrong.
        :param jitter: A random number from 0 to 1, the same for all waits that share the failed look.
        """
        if isinstance(error, QANotFoundError):
            return self._on_missing(now, error)
        if isinstance(error, _HOPELESS):
            return GaveUp(f"the vendor cannot be asked: {error}", False, self.last)
        if isinstance(error, _REFUSED):
            return self._on_refused(now, error)
        self.failures += 1
        if self.failures > self.policy.max_failures:
            return GaveUp(f"{self.failures} looks in a row failed, the last with: {error}", False, self.last)
        return self._later(now, error, jitter)

    def _on_missing(self, now: float, error: QANotFoundError) -> Decision:
        self._missing += 1
        young = self.last is None and now < self.policy.started_at + self.policy.not_found_grace
        # one 404 may come from a replica that lags behind
        if young or self._missing < _CONFIRMATIONS:
            if self._past_deadline(now):
                return self._timed_out("the vendor does not show it")
            interval = self.policy.poll_interval
            return WaitUntil(now + interval, now + interval / 2)
        detail = {"reason": str(error)}
        return Finished(
            Snapshot(self.object_id, Phase.GONE, "not found", detail, self.last.link if self.last else None)
        )

    def _on_refused(self, now: float, error: QAError) -> Decision:
        if self._refreshed:
            return GaveUp(
                f"the vendor refuses the credentials, also after they were read anew: {error}", False, self.last
            )
        self._refreshed = True
        interval = self.policy.poll_interval
        return WaitUntil(now + interval, now + interval / 2, refresh=True)

    def _later(self, now: float, error: QAError, jitter: float) -> Decision:
        interval = self.policy.poll_interval
        floor = max(interval, error.retry_after or 0.0)
        backoff = jitter * min(self.policy.max_backoff, interval * 2.0 ** min(self.failures, 16))
        earliest, at = now + floor, now + floor + backoff
        deadline = self.policy.deadline
        if deadline is not None and at > deadline:
            if now >= deadline:
                return self._timed_out(f"the last look failed with: {error}")
            if earliest > deadline + interval:
                return self._timed_out(f"the vendor may not be asked again before the deadline: {error}")
            at = max(earliest, deadline)
        return WaitUntil(at, earliest, notice=f"{error} Failed look {self.failures} of {self.policy.max_failures}.")

    def _past_deadline(self, now: float) -> bool:
        return self.policy.deadline is not None and now >= self.policy.deadline

    def _timed_out(self, state: str) -> GaveUp:
        limit = (self.policy.deadline or 0.0) - self.policy.started_at
        return GaveUp(f"the time-out of {limit:g} s has passed and {state}", True, self.last)

    def _notice(self, snapshot: Snapshot) -> str | None:
        if snapshot.known or snapshot.status == self._warned:
            return None
        self._warned = snapshot.status
        return f"status {snapshot.status!r} of {snapshot.id} is not known to this provider; waiting on"
