"""A backfill whose first requests are lost, or carried out and not to be seen in any list for a while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.processes import await_that
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.stage import Stage
from tests.e2e.kills.verdict import last_error
from tests.e2e.triggerers import plan

_SECONDS = 240.0
_NEVER_ARRIVE, _LOST = 2, 3
_LAG_SECONDS = 0.7
_TASK = Key(plan.BACKFILLED, "audit", UNMAPPED)


def backfill(stage: Stage, world: World, say: Callable[[str], None]) -> list[str]:
    """Let Airflow backfill some days, count the audits, and return what is wrong.

    :param stage: The Airflow.
    :param world: The vendors.
    :param say: Takes lines for whoever looks on.
    """
    sandbox, api = world.sandbox, stage.api
    create = {"vendor": "monitorqa", "method": "POST", "path": "^/audit$"}
    rules = [
        sandbox.add_fault("reset_before", **create, times=_NEVER_ARRIVE),
        sandbox.add_fault({"reset_after": True, "list_lag": _LAG_SECONDS}, **create, times=_LOST),
    ]
    api.backfill(plan.BACKFILLED, plan.FIRST, plan.LAST)
    states: dict[str, str] = {}

    def over() -> bool:
        stage.check()
        states.update(api.runs(plan.BACKFILLED))
        return len(states) == plan.DAYS and all(state in ("success", "failed") for state in states.values())

    await_that("the end of the backfill", over, _SECONDS, stage.logs)
    applied = {rule["id"]: rule["applied"] for rule in sandbox.scenario.describe()}
    for rule in rules:
        sandbox.remove_fault(rule)
    there = {one["id"] for one in world.store("monitorqa").snapshot()["audits"] if one["name"] == plan.WALK}
    believed: Counter[Any] = Counter(api.xcom(_TASK, run_id, "return_value") for run_id in states)
    wrong = sum(count - 1 for count in believed.values())
    uncertain = sum(state != "success" for state in states.values())
    say(
        f"backfill of {plan.DAYS} days, {_NEVER_ARRIVE} requests and {_LOST} answers lost, lists that lag: audits: "
        f"{len(there)}  wrong: {wrong}  failed: {uncertain}"
    )
    problems = []
    if set(believed) != there or wrong or uncertain:
        problems.append(f"a backfill has {dict(believed)}, the vendor {sorted(there)}; its runs are {states}")
        problems += [
            f"{run_id}: {last_error(stage.home, _TASK, run_id)}"
            for run_id, state in states.items()
            if state == "failed"
        ]
    if [applied[rule] for rule in rules] != [_NEVER_ARRIVE, _LOST]:
        problems.append(f"a backfill was disturbed {applied} times")
    return problems
