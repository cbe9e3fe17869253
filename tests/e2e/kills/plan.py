"""Which operators are disturbed where, on which database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.kills.catalogue import CATALOGUE
from tests.e2e.kills.catalogue.entry import Arguments, Entry, World
from tests.e2e.kills.script import UNMAPPED, Book, Deed, Key, Point, Step

KILLS, DEFERRED, HANDS, RESETS, LATE = "kills", "deferred", "hands", "resets", "late"
"""DAGs: workers killed, triggerers killed, done by hand, answers lost without any kill, requests carried out late."""
TWINS = ("twin-arrived", "twin-lost")
"""Two DAGs that ask for the same: the answer to the one never comes, and the request of the other never arrives."""
SECTIONS = (RESETS, LATE, KILLS, DEFERRED, HANDS, *TWINS)
LOST_AND_FOUND = ("MonitorQACreateAudit", "MonitorQACreateSchedule", "QalyptusRunTask", "SmartQCreateTicket")
"""Operators whose lost objects are found in a list, in which there may be those of others."""

_WORKER = Deed.KILL_WORKER
Script = tuple[Step, ...]


def _script(*points: Point, deed: Deed = Deed.KILL_TASK) -> Script:
    return tuple(Step(point, deed) for point in points)


P = Point
# each attempt meets one point; what was committed can only be found from then on
_KILL_SCRIPTS: dict[str, Sequence[Script]] = {
    "sqlite": (
        _script(P.BEFORE, P.COMMITTED, P.LOOKING),
        _script(P.BEFORE, P.ANSWERED, P.LOOKING, P.WATCHING),
        _script(P.BEFORE, P.COMMITTED, deed=_WORKER),
    ),
    "postgresql": (
        _script(P.BEFORE, P.COMMITTED, P.LOOKING),
        _script(P.BEFORE, deed=Deed.KILL_SUPERVISOR),
    ),
}
_DOWNLOAD_SCRIPTS: Sequence[Script] = (
    _script(P.DOWNLOADING, P.DOWNLOADING, P.DOWNLOADING),
    (Step(P.DOWNLOADING), Step(P.DOWNLOADING, _WORKER)),
)
_HAND_SCRIPTS: dict[str, Sequence[Script]] = {
    "sqlite": (_script(P.COMMITTED, deed=Deed.CLEAR), _script(P.AFTERWARDS, deed=Deed.FAIL)),
    "postgresql": (_script(P.COMMITTED, deed=Deed.FAIL), _script(P.AFTERWARDS, deed=Deed.CLEAR)),
}
_TWIN_SCRIPTS = {TWINS[0]: _script(P.COMMITTED), TWINS[1]: _script(P.BEFORE)}
_DEFERRED_ROUNDS = 3
_DEFERRED_EACH = 2


@dataclass(frozen=True)
class Case:
    """One logical create.

    :param entry: The operator.
    :param key: The task instance.
    :param label: Its unique name.
    :param arguments: What the operator is asked for.
    :param script: How it is disturbed.
    """

    entry: Entry
    key: Key
    label: str
    arguments: Arguments
    script: Script

    @property
    def section(self) -> str:
        """The DAG."""
        return self.key.dag_id

    @property
    def is_twin(self) -> bool:
        """Whether another DAG asks for the same."""
        return self.section in TWINS


def scripts(entry: Entry, section: str, database: str, scale: int) -> list[Script]:
    """Return how the creates of an operator are disturbed.

    :param entry: The operator.
    :param section: The DAG.
    :param database: Name of the database.
    :param scale: How often everything is done; 0 for as little as possible.
    """
    if entry.sections and (section not in entry.sections or database != "sqlite"):
        return []
    if section == DEFERRED:
        rounds = _DEFERRED_ROUNDS if scale else 1
        return [_script(*[P.DEFERRED] * rounds, deed=Deed.KILL_TRIGGERER)] * _DEFERRED_EACH if entry.job else []
    if section == KILLS:
        possible = _possible(entry, _DOWNLOAD_SCRIPTS if entry.download else _KILL_SCRIPTS[database])
        if entry.sections:
            # with several requests in flight, all that is left may be sent before a kill arrives: one point each,
            # and none that needs an answer lost before it
            met = (step for script in possible for step in script if step.point not in (P.LOOKING, P.WATCHING))
            possible = list(dict.fromkeys((step,) for step in met))
        return possible * scale if scale else possible[:1]
    if section in (RESETS, LATE, *TWINS) and database != "sqlite":
        # what a vendor shows is the same whatever database Airflow has
        return []
    if section in TWINS:
        return [_TWIN_SCRIPTS[section]] if entry.name in LOST_AND_FOUND else []
    if section == LATE:
        return [()] if entry.name in LOST_AND_FOUND and scale else []
    if entry.write is None:
        return []
    return list(_HAND_SCRIPTS[database]) if section == HANDS else [()]


def _possible(entry: Entry, wanted: Sequence[Script]) -> list[Script]:
    """Leave out what an operator does not do; what ends it as uncertain is a script of its own."""
    ends = dict.fromkeys((step,) for script in wanted for step in script if step.point in entry.uncertain)
    fitting = [
        tuple(step for step in script if step.point in entry.requests and step.point not in entry.uncertain)
        for script in wanted
    ]
    return [script for script in [*ends, *fitting] if script]


def cases(world: World, database: str, scale: int, only: Iterable[str] = ()) -> list[Case]:
    """Make the plan for one Airflow, and prepare the vendors for it.

    :param world: The vendors.
    :param database: Name of the database.
    :param scale: How often everything is done.
    :param only: Names of operators; all by default.
    """
    chosen = set(only) or set(CATALOGUE)
    made = []
    shared: dict[str, Arguments] = {}
    for section in SECTIONS:
        for entry in CATALOGUE.values():
            if entry.name not in chosen:
                continue
            wanted = scripts(entry, section, database, scale)
            for index, script in enumerate(wanted):
                label = f"{'twins' if section in TWINS else section}-{entry.name}-{index}"
                arguments = shared[label] = shared.get(label) or entry.prepare(world, label)
                if section == DEFERRED and entry.job:
                    world.sandbox.add_outcome(entry.job.kind, entry.job.never, match=arguments[entry.job.subject])
                key = Key(section, entry.name, index if len(wanted) > 1 else UNMAPPED)
                made.append(Case(entry, key, label, arguments, script))
    return made


def write_plan(made: Iterable[Case], path: Path) -> None:
    """Write the file that the DAGs are made of.

    :param made: The plan.
    :param path: The file.
    """
    dags: dict[str, dict[str, dict[str, Any]]] = {}
    for case in made:
        fixed: Mapping[str, Any] = {"deferrable": case.section == DEFERRED} if case.entry.job else {}
        task = {"task_id": case.entry.name, "entry": case.entry.name, "fixed": fixed, "cases": []}
        dags.setdefault(case.section, {}).setdefault(case.entry.name, task)["cases"].append(case.arguments)
    path.write_text(json.dumps({dag_id: list(tasks.values()) for dag_id, tasks in dags.items()}))


def enter_scripts(made: Iterable[Case], book: Book) -> None:
    """Enter the scripts of a plan into the book.

    :param made: The plan.
    :param book: The book.
    """
    from tests.e2e.kills.catalogue.files import path_of

    for case in made:
        final = path_of(case.arguments) if case.entry.download else None
        book.add(case.key, case.script, case.entry.requests, final)
