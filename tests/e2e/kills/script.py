"""Where an attempt of a task is disturbed, and the book of what has been done."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class Point(Enum):
    """A moment in the life of an attempt, as the vendor's door sees it."""

    BEFORE = "before the request"
    COMMITTED = "after commit, before the answer"
    ANSWERED = "after the answer, before the note"
    LOOKING = "while looking at the vendor"
    WATCHING = "while reading its state"
    DOWNLOADING = "while downloading"
    DEFERRED = "while deferred"
    AFTERWARDS = "afterwards"


class Deed(Enum):
    """What is done at that moment."""

    KILL_TASK = "task killed"
    KILL_WORKER = "worker killed"
    KILL_SUPERVISOR = "supervisor killed, its task goes on,"
    KILL_TRIGGERER = "triggerer killed"
    CLEAR = "cleared"
    FAIL = "marked failed"

    @property
    def kills(self) -> bool:
        """Whether it is a SIGKILL."""
        return self not in (Deed.CLEAR, Deed.FAIL)


@dataclass(frozen=True)
class Step:
    """One disturbance.

    :param point: When.
    :param deed: What.
    """

    point: Point
    deed: Deed = Deed.KILL_TASK

    @property
    def title(self) -> str:
        """The name of the row in the table."""
        return f"{self.deed.value} {self.point.value}"


@dataclass(frozen=True)
class Request:
    """Which requests are meant.

    :param method: HTTP method.
    :param path: Regular expression searched in the path.
    """

    method: str
    path: str

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request is one of them."""
        return self.method == method and re.search(self.path, path) is not None


UNMAPPED = -1
"""Map index of a task that is not mapped."""


@dataclass(frozen=True, order=True)
class Key:
    """A task instance, whatever its attempt."""

    dag_id: str
    task_id: str
    map_index: int

    def __str__(self) -> str:
        index = "" if self.map_index == UNMAPPED else f"[{self.map_index}]"
        return f"{self.dag_id}.{self.task_id}{index}"


@dataclass(frozen=True)
class Visit:
    """Who sent a request.

    :param key: The task instance.
    :param try_number: Its attempt.
    :param pid: The process.
    """

    key: Key
    try_number: int
    pid: int


@dataclass(frozen=True)
class Strike:
    """A disturbance that happened.

    :param step: The step of the script.
    :param visit: Whose attempt it was.
    :param pids: The processes that were killed; empty when something else was done.
    """

    step: Step
    visit: Visit
    pids: tuple[int, ...]


@dataclass
class Part:
    """The script of one task instance.

    :param steps: In their order; each disturbs an attempt of its own.
    :param requests: Which request each point stands for.
    :param final: The place of the file that a transfer makes, which must stay empty as long as it is killed.
    :ivar accepted: How many of its writes the vendor has carried out.
    """

    steps: tuple[Step, ...]
    requests: dict[Point, Request]
    final: Path | None = None
    taken: int = 0
    accepted: int = 0
    strikes: list[Strike] = field(default_factory=list)

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that have not happened."""
        done = [strike.step for strike in self.strikes]
        return tuple(step for index, step in enumerate(self.steps) if index >= len(done))


class Book:
    """The scripts of all task instances of one Airflow, and the strikes; used from several threads."""

    def __init__(self) -> None:
        self.parts: dict[Key, Part] = {}
        self.problems: list[str] = []
        self.polled: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, key: Key, steps: Iterable[Step], requests: dict[Point, Request], final: Path | None = None) -> None:
        """Enter a task instance.

        :param key: The task instance.
        :param steps: Its script.
        :param requests: Which request each point stands for.
        :param final: The place of the file that a transfer makes.
        """
        self.parts[key] = Part(tuple(steps), requests, final)

    def take(self, visit: Visit, method: str, path: str) -> Step | None:
        """Return the step that a request is the moment of, and never again.

        :param visit: Who sends it.
        :param method: HTTP method.
        :param path: Path of the request.
        """
        with self._lock:
            part = self.parts.get(visit.key)
            if part is None or part.taken >= len(part.steps) or part.taken > len(part.strikes):
                return None
            step = part.steps[part.taken]
            request = part.requests.get(step.point)
            if request is None or not request.matches(method, path):
                return None
            part.taken += 1
            return step

    def accept(self, key: Key, method: str, path: str) -> None:
        """Note that a vendor has carried out a request; only writes count.

        :param key: Whose it was.
        :param method: HTTP method.
        :param path: Path of the request.
        """
        with self._lock:
            part = self.parts.get(key)
            write = part.requests.get(Point.COMMITTED) if part else None
            if part is not None and write is not None and write.matches(method, path):
                part.accepted += 1

    def enter(self, strike: Strike) -> None:
        """Note a strike.

        :param strike: What happened.
        """
        with self._lock:
            part = self.parts[strike.visit.key]
            part.strikes.append(strike)
            part.taken = max(part.taken, len(part.strikes))

    def complain(self, problem: str) -> None:
        """Note something that makes the whole show worthless.

        :param problem: What it is.
        """
        with self._lock:
            self.problems.append(problem)

    def note_poll(self, vendor: str) -> None:
        """Note a request that no task sent: one of the triggerer.

        :param vendor: Who was asked.
        """
        with self._lock:
            self.polled[vendor] = time.monotonic()

    @property
    def kills(self) -> int:
        """How many times something was killed; a triggerer that waits for many is one."""
        with self._lock:
            strikes = [strike for part in self.parts.values() for strike in part.strikes if strike.step.deed.kills]
        triggerers = {strike.pids for strike in strikes if strike.step.deed is Deed.KILL_TRIGGERER}
        return len(triggerers) + sum(strike.step.deed is not Deed.KILL_TRIGGERER for strike in strikes)
