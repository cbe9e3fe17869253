"""How long a vendor may go on with a request whose answer was lost is said by the connection, and kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from airflow_qa_provider.bases import once
from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Task, connect

LATE = 0.8
PATIENCE = 20.0


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], SandboxSettings(audit_pickup_seconds=0.02, audit_seconds=0.05)) as vendors:
        yield vendors


def audits(sandbox: Sandbox) -> set[str]:
    return {audit["id"] for audit in sandbox.app("monitorqa").state.store.snapshot()["audits"]}


@pytest.mark.parametrize(
    ("settle_time", "made"),
    [
        pytest.param(3.0, 1, id="longer than the vendor takes"),
        pytest.param(0.0, 2, id="shorter, which makes a second one, as the page on connections says"),
    ],
)
def test_a_retry_waits_for_a_late_commit(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, settle_time: float, made: int
) -> None:
    connect(monkeypatch, sandbox, settle_time=settle_time)
    monkeypatch.setattr(once, "LookupTimeouts", partial(LookupTimeouts, pause=0.02, lost_answer=0.1))
    sandbox.add_fault({"commit_late": LATE}, vendor="monitorqa", method="POST", path="/audit$", times=1)
    there = audits(sandbox)
    walk = Task(lambda: MonitorQACreateAuditOperator(task_id="create", name="Walk", due=timedelta(days=1)))

    with pytest.raises(QAError):
        walk.attempt()
    assert audits(sandbox) == there, "nothing is to be seen yet"
    audit_id = walk.attempt()

    end = time.monotonic() + PATIENCE
    while len(audits(sandbox) - there) < made and time.monotonic() < end:
        time.sleep(0.05)
    assert audit_id in audits(sandbox) - there
    assert len(audits(sandbox) - there) == made
