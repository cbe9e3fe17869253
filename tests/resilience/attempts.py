"""Attempts of one task, as Airflow makes them, in this process: each a new operator, with the state of those before."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qa_sandbox import Sandbox
from tests.versions import keep_state, our_errors


class Killed(BaseException):
    """SIGKILL, as far as a test can survive it: no handler of the code under test may catch it."""


class State(dict[str, Any]):
    """The state of a task: JSON only, shared by its attempts. ``before`` and ``after`` see each write."""

    before: Callable[[Any], None] = staticmethod(lambda value: None)
    after: Callable[[Any], None] = staticmethod(lambda value: None)

    def set(self, key: str, value: Any, *, retention: Any = None) -> None:
        self.before(value)
        self[key] = json.loads(json.dumps(value))
        self.after(value)

    def delete(self, key: str) -> None:
        self.pop(key, None)


@dataclass
class Task:
    """A task instance of a DAG run and its attempts. XComs are those of the whole run."""

    make: Callable[[], Any]
    keeps_state: bool = True
    xcoms: dict[tuple[int, str], Any] = field(default_factory=dict)
    map_index: int = -1
    state: State = field(default_factory=State)
    try_number: int = 0
    max_tries: int = 2
    run_started: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    dag_id, run_id, task_id = "distribution", "manual__2026-01-31", "create"

    def attempt(self, resumes: str | None = None) -> Any:
        """Execute the task once more, as Airflow does: a new operator, and none of its XComs.

        :param resumes: The method with which an attempt that was deferred goes on.
        """
        if resumes is None:
            self.try_number += 1
            for key in [key for key in self.xcoms if key[0] == self.map_index]:
                del self.xcoms[key]
        operator = self.make()
        context = {"ti": self, "dag": SimpleNamespace(tasks=[operator])}
        context["dag_run"] = SimpleNamespace(start_date=self.run_started)
        if self.keeps_state:
            keep_state(context, self.state)
        try:
            with our_errors():
                return getattr(operator, resumes or "execute")(context)
        finally:
            assert self.told.keys() <= {*operator.xcom_keys(), "preview"}, self.told

    def clear(self) -> None:
        """Clear the task, as a person does."""
        self.max_tries = self.try_number + 2

    def xcom_push(self, key: str, value: Any) -> None:
        if not key.startswith("_link_"):  # those of the buttons, which Airflow stores, too
            self.xcoms[self.map_index, key] = json.loads(json.dumps(value))

    def xcom_pull(self, task_ids: list[str], key: str) -> list[Any]:
        return [value for (_, name), value in sorted(self.xcoms.items()) if name == key]

    @property
    def told(self) -> dict[str, Any]:
        """What the task tells besides what it returns: XCom key to value."""
        return {key: value for (index, key), value in self.xcoms.items() if index == self.map_index}

    @property
    def generation(self) -> int:
        """Which of the objects that the task has made is its own, as its note says."""
        (note,) = [value for value in self.state.values() if isinstance(value, dict) and "generation" in value]
        return int(note["generation"])


def die(number: int, frame: Any) -> None:
    raise Killed


@contextmanager
def killed_when(happened: Callable[[], bool], die: Callable[[int, Any], None] = die) -> Iterator[None]:
    """Kill this thread, wherever it is, as soon as something has happened; or do something else to it."""

    def watch() -> None:
        end = time.monotonic() + 10
        while not happened() and time.monotonic() < end and not survived.is_set():
            time.sleep(0.005)
        if not survived.is_set():
            os.kill(os.getpid(), signal.SIGUSR1)

    survived = threading.Event()
    previous = signal.signal(signal.SIGUSR1, die)
    killer = threading.Thread(target=watch)
    killer.start()
    try:
        yield
    finally:
        survived.set()
        killer.join(10)
        signal.signal(signal.SIGUSR1, previous)


class FileState(State):
    """The state of a task in a file, so that it outlives the process that writes it."""

    path: Path

    def set(self, key: str, value: Any, *, retention: Any = None) -> None:
        super().set(key, value)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self))
        new.replace(self.path)


def killed_process(task: Task, path: Path, happened: Callable[[], bool]) -> None:
    """Attempt a task in a process of its own, and kill that once something has happened.

    :param task: The task; its next attempt finds what the process has stored.
    :param path: Where its state is kept.
    :param happened: Tells when; asked in this process.
    """
    keep_state({}, task.state)  # in this process, where a test can be skipped
    state = FileState(task.state)
    state.path = path
    child = os.fork()
    if child == 0:
        try:
            task.state = state
            task.attempt()
        finally:
            os._exit(1)
    end = time.monotonic() + 60
    while not happened() and time.monotonic() < end:
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it had ended before"
    task.state.update(json.loads(path.read_text()))
    task.try_number += 1


def connect(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, **extra: Any) -> None:
    """Hand the connections of a sandbox to Airflow: each request is sent once, and looks come in quick succession."""
    for name, connection in sandbox.connections().items():
        settings = {"poll_interval": 0.03, "retries": 0, **connection["extra"], **extra}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({**connection, "extra": settings}))
