"""One operator from the request to the stored file, taken up by a retry wherever it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator
from qa_sandbox import Sandbox
from tests.dags.conftest import Run, a_dag, connect, writes
from tests.versions import NEEDS_STATE

pytestmark = pytest.mark.slow


def walk(tmp_path: Path, **arguments: Any) -> MonitorQAAuditReportOperator:
    return MonitorQAAuditReportOperator(
        task_id="walk",
        name="Safety walk of the north site",
        due=timedelta(days=1),
        report_type="full",
        target=f"file://{tmp_path}/",
        **arguments,
    )


@pytest.mark.parametrize("deferrable", [True, False])
def test_from_the_audit_to_its_file(
    vendors: Sandbox, run_dag: Callable[..., Run], tmp_path: Path, deferrable: bool
) -> None:
    with a_dag(f"walk_{deferrable}") as dag:
        walk(tmp_path, deferrable=deferrable)
    run = run_dag(dag)

    assert (run.state, run.errors) == ("success", {})
    manifest = run.xcom("walk")
    assert manifest["name"] == "Safety walk of the north site.pdf"
    assert (tmp_path / manifest["name"]).read_bytes().startswith(b"%PDF")
    assert 0 <= manifest["facts"]["score"] <= 100
    assert run.xcom("walk", "phase") == "succeeded"
    assert len(writes(vendors, "monitorqa")) == 1
    reads = [one.path for one in vendors.requests("monitorqa") if one.method == "GET"]
    audit_id = run.xcom("walk", "remote_id")
    assert all(audit_id in path for path in reads), "polls and the file; template and object came from the connection"


@NEEDS_STATE
def test_a_retry_takes_up_at_the_file(
    vendors: Sandbox, run_dag: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, vendors, retries=0)
    vendors.add_fault({"status": 503}, vendor="monitorqa", path="pdf", times=1)
    with a_dag("walk_again") as dag:
        walk(tmp_path, retries=1, retry_delay=timedelta(seconds=0.1))
    run = run_dag(dag)

    assert run.state == "success"
    assert run.dag_run.get_task_instance("walk").try_number == 2
    assert len(writes(vendors, "monitorqa")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["Safety walk of the north site.pdf"]
    assert run.xcom("walk", "outcome") == "unchanged"
