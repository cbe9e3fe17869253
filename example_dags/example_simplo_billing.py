"""Monthly billing: what was sent to a client is approved and invoiced, and the accountant gets the numbers.

Reports come from the report settings of Simplo IS. A report that its client has approved already is only invoiced. An
invoice of which nobody can tell whether it was issued fails its task; the others are issued all the same. Settle it
before the next run, which would issue it: all that it knows of the report is that it shows no invoice.

Connection: ``simplo_default``; its user needs the permissions access, read and update on reports.
"""

from __future__ import annotations

from airflow.sdk import DAG, task

from airflow_qa_provider.operators.simplo import SimploBillReportOperator, SimploListReportsOperator

with DAG(
    "example_simplo_billing",
    schedule="@monthly",
    default_args={"retries": 2},
    max_active_runs=1,
    tags=["billing"],
    doc_md=__doc__,
) as dag:
    # [START howto_simplo_billing]
    due = SimploListReportsOperator(task_id="due", sent=True, invoiced=False)
    bills = SimploBillReportOperator.partial(task_id="bill", map_index_template="{{ task.report_id }}").expand(
        report_id=due.output
    )

    @task
    def numbers(invoice_numbers: list[str]) -> list[str]:
        return list(invoice_numbers)

    numbers(bills.output)
    # [END howto_simplo_billing]
