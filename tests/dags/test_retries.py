"""Retries as Airflow makes them: which errors get one, and when it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from airflow_qa_provider import compat
from airflow_qa_provider.exceptions import QAAuthenticationError, QAWaitError
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator, MonitorQAOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from qa_sandbox import Sandbox
from tests.dags.conftest import Run, a_dag, connect, unique_ids

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not compat.RETRY_POLICIES, reason="Airflow 3.3 and later"),
]

LONG = timedelta(hours=1)


@pytest.fixture(autouse=True)
def impatient(vendors: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """No tries inside the client, so that Airflow's are seen."""
    connect(monkeypatch, vendors, retries=0)


def audit(vendors: Sandbox, **arguments: Any) -> MonitorQACreateAuditOperator:
    ids = {name: value for name, value in unique_ids(vendors).items() if name in ("template_id", "audit_object_id")}
    given = {"name": "Walk", "due": timedelta(days=1), "wait_for_completion": False, **ids}
    return MonitorQACreateAuditOperator(task_id="audit", **given, **arguments)


@pytest.mark.parametrize("kind", ["operator", "mapped", "sensor", "generic"])
def test_a_wrong_key_fails_the_task_at_its_first_try(kind: str, vendors: Sandbox, run_dag: Callable[..., Run]) -> None:
    vendors.add_fault({"status": 401}, vendor="monitorqa")
    with a_dag("retry_wrong_key") as dag:
        if kind == "operator":
            audit(vendors, retries=5, retry_delay=LONG)
        elif kind == "mapped":
            mapped = MonitorQAOperator.partial(task_id="audit", retries=5, retry_delay=LONG)
            mapped.expand(operation=["users.list"])
        elif kind == "sensor":
            MonitorQAAuditSensor(task_id="audit", audit_id="a-1", retries=5, retry_delay=LONG)
        else:
            MonitorQAOperator(task_id="audit", operation="users.list", retries=5, retry_delay=LONG)
    run = run_dag(dag)

    (ti,) = run.dag_run.get_task_instances()
    assert (ti.state, ti.try_number) == ("failed", 1)
    assert isinstance(run.errors["audit"], QAWaitError if kind == "sensor" else QAAuthenticationError)
    assert "Check the key in the password field of the connection" in str(run.errors["audit"])


def test_a_rate_limit_is_kept_to_the_second_whatever_the_retry_delay(
    vendors: Sandbox, run_dag: Callable[..., Run]
) -> None:
    vendors.add_fault({"status": 429, "retry_after": 2}, vendor="monitorqa", method="POST", times=1)
    with a_dag("retry_rate_limit") as dag:
        audit(vendors, retries=1, retry_delay=LONG)
    run = run_dag(dag)

    assert run.states == {"audit": "success"}
    first, second = (request.time for request in vendors.requests("monitorqa") if request.method == "POST")
    assert timedelta(seconds=2) <= timedelta(seconds=second - first) < LONG / 10
    assert run.xcom("audit", "outcome") == "created"


def test_a_server_error_backs_off_from_the_tasks_own_delay(vendors: Sandbox, run_dag: Callable[..., Run]) -> None:
    vendors.add_fault({"status": 502}, vendor="monitorqa", method="GET", times=2)
    with a_dag("retry_server_error") as dag:
        MonitorQAOperator(task_id="audit", operation="users.list", retries=2, retry_delay=timedelta(seconds=0.5))
    run = run_dag(dag)

    assert run.states == {"audit": "success"}
    first, second, third = (request.time for request in vendors.requests("monitorqa"))
    assert second - first >= 0.5
    assert third - second >= 1.0
