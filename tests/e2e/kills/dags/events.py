"""The DAGs that events start, or that wait for them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, PartitionedAssetTimetable

from airflow_qa_provider.assets.monitorqa import monitorqa_event
from airflow_qa_provider.operators.conqa import ConqaGenerateReportOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAOperator
from airflow_qa_provider.sensors.conqa import ConqaReportSensor
from tests.e2e.events import plan

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
RETRY = {"retries": 3, "retry_delay": timedelta(0)}

for conn_id in plan.TENANTS:
    completed = PartitionedAssetTimetable(assets=monitorqa_event("audit_completed", conn_id))
    with DAG(plan.EACH.format(conn_id), schedule=completed, start_date=START, default_args=RETRY, max_active_runs=8):
        MonitorQAOperator(
            task_id=plan.READ,
            operation="audits.get",
            arguments={"audit_id": "{{ qa.event.object_id }}"},
            monitorqa_conn_id=conn_id,
        )

with DAG(plan.WAITS, schedule=None, start_date=START, default_args=RETRY):
    asked = ConqaGenerateReportOperator.partial(task_id="ask", checklist_id="{{ dag_run.conf.checklist_id }}").expand(
        context=[{"number": number} for number in range(plan.REPORTS)]
    )
    ConqaReportSensor.partial(task_id=plan.WAIT, poke_interval=6, timeout=120).expand(report_id=asked.output)
