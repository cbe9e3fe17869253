"""Safety walks of some sites: one today, and again where the score is low. A fire safety walk is scheduled besides.

Runs in the sandbox as it is, and with a real account. What differs is in the connection ``monitorqa_default``, extra:
``template_id``, ``audit_object_id``, and ``sites``, ids of objects, for more than one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Connection, task

from airflow_qa_provider.operators.monitorqa import (
    MonitorQACreateAuditOperator,
    MonitorQACreateScheduleOperator,
    MonitorQAReopenAuditOperator,
)
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor

with DAG(
    "example_monitorqa_audits",
    schedule="@daily",
    default_args={"retries": 2},
    params={"lowest_score": 80},
    tags=["quality", "audits"],
    doc_md=__doc__,
) as dag:
    # [START howto_monitorqa_audits]
    @task
    def sites() -> list[str]:
        extra = Connection.get("monitorqa_default").extra_dejson
        return list(extra.get("sites") or [extra["audit_object_id"]])

    # every run wants this schedule, and one is enough
    MonitorQACreateScheduleOperator(
        task_id="schedule_walks",
        name="Fire safety walk",
        audit_object_ids=(site_ids := sites()),
        repeat_pattern="weekly",
        repeat={"days_of_week": ["monday", "thursday"], "repeat_every": 1},
        if_exists="adopt",
    )
    walks = MonitorQACreateAuditOperator.partial(
        task_id="walk", name="Safety walk {{ qa.day }}", due=timedelta(days=1), deferrable=True
    ).expand(audit_object_id=site_ids)

    @task
    def low_scores(audit_ids: list[str], scores: list[int], params: Any = None) -> list[str]:
        return [one for one, score in zip(audit_ids, scores, strict=True) if score < params["lowest_score"]]

    again = MonitorQAReopenAuditOperator.partial(task_id="walk_again", due=timedelta(days=3)).expand(
        audit_id=low_scores(walks.output, walks.output["score"])
    )
    MonitorQAAuditSensor.partial(task_id="second_walk", deferrable=True).expand(audit_id=again)
    # [END howto_monitorqa_audits]
