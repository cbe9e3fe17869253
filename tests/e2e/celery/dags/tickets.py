"""A ticket for each row of a file, in one task, whose worker does not live to see the end of it."""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.smartq import SmartQCreateTicketsOperator
from tests.e2e.celery import plan

with DAG(plan.TICKETS, schedule=None, default_args={"retries": 3}) as dag:
    SmartQCreateTicketsOperator(task_id="tickets", source=plan.TICKETS_FILE, max_in_flight=plan.IN_FLIGHT)
