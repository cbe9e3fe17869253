"""How often tasks are retried where nobody, or somebody, says so."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from airflow.sdk import DAG, TaskGroup

from airflow_qa_provider.bases.retrying import RETRIES
from airflow_qa_provider.operators.monitorqa import MonitorQAOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def made(**arguments: Any) -> list[int]:
    """The retries of an operator, a sensor and a mapped operator."""
    call = {"operation": "users.list", **arguments}
    operator = MonitorQAOperator(task_id="one", **call)
    sensor = MonitorQAAuditSensor(task_id="two", audit_id="a", **arguments)
    mapped: Any = MonitorQAOperator.partial(task_id="three", **call).expand(arguments=[{}, {}])
    return [operator.retries, sensor.retries, mapped.retries]


def test_without_a_word_there_are_some() -> None:
    with DAG("d", schedule=None, start_date=START):
        assert made() == [RETRIES] * 3


@pytest.mark.parametrize("retries", [0, 5])
def test_the_tasks_own_word_counts(retries: int) -> None:
    with DAG("d", schedule=None, start_date=START):
        assert made(retries=retries) == [retries] * 3


@pytest.mark.parametrize("retries", [0, 5])
def test_default_args_count(retries: int) -> None:
    with DAG("d", schedule=None, start_date=START, default_args={"retries": retries}):
        assert made() == [retries] * 3
    with DAG("d", schedule=None, start_date=START), TaskGroup("g", default_args={"retries": retries}):
        assert made() == [retries] * 3


def test_airflows_configuration_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__DEFAULT_TASK_RETRIES", "7")
    with DAG("d", schedule=None, start_date=START):
        assert made() == [7] * 3


@pytest.mark.parametrize("retries", [0, 4])
def test_our_own_configuration_counts_where_airflows_says_nothing(
    monkeypatch: pytest.MonkeyPatch, retries: int
) -> None:
    monkeypatch.setenv("AIRFLOW__AIRFLOW_QA_PROVIDER__DEFAULT_RETRIES", str(retries))
    with DAG("d", schedule=None, start_date=START):
        assert made() == [retries] * 3
    monkeypatch.setenv("AIRFLOW__CORE__DEFAULT_TASK_RETRIES", "7")
    with DAG("d", schedule=None, start_date=START):
        assert made() == [7] * 3
