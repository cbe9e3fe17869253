"""What the DAG believes, what the vendor has, and whether both agree."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.kills.api import Api
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.plan import RESETS, Case
from tests.e2e.kills.script import UNMAPPED, Book, Deed, Key, Point, Strike

_XCOMS = ("return_value", "remote_id", "outcome")
_UNCERTAIN = "QAUncertainError"
_LONGEST = 600


@dataclass
class Verdict:
    """How one logical create came out.

    :param case: The create.
    :param strikes: What happened to it.
    :param objects: How many objects, or effects, of it the vendor has.
    :param duplicates: How many of them are too many.
    :param lost: Whether there is none, or the DAG believes in another.
    :param wrong: Whether it ended well with an object that is another's.
    :param believed: The object that the DAG believes in.
    :param uncertain: Whether it ended with the documented error.
    :param attempts: How many attempts there were.
    :param problem: What is wrong, for people; empty when all is well.
    :param remark: Why there were more attempts than disturbances; empty when there were not.
    """

    case: Case
    strikes: list[Strike]
    objects: int = 0
    duplicates: int = 0
    lost: int = 0
    wrong: int = 0
    believed: str | None = None
    uncertain: int = 0
    attempts: int = 0
    problem: str = ""
    remark: str = ""

    @property
    def unplanned(self) -> int:
        """How many attempts failed that nobody disturbed."""
        planned = 1 + sum(strike.step.deed is not Deed.KILL_TRIGGERER for strike in self.strikes)
        planned += self.case.section == RESETS and self.case.entry.repeats
        return max(0, self.attempts - planned)


@dataclass
class Findings:
    """How everything came out on one database.

    :param verdicts: One per logical create.
    :param strays: Objects that belong to no task, by operator.
    :param problems: What else is wrong.
    :param kills: How many SIGKILLs there were.
    """

    verdicts: list[Verdict]
    strays: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    kills: int = 0


def judge(
    made: Iterable[Case],
    world: World,
    before: dict[str, set[str]],
    book: Book,
    api: Api,
    runs: dict[str, str],
    home: Path,
) -> Findings:
    """Compare the vendors with the DAGs.

    :param made: The plan.
    :param world: The vendors.
    :param before: What was at the vendors before, by operator.
    :param book: What was done.
    :param api: Airflow.
    :param runs: The run of each DAG.
    :param home: Airflow's home, for its logs.
    """
    tasks = {key: ti for dag_id, run_id in runs.items() for key, ti in api.tasks(dag_id, run_id).items()}
    findings = Findings([], problems=list(book.problems), kills=book.kills)
    accounted: set[str] = set()
    entries = {}
    asked = Counter(case.label for case in made)
    for case in made:
        effects = list(case.entry.effects(world, case.label, case.arguments))
        accounted.update(effects)
        entries[case.entry.name] = case.entry
        part = book.parts[case.key]
        verdict = Verdict(case, part.strikes, len(effects))
        verdict.attempts = int(tasks[case.key]["try_number"])
        xcoms = {name: api.xcom(case.key, runs[case.section], name) for name in _XCOMS}
        verdict.believed = case.entry.believed(xcoms, case.arguments)
        _conclude(verdict, str(tasks[case.key]["state"]), effects, asked[case.label], xcoms, home)
        if verdict.unplanned:
            verdict.remark = f"{verdict.unplanned} attempts more than disturbances: {last_error(home, case.key)}"
        findings.verdicts.append(verdict)
        for step in part.pending:
            findings.problems.append(f"{case.key}: {step.title} was planned, and did not happen")
    _find_wrong(findings.verdicts)
    for name, entry in entries.items():
        strays = entry.everything(world) - before[name] - accounted
        findings.strays[name] = len(strays)
        findings.problems += [f"{name}: {stray} belongs to no task" for stray in sorted(strays)]
    findings.problems += [f"{one.case.key}: {one.problem}" for one in findings.verdicts if one.problem]
    return findings


def _find_wrong(verdicts: Iterable[Verdict]) -> None:
    """Find the tasks that ended well with one and the same object: it can be that of one only."""
    holders: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.case.is_twin and verdict.believed is not None and not verdict.uncertain:
            holders.setdefault((verdict.case.label, verdict.believed), []).append(verdict)
    for (_, object_id), several in holders.items():
        for verdict in several[1:]:
            verdict.wrong = 1
            verdict.problem = f"{several[0].case.key} believes in {object_id}, too"


def _conclude(verdict: Verdict, state: str, effects: list[str], asked: int, xcoms: dict[str, Any], home: Path) -> None:
    spare = verdict.attempts - 1 if verdict.case.entry.harmless else 0
    verdict.duplicates = max(0, len(effects) - asked - max(0, spare))
    if state == "success":
        verdict.lost = int(verdict.believed not in effects)
        if verdict.lost or verdict.duplicates:
            verdict.problem = f"the vendor has {effects or 'nothing'}, the DAG believes in {verdict.believed}: {xcoms}"[
                :_LONGEST
            ]
        return
    words = last_error(home, verdict.case.key)
    # without strikes, it was the answer that was lost
    points = {strike.step.point for strike in verdict.strikes} or {Point.COMMITTED}
    allowed = verdict.case.is_twin or bool(points & verdict.case.entry.uncertain)
    verdict.uncertain = int(_UNCERTAIN in words and allowed)
    verdict.lost = int(not verdict.uncertain)
    if not verdict.uncertain or verdict.duplicates:
        verdict.problem = f"ended as {state}, the vendor has {effects or 'nothing'}"[:_LONGEST] + f": {words}"


def last_error(home: Path, key: Key, run_id: str = "*") -> str:
    """Return the error of the latest attempt, from its log.

    :param home: Airflow's home.
    :param key: The task.
    :param run_id: Its run; not needed where its DAG has one only.
    """
    index = "" if key.map_index == UNMAPPED else f"map_index={key.map_index}/"
    pattern = f"dag_id={key.dag_id}/run_id={run_id}/task_id={key.task_id}/{index}attempt=*.log"
    logs = sorted((home / "logs").glob(pattern), key=lambda log: int(log.stem.partition("=")[2]))
    for log in reversed(logs):
        for line in reversed(log.read_text(errors="replace").splitlines()):
            try:
                event = json.loads(line)
            except ValueError:
                continue
            for error in event.get("error_detail") or ():
                return f"{error.get('exc_type')}: {error.get('exc_value')} ({log.name})"
    return f"no error in its {len(logs)} logs"
