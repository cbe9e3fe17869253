"""Corrective actions of MonitorQA: until when they are waited for."""

from __future__ import annotations

from typing import Any

import pytest

from qa_sandbox import Outcome, Sandbox
from tests.unit.vendor_waits.looks import UNFINISHED, Watch, actions, ask, asked, poll, seen, store


def decide(sandbox: Sandbox, action_id: str, result: str) -> None:
    """Let the simulated users bring a corrective action to a result within a minute."""
    assert store(sandbox, "monitorqa").script(action_id, Outcome(kind="action", result=result, seconds=60))
    sandbox.advance(60)


@pytest.fixture
def action_id(sandbox: Sandbox) -> str:
    return actions(sandbox, "open")[-1]


@pytest.mark.parametrize("result", ["submitted", "approved", "rejected"])
def test_a_corrective_action_is_waited_for_until_it_has_the_status(
    sandbox: Sandbox, action_id: str, result: str
) -> None:
    watch = Watch("monitorqa.corrective_action", action_id=action_id, status=result)
    assert watch.goes_on()
    decide(sandbox, action_id, result)
    assert watch.end() == ("succeeded", result)


@pytest.mark.parametrize(
    ("awaited", "result"),
    [("approved", "expired"), (["submitted", "rejected"], "expired"), ("rejected", "approved"), ("open", "approved")],
)
def test_a_corrective_action_that_ended_otherwise_is_a_failure(
    sandbox: Sandbox, action_id: str, awaited: Any, result: str
) -> None:
    decide(sandbox, action_id, result)
    assert Watch("monitorqa.corrective_action", action_id=action_id, status=awaited).end() == ("failed", result)


def test_a_rejected_corrective_action_may_still_be_approved(sandbox: Sandbox, action_id: str) -> None:
    watch = Watch("monitorqa.corrective_action", action_id=action_id, status="approved")
    decide(sandbox, action_id, "rejected")
    assert watch.goes_on()
    decide(sandbox, action_id, "approved")
    assert watch.end() == ("succeeded", "approved")


def test_a_deleted_corrective_action_is_gone(action_id: str) -> None:
    watch = Watch("monitorqa.corrective_action", action_id=action_id, status="approved")
    ask("monitorqa", lambda client: client.corrective_actions.delete(action_id))
    assert watch.end() == ("gone", "not found")


def test_of_many_corrective_actions_only_those_that_are_over_cost_a_request_each(sandbox: Sandbox) -> None:
    pending, over = actions(sandbox, *UNFINISHED)[:4], actions(sandbox, "approved", "expired")[:3]
    with asked(sandbox, "monitorqa") as paths:
        looks = poll("monitorqa.corrective_action", *over, *pending)
    assert len(paths) == 1 + len(over)
    assert {seen(looks, one).status for one in over} <= {"approved", "expired"}
    assert {seen(looks, one).status for one in pending} <= set(UNFINISHED)
