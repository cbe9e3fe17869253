"""Plays it on an Airflow that stands."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from airflow_qa_provider.demo import webhooks
from qa_sandbox import Sandbox
from tests.e2e.events import plan
from tests.e2e.events.relay import Relay
from tests.e2e.kills.processes import ShowStopped, await_that
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.stage import Stage

_SECONDS = 240.0
_RETRY_SECONDS = 10.0
_LOSES_EVERY = 3
_OVER = ("success", "failed", "upstream_failed")
_API_SERVER = ("api-server", "--apps", "core")


class Events:
    """Vendors tell of what has happened; answers are lost, and the API server is killed.

    :param say: Takes lines for whoever looks on.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._relay = Relay(_LOSES_EVERY)
        self._address = ""

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve what is between vendors and Airflow for the length of a ``with`` block."""
        with self._relay.serving() as self._address:
            yield

    def connections(self, connections: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return connections with the tokens of their webhooks."""
        return {
            name: {**one, "extra": {**one.get("extra", {}), "webhook_token": plan.TOKEN}}
            if name in webhooks.WEBHOOK_CONNECTIONS
            else dict(one)
            for name, one in connections.items()
        }

    def play(self, stage: Stage, sandbox: Sandbox) -> list[str]:
        """Play it, and return what is wrong.

        :param stage: The Airflow.
        :param sandbox: The vendors.
        """
        began = time.monotonic()
        self._relay.target = stage.api.address
        webhooks.register(self.connections(sandbox.connections()), self._address)
        for dag_id in plan.TROUBLES:
            stage.trigger(dag_id)
        try:
            problems = self._waits(stage, sandbox)
            await_that("the tickets", lambda: _tickets(sandbox) >= {*plan.TROUBLES}, _SECONDS, stage.logs)
            audits = {_audit(sandbox, number) for number in range(plan.AUDITS)}
            self._disturb(stage, sandbox)
            await_that("the runs", lambda: _all_over(stage, len(audits)), _SECONDS, stage.logs)
        except ShowStopped as error:
            return [f"events: {error}"]
        problems += self._count(stage, sandbox, audits, began)
        return [f"events: {problem}" for problem in problems]

    def _waits(self, stage: Stage, sandbox: Sandbox) -> list[str]:
        """CONQA tells of a report once, so the API server has to be there."""
        stage.trigger(plan.WAITS, {"checklist_id": _checklist(sandbox)})
        states: Counter[str] = Counter()

        def over() -> bool:
            tasks = stage.api.tasks(plan.WAITS, stage.runs[plan.WAITS])
            states.clear()
            states.update(str(task["state"]) for key, task in tasks.items() if key.task_id == plan.WAIT)
            return sum(states[state] for state in _OVER) == plan.REPORTS

        await_that("the waits for reports", over, _SECONDS, stage.logs)
        return [] if states == {"success": plan.REPORTS} else [f"waits for reports ended as {dict(states)}"]

    def _disturb(self, stage: Stage, sandbox: Sandbox) -> None:
        # some calls are on their way, some have not begun
        begun = self._relay.passed + plan.AUDITS // 3
        await_that("the first calls", lambda: self._relay.passed >= begun, _SECONDS, stage.logs)
        stage.lose("api-server")
        await_that("calls that reach nobody", lambda: self._relay.unreached >= 1, _SECONDS, stage.logs)
        stage.begin("api-server", _API_SERVER)
        await_that("another API server", stage.api.healthy, _SECONDS, stage.logs)
        await_that("the calls", lambda: _all_delivered(sandbox), _SECONDS, stage.logs)

    def _count(self, stage: Stage, sandbox: Sandbox, audits: set[str], began: float) -> list[str]:
        runs = stage.api.runs(plan.EACH)
        read = Counter(
            str((stage.api.xcom(Key(plan.EACH, plan.READ, UNMAPPED), run_id, "return_value") or {}).get("id"))
            for run_id in runs
        )
        told = _completions(sandbox)
        calls = sum(len(one.attempts) for one in told)
        counts = {
            "duplicates": sum(count - 1 for count in read.values()),
            "lost": len(audits - set(read)),
            "wrong": len(set(read) - audits),
        }
        counted = "  ".join(f"{name}: {count}" for name, count in counts.items())
        self._say(
            f"events: {len(told)}  calls: {calls}  answers lost: {self._relay.lost}  not reached: "
            f"{self._relay.unreached}  runs: {len(runs)}  {counted}; "
            f"a ticket for each of {len(plan.TROUBLES)} troubles, {time.monotonic() - began:.0f} s"
        )
        problems = [f"{name}: {count}" for name, count in counts.items() if count]
        if calls <= len(told) or not self._relay.lost or not self._relay.unreached:
            problems.append("nothing was disturbed")
        return problems


def _checklist(sandbox: Sandbox) -> str:
    store = sandbox.app("conqa").state.store
    project_id = sandbox.connections()["conqa_default"]["extra"]["project_id"]
    return str(next(store.checklists.of(one)[0].id for one in store.projects if one.id == project_id))


def _audit(sandbox: Sandbox, number: int) -> str:
    connection = sandbox.connections()["monitorqa_default"]
    body = {
        "name": f"Told walk {number}",
        "templateId": connection["extra"]["template_id"],
        "auditObjectId": connection["extra"]["audit_object_id"],
        "endDate": "2099-01-01T00:00:00.000Z",
    }
    headers = {"X-API-KEY": connection["password"]}
    answer = requests.post(f"{connection['host']}/audit", json=body, headers=headers, timeout=10)
    return str(answer.json()["id"])


def _tickets(sandbox: Sandbox) -> set[str]:
    projects = sandbox.app("smartq").state.store.projects.values()
    return {ticket.name for project in projects for ticket in project.tickets.values()}


def _completions(sandbox: Sandbox) -> list[Any]:
    calls = sandbox.callbacks("monitorqa").deliveries()
    return [one for one in calls if one.payload["event"] == "AUDIT_COMPLETED"]


def _all_delivered(sandbox: Sandbox) -> bool:
    pending = any(one.result.value == "pending" for one in sandbox.callbacks("monitorqa").deliveries())
    if pending or len(_completions(sandbox)) < plan.AUDITS:
        sandbox.advance(_RETRY_SECONDS)
        return False
    return True


def _all_over(stage: Stage, expected: int) -> bool:
    states = stage.api.runs(plan.EACH).values()
    return len(states) >= expected and all(state in _OVER for state in states)
