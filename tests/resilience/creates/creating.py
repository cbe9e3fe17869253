"""Tasks that create an audit, a report or a task run, what the vendors have of them, and where a task can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import QAConnectionLostError
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusRunTaskOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task, killed_when

SECONDS = {"audit_pickup_seconds": 0.02, "audit_seconds": 0.1, "report_seconds": 0.1, "task_seconds": 0.1}
IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.25, no_id=0.25, settled=0.1, not_found=0.0)
RECOGNISABLE = ("audit", "task")
"""Kinds of which a lost object is told from those of others; lost requests for reports are asked for again."""
NORDICS, IBERIA = "Nordics", "Iberia"
VENDOR_OF = {"audit": "monitorqa", "report": "qalyptus", "task": "qalyptus"}


def operator(sandbox: Sandbox, kind: str, **arguments: Any) -> CreatingOperator:
    ids = {name: value for c in sandbox.connections().values() for name, value in c["extra"].items()}
    if kind == "audit":
        needed = {"template_id": ids["template_id"], "audit_object_id": ids["audit_object_id"]}
        given = {"name": "Safety walk", "due": timedelta(days=1), **needed, **arguments}
        return MonitorQACreateAuditOperator(task_id="create", **given)
    if kind == "report":
        given = {"report_id": ids["report_id"], "selections": {"Region": [NORDICS]}, **arguments}
        return QalyptusGenerateReportOperator(task_id="create", **given)
    return QalyptusRunTaskOperator(task_id="create", **{"qalyptus_task_id": ids["qalyptus_task_id"], **arguments})


def objects(sandbox: Sandbox, kind: str) -> dict[str, dict[str, Any]]:
    """All objects of a kind at the vendor, by id."""
    snapshot = sandbox.app(VENDOR_OF[kind]).state.store.snapshot()
    if kind == "audit":
        return {audit["id"]: audit for audit in snapshot["audits"]}
    listed = "on-demand" if kind == "report" else "scheduled"
    return {record["id"]: record for record in snapshot["records"] if record["kind"] == listed}


@contextmanager
def counting(sandbox: Sandbox, kind: str) -> Iterator[dict[str, dict[str, Any]]]:
    """Fills the dictionary that it gives with the objects made in the block, when that ends."""
    old, new = set(objects(sandbox, kind)), {}
    yield new
    new.update({name: one for name, one in objects(sandbox, kind).items() if name not in old})


def regions(sandbox: Sandbox, request_id: str) -> tuple[str, ...]:
    """The regions that a report request selects."""
    selected: tuple[str, ...] = sandbox.app("qalyptus").state.store.runs.record(request_id).selections["Region"]
    return selected


def posts(sandbox: Sandbox, kind: str) -> int:
    return sum(request.method == "POST" for request in sandbox.requests(VENDOR_OF[kind]))


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def _fail_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise RuntimeError("the API server is away")


def before_the_intent(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.before = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.after = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request_arrived(sandbox: Sandbox, task: Task, kind: str) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    if kind == "report":  # it ends at once
        with pytest.raises(QAConnectionLostError):
            task.attempt()
        return
    with killed_when(lambda: posts(sandbox, kind) > 0), pytest.raises(Killed):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task, kind: str) -> None:
    sandbox.add_fault({"slow": 1}, method="POST", times=1)
    there = set(objects(sandbox, kind))
    with killed_when(lambda: set(objects(sandbox, kind)) != there), pytest.raises(Killed):
        task.attempt()


def before_the_id_was_noted(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.before = _die_with_an_id
    with pytest.raises(Killed):
        task.attempt()


def after_the_id_was_noted(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.after = _die_with_an_id
    with pytest.raises(Killed):
        task.attempt()


def while_waiting(sandbox: Sandbox, task: Task, kind: str) -> None:
    made = {"audit": r"/audit/[0-9a-f-]{36}", "report": "/on-demand-requests/", "task": "/scheduled-tasks/"}[kind]
    sandbox.add_fault({"delay": 0.3}, method="GET", path=made, times=1)
    looks = sandbox.scenario.entries[-1]
    with killed_when(lambda: looks.count > 0), pytest.raises(Killed):
        task.attempt()


def while_waiting_with_nothing_noted(sandbox: Sandbox, task: Task, kind: str) -> None:
    task.state.before = _fail_with_an_id
    while_waiting(sandbox, task, kind)


POINTS = [
    before_the_intent,
    before_the_request,
    before_the_request_arrived,
    before_the_answer,
    before_the_id_was_noted,
    after_the_id_was_noted,
    while_waiting,
    while_waiting_with_nothing_noted,
]


def ask_for_the_same(sandbox: Sandbox, kind: str = "task") -> str:
    """Ask for what the tasks of these tests ask for, as a stranger."""
    ids = sandbox.connections()["qalyptus_default"]["extra"]
    with QalyptusHook().get_conn() as client:
        if kind == "report":
            return client.reports.generate_on_demand(ids["report_id"], "Pdf")
        run_id = client.tasks.run(ids["qalyptus_task_id"])
        assert run_id is not None
        return run_id
