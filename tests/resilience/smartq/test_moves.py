"""A ticket is moved once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
from copy import copy
from typing import Any
from urllib.parse import parse_qs

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QANotFoundError,
    QANotSupportedError,
    QAValidationError,
)
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import SmartQWire
from tests.resilience.attempts import connect
from tests.resilience.smartq.account import (
    LOST,
    Board,
    after_the_id_was_noted,
    before_the_id_was_noted,
    before_the_intent,
    before_the_request,
    writes,
)


def moves(sandbox: Sandbox) -> int:
    return sum(request.method == "PUT" for request in sandbox.requests("smartq"))


def test_a_move_is_made_once_and_keeps_everything_else(sandbox: Sandbox, board: Board) -> None:
    kept = ("name", "description", "tags", "deadline", "assigned_to", "archived", "values", "notes")
    before = {name: copy(getattr(board.ticket, name)) for name in kept}
    moving, old, new = board.task(" repaired "), board.steps["Planned"], board.steps["Repaired"]

    assert moving.attempt() == str(board.ticket.id) == moving.attempt()
    assert board.step == "Repaired"
    assert {name: getattr(board.ticket, name) for name in kept} == before
    assert moves(sandbox) == 1
    (body,) = [parse_qs(r.body) for r in writes(sandbox)]
    assert body["ticket[name]"] == [board.ticket.name]
    assert body["ticket[tags]"] == [",".join(board.ticket.tags)]
    assert {"ticket[description]", "ticket[required_by]", "ticket[assigned_to][0]", "ticket[f5][0]"} <= body.keys()

    first = board.task(str(old))
    first.attempt()
    result = first.told
    assert (result["outcome"], result["changes"]) == ("updated", {"step_id": {"from": str(new), "to": str(old)}})


def test_a_ticket_that_is_in_the_step_is_left_alone(sandbox: Sandbox, board: Board) -> None:
    idle = board.task("Planned")
    idle.attempt()

    assert idle.told["outcome"] == "unchanged"
    assert writes(sandbox) == []
    assert sum(r.method == "GET" for r in sandbox.requests("smartq")) == 2


MOVE_POINTS = [before_the_intent, before_the_request, before_the_id_was_noted, after_the_id_was_noted]


@pytest.mark.parametrize("kill", MOVE_POINTS, ids=lambda point: point.__name__)
@pytest.mark.parametrize("moved_on", [False, True])
def test_a_killed_move_is_not_repeated_over_somebody_elses(
    moved_on: bool, kill: Any, sandbox: Sandbox, board: Board
) -> None:
    killed = board.task()
    kill(sandbox, killed, "")
    if moved_on:
        board.by_hand("In repair")
    killed.attempt()
    killed.attempt()

    came_too_late = moved_on and kill is not before_the_intent
    assert board.step == ("In repair" if came_too_late else "Repaired")
    assert moves(sandbox) == (0 if came_too_late and kill is before_the_request else 1)


@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html"])
def test_a_move_whose_answer_is_lost_is_seen(fault: Any, sandbox: Sandbox, board: Board) -> None:
    sandbox.add_fault(fault, method="PUT", times=1)
    losing = board.task()
    losing.attempt()

    assert (board.step, moves(sandbox)) == ("Repaired", 1)
    assert losing.told["reason"] == "the answer was lost, but the vendor shows the change"


@pytest.mark.parametrize("moved_on", [False, True])
def test_a_move_that_never_arrived_is_made_by_the_next_attempt(moved_on: bool, sandbox: Sandbox, board: Board) -> None:
    sandbox.add_fault("reset_before", method="PUT", times=1)
    losing = board.task()
    with pytest.raises(QAConnectionLostError, match="may be changed, but the vendor does not show it"):
        losing.attempt()
    if moved_on:
        board.by_hand("In repair")
    losing.attempt()

    assert board.step == ("In repair" if moved_on else "Repaired")
    if moved_on:
        assert "the request of 2" in losing.told["reason"]


def test_a_cleared_task_moves_again(sandbox: Sandbox, board: Board) -> None:
    moving = board.task()
    moving.attempt()
    board.by_hand("In repair")
    moving.clear()
    moving.attempt()

    assert (board.step, moves(sandbox)) == ("Repaired", 2)


def test_a_dry_run_shows_the_move(sandbox: Sandbox, board: Board) -> None:
    dry = board.task(preview="True")
    with pytest.raises(AirflowSkipException):
        dry.attempt()

    shown = dry.xcoms[-1, "preview"]
    assert (board.step, writes(sandbox), dry.state) == ("Planned", [], {})
    assert shown["changes"]["step_id"]["to"] == shown["request"]["body"]["ticket[step_id]"]
    assert "sandbox-smartq" not in json.dumps(shown)


def test_a_bad_move_is_refused(sandbox: Sandbox, board: Board) -> None:
    for given in ({"step": ""}, {"ticket_id": "None"}, {"project_id": ""}):
        with pytest.raises(QAValidationError, match="is required"):
            board.task(**given).attempt()
    assert sandbox.requests("smartq") == []

    with pytest.raises(QAValidationError, match=r"has no step 'Demolished'; it has 'Reported' \(\d+\), 'Planned'"):
        board.task("Demolished").attempt()
    sandbox.app("smartq").state.store.projects[int(board.project_id)].steps[0].name = "Repaired"
    with pytest.raises(QAValidationError, match=r"has several steps 'Repaired'.*Give the id of the step"):
        board.task().attempt()
    with pytest.raises(QANotFoundError):
        board.task(ticket_id="1", step=str(board.steps["Planned"])).attempt()
    assert writes(sandbox) == []


def test_a_ticket_without_a_name_is_not_moved(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_sandbox(["smartq"], SandboxSettings(smartq=SmartQWire(hidden=("name",)))) as sandbox:
        connect(monkeypatch, sandbox)
        with pytest.raises(QANotSupportedError, match="shows no name, and smartQ requires one to move it"):
            board.task(str(board.steps["Repaired"])).attempt()
        assert writes(sandbox) == []
