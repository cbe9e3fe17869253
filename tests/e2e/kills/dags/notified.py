"""DAGs whose troubles become tickets: of a task, of a run, and of one that is late."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.sensors.date_time import DateTimeSensor
from airflow.sdk import DAG
from airflow.sdk.definitions.deadline import AsyncCallback, DeadlineAlert, DeadlineReference

from airflow_qa_provider.notifications.smartq import SmartQTicketNotifier
from tests.e2e.events import plan

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
NEVER = datetime(2099, 1, 1, tzinfo=timezone.utc)
LATE = DeadlineAlert(
    reference=DeadlineReference.DAGRUN_QUEUED_AT,
    interval=timedelta(seconds=1),
    callback=AsyncCallback(SmartQTicketNotifier, kwargs={"name": plan.TROUBLES[2]}),
)

with DAG(plan.TROUBLES[0], schedule=None, start_date=START):
    notifier = SmartQTicketNotifier(name="{{ dag.dag_id }}")
    BashOperator(task_id="fail", bash_command="exit 1", retries=0, on_failure_callback=notifier)

with DAG(
    plan.TROUBLES[1],
    schedule=None,
    start_date=START,
    on_failure_callback=SmartQTicketNotifier(name="{{ dag.dag_id }}"),
):
    BashOperator(task_id="fail", bash_command="exit 1", retries=0)

with DAG(plan.TROUBLES[2], schedule=None, start_date=START, deadline=LATE):
    DateTimeSensor(task_id="wait", target_time=NEVER, mode="reschedule", poke_interval=60)
