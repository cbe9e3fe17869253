"""A triggerer that sleeps while another one takes its waits over, and persons who stop tasks at bad moments."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psutil  # type: ignore[import-untyped]
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.processes import await_that
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.stage import Stage
from tests.e2e.triggerers import plan
from tests.e2e.triggerers.door import Held

# longer than anything takes on a busy machine
_SECONDS = 240.0
_STEADY_SECONDS = 0.7
_BOTH_SECONDS = 4.0
_TRIES_TO_FREEZE = 8
_XCOMS = ("return_value", "remote_id", "outcome", "phase", "status", "report_name", "started_at", "completed_at")
# a transaction that stays open in what was frozen would keep everybody else waiting
_OPEN_TRANSACTIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' "
    "AND state_change < clock_timestamp() - interval '0.5 second'"
)


class Asleep:
    """The cases, on one Airflow.

    :param stage: The Airflow.
    :param world: The vendors.
    :param address: SQLAlchemy address of its database.
    :param held: What stands before the vendor's door.
    """

    def __init__(self, stage: Stage, world: World, address: str, held: Held) -> None:
        self._stage = stage
        self._held = held
        self._world = world
        self._address = address
        self._reports = {name: _report(world, name) for name in (*plan.TASKS, plan.UNSEEN)}
        self.problems: list[str] = []
        self.good = 0

    def begin(self) -> None:
        """Start the tasks that wait, and let one of them be marked as failed while its request is under way."""
        sandbox = self._world.sandbox
        for report_id in self._reports.values():
            sandbox.add_outcome("report", "never", match=report_id)
        self._held.hold(self._reports[plan.IN_FLIGHT])
        self._stage.trigger(plan.WAITS, self._reports)

    def mark_in_flight(self) -> None:
        """Mark a task as failed whose request has reached the vendor, and has not been answered."""
        report_id = self._reports[plan.IN_FLIGHT]
        self._until("the request of a task that is marked as failed", lambda: self._held.has_come(report_id) > 0)
        self._stage.api.mark_failed(_key(plan.IN_FLIGHT), self._stage.runs[plan.WAITS])
        # from here on, its process has five seconds
        self._until("the signal to its process", lambda: self._says(plan.IN_FLIGHT, "Terminating process"))
        self._held.let_in(report_id)
        self._until("the cancellation of what was being created", partial(self._all_stopped, plan.IN_FLIGHT))
        self._expect(
            len(self._of(plan.IN_FLIGHT)) == 1, "marked as failed while its request was under way: asked again"
        )

    def mark_waiting(self) -> None:
        """Mark a task as failed that waits in the triggerer."""
        self._waiting(plan.STOPPED)
        self._until("the triggerer's look at it", lambda: self._says(plan.STOPPED, "starting"))
        before = len(self._world.sandbox.requests("qalyptus"))

        def polled() -> bool:
            asked = self._world.sandbox.requests("qalyptus")[before:]
            return any(one.method == "GET" and "on-demand-requests" in one.path for one in asked)

        self._until("the triggerer's look at it", polled)
        self._stage.api.mark_failed(_key(plan.STOPPED), self._stage.runs[plan.WAITS])
        self._until("the cancellation of what was waited for", partial(self._all_stopped, plan.STOPPED))
        self._expect(len(self._of(plan.STOPPED)) == 1, "marked as failed while it waited: asked for again")

    def clear_while_it_stops(self) -> None:
        """Clear a task whose request takes its time to be stopped."""
        first = self._waiting(plan.SLOW)
        stop = f"{first}/stop"
        self._held.hold(stop)
        self._stage.api.clear([_key(plan.SLOW)], self._stage.runs[plan.WAITS])
        self._until("the stop of what was cleared", lambda: self._held.has_come(stop) > 0)
        self._until("the attempt after it", lambda: self._state(plan.SLOW) in ("running", "deferred"))
        # the trigger and the attempt stop it, or the attempt alone
        deadline = time.monotonic() + _BOTH_SECONDS
        while time.monotonic() < deadline and self._held.has_come(stop) < 2:
            time.sleep(0.1)
        self._held.let_in(stop)
        second = self._another(plan.SLOW, first)
        self._release(second)
        self._ends_well(plan.SLOW, second)
        self._until("the stop of what was cleared", lambda: self._is_stopped(first))
        self._expect(
            not self._is_stopped(second), "cleared while the vendor stopped its request: the new one is stopped"
        )

    def sleep(self) -> None:
        """Freeze the triggerer; what it waits for is taken over, replaced, or stopped, until it wakes up."""
        held, replaced = self._waiting(plan.FROZEN), self._waiting(plan.CLEARED)
        before = self._holder(plan.FROZEN)
        with self._frozen():
            unseen = self._fail_unseen()
            self._stage.begin("triggerer-2", ("triggerer", "--skip-serve-logs"))
            self._stage.api.clear([_key(plan.CLEARED)], self._stage.runs[plan.WAITS])
            mine = self._another(plan.CLEARED, replaced)
            self._until("another triggerer takes over", lambda: self._holder(plan.FROZEN) not in (None, before))
            self._release(mine)
            self._ends_well(plan.CLEARED, mine)
            told = self._told(plan.CLEARED)
            self._clear_unseen(unseen)
            # what the sleeping one waits for ends well, too
            self._release(replaced)
        self._until("the triggerer that slept gives up what another one holds", self._has_given_up)
        self._until("it forgets what was cleared", self._has_forgotten)
        self._expect(
            self._told(plan.CLEARED) == told, f"a trigger of an earlier attempt has told {self._told(plan.CLEARED)}"
        )
        self._expect(not self._is_stopped(held), "a request was cancelled that another triggerer waits for")
        self._release(held)
        self._ends_well(plan.FROZEN, held)
        self._expect(len(self._of(plan.FROZEN)) == 1, "what another triggerer waits for was asked for again")

    def _fail_unseen(self) -> str:
        """Mark a task as failed that no triggerer has seen: nobody cancels its request, as the docs say."""
        self._stage.trigger(plan.LATE, self._reports)
        request_id = self._waiting(plan.UNSEEN)
        self._stage.api.mark_failed(_key(plan.UNSEEN), self._stage.runs[plan.LATE])
        return request_id

    def _clear_unseen(self, first: str) -> None:
        """Clear that task: its next attempt cancels what was left, and makes another one."""
        self._stage.api.clear([_key(plan.UNSEEN)], self._stage.runs[plan.LATE])
        second = self._another(plan.UNSEEN, first)
        self._until("the stop of what no triggerer had seen", lambda: self._is_stopped(first))
        self._release(second)
        self._ends_well(plan.UNSEEN, second)

    @contextmanager
    def _frozen(self) -> Iterator[None]:
        processes = [psutil.Process(self._stage.pid_of("triggerer"))]
        processes += processes[0].children(recursive=True)
        for _ in range(_TRIES_TO_FREEZE):
            _signal(processes, signal.SIGSTOP)
            time.sleep(_STEADY_SECONDS)
            if not _is_blocked(self._address):
                break
            _signal(processes, signal.SIGCONT)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def _has_given_up(self) -> bool:
        return self._says(plan.FROZEN, "it is still waited for")

    def _has_forgotten(self) -> bool:
        return self._says(plan.CLEARED, "cancelled by user action") or self._says(plan.CLEARED, "trigger completed")

    def _says(self, task_id: str, words: str) -> bool:
        """Tell whether a log of a task, or of a trigger of it, has some words."""
        files = self._stage.home.glob(f"logs/**/task_id={task_id}/**/*.log*")
        return any(words in file.read_text(errors="replace") for file in files if file.is_file())

    def _waiting(self, name: str) -> str:
        """Wait until a task is deferred; return the id of its request."""
        self._until(f"the deferral of {name}", lambda: self._state(name) == "deferred")
        return self._of(name)[-1]

    def _another(self, name: str, first: str) -> str:
        """Wait until another request of a task is made, and waited for; return its id."""
        self._until(f"another request of {name}", lambda: len(self._of(name)) == 2)
        (second,) = set(self._of(name)) - {first}
        self._until(f"the deferral of {name}", lambda: self._state(name) == "deferred")
        return second

    def _ends_well(self, name: str, request_id: str) -> None:
        self._until(f"the end of {name}", lambda: self._state(name) in ("success", "failed", "skipped"))
        ended = (self._state(name), self._told(name)["return_value"], self._told(name)["remote_id"])
        self._expect(
            ended == ("success", request_id, request_id), f"{name} ended as {ended}, and not with {request_id}"
        )

    def _release(self, request_id: str) -> None:
        self._world.end("qalyptus", "report", request_id, "completed")

    def _of(self, name: str) -> list[str]:
        """Return the ids of the requests that a task has made."""
        runs = list(self._world.store("qalyptus").runs)
        return [run.id for run in runs if run.kind == "on-demand" and run.report.id == self._reports[name]]

    def _is_stopped(self, request_id: str) -> bool:
        return self._world.store("qalyptus").runs.record(request_id).stopped_at is not None

    def _all_stopped(self, name: str) -> bool:
        made = self._of(name)
        return bool(made) and all(map(self._is_stopped, made))

    def _holder(self, name: str) -> Any:
        """Return the id of the triggerer that waits for a task; ``None`` while there is none."""
        job = self._task(name).get("triggerer_job")
        return job and job["id"]

    def _state(self, name: str) -> Any:
        return self._task(name).get("state")

    def _task(self, name: str) -> dict[str, Any]:
        key = _key(name)
        return self._stage.api.tasks(key.dag_id, self._stage.runs[key.dag_id]).get(key, {})

    def _told(self, name: str) -> dict[str, Any]:
        key = _key(name)
        return {xcom: self._stage.api.xcom(key, self._stage.runs[key.dag_id], xcom) for xcom in _XCOMS}

    def _until(self, what: str, condition: Callable[[], bool]) -> None:
        def holds() -> bool:
            self._stage.check()
            return condition()

        await_that(what, holds, _SECONDS, self._stage.logs)

    def _expect(self, holds: bool, problem: str) -> None:
        if holds:
            self.good += 1
        else:
            self.problems.append(problem)


def _key(name: str) -> Key:
    return Key(plan.LATE if name == plan.UNSEEN else plan.WAITS, name, UNMAPPED)


def _report(world: World, name: str) -> str:
    client = world.client("qalyptus")
    project = client.projects.list()[0]["id"]
    return str(client.reports.create(name=f"triggerers-{name}", project_id=project, type="Excel")["id"])


def _signal(processes: list[psutil.Process], number: int) -> None:
    for process in processes:
        os.kill(process.pid, number)


def _is_blocked(address: str) -> bool:
    """Tell whether somebody who was frozen keeps a transaction open."""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                return bool(connection.execute(text(_OPEN_TRANSACTIONS)).scalar())
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return False
    except OperationalError:
        return True
    finally:
        engine.dispose()
