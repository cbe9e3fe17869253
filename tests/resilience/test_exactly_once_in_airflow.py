"""Exactly once inside Airflow: its own retries, task state, XComs and mapped tasks, with answers that are lost."""

from __future__ import annotations

import os
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import airflow_db  # noqa: F401 - a fixture
from tests.resilience.attempts import connect
from tests.versions import NEEDS_STATE

pytestmark = pytest.mark.slow

SECONDS = {"audit_pickup_seconds": 0.05, "audit_seconds": 0.2, "report_seconds": 0.2, "task_seconds": 0.2}
LATER = ["adopted", "unchanged"]
# Airflow runs only what lies in its dags folder.
DAG_FILE = """
from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG

from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator

RETRY = {"retries": 1, "retry_delay": timedelta(0)}

START = datetime(2026, 1, 1, tzinfo=timezone.utc)

with DAG("exactly_once", schedule=None, start_date=START, default_args=RETRY) as dag:
    MonitorQACreateAuditOperator(
        task_id="audit",
        name="Walk of {{ run_id }}",
        template_id="{{ conn.monitorqa_default.extra_dejson.template_id }}",
        audit_object_id="{{ conn.monitorqa_default.extra_dejson.audit_object_id }}",
        due=timedelta(days=1),
    )
    QalyptusGenerateReportOperator.partial(
        task_id="report", report_id="{{ conn.qalyptus_default.extra_dejson.report_id }}"
    ).expand(selections=[{"Region": ["Nordics"]}, {"Region": ["Iberia"]}])
"""


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "qalyptus"], SandboxSettings(**SECONDS)) as vendors:
        connect(monkeypatch, vendors)
        yield vendors


@pytest.fixture
def dag_file() -> Iterator[Path]:
    path = Path(os.environ["AIRFLOW_HOME"]) / "dags" / "exactly_once.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(DAG_FILE)
    yield path
    path.unlink()


@NEEDS_STATE
@pytest.mark.xdist_group("airflow")
@pytest.mark.usefixtures("airflow_db")
def test_a_retry_of_airflow_takes_up_what_the_lost_attempt_made(
    sandbox: Sandbox, dag_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts(pause=0.05, lost_answer=1.0, settled=0.1))
    before = {name: set(created(sandbox, name)) for name in ("monitorqa", "qalyptus")}
    for vendor, path in (("monitorqa", "/audit$"), ("qalyptus", "/on-demand/")):
        sandbox.add_fault("reset_after", vendor=vendor, method="POST", path=path, nth=1)
    # the list is away when the attempt looks for what it has lost
    sandbox.add_fault({"status": 503}, vendor="monitorqa", method="GET", path="pending$", nth=1)

    run = runpy.run_path(str(dag_file))["dag"].test()

    assert run.state == "success"
    audit = run.get_task_instance("audit")
    reports = sorted((run.get_task_instance("report", map_index=index) for index in (0, 1)), key=tries)
    assert [tries(ti) for ti in (audit, *reports)] == [2, 1, 2]
    for ti, outcomes in ((audit, LATER), (reports[0], ["created"]), (reports[1], ["created"])):
        assert pulled(ti, "outcome") in outcomes
    assert "found at the vendor, an earlier attempt lost its id" in pulled(audit, "reason")
    assert "the vendor does not show which report request came of it" in pulled(reports[1], "reason")

    instances = [audit, *reports]
    ids = [pulled(ti, "return_value") for ti in instances]
    assert ids == [pulled(ti, "remote_id") for ti in instances]
    assert set(created(sandbox, "monitorqa")) - before["monitorqa"] == {ids[0]}
    # the one whose answer was lost is there as well, and nobody takes it for theirs
    asked_for = set(created(sandbox, "qalyptus")) - before["qalyptus"]
    assert asked_for > {*ids[1:]}
    assert len(asked_for) == 3
    assert len(set(ids)) == len(ids)


def tries(ti: Any) -> int:
    number: int = ti.try_number
    return number


def pulled(ti: Any, key: str) -> Any:
    return ti.xcom_pull(task_ids=ti.task_id, key=key, map_indexes=ti.map_index)


def created(sandbox: Sandbox, vendor: str) -> list[str]:
    snapshot = sandbox.app(vendor).state.store.snapshot()
    return [one["id"] for one in snapshot["audits" if vendor == "monitorqa" else "records"]]
