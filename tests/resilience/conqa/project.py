"""Milestones of a project of the sandbox, tasks that change them, and where such a task can be killed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_qa_provider.operators.conqa import ConqaDeleteMilestoneOperator, ConqaUpsertMilestoneOperator
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task, killed_when

THERE, NEW = "P6-A1310", "P6-A2000"
NEEDED = {"productType": {"value": "earthworks"}, "area": {"value": "area-1"}}


def ids(sandbox: Sandbox) -> dict[str, Any]:
    extra: dict[str, Any] = sandbox.connections()["conqa_default"]["extra"]
    return extra


def upsert(sandbox: Sandbox, **arguments: Any) -> Task:
    given = {"external_id": THERE, "project_id": ids(sandbox)["project_id"], **arguments}
    return Task(lambda: ConqaUpsertMilestoneOperator(task_id="upsert", **given))


def delete(sandbox: Sandbox, **arguments: Any) -> Task:
    given = {"external_id": THERE, "project_id": ids(sandbox)["project_id"], **arguments}
    return Task(lambda: ConqaDeleteMilestoneOperator(task_id="delete", **given))


def milestones(sandbox: Sandbox, external_id: str = THERE) -> list[dict[str, Any]]:
    listed = sandbox.app("conqa").state.store.snapshot()["milestones"]
    project_id = ids(sandbox)["project_id"]
    return [one for one in listed if one["externalId"] == external_id and one["projectId"] == project_id]


def writes(sandbox: Sandbox) -> list[Any]:
    return [request for request in sandbox.requests("conqa") if request.method != "GET"]


def timestamps(sandbox: Sandbox) -> set[str]:
    """Transaction times that the vendor was sent; of a request that was cut off it has seen none."""
    bodies = [json.loads(request.body)["metadata"]["timestamp"] for request in writes(sandbox) if request.body]
    return {*bodies, *(request.query for request in writes(sandbox) if request.query)}


def _die(value: Any) -> None:
    raise Killed


def _die_when_done(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def before_the_request(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request_arrived(sandbox: Sandbox, task: Task) -> None:
    sandbox.add_fault("reset_before", path="milestones/", times=1)
    with killed_when(lambda: bool(writes(sandbox))), pytest.raises(Killed):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task) -> None:
    before = milestones(sandbox), milestones(sandbox, NEW)
    sandbox.add_fault("reset_after", path="milestones/", times=1)
    sandbox.add_fault({"delay": 0.5}, method="GET", first=2, times=1)
    with killed_when(lambda: (milestones(sandbox), milestones(sandbox, NEW)) != before), pytest.raises(Killed):
        task.attempt()


def before_the_note(sandbox: Sandbox, task: Task) -> None:
    task.state.before = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


def after_the_note(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


POINTS = [before_the_request, before_the_request_arrived, before_the_answer, before_the_note, after_the_note]
