"""The DAG that is backfilled: an audit a day, the same in every run but for the day on which it is due."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from tests.e2e.triggerers import plan

# the sandboxes are quick, and never go on with a request whose client is gone
CreatingOperator.lookup_timeouts = LookupTimeouts(pause=0.2, lost_answer=2.0, no_id=2.0, settled=1.0, not_found=5.0)

# it ends before today, so that nothing but a backfill makes a run of it
with DAG(plan.BACKFILLED, schedule="@daily", start_date=plan.FIRST, end_date=plan.LAST, catchup=False) as dag:
    MonitorQACreateAuditOperator(
        task_id="audit",
        name=plan.WALK,
        due=timedelta(days=1),
        wait_for_completion=False,
        retries=4,
        retry_delay=timedelta(0),
    )
