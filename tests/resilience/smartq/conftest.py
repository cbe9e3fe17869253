"""smartQ as new, and one of its tickets on its board."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from qa_sandbox import Sandbox, run_sandbox
from tests.resilience.attempts import connect
from tests.resilience.smartq.account import IN_A_MOMENT, Board, place, tickets


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["smartq"]) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", IN_A_MOMENT)
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


@pytest.fixture
def board(sandbox: Sandbox) -> Board:
    project_id = place(sandbox)["project_id"]
    steps = sandbox.app("smartq").state.store.projects[int(project_id)].steps
    names = dict(zip(("Reported", "Planned", "In repair", "Repaired"), steps, strict=False))
    for name, step in names.items():
        step.name = name
    found = [one for one in tickets(sandbox).values() if one.deadline and one.values.get("f3") and one.values["f5"]]
    board = Board(found[0], {step.name: step.id for step in steps}, project_id)
    board.by_hand("Planned")
    board.ticket.assigned_to = (next(iter(sandbox.app("smartq").state.store.users)),)
    return board
