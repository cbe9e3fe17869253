"""One execution reads its connection once and has one client, from the request to the stored file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from airflow.providers.common.compat.sdk import BaseHook
from urllib3.connection import HTTPConnection

from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Task, connect

SECONDS = {"audit_pickup_seconds": 0.02, "audit_seconds": 0.1, "report_seconds": 0.1, "task_seconds": 0.1}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], SandboxSettings(**SECONDS)) as sandbox:
        yield sandbox


@pytest.fixture
def seen(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what Airflow, ``requests`` and urllib3 are asked for."""
    connect(monkeypatch, shared_sandbox)
    counts: Counter[str] = Counter()

    def count(owner: Any, name: str, what: str) -> None:
        original = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            counts[what] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, counted)

    count(BaseHook, "get_connection", "connection read")
    count(HTTPConnection, "_new_conn", "TCP connection")
    count(requests.sessions, "get_environ_proxies", "proxies resolved")
    return counts


def test_an_operator_that_waits_and_stores_has_one_client(seen: Counter[str], tmp_path: Path) -> None:
    ran = Task(
        lambda: MonitorQAAuditReportOperator(
            task_id="create",
            name="Safety walk",
            due=timedelta(days=1),
            poll_interval=0.02,
            deferrable=False,
            target=f"{tmp_path}/",
        )
    )

    assert (tmp_path / ran.attempt()["name"]).exists()
    # the wait closes its connections at its end, which may have been long ago when the file is fetched
    assert seen == {"connection read": 1, "TCP connection": 2, "proxies resolved": 1}


def test_a_sensor_that_waits_in_place_has_one_client(
    seen: Counter[str], shared_sandbox: Sandbox, tmp_path: Path
) -> None:
    audit = shared_sandbox.app("monitorqa").state.store.snapshot()["audits"][0]["id"]
    sensor = Task(
        lambda: MonitorQAAuditSensor(task_id="wait", audit_id=audit, poll_interval=0.02, timeout=20, deferrable=False)
    )

    sensor.attempt()

    assert seen == {"connection read": 1, "TCP connection": 1, "proxies resolved": 1}
