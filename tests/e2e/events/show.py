"""Plays it on an Airflow that stands."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import requests
from sqlalchemy import create_engine, text

from airflow_qa_provider.demo import webhooks
from airflow_qa_provider.demo.standalone import free_port
from qa_sandbox import Sandbox, SandboxSettings
from tests.e2e.events import plan
from tests.e2e.events.relay import Relay
from tests.e2e.kills.processes import ShowStopped, await_that, listens
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.stage import Stage

_SECONDS = 240.0
_RETRY_SECONDS = 10.0
_LOSES_EVERY, _DOUBLES_EVERY = 3, 4
_OVER = ("success", "failed", "upstream_failed")
_API_SERVER = ("api-server", "--apps", "core")
_SCHEDULER = ("scheduler", "--skip-serve-logs")


class Events:
    """Vendors tell of what has happened; answers are lost, and an API server is killed.

    There are two accounts at MonitorQA, which give their objects the same ids. Where the database is PostgreSQL, there
    are two API servers and two schedulers.

    :param sandbox: The vendors.
    :param settings: Settings of another account at MonitorQA.
    :param say: Takes lines for whoever looks on.
    """

    def __init__(self, sandbox: Sandbox, settings: SandboxSettings, say: Callable[[str], None]) -> None:
        self._say = say
        self._relay = Relay(_LOSES_EVERY, _DOUBLES_EVERY)
        self._address = ""
        self._sandbox = sandbox
        self._tenants = dict(zip(plan.TENANTS, (sandbox, Sandbox(["monitorqa"], settings=settings)), strict=True))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve what is beside Airflow and the vendors for the length of a ``with`` block."""
        with self._relay.serving() as self._address, ExitStack() as stack:
            for sandbox in self._tenants.values():
                if sandbox is not self._sandbox:
                    sandbox.start()
                    stack.callback(sandbox.stop)
            yield

    def connections(self, connections: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return connections with the tokens of their webhooks, and those to other accounts."""
        others = {name: sandbox.connections()["monitorqa_default"] for name, sandbox in self._tenants.items()}
        return {
            name: {**one, "extra": {**one.get("extra", {}), "webhook_token": plan.TOKEN}}
            if name in plan.WEBHOOKS
            else dict(one)
            for name, one in {**others, **connections}.items()
        }

    def play(self, stage: Stage, address: str) -> list[str]:
        """Play it, and return what is wrong.

        :param stage: The Airflow.
        :param address: SQLAlchemy address of its database.
        """
        began = time.monotonic()
        self._relay.targets = [stage.api.address]
        for dag_id in plan.TROUBLES:
            stage.trigger(dag_id)
        try:
            if address.startswith("postgresql"):  # SQLite bears no more than one of each
                self._begin_others(stage)
            self._register()
            problems = self._waits(stage)
            await_that("the tickets", lambda: _tickets(self._sandbox) >= {*plan.TROUBLES}, _SECONDS, stage.logs)
            for conn_id, number in plan.TENANTS.items():
                _complete_audits(self._tenants[conn_id], _names(conn_id, number))
            self._disturb(stage)
            await_that("the runs", lambda: _all_over(stage), _SECONDS, stage.logs)
        except ShowStopped as error:
            return [f"events: {error}"]
        problems += self._count(stage, began, _schedulers(address))
        return [f"events: {problem}" for problem in problems]

    def _begin_others(self, stage: Stage) -> None:
        port = free_port()
        stage.begin("api-server-2", (*_API_SERVER, "--port", str(port)))
        stage.begin("scheduler-2", _SCHEDULER, like="scheduler")
        await_that("a second API server", lambda: listens(port), _SECONDS, stage.logs)
        self._relay.targets.append(f"http://127.0.0.1:{port}")

    def _register(self) -> None:
        at = f"{self._address}/qa/webhooks/{{}}/{plan.TOKEN}".format
        for conn_id, sandbox in self._tenants.items():
            webhooks.tell_monitorqa(sandbox.connections()["monitorqa_default"], at(conn_id))
        webhooks.tell_conqa(self._sandbox.connections()["conqa_default"], at("conqa_default"))

    def _waits(self, stage: Stage) -> list[str]:
        """CONQA tells of a report once, so the API servers have to be there."""
        stage.trigger(plan.WAITS, {"checklist_id": _checklist(self._sandbox)})
        states: Counter[str] = Counter()

        def over() -> bool:
            tasks = stage.api.tasks(plan.WAITS, stage.runs[plan.WAITS])
            states.clear()
            states.update(str(task["state"]) for key, task in tasks.items() if key.task_id == plan.WAIT)
            return sum(states[state] for state in _OVER) == plan.REPORTS

        await_that("the waits for reports", over, _SECONDS, stage.logs)
        return [] if states == {"success": plan.REPORTS} else [f"waits for reports ended as {dict(states)}"]

    def _disturb(self, stage: Stage) -> None:
        # some calls are on their way, some have not begun
        begun = self._relay.passed + sum(plan.TENANTS.values()) // 3
        await_that("the first calls", lambda: self._relay.passed >= begun, _SECONDS, stage.logs)
        stage.lose("api-server")
        await_that("calls that reach nobody", lambda: self._relay.unreached >= 1, _SECONDS, stage.logs)
        stage.begin("api-server", _API_SERVER)
        await_that("another API server", stage.api.healthy, _SECONDS, stage.logs)
        for conn_id, sandbox in self._tenants.items():
            delivered = partial(_all_delivered, sandbox, plan.TENANTS[conn_id])
            await_that(f"the calls of {conn_id}", delivered, _SECONDS, stage.logs)

    def _count(self, stage: Stage, began: float, schedulers: int) -> list[str]:
        told, runs, counts = [], 0, Counter[str]()
        for conn_id, number in plan.TENANTS.items():
            names = _names(conn_id, number)
            read = _read(stage, plan.EACH.format(conn_id))
            runs += read.total()
            told += _completions(self._tenants[conn_id])
            counts["duplicates"] += sum(count - 1 for count in read.values())
            counts["lost"] += len(names - set(read))
            counts["wrong"] += len(set(read) - names)
        calls = sum(len(one.attempts) for one in told)
        counted = "  ".join(f"{name}: {count}" for name, count in counts.items())
        relay, servers = self._relay, len(self._relay.targets)
        self._say(
            f"events: {len(told)}  calls: {calls}  answers lost: {relay.lost}  not reached: {relay.unreached}  "
            f"told twice at once: {relay.doubled}  runs: {runs}  {counted}"
        )
        self._say(
            f"API servers: {servers}  schedulers that have queued tasks: {schedulers}; "
            f"a ticket for each of {len(plan.TROUBLES)} troubles, {time.monotonic() - began:.0f} s"
        )
        problems = [f"{name}: {count}" for name, count in counts.items() if count]
        if calls <= len(told) or not relay.lost or not relay.unreached or (servers > 1 and not relay.doubled):
            problems.append("nothing was disturbed")
        return problems


def _checklist(sandbox: Sandbox) -> str:
    store = sandbox.app("conqa").state.store
    project_id = sandbox.connections()["conqa_default"]["extra"]["project_id"]
    return str(next(store.checklists.of(one)[0].id for one in store.projects if one.id == project_id))


def _names(conn_id: str, number: int) -> set[str]:
    return {f"Walk {index} of {conn_id}" for index in range(number)}


def _complete_audits(sandbox: Sandbox, names: set[str]) -> None:
    connection = sandbox.connections()["monitorqa_default"]
    for name in sorted(names):
        body = {
            "name": name,
            "auditorHint": name,  # the details of an audit show that, and not its name
            "templateId": connection["extra"]["template_id"],
            "auditObjectId": connection["extra"]["audit_object_id"],
            "endDate": "2099-01-01T00:00:00.000Z",
        }
        headers = {"X-API-KEY": connection["password"]}
        requests.post(f"{connection['host']}/audit", json=body, headers=headers, timeout=10).raise_for_status()


def _read(stage: Stage, dag_id: str) -> Counter[str]:
    """Return the names of the audits that the runs of a DAG have read."""
    key = Key(dag_id, plan.READ, UNMAPPED)
    found = (stage.api.xcom(key, run_id, "return_value") or {} for run_id in stage.api.runs(dag_id))
    return Counter(str(one.get("auditorHint")) for one in found)


def _schedulers(address: str) -> int:
    """Return how many schedulers have queued tasks of the runs that events have started."""
    engine = create_engine(address)
    asked = "SELECT COUNT(DISTINCT queued_by_job_id) FROM task_instance WHERE dag_id LIKE :dags"
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(asked), {"dags": plan.EACH.format("%")}).scalar_one())
    finally:
        engine.dispose()


def _tickets(sandbox: Sandbox) -> set[str]:
    projects = sandbox.app("smartq").state.store.projects.values()
    return {ticket.name for project in projects for ticket in project.tickets.values()}


def _completions(sandbox: Sandbox) -> list[Any]:
    calls = sandbox.callbacks("monitorqa").deliveries()
    return [one for one in calls if one.payload["event"] == "AUDIT_COMPLETED"]


def _all_delivered(sandbox: Sandbox, expected: int) -> bool:
    pending = any(one.result.value == "pending" for one in sandbox.callbacks("monitorqa").deliveries())
    if pending or len(_completions(sandbox)) < expected:
        sandbox.advance(_RETRY_SECONDS)
        return False
    return True


def _all_over(stage: Stage) -> bool:
    for conn_id, expected in plan.TENANTS.items():
        states = stage.api.runs(plan.EACH.format(conn_id)).values()
        if len(states) < expected or any(state not in _OVER for state in states):
            return False
    return True
