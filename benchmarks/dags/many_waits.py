"""Hundreds of deferred waits at once, and waits that have to come back to a worker."""

from __future__ import annotations

import os
from typing import Any

from airflow.sdk import DAG, task

from airflow_qa_provider.sensors.qalyptus import QalyptusRequestSensor

WAITS = int(os.environ.get("MANY_WAITS", "200"))
RESUMES = int(os.environ.get("MANY_RESUMES", "16"))


def _note(context: Any) -> None:
    """Stand for a callback: a task that has one ends on a worker."""


with DAG("many_waits", schedule=None, max_active_tasks=WAITS + RESUMES + 1) as dag:

    @task
    def ask(count: int) -> list[str]:
        from airflow_qa_provider.hooks.qalyptus import QalyptusHook

        hook = QalyptusHook()
        report_id = hook.get_connection(hook.conn_id).extra_dejson["report_id"]
        with hook.get_conn() as client:
            return [client.reports.generate_on_demand(report_id, "Pdf") for _ in range(count)]

    QalyptusRequestSensor.partial(task_id="wait", deferrable=True).expand(
        request_id=ask.override(task_id="ask_for_waits")(WAITS)
    )
    QalyptusRequestSensor.partial(task_id="resume", deferrable=True, on_success_callback=_note).expand(
        request_id=ask.override(task_id="ask_for_resumes")(RESUMES)
    )
