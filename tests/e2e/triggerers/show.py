"""Plays it all on an Airflow that stands."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from qa_sandbox import Sandbox
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.processes import ShowStopped, await_that
from tests.e2e.kills.stage import Stage
from tests.e2e.triggerers import plan
from tests.e2e.triggerers.asleep import Asleep
from tests.e2e.triggerers.backfill import backfill
from tests.e2e.triggerers.door import Door, Held
from tests.e2e.triggerers.hostile import ANSWERS, HostileVendor

_HOSTILE_SECONDS = 300.0
_OVER = ("success", "skipped", "failed", "upstream_failed", "removed")


class Triggerers:
    """The last part of a show.

    :param say: Takes lines for whoever looks on.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._chance = secrets.randbelow(2**32)
        self._vendor = HostileVendor(self._chance)
        self._held = Held()

    def guard(self, sandbox: Sandbox) -> None:
        """Put a door before the vendor, which has not begun to serve.

        :param sandbox: The sandbox.
        """
        sandbox.app("qalyptus").add_middleware(Door, held=self._held)

    @contextmanager
    def serving(self) -> Iterator[Mapping[str, Any]]:
        """Serve what is needed for the length of a ``with`` block; gives the connections to it."""
        with self._vendor.serving():
            yield self._vendor.connections()

    def play(self, stage: Stage, world: World, address: str) -> list[str]:
        """Play all cases, and return what is wrong.

        :param stage: The Airflow, with one triggerer.
        :param world: The vendors.
        :param address: SQLAlchemy address of its database.
        """
        began = time.monotonic()
        asleep = Asleep(stage, world, address, self._held)
        pid = stage.pid_of("triggerer")
        problems: list[str] = []
        try:
            asleep.begin()
            asleep.mark_in_flight()
            asleep.mark_waiting()
            for dag_id in plan.HOSTILE:
                stage.trigger(dag_id)
            asleep.clear_while_it_stops()
            problems += backfill(stage, world, self._say)
            problems += self._survived(stage)
            asleep.sleep()
        except ShowStopped as error:
            return [*asleep.problems, *problems, f"triggerers: {error}"]
        if stage.pid_of("triggerer") != pid:
            problems.append("the triggerer is another one than in the beginning")
        self._say(
            f"{asleep.good} of {asleep.good + len(asleep.problems)} expectations hold of a triggerer that slept and of "
            f"tasks that were stopped, {time.monotonic() - began:.0f} s"
        )
        return [*asleep.problems, *problems]

    def _survived(self, stage: Stage) -> list[str]:
        """Wait for the ends of the waits at the hostile vendor."""
        expected = plan.ACCOUNTS * (plan.VICTIMS + plan.SPARED)
        states: dict[str, str] = {}

        def over() -> bool:
            stage.check()
            for dag_id in plan.HOSTILE:
                found = stage.api.tasks(dag_id, stage.runs[dag_id])
                states.update({f"{key.task_id} {dag_id}": str(task["state"]) for key, task in found.items()})
            return len(states) == expected and all(state in _OVER for state in states.values())

        began = time.monotonic()
        await_that("the end of the waits at a hostile vendor", over, _HOSTILE_SECONDS, stage.logs)
        counted = Counter((name.split("_")[0], state) for name, state in states.items())
        lost = sum(count for (kind, state), count in counted.items() if kind == "spared" and state != "success")
        defects = sum(count for (kind, state), count in counted.items() if state not in ("success", "skipped"))
        self._say(
            f"{self._vendor.given} hostile answers (chance {self._chance}) to {plan.ACCOUNTS * plan.VICTIMS} waits of "
            f"one triggerer; lost of {plan.ACCOUNTS * plan.SPARED} others: {lost}, {time.monotonic() - began:.0f} s"
        )
        problems = []
        if self._vendor.given < ANSWERS:
            problems.append(f"only {self._vendor.given} hostile answers were given")
        if lost or defects:
            problems.append(f"waits at a hostile vendor ended as {dict(counted)}")
        return problems
