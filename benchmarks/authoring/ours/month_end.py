"""Month end: approve and invoice what was sent, and hand on the numbers of the invoices."""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.simplo import SimploBillReportOperator, SimploListReportsOperator

with DAG("ours_month_end", schedule="@monthly", max_active_runs=1) as dag:
    due = SimploListReportsOperator(task_id="due", sent=True, invoiced=False)
    SimploBillReportOperator.partial(task_id="bill").expand(report_id=due.output)
