"""One object per task that is killed, wherever it is killed, with a state and without one. Counted at the vendor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAJobFailedError, QAUncertainError
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.creates.creating import (
    POINTS,
    RECOGNISABLE,
    after_the_id_was_noted,
    ask_for_the_same,
    before_the_answer,
    before_the_id_was_noted,
    before_the_intent,
    before_the_request,
    before_the_request_arrived,
    counting,
    objects,
    posts,
    while_waiting,
    while_waiting_with_nothing_noted,
)


@pytest.mark.parametrize("kind", RECOGNISABLE)
@pytest.mark.parametrize("kill", POINTS, ids=lambda point: point.__name__)
def test_a_killed_task_has_one_object(kill: Any, kind: str, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task(kind)
    with counting(sandbox, kind) as made:
        kill(sandbox, killed, kind)
        killed.state.before = killed.state.after = lambda value: None
        returned = killed.attempt()
        again = killed.attempt()

    assert list(made) == [returned] == [again]
    assert posts(sandbox, kind) == (2 if kill is before_the_request_arrived else 1)
    assert killed.generation == 1
    assert killed.told["outcome"] == "unchanged"


# killed at these points: how many requests arrive at last, and which generation the last one is
REPORTS = [
    (before_the_intent, 1, 1),
    (before_the_request, 1, 2),
    (before_the_request_arrived, 1, 2),
    (before_the_answer, 2, 2),
    (before_the_id_was_noted, 2, 2),
    (after_the_id_was_noted, 1, 1),
    (while_waiting, 1, 1),
    (while_waiting_with_nothing_noted, 2, 2),
]


@pytest.mark.parametrize(("kill", "arrived", "generation"), REPORTS, ids=[point.__name__ for point, *_ in REPORTS])
def test_a_killed_task_asks_for_a_report_again_unless_the_id_is_noted(
    kill: Any, arrived: int, generation: int, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    killed = task("report")
    with counting(sandbox, "report") as made:
        kill(sandbox, killed, "report")
        killed.state.before = killed.state.after = lambda value: None
        returned = killed.attempt()
        again = killed.attempt()

    assert len(made) == arrived
    assert list(made)[-1] == returned == again
    assert killed.generation == generation
    assert killed.told["outcome"] == "unchanged"


@pytest.mark.parametrize(
    "kill", [before_the_request_arrived, before_the_answer, while_waiting], ids=lambda point: point.__name__
)
def test_without_a_state_the_vendor_is_looked_at(
    kill: Any, sandbox: Sandbox, task: Callable[..., Task], caplog: pytest.LogCaptureFixture
) -> None:
    killed = task("task", keeps_state=False)
    with counting(sandbox, "task") as made, caplog.at_level("INFO"):
        kill(sandbox, killed, "task")
        returned = killed.attempt()

    assert list(made) == [returned]
    assert "keeps no state of tasks" in caplog.text


@pytest.mark.parametrize("kill", [before_the_answer, while_waiting], ids=lambda point: point.__name__)
def test_without_a_state_an_audit_may_be_that_of_another(
    kill: Any, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    killed = task("audit", keeps_state=False)
    kill(sandbox, killed, "audit")
    (own,) = list(objects(sandbox, "audit"))[-1:]
    with pytest.raises(QAUncertainError, match=f"keeps no state of tasks, .*cannot be told whether .*{own}"):
        killed.attempt()

    assert posts(sandbox, "audit") == 1


def test_without_a_state_an_audit_that_is_nowhere_is_created(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task("audit", keeps_state=False)
    with counting(sandbox, "audit") as made:
        before_the_request_arrived(sandbox, killed, "audit")
        returned = killed.attempt()

    assert list(made) == [returned]


@pytest.mark.parametrize(
    "kill", [before_the_request_arrived, before_the_answer, while_waiting], ids=lambda point: point.__name__
)
def test_without_a_state_a_report_is_asked_for_again(kill: Any, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    killed = task("report", keeps_state=False)
    with counting(sandbox, "report") as made:
        kill(sandbox, killed, "report")
        strangers = ask_for_the_same(sandbox, "report")
        returned = killed.attempt()

    assert list(made)[-1] == returned != strangers
    assert len(made) == (2 if kill is before_the_request_arrived else 3)
    assert "this Airflow keeps no state of tasks" in killed.told["reason"]


@pytest.mark.parametrize("kind", ["report", "task"])
def test_without_a_state_a_failed_object_is_replaced(kind: str, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome(kind, "error", times=1)
    failing = task(kind, keeps_state=False)
    with counting(sandbox, kind) as made:
        with pytest.raises(QAJobFailedError):
            failing.attempt()
        returned = failing.attempt()

    assert [one["status"] for one in made.values()] == ["error", "completed" if kind == "report" else "success"]
    assert list(made)[1] == returned


def test_without_a_state_warnings_that_fail_the_task_are_replaced(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "warning", times=2)
    strict = task("task", keeps_state=False, on_warning="fail")
    with counting(sandbox, "task") as made:
        for _ in range(2):
            with pytest.raises(QAJobFailedError):
                strict.attempt()
        returned = strict.attempt()

    assert list(made)[2] == returned
