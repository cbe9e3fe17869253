"""What nobody can tell is said and not guessed: which of two objects is the task's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAUncertainError
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import QalyptusWire
from tests.resilience.attempts import Task, connect
from tests.resilience.creates.creating import (
    NORDICS,
    SECONDS,
    ask_for_the_same,
    before_the_answer,
    before_the_request,
    before_the_request_arrived,
    counting,
    objects,
    operator,
    posts,
)


@pytest.fixture
def uncertain(sandbox: Sandbox, task: Callable[..., Task]) -> Callable[..., Task]:
    """Returns a function that makes a task of which nobody can tell which of two runs is its own."""

    def make(**arguments: Any) -> Task:
        unsure = task("task", **arguments)
        before_the_answer(sandbox, unsure, "task")
        ask_for_the_same(sandbox)
        return unsure

    return make


def test_two_candidates_are_named_and_none_is_taken(sandbox: Sandbox, uncertain: Callable[..., Task]) -> None:
    unsure = uncertain()
    runs = [name for name in objects(sandbox, "task")][-2:]
    with pytest.raises(QAUncertainError) as refused:
        unsure.attempt()

    assert all(name in str(refused.value) for name in runs)
    assert "write the id of the right one under 'journal.adopt' into the task's state" in str(refused.value)
    assert "on_uncertain='repeat'" in str(refused.value)
    assert posts(sandbox, "task") == len(runs)

    unsure.state["journal.adopt"] = runs[0]
    assert unsure.attempt() == unsure.attempt() == runs[0]
    assert unsure.told["outcome"] == "unchanged"


def test_uncertain_runs_can_be_repeated(sandbox: Sandbox, uncertain: Callable[..., Task]) -> None:
    unsure = uncertain(on_uncertain="repeat")
    with counting(sandbox, "task") as made:
        returned = unsure.attempt()
        assert unsure.attempt() == returned

    assert list(made) == [returned]
    assert unsure.state["journal"]["generation"] == 2


@pytest.mark.parametrize("selections", [{"Region": [NORDICS]}, None])
def test_a_lost_report_request_can_be_left_to_a_person(
    selections: Any, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    unsure = task("report", on_uncertain="fail", selections=selections)
    before_the_answer(sandbox, unsure, "report")
    (own,) = list(objects(sandbox, "report"))[-1:]
    with pytest.raises(QAUncertainError, match=f"cannot be told whether one of these came of it: .*{own}"):
        unsure.attempt()
    assert posts(sandbox, "report") == 1

    unsure.state["journal.adopt"] = own
    assert unsure.attempt() == own


def test_what_came_much_later_is_not_taken_for_a_lost_run(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    lost = task("task")
    before_the_request_arrived(sandbox, lost, "task")
    stranger = ask_for_the_same(sandbox)
    run = sandbox.app("qalyptus").state.store.runs.record(stranger)
    run.created_at += timedelta(hours=1)
    with pytest.raises(QAUncertainError, match=stranger):
        lost.attempt()


def test_a_vendor_whose_clock_is_slow_shows_a_lost_run_all_the_same(
    sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    lost = task("task")
    before_the_answer(sandbox, lost, "task")
    (own,) = list(objects(sandbox, "task"))[-1:]
    sandbox.app("qalyptus").state.store.runs.record(own).created_at -= timedelta(minutes=10)
    assert lost.attempt() == own


def test_an_audit_whose_dates_were_shifted_is_not_overlooked(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    due = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
    shifted = task("audit", due=due)
    before_the_request(sandbox, shifted, "audit")
    shifted.state.after = lambda value: None
    # what a vendor would make of our request that took UTC for local time
    stranger = task("audit", due=due + timedelta(hours=2), wait_for_completion=False).attempt()
    with pytest.raises(QAUncertainError, match=stranger):
        shifted.attempt()


def test_last_weeks_audit_is_another_one(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    due = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
    task("audit", due=due - timedelta(days=7), wait_for_completion=False).attempt()
    lost = task("audit", due=due)
    with counting(sandbox, "audit") as made:
        before_the_request(sandbox, lost, "audit")
        lost.state.after = lambda value: None
        returned = lost.attempt()

    assert list(made) == [returned]


def test_a_status_list_of_another_shape_cannot_be_searched(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = QalyptusWire(fields={"taskId": "task"})
    with run_sandbox(["qalyptus"], SandboxSettings(**SECONDS, qalyptus=wire)) as other:
        connect(monkeypatch, other)
        unsure = Task(lambda: operator(other, "task"))
        before_the_answer(other, unsure, "task")
        with pytest.raises(QAUncertainError, match='"task_id_fields"') as refused:
            unsure.attempt()
        assert "do not name their tasks" in str(refused.value)

        connect(monkeypatch, other, qalyptus={"task_id_fields": "task"})
        assert unsure.attempt() == list(objects(other, "task"))[-1]
