"""Arguments of sensors, as DAG authors hand them over."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor


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
