"""Safety walks of some sites: on a schedule, and one today; where the score is low, walk again.

Runs in the sandbox as it is, and with a real account. What differs is in the connection ``monitorqa_default``, extra:
``template_id``, ``audit_object_id``, and ``sites``, ids of objects, for more than one.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import DAG, Connection, XComArg, task

from airflow_qa_provider.operators.monitorqa import (
    MonitorQACreateAuditOperator,
    MonitorQACreateScheduleOperator,
    MonitorQAOperator,
    MonitorQAReopenAuditOperator,
    MonitorQAUpdateCorrectiveActionOperator,
)
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor

TEMPLATE = "{{ conn.monitorqa_default.extra_dejson.template_id }}"
SECOND_CHANCE = timedelta(days=3)

with DAG(
    "example_monitorqa_audits",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    params={"lowest_score": 80},
    tags=["quality", "audits"],
    doc_md=__doc__,
) as dag:
    # [START howto_monitorqa_audits]
    @task
    def sites() -> list[str]:
        extra = Connection.get("monitorqa_default").extra_dejson
        return list(extra.get("sites") or [extra["audit_object_id"]])

    site_ids = sites()
    MonitorQACreateScheduleOperator(
        task_id="schedule_walks",
        name="Fire safety walk",
        template_id=TEMPLATE,
        audit_object_ids=site_ids,
        repeat_pattern="weekly",
        repeat={"days_of_week": ["monday", "thursday"], "repeat_every": 1},
        # every run of this DAG wants it, and one is enough
        if_exists="adopt",
    )
    audits = MonitorQACreateAuditOperator.partial(
        task_id="audit_sites",
        name="Safety walk {{ dag_run.run_after | ds }}",
        template_id=TEMPLATE,
        due=timedelta(days=1),
        deferrable=True,
    ).expand(audit_object_id=site_ids)

    @task
    def low_scores(results: list[dict[str, Any]], params: Any = None) -> list[str]:
        return [audit["id"] for audit in results if audit["detail"]["score"] < params["lowest_score"]]

    low = low_scores(XComArg(audits, key="result"))
    found = MonitorQAOperator.partial(task_id="find_corrective_actions", operation="corrective_actions.list_pending")
    actions = found.expand(arguments=low.map(lambda audit_id: {"audit_id": audit_id}))

    @task
    def ids_of(pages: list[list[dict[str, Any]]]) -> list[str]:
        return [action["id"] for page in pages for action in page]

    due = MonitorQAUpdateCorrectiveActionOperator.partial(task_id="push_due_dates", due_date=SECOND_CHANCE)
    pushed = due.expand(action_id=ids_of(actions.output))
    reopened = MonitorQAReopenAuditOperator.partial(
        task_id="reopen_audits",
        due=SECOND_CHANCE,
        trigger_rule="none_failed",  # a low score need not come with corrective actions
    ).expand(audit_id=low)
    walked_again = MonitorQAAuditSensor.partial(task_id="wait_for_second_walk", deferrable=True)
    walked_again.expand(audit_id=reopened.output)
    # what the second walk finds has due dates of its own
    pushed >> reopened
    # [END howto_monitorqa_audits]
