"""A report for each region: ask for it, wait, store it, and one mail with all of them."""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.qalyptus import QalyptusReportOperator

REGIONS = ["Nordics", "DACH", "Iberia", "Benelux", "UK", "France"]

with DAG("ours_regions", schedule="@daily") as dag:
    reports = QalyptusReportOperator.partial(
        task_id="report", target="{{ qa.day }}/{{ run_id }}/", file_name="{{ task.selections.Region }}"
    ).expand(selections=[{"Region": region} for region in REGIONS])
    DeliverReportsOperator(
        task_id="mail", reports=reports.output, to="quality@example.com", subject="Regions {{ qa.day }}"
    )
