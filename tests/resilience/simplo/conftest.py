"""Simplo IS as new, and looks in quick succession."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from airflow_qa_provider.bases.changing import ChangingOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.simplo.reports import IN_A_MOMENT


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["simplo"], SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connection = shared_sandbox.connections()["simplo_default"]
    fields = {**connection, "extra": {**connection["extra"], "retries": 0}}
    monkeypatch.setenv("AIRFLOW_CONN_SIMPLO_DEFAULT", json.dumps(fields))
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox
