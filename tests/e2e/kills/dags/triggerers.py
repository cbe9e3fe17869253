"""The DAGs of ``tests.e2e.triggerers``."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG

from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator
from airflow_qa_provider.sensors.qalyptus import QalyptusRequestSensor
from tests.e2e.triggerers import plan

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
STOPPED = {"deferrable": True, "on_kill": "cancel", "retries": 3, "retry_delay": timedelta(0)}


def reports(dag_id: str, tasks: dict[str, dict[str, str]]) -> DAG:
    """Make a DAG of tasks that ask for a report each, which the run's conf names."""
    with DAG(dag_id, schedule=None, start_date=START) as dag:
        for task_id, special in tasks.items():
            arguments = {**STOPPED, **special}
            QalyptusGenerateReportOperator(
                task_id=task_id, report_id=f"{{{{ dag_run.conf['{task_id}'] }}}}", output_format="Pdf", **arguments
            )
    return dag


waits = reports(plan.WAITS, plan.TASKS)
late = reports(plan.LATE, {plan.UNSEEN: {}})

for account, dag_id in enumerate(plan.HOSTILE):
    with DAG(dag_id, schedule=None, start_date=START) as hostile:
        for kind, ids in (("victim", plan.victims(account)), ("spared", plan.spared(account))):
            for number, request_id in enumerate(ids):
                QalyptusRequestSensor(
                    task_id=f"{kind}_{number}",
                    request_id=request_id,
                    qalyptus_conn_id=plan.connection_id(account),
                    poll_interval=0.2,
                    timeout=600,
                    # what ends badly ends in the triggerer, too
                    soft_fail=True,
                    start_from_trigger=True,
                )
    globals()[dag_id] = hostile
