"""Starts the DAGs, and kills a worker in the middle of a bulk write, and a triggerer that holds waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.e2e.celery import cluster, plan
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.processes import await_that
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.stage import Stage
from tests.e2e.triggerers.door import Held

TICKETS_PATH = "/tickets"
"""End of the path of the requests that make tickets."""
# longer than anything takes on a busy machine
_SECONDS = 300.0
_BULK = Key(plan.TICKETS, "tickets", UNMAPPED)
_WAITING = ("walk", "region", "report_")
_OVER = ("success", "failed")


class Show:
    """One Airflow with many workers.

    :param stage: The Airflow.
    :param world: The vendors, where nothing ends before it is told to.
    :param held: Keeps requests of the bulk write.
    :param say: Takes lines for whoever looks on.
    """

    def __init__(self, stage: Stage, world: World, held: Held, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._world = world
        self._held = held
        self._say = say
        self._tasks: dict[Key, dict[str, Any]] = {}
        self._workers: Counter[str] = Counter()
        self.kills = 0
        self.problems: list[str] = []

    def play(self) -> dict[Key, dict[str, Any]]:
        """Play it all, and return the tasks in the end.

        :raises ShowStopped: Something did not happen.
        """
        self._held.hold(TICKETS_PATH)
        for dag_id in (plan.FLAGSHIP, plan.REGIONS, plan.TICKETS):
            self._stage.trigger(dag_id)
        self._kill_a_worker()
        self._stage.trigger(plan.MILESTONES)
        self._kill_a_triggerer()
        self._release()
        self._until("the end of all runs", self._all_over)
        self._expect_witnesses()
        return self._tasks

    def _kill_a_worker(self) -> None:
        self._until("a bulk write under way, and no task in the queue", self._in_the_middle)
        name = str(self._tasks[_BULK]["hostname"])
        running = sum(task["state"] == "running" and task["hostname"] == name for task in self._tasks.values())
        self._stage.lose(name)
        self.kills += 1
        self._held.let_in(TICKETS_PATH)
        self._stage.begin(cluster.SPARE, cluster.worker(cluster.SPARE))
        self._say(f"{name} was killed after {plan.PASSED} of {plan.ROWS} rows; it had {running} running tasks")

    def _in_the_middle(self) -> bool:
        # what a worker has taken from the queue and not begun is lost for as long as Airflow's task_queued_timeout
        queued = any(task["state"] == "queued" for task in self._tasks.values())
        return self._held.has_come(TICKETS_PATH) >= plan.IN_FLIGHT and not queued

    def _kill_a_triggerer(self) -> None:
        self._until("the waits", lambda: len(self._holders()) == plan.WAITS)
        held = Counter(self._holders().values())
        ((name, count),) = held.most_common(1)
        self._stage.lose(name)
        self.kills += 1
        others = set(cluster.TRIGGERERS) - {name}
        self._until("another triggerer takes over", lambda: set(self._holders().values()) == others)
        taken = len(self._holders())
        self._say(f"{name} was killed with {count} of {plan.WAITS} waits, {', '.join(others)} holds {taken} now")
        if taken != plan.WAITS:
            self.problems.append(f"of {plan.WAITS} waits, {plan.WAITS - taken} ended with their triggerer")

    def _holders(self) -> dict[Key, str]:
        """Return the tasks that are deferred until somebody lets their objects end, and who waits for each."""
        return {
            key: job["hostname"]
            for key, task in self._tasks.items()
            if task["state"] == "deferred" and key.task_id.startswith(_WAITING) and (job := task["triggerer_job"])
        }

    def _release(self) -> None:
        self._world.sandbox.outcomes.clear()
        for key in self._holders():
            remote_id = self._stage.api.xcom(key, self._stage.runs[key.dag_id], "remote_id")
            vendor, kind = ("monitorqa", "audit") if key.task_id == "walk" else ("qalyptus", "report")
            self._world.end(vendor, kind, remote_id, "completed")

    def _all_over(self) -> bool:
        states = [self._stage.api.runs(dag_id)[run_id] for dag_id, run_id in self._stage.runs.items()]
        return all(state in _OVER for state in states)

    def _expect_witnesses(self) -> None:
        """See that what was to be shown was there to be seen."""
        if len(self._workers) < len(cluster.WORKERS):
            self.problems.append(f"only these workers had tasks: {dict(self._workers)}")
        if int(self._tasks[_BULK]["try_number"]) < 2:
            self.problems.append("the bulk write was not killed: it had one attempt")
        self._say(f"attempts on each worker, as far as seen: {dict(sorted(self._workers.items()))}")

    def _until(self, what: str, condition: Callable[[], bool]) -> None:
        def holds() -> bool:
            self._stage.check()
            self._look()
            return condition()

        await_that(what, holds, _SECONDS, self._stage.logs)

    def _look(self) -> None:
        # tasks that are expanded meanwhile go
        before, self._tasks = self._tasks, {}
        for dag_id, run_id in self._stage.runs.items():
            self._tasks |= self._stage.api.tasks(dag_id, run_id)
        for key, task in self._tasks.items():
            attempt, known = (task["hostname"], task["try_number"]), before.get(key, {})
            if task["hostname"] and attempt != (known.get("hostname"), known.get("try_number")):
                self._workers[task["hostname"]] += 1
