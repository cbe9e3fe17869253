"""Month end: approve and invoice what was sent, and hand on the numbers of the invoices."""

from __future__ import annotations

from airflow.sdk import DAG, task

from airflow_qa_provider.hooks.simplo import SimploHook
from airflow_qa_provider.operators.simplo import SimploBillReportOperator

with DAG("ours_month_end", schedule="@monthly", max_active_runs=1) as dag:

    @task
    def due():
        with SimploHook().get_conn() as client:
            reports = client.reports.list(page_size=100)
            return [one["id"] for one in reports if one["is_active"] and one["sent_at"] and not one["invoiced_at"]]

    SimploBillReportOperator.partial(task_id="bill").expand(report_id=due())
