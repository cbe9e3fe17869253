"""Runs in real DAG runs at a vendor that does not tell the id of what it started."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from airflow_qa_provider.exceptions import QAUncertainError
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.qalyptus import QalyptusRunTaskOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import QalyptusWire
from tests.dags.conftest import Run, a_dag, connect, unique_ids, writes
from tests.dags.ends import RunDag, ask_qalyptus, qalyptus_ids

pytestmark = pytest.mark.slow


@pytest.fixture
def silent_vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Qalyptus whose answer to "Run" holds no id."""
    monkeypatch.setattr(QalyptusRunTaskOperator, "lookup_timeouts", LookupTimeouts(pause=0.1, no_id=0.5, settled=0.6))
    settings = SandboxSettings(task_seconds=0.2, qalyptus=QalyptusWire(task_run_returns_id=False))
    with run_sandbox(["qalyptus"], settings) as sandbox:
        connect(monkeypatch, sandbox)
        yield sandbox


def start(run_dag: RunDag, vendors: Sandbox) -> Run:
    """Run the task of the tenant without waiting for it."""
    with a_dag("silent_vendor") as dag:
        QalyptusRunTaskOperator(
            task_id="run", qalyptus_task_id=unique_ids(vendors)["qalyptus_task_id"], wait_for_completion=False
        )
    return run_dag(dag)


def test_a_run_without_an_id_is_found_among_the_new_ones(run_dag: RunDag, silent_vendor: Sandbox) -> None:
    tasks = qalyptus_ids("tasks")
    others = [ask_qalyptus(lambda client, task=task: client.tasks.run(task)) for task in tasks.values()]
    assert others == [None] * len(tasks)

    run_id = start(run_dag, silent_vendor).xcom("run")

    newest = ask_qalyptus(lambda client: client.status.list_scheduled())[0]
    assert (run_id, newest["taskId"]) == (newest["id"], unique_ids(silent_vendor)["qalyptus_task_id"])


def run_it_too(sandbox: Sandbox, task_id: str) -> None:
    """Start the task a second time, once somebody has started it."""
    deadline = time.monotonic() + 20
    while not writes(sandbox, "qalyptus") and time.monotonic() < deadline:
        time.sleep(0.005)
    ask_qalyptus(lambda client: client.tasks.run(task_id))


def test_two_new_runs_cannot_be_told_apart(run_dag: RunDag, silent_vendor: Sandbox) -> None:
    task_id = unique_ids(silent_vendor)["qalyptus_task_id"]
    # the list after the start is held back until somebody else has started the task as well
    silent_vendor.add_fault({"delay": 1.5}, method="GET", path="scheduled-tasks$", nth=2)
    somebody_else = threading.Thread(target=run_it_too, args=(silent_vendor, task_id))
    somebody_else.start()
    run = start(run_dag, silent_vendor)
    somebody_else.join(20)

    assert run.states == {"run": "failed"}
    assert isinstance(run.errors["run"], QAUncertainError)
    message = str(run.errors["run"])
    runs = [row["id"] for row in ask_qalyptus(lambda client: client.status.list_scheduled())[:2]]
    assert "it cannot be told whether one of these came of it: " in message
    assert all(f"{run_id} (" in message for run_id in runs)
    assert "The request was sent, and the answer names no id." in message
    assert "on_uncertain='repeat' always sends it once more. A retry gets the same answer." in message


def test_a_run_that_does_not_show_up_was_started_all_the_same(run_dag: RunDag, silent_vendor: Sandbox) -> None:
    silent_vendor.add_fault(
        {"status": 200, "body": {"data": [], "isSuccess": True}}, method="GET", path="scheduled-tasks$"
    )
    error = start(run_dag, silent_vendor).errors["run"]

    assert "the answer does not tell which task run it made." in str(error)
    assert "The task run was created, but is not to be seen at the vendor." in str(error)
    assert "A retry looks for it again." in str(error)
    assert len(writes(silent_vendor, "qalyptus")) == 1
