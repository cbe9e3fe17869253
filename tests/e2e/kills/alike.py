"""Whether ``dag.test()`` and a real scheduler make the same of every operator, undisturbed.

Each operator is asked for two things alike: one in a run of the scheduler, one with ``airflow dags test``.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console

from airflow_qa_provider.demo.environment import airflow_environment
from airflow_qa_provider.demo.processes import child, ending, succeeded
from airflow_qa_provider.demo.runner import tail
from tests.e2e.kills.catalogue import CATALOGUE
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.plan import Case, enter_scripts, write_plan
from tests.e2e.kills.processes import ShowStopped, await_that
from tests.e2e.kills.script import Book, Key
from tests.e2e.kills.stage import DAGS, ROOT, Stage

SCHEDULED, _INLINE = "scheduled", "inline"
"""DAGs, one for each way."""
_SCHEDULED_SECONDS = 300.0
_INLINE_SECONDS = 400.0
_OVER = ("success", "failed", "upstream_failed", "skipped", "removed")
_XCOMS = ("return_value", "remote_id", "outcome", "reason", "changes", "phase", "status", "link")

Facts = dict[str, Any]
"""What is compared of a task: its state, which XComs it has, how its result came about, and what the vendor has."""


class Undisturbed:
    """Every operator once more on the Airflow of a show, and once with ``airflow dags test``.

    :param world: The vendors.
    :param home: Where the show keeps its files.
    :param names: Names of operators; all by default.
    """

    def __init__(self, world: World, home: Path, names: Iterable[str] = ()) -> None:
        self._world = world
        self._home = home
        self._names = list(names) or list(CATALOGUE)
        self.scheduled = [_case(world, name, SCHEDULED) for name in self._names]
        self._inline = [_case(world, name, _INLINE) for name in self._names]

    def enter(self, book: Book) -> dict[str, Key]:
        """Enter what is to be done into the book, without any script, and return which label is whose.

        :param book: The book.
        """
        made = [*self.scheduled, *self._inline]
        enter_scripts(made, book)
        return {case.label: case.key for case in made}

    def compare(self, stage: Stage, connections: Mapping[str, Mapping[str, Any]], console: Console) -> list[str]:
        """Run every operator both ways, and return what differs.

        :param stage: The Airflow, whose plan has the scheduled ones.
        :param connections: Those to the vendors.
        :param console: For progress.
        """
        plan = self._home / "inline.json"
        write_plan(self._inline, plan)
        began = time.monotonic()
        stage.trigger(SCHEDULED)
        tested = _run_inline(self._home / "inline", connections, plan, self._inline, self._world)
        ran = _await_scheduled(stage, self.scheduled, self._world)
        differing = [
            f"{name}: with the scheduler {ran[name]}, with dag.test() {tested[name]}"
            for name in self._names
            if ran[name] != tested[name]
        ]
        wrong = [f"{name}: {ran[name]}" for name in self._names if ran[name] == tested[name] and not ran[name]["good"]]
        console.print(
            f"  {len(self._names) - len(differing)} of {len(self._names)} operators are the same with dag.test() and "
            f"with a scheduler, {time.monotonic() - began:.0f} s",
            highlight=False,
        )
        return [*differing, *wrong]


def _case(world: World, name: str, way: str) -> Case:
    entry, label = CATALOGUE[name], f"{way}-{name}-0"
    return Case(entry, Key(way, name, -1), label, entry.prepare(world, label), ())


def _await_scheduled(stage: Stage, made: list[Case], world: World) -> dict[str, Facts]:
    run_id = stage.runs[SCHEDULED]

    def over() -> bool:
        stage.check()
        states = [ti["state"] for ti in stage.api.tasks(SCHEDULED, run_id).values()]
        return len(states) == len(made) and all(state in _OVER for state in states)

    await_that("the scheduler's run", over, _SCHEDULED_SECONDS, stage.logs)
    tasks = stage.api.tasks(SCHEDULED, run_id)
    return {
        case.entry.name: _facts(
            case,
            world,
            str(tasks[case.key]["state"]),
            {name: stage.api.xcom(case.key, run_id, name) for name in _XCOMS},
        )
        for case in made
    }


def _run_inline(
    home: Path, connections: Mapping[str, Mapping[str, Any]], plan: Path, made: list[Case], world: World
) -> dict[str, Facts]:
    home.mkdir()
    env = airflow_environment(home, {"CORE__DAGS_FOLDER": str(DAGS)}, connections)
    env |= {"KILLS_PLAN": str(plan), "PYTHONPATH": str(ROOT)}
    for command in (["db", "migrate"], ["dags", "test", _INLINE]):
        log = home / f"{command[0]}-{command[1]}.log"
        with child(["airflow", *command], env, log) as process:
            if not succeeded(process, _INLINE_SECONDS) and command[0] == "db":
                raise ShowStopped(f"`airflow {' '.join(command)}` {ending(process)}\n{tail(log, 30)}")
    with closing(sqlite3.connect(home / "airflow.db")) as database:
        states = dict(database.execute("SELECT task_id, state FROM task_instance WHERE dag_id = ?", [_INLINE]))
        rows = database.execute("SELECT task_id, key, value FROM xcom WHERE dag_id = ?", [_INLINE]).fetchall()
    xcoms: dict[str, dict[str, Any]] = {}
    for task_id, key, value in rows:
        if key in _XCOMS:
            # SQLite hands numbers on as numbers
            xcoms.setdefault(task_id, {})[key] = json.loads(value) if isinstance(value, str) else value
    return {
        case.entry.name: _facts(case, world, str(states.get(case.entry.name)), xcoms.get(case.entry.name, {}))
        for case in made
    }


def _facts(case: Case, world: World, state: str, xcoms: Mapping[str, Any]) -> Facts:
    told = {name: value for name, value in xcoms.items() if value is not None}
    effects = list(case.entry.effects(world, case.label, case.arguments))
    believed = case.entry.believed({name: xcoms.get(name) for name in _XCOMS}, case.arguments)
    return {
        "state": state,
        "xcoms": sorted(told),
        "outcome": told.get("outcome"),
        "phase": told.get("phase"),
        "objects": len(effects),
        "good": state == "success" and effects == [believed],
    }
