"""Scripted endings: which audit expires, which report fails, how long a task takes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

RESULTS: Mapping[str, frozenset[str]] = {
    "audit": frozenset({"completed", "failed", "expired", "deleted", "reopened", "never_started", "never_finished"}),
    "action": frozenset({"approved", "submitted", "rejected", "expired", "never"}),
    "report": frozenset({"completed", "error", "stopped", "never"}),
    "task": frozenset({"success", "warning", "error", "stopped", "never"}),
    "milestone": frozenset({"applied", "never"}),
}


@dataclass(frozen=True)
class Outcome:
    """
    How the objects that match will end.

    :param kind: ``audit``, ``action``: corrective action (both MonitorQA), ``report`` (Qalyptus, CONQA), ``task``
        (Qalyptus), ``milestone``: one queued change (CONQA)
    :param result: audits: ``completed``, ``failed`` (completed with a failing score), ``expired``, ``deleted``,
        ``reopened`` (completes, is reopened, completes again), ``never_started``, ``never_finished``; actions:
        ``approved`` and ``rejected`` (submitted halfway), ``submitted``, ``expired``, ``never``; reports:
        ``completed``, ``error``, ``stopped``, ``never``; tasks: ``success`` in place of ``completed``, and ``warning``;
        milestones: ``applied``, ``never`` (accepted, but never to be seen)
    :param match: regular expression searched in the object's name or id; empty matches every object of the kind
    :param seconds: seconds from creation to that ending; default: the one of the settings
    :param times: how many objects it applies to; default: no limit
    """

    kind: str
    result: str
    match: str = ""
    seconds: float | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        allowed = RESULTS.get(self.kind)
        if allowed is None:
            raise ValueError(f"Unknown outcome kind {self.kind!r}; known: {', '.join(sorted(RESULTS))}.")
        if self.result not in allowed:
            raise ValueError(f"Unknown result {self.result!r} for {self.kind}; known: {', '.join(sorted(allowed))}.")
        if self.seconds is not None and not 0 <= self.seconds <= 1e9:
            raise ValueError(f"Outcome seconds must be between 0 and 1e9, not {self.seconds}.")
        if self.times is not None and self.times < 1:
            raise ValueError(f"Outcome times must be at least 1, not {self.times}.")
        try:
            re.compile(self.match)
        except (re.error, TypeError) as error:
            raise ValueError(f"Outcome match {self.match!r} is not a regular expression: {error}.") from error

    def seconds_or(self, default: float) -> float:
        return default if self.seconds is None else self.seconds

    @classmethod
    def parse(cls, raw: Any) -> Outcome:
        if isinstance(raw, Outcome):
            return raw
        if not isinstance(raw, Mapping):
            raise ValueError(f"An outcome is a mapping, not {type(raw).__name__}.")
        try:
            return cls(**raw)
        except TypeError as error:
            raise ValueError(f"Not an outcome: {error}.") from error


@dataclass
class _Entry:
    outcome: Outcome
    used: int = 0


@dataclass
class OutcomeBook:
    """All outcomes of a sandbox; the latest that matches wins."""

    entries: list[_Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Add outcomes, each stronger than the ones before."""
        with self._lock:
            self.entries.extend(_Entry(outcome) for outcome in outcomes)

    def clear(self) -> None:
        """Forget every outcome; objects that already have theirs keep it."""
        with self._lock:
            self.entries.clear()

    def take(self, kind: str, name: str, object_id: str) -> Outcome | None:
        """Return the outcome for a new object, counting the use."""
        with self._lock:
            for entry in reversed(self.entries):
                outcome = entry.outcome
                if outcome.kind != kind or (outcome.times is not None and entry.used >= outcome.times):
                    continue
                if re.search(outcome.match, name) or re.search(outcome.match, object_id):
                    entry.used += 1
                    return outcome
        return None

    def ending(self, kind: str, name: str, object_id: str, result: str, seconds: float) -> tuple[str, float]:
        """Return how a new object ends and after how many seconds: as scripted, which counts the use, or as given."""
        outcome = self.take(kind, name, object_id)
        return (outcome.result, outcome.seconds_or(seconds)) if outcome else (result, seconds)

    def describe(self) -> list[dict[str, Any]]:
        """Return the outcomes as plain data, with how often each was used."""
        with self._lock:
            return [{**asdict(entry.outcome), "used": entry.used} for entry in self.entries]
