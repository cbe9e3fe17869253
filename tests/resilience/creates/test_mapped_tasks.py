"""Several tasks of a run that ask for the same: none takes the object of another."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import QAUncertainError
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.creates.creating import (
    IBERIA,
    IN_A_MOMENT,
    NORDICS,
    before_the_answer,
    before_the_request_arrived,
    counting,
    objects,
    regions,
)


def test_a_mapped_task_does_not_take_what_another_index_holds(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north = task("task")
    south = task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "task") as made:
        before_the_answer(sandbox, north, "task")
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made) == [of_north, of_south]


def test_a_mapped_task_that_lost_a_report_takes_nothing(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north, south = task("report"), task("report", selections={"Region": [IBERIA]})
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "report") as made:
        before_the_answer(sandbox, north, "report")
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made)[1:] == [of_south, of_north]
    assert (regions(sandbox, of_south), regions(sandbox, of_north)) == ((IBERIA,), (NORDICS,))


def test_a_mapped_task_whose_request_never_arrived_takes_nothing(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north, south = task("task"), task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "task") as made:
        before_the_request_arrived(sandbox, north, "task")
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made) == [of_south, of_north]


def test_mapped_tasks_that_were_killed_together_sort_it_out(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, settled=5.0))
    north, south = task("task"), task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(sandbox, "task") as made, ThreadPoolExecutor() as both:
        before_the_answer(sandbox, north, "task")
        before_the_answer(sandbox, south, "task")
        # the note of the second one knows the request of the first
        returned = list(both.map(Task.attempt, (north, south)))

    assert list(made) == returned


def test_a_mapped_task_does_not_take_what_another_index_is_asking_for(
    sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    north, south = task("task"), task("task")
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    sandbox.add_fault({"slow": 40}, method="POST", times=1)
    with counting(sandbox, "task") as made, ThreadPoolExecutor() as elsewhere:
        there = set(objects(sandbox, "task"))
        asking = []

        def south_asks(value: Any) -> None:
            north.state.after = lambda value: None
            asking.append(elsewhere.submit(south.attempt))
            end = time.monotonic() + 10
            while set(objects(sandbox, "task")) == there and time.monotonic() < end:
                time.sleep(0.01)
            sandbox.add_fault("reset_before", method="POST", times=1)

        north.state.after = south_asks
        with pytest.raises(QAUncertainError, match="another task has asked for the same"):
            north.attempt()
        of_south = asking[0].result()
        of_north = north.attempt()

    assert list(made) == [of_south, of_north]


def test_a_retry_holds_its_object_before_it_looks_at_it(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    north = task("report", wait_for_completion=False)
    made = north.attempt()
    del north.xcoms[-1, "remote_id"]
    sandbox.add_fault({"delay": 1}, method="GET", path="/on-demand-requests/", times=1)
    with ThreadPoolExecutor() as elsewhere:
        retry = elsewhere.submit(north.attempt)
        end = time.monotonic() + 0.8
        while north.xcoms.get((-1, "remote_id")) != made and time.monotonic() < end:
            time.sleep(0.01)
        assert not retry.done()
        assert north.xcoms.get((-1, "remote_id")) == made
        assert retry.result() == made


def test_two_tasks_that_find_the_same_object_both_refuse(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "never")
    north = task("task")
    north.map_index = 0
    before_the_answer(sandbox, north, "task")
    (run_id,) = list(objects(sandbox, "task"))[-1:]

    class TakenMeanwhile(dict[tuple[int, str], Any]):
        def __setitem__(self, key: tuple[int, str], value: Any) -> None:
            super().__setitem__(key, value)
            super().__setitem__((1, "remote_id"), run_id)

    north.xcoms = TakenMeanwhile()
    with pytest.raises(QAUncertainError, match="another task has taken the same task run"):
        north.attempt()
    assert north.xcoms[0, "remote_id"] is None, "the other one may have it"
