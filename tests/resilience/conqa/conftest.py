"""CONQA as new, and looks in quick succession."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import connect

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.2, no_id=0.2, settled=0.1, not_found=0.0)


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["conqa"], SandboxSettings(milestone_seconds=0.0)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    for base in (ChangingOperator, CreatingOperator):
        monkeypatch.setattr(base, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox
