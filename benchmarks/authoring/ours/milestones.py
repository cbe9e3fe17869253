"""200 milestones follow the schedule of the site: what differs is sent, what was dropped is deleted."""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.conqa import ConqaSyncMilestonesOperator

with DAG("ours_milestones", schedule="@daily") as dag:
    ConqaSyncMilestonesOperator(
        task_id="sync",
        source="schedule.csv",
        object_storage_conn_id="site_files",
        columns={
            "external_id": "activity",
            "name": "name",
            "status": "status",
            "fields": {"productType": {"value": "product_type"}, "area": {"value": "area"}, "startDate": "start"},
        },
        delete_where="dropped",
        on_row_error="continue",
    )
