"""Tasks of different DAGs and runs that ask for the same, lose their answers, and never end on one object."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAUncertainError
from airflow_qa_provider.journal import creates
from airflow_qa_provider.journal.askers import PREFIX
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.creates.creating import (
    before_the_answer,
    before_the_request,
    counting,
    objects,
    operator,
)

FIXED = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
KINDS = {"task": {}, "audit": {"due": FIXED, "wait_for_completion": False}}
"""Kinds of which nothing but a comparison tells what is new, with the arguments of a task."""


def in_dag(sandbox: Sandbox, dag_id: str, kind: str, **arguments: Any) -> Task:
    task = Task(lambda: operator(sandbox, kind, **{**KINDS.get(kind, {}), **arguments}))
    task.dag_id, task.run_id = dag_id, f"scheduled__{dag_id}"
    return task


def revived(task: Task) -> Task:
    task.state.before = task.state.after = lambda value: None
    return task


def retried(*tasks: Task) -> list[str | None]:
    """Attempt each task until it has its object, three times at most, one attempt of each at a time."""
    returned: list[str | None] = [None] * len(tasks)
    for _ in range(3):
        for index, task in enumerate(tasks):
            if returned[index] is None:
                try:
                    returned[index] = revived(task).attempt()
                except QAUncertainError:
                    continue
    return returned


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", ["the one that is lost", "the one that never arrived"])
def test_two_dags_never_share_an_object(first: str, kind: str, sandbox: Sandbox, variables: dict[str, str]) -> None:
    arrived, never = in_dag(sandbox, "arrived", kind), in_dag(sandbox, "never", kind)
    with counting(sandbox, kind) as made:
        # it has looked at what is there before the other one's object was
        before_the_request(sandbox, never, kind)
        before_the_answer(sandbox, arrived, kind)
        order = (arrived, never) if first == "the one that is lost" else (never, arrived)
        returned = retried(*order)

    assert sorted(made) == sorted(filter(None, returned))
    assert len(made) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_what_another_dag_has_got_an_answer_for_is_left_alone(kind: str, sandbox: Sandbox) -> None:
    never, other = in_dag(sandbox, "never", kind), in_dag(sandbox, "other", kind)
    with counting(sandbox, kind) as made:
        before_the_request(sandbox, never, kind)
        of_other = other.attempt()
        of_never = revived(never).attempt()

    assert list(made) == [of_other, of_never]


def test_backfills_with_relative_dates_are_told_apart_without_telling_each_other(
    sandbox: Sandbox, variables: dict[str, str]
) -> None:
    runs = [
        in_dag(sandbox, f"day{number}", "audit", due=timedelta(days=1), wait_for_completion=False)
        for number in range(4)
    ]
    with counting(sandbox, "audit") as made:
        for run in runs[:2]:
            before_the_answer(sandbox, run, "audit")
        for run in runs[2:]:
            before_the_request(sandbox, run, "audit")
        returned = retried(*runs)

    assert len(made) == 4
    assert sorted(made) == sorted(filter(None, returned))
    assert returned[:2] == list(made)[:2]
    assert not variables


def test_runs_that_ask_in_the_same_millisecond_are_told_apart(
    sandbox: Sandbox, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.time()
    monkeypatch.setattr(creates, "time", SimpleNamespace(time=lambda: moment, sleep=time.sleep))
    runs = [
        in_dag(sandbox, f"day{number}", "audit", due=timedelta(days=1), wait_for_completion=False)
        for number in range(4)
    ]
    with counting(sandbox, "audit") as made:
        for run in runs:
            before_the_answer(sandbox, run, "audit")
        returned = retried(*runs)

    assert returned == list(made)
    assert not variables


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_behind_where_nobody_else_asks(kind: str, sandbox: Sandbox, variables: dict[str, str]) -> None:
    alone = in_dag(sandbox, "alone", kind)
    seen: list[int] = []
    alone.state.after = lambda value: seen.append(len(variables))
    before_the_answer(sandbox, alone, kind)
    assert seen == [1], "told before the request"
    (key,) = variables
    assert key.startswith(PREFIX)
    assert "Safety walk" not in key

    revived(alone).attempt()
    assert not variables


@pytest.mark.parametrize(("days", "kept"), [(2, True), (8, False)])
def test_a_task_that_was_given_up_days_ago_stands_in_nobody_s_way(
    days: int, kept: bool, sandbox: Sandbox, variables: dict[str, str]
) -> None:
    given_up, later = in_dag(sandbox, "given_up", "task"), in_dag(sandbox, "later", "task")
    before_the_request(sandbox, given_up, "task")
    ((key, told),) = variables.items()
    asker = json.loads(told)
    variables[key] = json.dumps({**asker, "at": asker["at"] - days * 86400})
    with counting(sandbox, "task") as made:
        before_the_answer(sandbox, later, "task")
        assert revived(later).attempt() in list(objects(sandbox, "task"))

    assert len(made) == 1
    assert (key in variables) is kept


def test_a_variable_that_cannot_be_read_costs_a_warning(
    sandbox: Sandbox, variables: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    one = in_dag(sandbox, "one", "task")
    before_the_answer(sandbox, one, "task")
    (key,) = variables
    variables[key.rpartition(".")[0] + ".stranger"] = "not of ours"
    with counting(sandbox, "task") as made, caplog.at_level("WARNING"):
        revived(one).attempt()

    assert not made
    assert "cannot be used (JSONDecodeError" in caplog.text
