"""What this package adds to Airflow itself, found by the entry point ``airflow.plugins``."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from airflow_qa_provider.day import day


class QAPlugin(AirflowPlugin):
    """The macro ``{{ macros.qa.day() }}``, for the templates of any task."""

    name = "qa"
    macros = [day]  # noqa: RUF012 - Airflow's own shape
