"""A report for each region, and a mail with it for whoever reads that region: the recipe of the documentation."""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.qalyptus import QalyptusReportOperator
from tests.e2e.celery import plan

with DAG(plan.REGIONS, schedule=None, default_args={"retries": 3}) as dag:
    for region, reader in plan.READERS.items():
        report = QalyptusReportOperator(
            task_id=f"report_{plan.task_of(region)}",
            selections={"Region": region},
            target="{{ qa.day }}/{{ run_id }}/",
            file_name=region,
            deferrable=True,
        )
        DeliverReportsOperator(
            task_id=f"mail_{plan.task_of(region)}", reports=report, to=reader, subject=f"{region} {{{{ qa.day }}}}"
        )
