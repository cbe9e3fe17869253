"""A safety walk: create an audit, wait for its end, store the PDF, mail it."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator

with DAG("ours_safety_walk", schedule="@daily") as dag:
    walk = MonitorQAAuditReportOperator(
        task_id="walk",
        name="Safety walk {{ qa.day }}",
        due=timedelta(days=1),
        report_type="full",
        target="{{ qa.day }}/{{ run_id }}/",
    )
    DeliverReportsOperator(
        task_id="mail", reports=walk.output, to="quality@example.com", subject="Safety walk {{ qa.day }}"
    )
