"""What an earlier attempt or somebody else has made: it is kept, replaced, updated, adopted or refused."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import QAJobFailedError, QAJournalError, QANotSupportedError, QAUncertainError
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from qa_sandbox import Sandbox
from tests.resilience.attempts import Task
from tests.resilience.creates.creating import (
    IBERIA,
    IN_A_MOMENT,
    after_the_id_was_noted,
    ask_for_the_same,
    counting,
    objects,
    posts,
)
from tests.versions import NEEDS_STATE


def account(sandbox: Sandbox, name: str) -> list[str]:
    """Ids of the users, audit objects and so on of the MonitorQA account."""
    return [one["id"] for one in sandbox.app("monitorqa").state.store.snapshot()[name]]


# What an earlier attempt made


@pytest.mark.parametrize(("kind", "ending"), [("audit", "expired"), ("report", "stopped"), ("task", "error")])
def test_what_ended_badly_is_replaced(kind: str, ending: str, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome(kind, ending, times=1)
    failing = task(kind)
    with counting(sandbox, kind) as made:
        with pytest.raises(QAJobFailedError, match=r"A retry looks for the .* first and does not create a second one"):
            failing.attempt()
        returned = failing.attempt()

    first, second = made
    assert second == returned
    assert failing.told["outcome"] == "created"
    assert failing.told["reason"].endswith(f" {first} ended as {ending}")
    assert failing.generation == 2
    assert failing.state["journal"]["past"] == [first]


def test_a_warning_is_replaced_when_it_fails_the_task(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "warning", times=1)
    strict = task("task", on_warning="fail")
    with counting(sandbox, "task") as made:
        with pytest.raises(QAJobFailedError):
            strict.attempt()
        assert strict.attempt() == list(made or objects(sandbox, "task"))[-1]
    assert len(made) == 2


def test_what_a_vendor_cannot_show_now_is_kept(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    waiting = task("report")
    with counting(sandbox, "report") as made:
        after_the_id_was_noted(sandbox, waiting, "report")
        waiting.state.after = lambda value: None
        sandbox.add_fault({"status": 503}, method="GET", times=2)
        returned = waiting.attempt()

    assert list(made) == [returned]
    assert waiting.told["outcome"] == "adopted"


def test_a_young_object_may_be_unknown_for_a_moment(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts(pause=0.01))
    waiting = task("audit")
    with counting(sandbox, "audit") as made:
        after_the_id_was_noted(sandbox, waiting, "audit")
        waiting.state.after = lambda value: None
        sandbox.add_fault({"status": 404}, method="GET", path="/audit/[0-9a-f-]{36}", times=2)
        returned = waiting.attempt()

    assert list(made) == [returned]


@NEEDS_STATE
def test_a_request_that_arrives_after_all_is_waited_for(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, lost_answer=10.0))
    due = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)
    sandbox.add_fault("reset_before", method="POST", times=1)
    vendor = task("audit", due=due, wait_for_completion=False)
    at_last = threading.Timer(0.3, vendor.attempt)
    with counting(sandbox, "audit") as made:
        at_last.start()
        returned = task("audit", due=due).attempt()
        at_last.join(10)

    assert list(made) == [returned]


@pytest.mark.parametrize(("policy", "cleared"), [("new", False), ("fail", True)])
def test_a_deleted_object_is_replaced_by_policy_or_by_hand(
    policy: str, cleared: bool, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    deleting = task("audit", on_gone=policy)
    first = deleting.attempt()
    with MonitorQAHook().get_conn() as client:
        client.audits.delete(first)
    if cleared:
        deleting.clear()
    second = deleting.attempt()

    assert second != first
    assert deleting.told["reason"] == f"audit {first}, which this task had created, does not exist any more"


def test_a_deleted_object_fails_a_retry(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    deleting = task("audit")
    with MonitorQAHook().get_conn() as client:
        client.audits.delete(deleting.attempt())
    with pytest.raises(QAJournalError, match=r"does not exist any more\. This attempt has created nothing\. Clear the"):
        deleting.attempt()

    assert posts(sandbox, "audit") == 1


@pytest.mark.parametrize(("policy", "count"), [("adopt", 1), ("new", 2)])
def test_a_cleared_task_keeps_its_object_unless_told_otherwise(
    policy: str, count: int, sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    cleared = task("report", on_clear=policy)
    with counting(sandbox, "report") as made:
        cleared.attempt()
        cleared.attempt()
        cleared.clear()
        last = cleared.attempt()
        assert cleared.attempt() == last

    assert len(made) == count
    assert list(made)[-1] == last


# Changed input


def test_changed_input_is_refused_by_name(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changing = task("audit")
    first = changing.attempt()
    changing.make = task("audit", name="Another walk", auditor_hint="Look at the roof").make
    with pytest.raises(QAJournalError) as refused:
        changing.attempt()

    assert f"an earlier attempt created audit {first} at " in str(refused.value)
    assert "and this one asks for another auditor_hint, name." in str(refused.value)
    assert "If it depends on the time or the try number, make it the same for every attempt." in str(refused.value)
    assert posts(sandbox, "audit") == 1


def test_changed_input_can_make_a_new_object(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changing = task("report", on_changed_input="new")
    with counting(sandbox, "report") as made:
        first = changing.attempt()
        changing.make = task("report", on_changed_input="new", selections={"Region": [IBERIA]}).make
        second = changing.attempt()
        assert changing.attempt() == second

    assert list(made) == [first, second]


def test_changed_input_can_update_an_audit(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("audit", "completed", seconds=2.0)
    assignee = account(sandbox, "users")[1]
    changing = task("audit", on_changed_input="update", assignee_id=assignee)
    with counting(sandbox, "audit") as made:
        after_the_id_was_noted(sandbox, changing, "audit")
        changing.state.after = lambda value: None
        changing.make = task("audit", on_changed_input="update", name="Another walk").make
        returned = changing.attempt()
        assert changing.told["outcome"] == "updated"
        assert changing.attempt() == returned

    assert [one["name"] for one in made.values()] == ["Another walk"]
    with MonitorQAHook().get_conn() as client:
        audit = client.audits.get(returned)
    assert [person["id"] for person in audit["assignees"]] == [assignee], "it stays with whoever has it"
    assert changing.told["outcome"] == "unchanged"


def test_what_an_update_cannot_change_is_refused(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    changing = task("audit", on_changed_input="update")
    after_the_id_was_noted(sandbox, changing, "audit")
    changing.state.after = lambda value: None
    other = account(sandbox, "auditObjects")[-1]
    changing.make = task("audit", on_changed_input="update", audit_object_id=other).make
    with pytest.raises(QANotSupportedError, match="audit_object_id cannot be changed"):
        changing.attempt()


def test_another_connection_is_another_account(
    sandbox: Sandbox, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", os.environ["AIRFLOW_CONN_QALYPTUS_DEFAULT"])
    moving = task("report")
    moving.attempt()
    moving.make = task("report", qalyptus_conn_id="other").make
    with pytest.raises(QAJournalError, match="asks for another connection"):
        moving.attempt()


# What was there before


@pytest.mark.parametrize("end", [timedelta(days=1), datetime(2099, 1, 31, 18, tzinfo=timezone.utc)])
def test_an_audit_that_was_there_before(end: Any, sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("audit", "never_finished", times=1)
    there = task("audit", due=end, wait_for_completion=False).attempt()
    options = {"due": end, "wait_for_completion": False}

    adopting = task("audit", if_exists="adopt", **options)
    assert adopting.attempt() == adopting.attempt() == there
    with pytest.raises(QAJournalError, match=f"if_exists is 'fail', and there is one already: audit {there}"):
        task("audit", if_exists="fail", **options).attempt()
    assert task("audit", if_exists="adopt", name="Another walk", **options).attempt() != there
    assert task("audit", **options).attempt() != there
    with pytest.raises(QAUncertainError, match="cannot be told whether these are meant"):
        task("audit", if_exists="adopt", **options).attempt()


def test_without_a_state_a_retry_adopts_again(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "success", seconds=60.0, times=1)
    there = task("task", wait_for_completion=False).attempt()
    forgetful = task("task", keeps_state=False, if_exists="adopt", wait_for_completion=False)
    # far enough from the run at the vendor, whatever the clocks say
    forgetful.run_started += timedelta(minutes=10)

    assert [forgetful.attempt(), forgetful.attempt()] == [there, there]


def test_a_report_that_is_on_its_way_can_be_adopted_unless_more_is_asked_for(
    sandbox: Sandbox, task: Callable[..., Task]
) -> None:
    sandbox.add_outcome("report", "never", times=1)
    there = ask_for_the_same(sandbox, "report")
    options = {"if_exists": "adopt", "wait_for_completion": False}
    assert task("report", selections=None, **options).attempt() == there
    with pytest.raises(QAUncertainError, match=f"cannot be told whether these are meant: {there}"):
        task("report", **options).attempt()
    assert task("report", selections=None, output_format="Xlsx", **options).attempt() != there


def test_a_run_that_goes_on_can_be_adopted(sandbox: Sandbox, task: Callable[..., Task]) -> None:
    sandbox.add_outcome("task", "success", seconds=1.0, times=1)
    there = task("task", wait_for_completion=False).attempt()
    assert task("task", if_exists="adopt").attempt() == there
    assert task("task", if_exists="adopt").attempt() != there, "it has ended"
