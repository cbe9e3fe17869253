"""MonitorQA and Qalyptus as new, and tasks that create something there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from airflow_qa_provider.bases.creating import CreatingOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Task, connect
from tests.resilience.creates.creating import IN_A_MOMENT, SECONDS, operator


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "qalyptus"], SandboxSettings(**SECONDS)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


@pytest.fixture
def task(sandbox: Sandbox) -> Callable[..., Task]:
    """Returns a function that makes a task of a kind, with arguments of its operator."""

    def make(kind: str, keeps_state: bool = True, **arguments: Any) -> Task:
        return Task(lambda: operator(sandbox, kind, **arguments), keeps_state)

    return make
