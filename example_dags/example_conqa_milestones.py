"""Milestones of a building site follow the construction schedule, and disputed checklists are reported.

The schedule is a CSV file with the columns activity, name, status, product_type, area, start and dropped. Each row
becomes a milestone, or is deleted when it was dropped; what has not changed since the last run is not sent. CONQA tells
of finished reports by webhook: register one of type REPORT for the project.

Connection: ``conqa_default`` (extra: project_id, and folder, in which schedule.csv lies).
"""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.conqa import (
    ConqaGenerateReportOperator,
    ConqaListIssuesOperator,
    ConqaSyncMilestonesOperator,
)

with DAG(
    "example_conqa_milestones",
    schedule="@daily",
    default_args={"retries": 2},
    tags=["quality", "conqa"],
    doc_md=__doc__,
) as dag:
    # [START howto_conqa_milestones]
    sync = ConqaSyncMilestonesOperator(
        task_id="sync",
        source="schedule.csv",
        columns={
            "external_id": "activity",
            "name": "name",
            "status": "status",
            "fields": {"productType": {"value": "product_type"}, "area": {"value": "area"}, "startDate": "start"},
        },
        delete_where="dropped",
        on_row_error="continue",
        wait_until_shown=True,
    )
    disputed = ConqaListIssuesOperator(task_id="disputed", status="disputed", column="checklistId")
    ConqaGenerateReportOperator.partial(
        task_id="ask_for_report",
        context={"reason": "disputed issues", "on": "{{ qa.day }}"},
        map_index_template="{{ task.checklist_id }}",
    ).expand(checklist_id=disputed.output)
    sync >> disputed
    # [END howto_conqa_milestones]
