"""Sensors of remote jobs in real DAG runs: every end of a job gives the same in whatever way they wait."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSensorTimeout

from airflow_qa_provider.exceptions import QAJobFailedError
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.sensors.qalyptus import QalyptusRequestSensor, QalyptusTaskRunSensor
from qa_sandbox import Sandbox
from tests.dags.conftest import a_dag, writes
from tests.dags.ends import End, RunDag, ask_qalyptus, create_audit, qalyptus_ids

pytestmark = pytest.mark.slow

SENSOR_ENDS = {
    "completed": End("success", ("succeeded", "completed")),
    "expired": End(
        "failed",
        ("failed", "expired"),
        QAJobFailedError,
        ("ended as expired.", "see https://app.monitorqa.com/audits/", "A retry looks at the same object again."),
    ),
    "never_finished": End(
        "failed",
        ("active", "started"),
        AirflowSensorTimeout,
        ("gave up waiting for audit", "the time-out of 0.8 s has passed and it is still started."),
    ),
}
SENSOR_WAYS: dict[str, dict[str, Any]] = {
    "deferred": {"deferrable": True},
    "in_place": {"deferrable": False},
    "rescheduled": {"deferrable": False, "mode": "reschedule", "poke_interval": 0.1},
}


@pytest.fixture(params=SENSOR_WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SENSOR_WAYS[request.param]


@pytest.mark.parametrize("soft_fail", [False, True])
def test_a_sensor_ends_the_same_however_it_waits(
    soft_fail: bool, way: dict[str, Any], run_dag: RunDag, vendors: Sandbox
) -> None:
    for result in SENSOR_ENDS:
        vendors.add_outcome("audit", result, match=result, seconds=0.3)
    audits = {result: create_audit(vendors, result) for result in SENSOR_ENDS}
    missing = "00000000-0000-0000-0000-000000000000"
    with a_dag("sensors") as sensors:
        for result, audit_id in audits.items():
            MonitorQAAuditSensor(
                task_id=result,
                audit_id="{{ params.audit_id }}",
                params={"audit_id": audit_id},
                timeout=0.8 if result == "never_finished" else 60,
                soft_fail=soft_fail,
                **way,
            )
        QalyptusRequestSensor(
            task_id="missing", request_id=missing, soft_fail=soft_fail, **{**way, "poke_interval": 0.1}, timeout=0.8
        )

    run = run_dag(sensors)

    for result, end in SENSOR_ENDS.items():
        soft = soft_fail and end.state == "failed"
        assert run.states[result] == ("skipped" if soft else end.state), run.errors.get(result)
        assert (run.xcom(result, "phase"), run.xcom(result, "status")) == end.result
        assert run.xcom(result) == (audits[result] if end.state == "success" else None)
        if end.kind is not None and not soft:
            assert type(run.errors[result]) is end.kind
            assert audits[result] in str(run.errors[result])
            assert all(part in str(run.errors[result]) for part in end.error)
    assert run.states["missing"] == ("skipped" if soft_fail else "failed")
    if not soft_fail:
        assert missing in str(run.errors["missing"])
    assert len(writes(vendors, "monitorqa")) == len(SENSOR_ENDS), "a sensor only looks"
    assert writes(vendors, "qalyptus") == []


def test_the_sensors_of_qalyptus(run_dag: RunDag, vendors: Sandbox) -> None:
    reports, tasks = qalyptus_ids("reports"), qalyptus_ids("tasks")
    vendors.add_outcome("report", "error", match="Board pack")
    good, bad = (
        ask_qalyptus(lambda client, name=name: client.reports.generate_on_demand(reports[name], "Pdf"))
        for name in ("Regional sales review", "Board pack")
    )
    warned = ask_qalyptus(lambda client: client.tasks.run(tasks["Low stock alert"]))
    with a_dag("qalyptus_sensors") as sensors:
        for way, arguments in SENSOR_WAYS.items():
            QalyptusRequestSensor(task_id=f"good_{way}", request_id=good, **arguments)
            QalyptusRequestSensor(task_id=f"bad_{way}", request_id=bad, **arguments)
            for on_warning in ("succeed", "skip", "fail"):
                QalyptusTaskRunSensor(
                    task_id=f"{on_warning}_{way}",
                    run_id=warned,
                    on_warning=on_warning,
                    **arguments,
                )

    run = run_dag(sensors)

    states = {"good": "success", "bad": "failed", "succeed": "success", "skip": "skipped", "fail": "failed"}
    assert run.states == {f"{name}_{way}": state for name, state in states.items() for way in SENSOR_WAYS}
    assert all(run.xcom(f"good_{way}") == run.xcom("good_in_place") for way in SENSOR_WAYS)
    assert all(run.xcom(f"succeed_{way}", "phase") == "warning" for way in SENSOR_WAYS)
    assert all("ended as error: The Qlik app" in str(run.errors[f"bad_{way}"]) for way in SENSOR_WAYS)
