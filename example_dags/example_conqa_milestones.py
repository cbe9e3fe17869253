"""Milestones of a building site follow the construction schedule, and disputed checklists are reported.

The schedule is a CSV file with the columns activity, name, status, product_type, area, start and dropped. Each row
becomes a milestone, or is deleted when it was dropped; what has not changed since the last run is not sent. CONQA tells
of finished reports by webhook: register one of type REPORT for the project.

Connections: ``conqa_default`` (extra: project_id) and ``site_schedule`` (extra: path, of the file).
"""

from __future__ import annotations

import csv
from datetime import datetime, timezone
from typing import Any

from airflow.sdk import DAG, Connection, ObjectStoragePath, task

from airflow_qa_provider.hooks.conqa import ConqaHook
from airflow_qa_provider.operators.conqa import (
    ConqaDeleteMilestoneOperator,
    ConqaGenerateReportOperator,
    ConqaUpsertMilestoneOperator,
)

with DAG(
    "example_conqa_milestones",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    tags=["quality", "conqa"],
    doc_md=__doc__,
) as dag:
    # [START howto_conqa_milestones]
    @task
    def schedule() -> list[dict[str, str]]:
        path = ObjectStoragePath(Connection.get("site_schedule").extra_dejson["path"])
        # "utf-8-sig" reads what Excel saves, too
        return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))

    @task
    def planned(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
        return [
            {
                "external_id": row["activity"],
                "name": row["name"],
                "status": row["status"],
                "fields": {
                    "productType": {"value": row["product_type"]},
                    "area": {"value": row["area"]},
                    "startDate": row["start"] or None,
                },
            }
            for row in rows
            if not row["dropped"]
        ]

    @task
    def dropped(rows: list[dict[str, str]]) -> list[str]:
        return [row["activity"] for row in rows if row["dropped"]]

    rows = schedule()
    upsert = ConqaUpsertMilestoneOperator.partial(
        task_id="upsert", map_index_template="{{ task.external_id }}"
    ).expand_kwargs(planned(rows))
    delete = ConqaDeleteMilestoneOperator.partial(task_id="delete", map_index_template="{{ task.external_id }}").expand(
        external_id=dropped(rows)
    )

    @task(trigger_rule="none_failed")
    def disputed_checklists() -> list[str]:
        project_id = Connection.get("conqa_default").extra_dejson["project_id"]
        with ConqaHook().get_conn() as client:
            issues = client.issues.list(project_id)
            return sorted({issue["checklistId"] for issue in issues if issue["status"] == "disputed"})

    checklists = disputed_checklists()
    ConqaGenerateReportOperator.partial(
        task_id="ask_for_report",
        context={"reason": "disputed issues", "on": "{{ dag_run.run_after | ds }}"},
        map_index_template="{{ task.checklist_id }}",
    ).expand(checklist_id=checklists)
    [upsert, delete] >> checklists
    # [END howto_conqa_milestones]
