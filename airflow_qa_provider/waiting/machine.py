"""The wait for one object as a pure state machine: no I/O, no clock, no chance of its own.

Fed with what was seen or what went wrong, and the time, it answers what to do. All the ways in which this package waits
(in the triggerer, in place on a worker, as a poking or rescheduled sensor) use it, so that they cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConnectError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QATLSError,
)
from airflow_qa_provider.kinds.conditions import Missing
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.waiting.decisions import Decision, Finished, GaveUp, WaitPolicy, WaitUntil

__all__ = ["Decision", "Finished", "GaveUp", "Wait", "WaitPolicy", "WaitUntil"]

_REFUSED = (QAAuthenticationError, QAPermissionError)
# only a person can mend these
_MENDABLE = (QAConfigurationError, QATLSError)
# the connection may have been mended since it was read
_WORTH_REREADING = (*_MENDABLE, QAConnectError)
_CONFIRMATIONS = 2
_NO_SUCH_PATH = 405
# a longer Retry-After is more likely a moment in place of seconds
_LONGEST_HOLD = 3600.0
_MOST_WARNINGS = 20
# what a client says of retrying one request is not what becomes of the wait, or of the task
_RETRY_ADVICE = re.compile(r"\s*\bA retry [^.]*\.(?=\s|$)")


class Wait:
    """The wait for one object.

    :param object_id: Id at the vendor.
    :param policy: How to wait.
    """

    __slots__ = (
        "_missing",
        "_missing_since",
        "_refreshed",
        "_trouble",
        "_warned",
        "failures",
        "last",
        "next",
        "object_id",
        "policy",
    )

    def __init__(self, object_id: str, policy: WaitPolicy) -> None:
        self.object_id = object_id
        self.policy = policy
        self.failures = 0
        self.last: Snapshot | None = None
        self.next: WaitUntil | None = None
        self._missing = 0
        self._missing_since: float | None = None
        self._refreshed = False
        self._trouble: str | None = None
        self._warned: tuple[str, ...] = ()

    def begin(self, now: float, at: float) -> WaitUntil:
        """Take the wait up without a look, since there was one just before.

        A wait that was taken up from :meth:`as_dict` goes on as it had planned.

        :param now: Wall-clock time in seconds since the epoch.
        :param at: When others are looked for next; the first look falls in with them when that is soon enough.
        """
        if self.next is not None:
            return self.next
        return self._plan(now, min(at, now + self.policy.poll_interval), now)

    def on_poll(self, now: float, seen: Snapshot | QAError, jitter: float, early: bool = False) -> Decision:
        """Take in a look, good or failed: see :meth:`on_snapshot` and :meth:`on_error`.

        :param now: Wall-clock time in seconds since the epoch, after the look.
        :param seen: What was seen, or why it could not be seen.
        :param jitter: A random number from 0 to 1.
        :param early: Whether the look was made before this wait's turn.
        """
        if isinstance(seen, Snapshot):
            return self.on_snapshot(now, seen)
        return self.on_error(now, seen, jitter, early)

    def on_snapshot(self, now: float, snapshot: Snapshot) -> Decision:
        """Take in a look at the object.

        :param now: Wall-clock time in seconds since the epoch.
        :param snapshot: What was seen.
        """
        self.failures = self._missing = 0
        self._missing_since = self._trouble = None
        self._refreshed = False
        if self.policy.condition is not None:
            snapshot = self.policy.condition.judge(snapshot)
        self.last = snapshot
        if snapshot.phase.ended:
            return Finished(snapshot)
        if self._past_deadline(now):
            return self._timed_out()
        interval = self.policy.poll_interval
        return self._plan(now, now + interval, now + interval / 2, notice=self._notice(snapshot))

    def on_error(self, now: float, error: QAError, jitter: float, early: bool = False) -> Decision:
        """Take in a look that failed. This says nothing about the object itself.

        :param now: Wall-clock time in seconds since the epoch.
        :param error: What went wrong.
        :param jitter: A random number from 0 to 1, the same for all waits that share the failed look.
        :param early: Whether the look was made before this wait's turn, because others were due; then it does not
            count against a wait that is already backing off, or newcomers would use up the failures of the old ones.
        """
        first, self._trouble = self.next is None, _said(error)
        if isinstance(error, QANotFoundError) and error.status_code != _NO_SUCH_PATH:
            return self._on_missing(now, error)
        self._missing, self._missing_since = 0, None
        if isinstance(error, _REFUSED):
            return self._on_refused(now, error)
        if first and isinstance(error, _MENDABLE):
            return GaveUp(f"the vendor cannot be asked: {self._trouble}", False, self.last, error.permanent)
        if early and self.failures and self.next and not self._past_deadline(now):
            return self.hold(now, now + self._floor(error))
        self.failures += 1
        if self.failures > self.policy.max_failures:
            reason = f"{self.failures} polls in a row failed, the last with: {self._trouble}"
            return GaveUp(reason, False, self.last, error.permanent)
        return self._again(now, error, jitter)

    def fall_in(self, now: float, at: float) -> WaitUntil:
        """Let others look first: do not ask for a look before ``at``, though one may be shared.

        :param now: Wall-clock time in seconds since the epoch.
        :param at: The earliest time for a look of this wait's own.
        """
        planned = self.begin(now, at)
        if at <= planned.at:
            return planned
        return self._plan(now, at, planned.earliest, refresh=planned.refresh)

    def hold(self, now: float, until: float) -> WaitUntil:
        """Put the next look off, because the vendor wants to be left alone.

        :param now: Wall-clock time in seconds since the epoch.
        :param until: No look before this time.
        """
        planned = self.begin(now, now + self.policy.poll_interval)
        until = min(until, now + max(self.policy.poll_interval, _LONGEST_HOLD))
        if until <= planned.earliest:
            return planned
        return self._plan(now, max(planned.at, until), until, refresh=planned.refresh)

    def overdue(self, now: float) -> GaveUp | None:
        """Give up without another look, when it is time to and the vendor may not be asked before; else ``None``.

        :param now: Wall-clock time in seconds since the epoch.
        """
        if self.next is None or not self.next.at <= now < self.next.earliest:
            return None
        return self._timed_out()

    def expired(self, now: float) -> GaveUp | None:
        """Give up when the deadline has passed while a poll is under way; else ``None``.

        :param now: Wall-clock time in seconds since the epoch.
        """
        return self._timed_out() if self._past_deadline(now) else None

    def shift(self, seconds: float) -> None:
        """Move all times, for a driver whose clock is not the wall clock.

        :param seconds: How far into the future.
        """
        self.policy = self.policy.shifted(seconds)
        if self._missing_since is not None:
            self._missing_since += seconds
        if self.next is not None:
            planned = self.next
            self.next = WaitUntil(planned.at + seconds, planned.earliest + seconds, planned.refresh, planned.notice)

    @property
    def failing(self) -> bool:
        """Whether the last look failed; not to see what is still to come is no failure."""
        return self._trouble is not None and not (self._missing and self._missing_means == "wait")

    @property
    def worth_remembering(self) -> bool:
        """Whether a new wait for the object would go on in another way."""
        return self.failing or bool(self._warned)

    def as_dict(self) -> dict[str, Any]:
        """Return what has happened so far as plain JSON."""
        planned = self.next
        return {
            "failures": self.failures,
            "missing": self._missing,
            "missing_since": self._missing_since,
            "refreshed": self._refreshed,
            "trouble": self._trouble,
            "warned": list(self._warned),
            "last": self.last.as_dict() if self.last else None,
            "next": [planned.at, planned.earliest, planned.refresh] if planned else None,
        }

    @classmethod
    def from_dict(cls, object_id: str, policy: WaitPolicy, facts: Mapping[str, Any]) -> Wait:
        """Take a wait up again.

        :param object_id: Id at the vendor.
        :param policy: How to wait.
        :param facts: What :meth:`as_dict` returned.
        """
        wait = cls(object_id, policy)
        wait.failures = facts.get("failures") or 0
        wait._missing, wait._missing_since = facts.get("missing") or 0, facts.get("missing_since")
        wait._refreshed, wait._trouble = bool(facts.get("refreshed")), facts.get("trouble")
        wait._warned = tuple(facts.get("warned") or ())
        wait.last = Snapshot.from_dict(facts["last"]) if facts.get("last") else None
        wait.next = WaitUntil(*facts["next"]) if facts.get("next") else None
        return wait

    @property
    def _missing_means(self) -> Missing:
        return self.policy.condition.missing if self.policy.condition else "gone"

    def _on_missing(self, now: float, error: QANotFoundError) -> Decision:
        first_time = self._missing == 0
        self._missing += 1
        since = self._missing_since = now if self._missing_since is None else self._missing_since
        means = self._missing_means
        # one 404 may come from a replica that lags behind, a minute of them from a gateway whose service restarts
        grace = 0.0 if means == "reached" else self.policy.not_found_grace
        if means == "wait" or self._missing < _CONFIRMATIONS or now < since + grace:
            if self._past_deadline(now):
                return self._timed_out()
            floor = self._floor(error)
            notice = f"{self._trouble} It is looked for again before it counts as gone."
            told = first_time and means == "gone"
            # the connection may lead to another account by now
            return self._plan(now, now + floor, now + floor, refresh=told, notice=notice if told else None)
        link = self.last.link if self.last else None
        phase = Phase.SUCCEEDED if means == "reached" else Phase.GONE
        return Finished(Snapshot(self.object_id, phase, "not found", {"message": self._trouble}, link))

    def _on_refused(self, now: float, error: QAError) -> Decision:
        if self._refreshed:
            reason = f"the vendor refuses the credentials, also after they were read anew: {self._trouble}"
            return GaveUp(reason, False, self.last, permanent=True)
        if self._past_deadline(now):
            return self._timed_out()
        self._refreshed = True
        floor = self._floor(error)
        notice = f"{self._trouble} The connection is read anew before the next look, in {_rounded(floor)} s."
        return self._plan(now, now + floor, now + floor, refresh=True, notice=notice)

    def _again(self, now: float, error: QAError, jitter: float) -> Decision:
        if self._past_deadline(now):
            return self._timed_out()
        earliest = now + self._floor(error)
        longest = min(self.policy.max_backoff, self.policy.poll_interval * 2.0 ** min(self.failures, 16))
        planned = self._plan(now, earliest + jitter * longest, earliest, isinstance(error, _WORTH_REREADING))
        count = f"Failed look {self.failures} of {self.policy.max_failures}"
        notice = f"{self._trouble} {count}; the next in {_rounded(planned.at - now)} s."
        return WaitUntil(planned.at, planned.earliest, planned.refresh, notice)

    def _floor(self, error: QAError) -> float:
        return max(self.policy.poll_interval, min(error.retry_after or 0.0, _LONGEST_HOLD))

    def _plan(
        self, now: float, at: float, earliest: float, refresh: bool = False, notice: str | None = None
    ) -> WaitUntil:
        deadline = self.policy.deadline
        if deadline is not None and at > deadline:
            # the last look comes at the deadline or, where that is too early, up to one interval later, or not at all
            last = max(earliest, deadline)
            at = last if last <= deadline + self.policy.poll_interval else max(now, deadline)
        self.next = WaitUntil(at, earliest, refresh)
        return WaitUntil(at, earliest, refresh, notice) if notice else self.next

    def _past_deadline(self, now: float) -> bool:
        return self.policy.deadline is not None and now >= self.policy.deadline

    def _timed_out(self) -> GaveUp:
        if self._trouble:
            standing = f"the last look failed with: {self._trouble}"
        else:
            standing = f"it is still {self.last.status or 'without a status'}" if self.last else "it was not looked at"
        limit = (self.policy.deadline or 0.0) - self.policy.started_at
        return GaveUp(f"the time-out of {limit:g} s has passed and {standing}", True, self.last)

    def _notice(self, snapshot: Snapshot) -> str | None:
        if snapshot.known or snapshot.status in self._warned or len(self._warned) == _MOST_WARNINGS:
            return None
        self._warned = (*self._warned, snapshot.status)
        return f"status {snapshot.status!r} of {snapshot.id} is not known to this provider; waiting on"


def _said(error: QAError) -> str:
    return _RETRY_ADVICE.sub("", str(error))


def _rounded(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"
