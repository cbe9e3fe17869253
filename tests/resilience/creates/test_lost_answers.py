"""One object per task whose requests and answers are lost. Counted at the vendor."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import TaskDeferred

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import (
    QAConflictError,
    QAConnectionLostError,
    QAError,
    QARequestRejectedError,
    QAResponseError,
)
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task, connect
from tests.resilience.creates.creating import (
    IBERIA,
    IN_A_MOMENT,
    NORDICS,
    RECOGNISABLE,
    counting,
    objects,
    posts,
    regions,
)

LOST: list[Any] = ["reset_after", {"status": 503, "commit": True}, {"html": True, "commit": True}, {"slow": 1}]


@pytest.mark.parametrize("kind", RECOGNISABLE)
@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html", "timeout"])
def test_a_lost_answer_is_made_good_in_the_same_attempt(
    fault: Any, kind: str, sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, lost_answer=10.0))
    connect(monkeypatch, sandbox, read_timeout=0.5 if "slow" in fault else 20)
    sandbox.add_fault(fault, method="POST", times=1)
    losing = task(kind)
    with counting(sandbox, kind) as made:
        returned = losing.attempt()

    assert list(made) == [returned] == [losing.state["journal"]["object_id"]]
    assert posts(sandbox, kind) == 1
    assert losing.told["outcome"] == "adopted"
    assert "the answer to the request was lost, it was found" in losing.told["reason"]


@pytest.mark.parametrize("kind", RECOGNISABLE)
def test_a_request_that_never_arrived_is_sent_by_the_next_attempt(
    kind: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = task(kind)
    with counting(sandbox, kind) as made:
        with pytest.raises(QAConnectionLostError) as lost:
            losing.attempt()
        returned = losing.attempt()

    assert list(made) == [returned]
    assert "may have been created, but is not to be seen at the vendor. It was looked for during 0.25 s." in str(
        lost.value
    )
    assert "A retry looks for it again, and creates it when it is nowhere." in str(lost.value)
    assert losing.told["outcome"] == "created"
    assert losing.told["reason"].startswith("the vendor shows nothing of the request of 2")


@pytest.mark.parametrize("kind", RECOGNISABLE)
def test_a_vendor_that_is_away_after_the_commit_is_looked_at_later(
    kind: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    losing = task(kind)
    with counting(sandbox, kind) as made:
        away = sandbox.add_fault({"status": 503}, method="GET", first=1 if kind == "audit" else 2)
        with pytest.raises(QAConnectionLostError, match="It could not be looked for: HTTP 503"):
            losing.attempt()
        sandbox.remove_fault(away)
        returned = losing.attempt()

    assert list(made) == [returned]
    assert losing.told["reason"].startswith("found at the vendor, an earlier attempt lost its id; status: ")


@pytest.mark.parametrize("kind", RECOGNISABLE)
@pytest.mark.parametrize("arrives", ["meanwhile", "never"])
def test_a_deferrable_task_gives_its_worker_back_while_a_lost_object_may_appear(
    arrives: str, kind: str, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    lost = task(kind, deferrable=True, wait_for_completion=False)
    sandbox.add_fault("reset_after" if arrives == "meanwhile" else "reset_before", method="POST", times=1)
    with counting(sandbox, kind) as made:
        hidden = sandbox.add_fault({"status": 503}, method="GET", first=1 if kind == "audit" else 2)
        with pytest.raises(TaskDeferred) as paused:
            lost.attempt()
        assert paused.value.method_name == "look_again"
        ahead = paused.value.trigger.moment - datetime.now(timezone.utc)
        assert timedelta(seconds=5) < ahead <= timedelta(seconds=6), "sooner, Airflow would fail what is resumed"
        sandbox.remove_fault(hidden)
        object_id = lost.attempt(resumes="look_again")

    assert list(made) == [object_id]
    assert lost.try_number == 1
    # the simulated vendor may have ended it by then
    assert lost.told["outcome"] in (("adopted", "unchanged") if arrives == "meanwhile" else ("created",))


def test_a_task_pauses_once_in_an_attempt(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    lost = task("audit", deferrable=True)
    sandbox.add_fault("reset_before", method="POST", times=2)
    with pytest.raises(TaskDeferred):
        lost.attempt()
    with pytest.raises(QAConnectionLostError, match="A retry looks for it again"):
        lost.attempt(resumes="look_again")


@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html", "timeout"])
def test_a_report_whose_answer_was_lost_is_asked_for_again_at_once(
    fault: Any, sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts())
    connect(monkeypatch, sandbox, read_timeout=0.5 if "slow" in fault else 20)
    sandbox.add_fault(fault, method="POST", times=1)
    losing = task("report")
    with counting(sandbox, "report") as made:
        with pytest.raises(QAError) as lost:
            losing.attempt()
        listed = [request for request in sandbox.requests("qalyptus") if request.method == "GET"]
        returned = losing.attempt()

    assert listed == [], "nobody looks for what cannot be told from others"
    assert "The request was sent, and the answer to the request was lost; the vendor does not show which" in str(
        lost.value
    )
    assert "A retry asks again: another report request does no harm." in str(lost.value)
    assert not lost.value.permanent
    assert list(made)[1:] == [returned]
    assert losing.told["outcome"] == "created"
    assert losing.generation == 2
    assert "was lost; the vendor does not show which report request came of it" in losing.told["reason"]


def test_a_report_whose_id_was_not_told_is_asked_for_again(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    empty = {"status": 200, "body": {"data": {"state": "queued"}, "isSuccess": True}}
    sandbox.add_fault(empty, method="POST", times=1)
    losing = task("report")
    with counting(sandbox, "report") as made:
        with pytest.raises(QAResponseError, match="and the answer names no id; the vendor does not show which"):
            losing.attempt()
        returned = losing.attempt()

    assert list(made) == [returned]


@pytest.mark.parametrize("same_selections", [False, True])
@pytest.mark.parametrize("keeps_state", [True, False])
def test_a_lost_request_never_becomes_that_of_another_dag(
    keeps_state: bool, same_selections: bool, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    north = task("report", keeps_state)
    south = task("report", selections=None if same_selections else {"Region": [IBERIA]}, wait_for_completion=False)
    north.dag_id, south.dag_id = "reports_of_the_nordics", "reports_of_iberia"
    if same_selections:
        north.make = task("report", selections=None).make
    with counting(sandbox, "report") as made:
        sandbox.add_fault("reset_before", method="POST", times=1)
        with pytest.raises(QAConnectionLostError):
            north.attempt()
        of_south = south.attempt()
        of_north = north.attempt()

    assert list(made) == [of_south, of_north]
    if not same_selections:
        assert (regions(sandbox, of_south), regions(sandbox, of_north)) == ((IBERIA,), (NORDICS,))


def test_a_backfill_with_lost_answers_needs_nobody(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    for number, fault in {
        3: "reset_after",
        9: "reset_before",
        14: "reset_after",
        20: "html",
        28: "reset_before",
    }.items():
        sandbox.add_fault({"html": True, "commit": True} if fault == "html" else fault, method="POST", nth=number)
    runs = {f"2026-01-{day:02d}": task("report", selections={"Region": [f"day {day}"]}) for day in range(1, 31)}
    for run_id, one in runs.items():
        one.run_id = run_id

    def until_green(one: Task) -> str:
        for _ in range(1 + one.max_tries):
            with suppress(QAConnectionLostError, QAResponseError):  # what Airflow tries again
                request_id: str = one.attempt()
                return request_id
        raise AssertionError("nobody is there to help")

    with ThreadPoolExecutor(8) as backfill:
        returned = list(backfill.map(until_green, runs.values()))

    assert sum(one.try_number for one in runs.values()) == len(runs) + 5
    assert [regions(sandbox, request_id) for request_id in returned] == [(f"day {day}",) for day in range(1, 31)]
    assert all(objects(sandbox, "report")[request_id]["status"] == "completed" for request_id in returned)


@pytest.mark.parametrize(("status", "kind_of_error"), [(422, QARequestRejectedError), (409, QAConflictError)])
def test_a_refused_request_leaves_no_trace(
    status: int, kind_of_error: type[QAError], sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_fault({"status": status}, method="POST", times=1)
    refused = task("audit")
    with pytest.raises(kind_of_error):
        refused.attempt()
    assert refused.state == {}

    refused.make = task("audit", name="Another name").make
    assert refused.attempt() in objects(sandbox, "audit")
