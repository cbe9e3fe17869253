"""Reports for the morning: refresh the data, generate a report for each region, store the files.

What the day before has left in the queue for the same report is stopped: it would deliver old figures and keep the
engine busy. Reports are asked for once and stored once, whatever happens to the workers.

Connection: ``qalyptus_default`` (extra: report_id, qalyptus_task_id, and folder, for the files).
"""

from __future__ import annotations

from airflow.sdk import DAG

from airflow_qa_provider.operators.qalyptus import (
    QalyptusListReportRequestsOperator,
    QalyptusReportOperator,
    QalyptusRunTaskOperator,
    QalyptusStopRequestOperator,
)

REGIONS = ["Nordics", "DACH", "Iberia"]

with DAG(
    "example_qalyptus_reports",
    schedule="@daily",
    default_args={"retries": 2},
    max_active_runs=1,
    tags=["reports"],
    doc_md=__doc__,
) as dag:
    # [START howto_qalyptus_reports]
    left = QalyptusListReportRequestsOperator(task_id="left", status=["queued", "running"])
    QalyptusStopRequestOperator.partial(task_id="stop").expand(request_id=left.output)

    refresh = QalyptusRunTaskOperator(task_id="refresh", deferrable=True)
    reports = QalyptusReportOperator.partial(
        task_id="report",
        target="{{ qa.day }}/",
        file_name="{{ task.selections.Region }}",
        map_index_template="{{ task.selections.Region }}",
        deferrable=True,
    ).expand(selections=[{"Region": region} for region in REGIONS])
    left >> refresh >> reports
    # [END howto_qalyptus_reports]
