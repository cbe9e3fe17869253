"""Arguments of sensors, as DAG authors hand them over."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.sensors.conqa import ConqaMilestoneSensor
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from tests.versions import NEEDS_TEMPLATES_OF_TRIGGERS


@pytest.mark.parametrize(
    ("default_args", "arguments", "interval"),
    [
        ({}, {}, None),
        ({}, {"poll_interval": 5}, 5),
        ({}, {"poke_interval": timedelta(seconds=5)}, timedelta(seconds=5)),
        ({"poke_interval": 300}, {}, 300),
        ({"poll_interval": 300}, {}, 300),
        ({"poke_interval": 300}, {"poll_interval": 5}, 5),
        ({"poke_interval": 300}, {"poke_interval": 5}, 5),
    ],
)
def test_the_poll_interval_has_two_names(default_args: Any, arguments: dict[str, Any], interval: Any) -> None:
    with DAG("d", start_date=datetime(2026, 1, 1, tzinfo=timezone.utc), schedule=None, default_args=default_args):
        sensor = MonitorQAAuditSensor(task_id="wait", audit_id="1", **arguments)

    assert sensor.poll_interval == interval
    if interval is not None:
        assert timedelta(seconds=sensor.poke_interval) == (
            interval if isinstance(interval, timedelta) else timedelta(seconds=interval)
        )


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_a_set_is_a_list_in_one_order() -> None:
    words = {f"word {number}" for number in range(40)}
    with DAG("d", start_date=datetime(2026, 1, 1, tzinfo=timezone.utc), schedule=None):
        sensor = ConqaMilestoneSensor(
            task_id="wait", project_id="p", external_id="e", status=words, start_from_trigger=True
        )

    assert sensor.status == sorted(words), "in any order, it would be another version of the DAG in every process"
    assert sensor.start_trigger_args.trigger_kwargs["awaited_fields"]["status"] == sorted(words)


@NEEDS_TEMPLATES_OF_TRIGGERS
def test_a_time_out_beyond_the_calendar_breaks_no_dag_and_is_refused_in_the_run() -> None:
    with DAG("d", start_date=datetime(2026, 1, 1, tzinfo=timezone.utc), schedule=None):
        sensor = MonitorQAAuditSensor(task_id="wait", audit_id="1", timeout=timedelta.max, start_from_trigger=True)
        creating = MonitorQACreateAuditOperator(
            task_id="audit", name="n", template_id="t", audit_object_id="o", due="P1D", timeout=timedelta.max
        )

    assert sensor.start_trigger_args.timeout < timedelta(days=40_000)
    for task in (sensor, creating):
        with pytest.raises(QAValidationError, match="timeout must be 100 years at most"):
            task.check_policies()
