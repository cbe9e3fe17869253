"""Reports for the morning: refresh the data, generate a report for each region, store the files.

What the day before has left in the queue for the same report is stopped: it would deliver old figures and keep the
engine busy. Reports are asked for once and stored once, whatever happens to the workers.

Connection: ``qalyptus_default`` (extra: report_id, qalyptus_task_id, and folder, for the files).
"""

from __future__ import annotations

from airflow.sdk import DAG, Connection, task

from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.operators.qalyptus import (
    QalyptusReportOperator,
    QalyptusRunTaskOperator,
    QalyptusStopRequestOperator,
)

REGIONS = ["Nordics", "DACH", "Iberia"]

with DAG("example_qalyptus_reports", schedule="@daily", max_active_runs=1, tags=["reports"], doc_md=__doc__) as dag:
    # [START howto_qalyptus_reports]
    @task
    def obsolete() -> list[str]:
        with QalyptusHook().get_conn() as client:
            report_id, names = Connection.get("qalyptus_default").extra_dejson["report_id"], client.dialect
            ours = [one for one in client.status.list_on_demand() if names.report_id_of(one) == report_id]
            return [names.find_id(one) for one in ours if names.status_of(one).lower() in names.active]

    left = obsolete()
    QalyptusStopRequestOperator.partial(task_id="stop").expand(request_id=left)

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
