"""Reports for the morning: refresh the data, generate a report for each region, store the files.

What the day before has left in the queue for the same report is stopped first: it would deliver old figures and keep
the engine busy. Reports are asked for once and stored once, whatever happens to the workers.

Connections: ``qalyptus_default`` (extra: report_id, qalyptus_task_id, regions) and ``quality_reports`` (extra: path).
"""

from __future__ import annotations

from datetime import datetime, timezone

from airflow.sdk import DAG, Connection, task

from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.operators.qalyptus import (
    QalyptusReportOperator,
    QalyptusRunTaskOperator,
    QalyptusStopRequestOperator,
)

with DAG(
    "example_qalyptus_reports",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    tags=["reports", "qlik"],
    doc_md=__doc__,
) as dag:
    # [START howto_qalyptus_reports]
    @task
    def obsolete() -> list[str]:
        """Return the requests for our report that have not ended."""
        with QalyptusHook().get_conn() as client:
            report_id, names = Connection.get("qalyptus_default").extra_dejson["report_id"], client.dialect
            ours = [one for one in client.status.list_on_demand() if names.report_id_of(one) == report_id]
            return [names.find_id(one) for one in ours if names.status_of(one).lower() in names.active]

    stop = QalyptusStopRequestOperator.partial(task_id="stop").expand(request_id=obsolete())

    refresh = QalyptusRunTaskOperator(
        task_id="refresh",
        trigger_rule="none_failed",  # on most days there is nothing to stop
        deferrable=True,
    )

    @task
    def regions() -> list[dict[str, str]]:
        names = Connection.get("qalyptus_default").extra_dejson.get("regions") or ["Nordics", "DACH", "Iberia"]
        return [{"Region": name} for name in names]

    reports = QalyptusReportOperator.partial(
        task_id="report",
        target="{{ conn.quality_reports.extra_dejson.path }}/{{ dag_run.run_after | ds }}/",
        file_name="{{ task.selections.Region }}",
        map_index_template="{{ task.selections.Region }}",
        deferrable=True,
    ).expand(selections=regions())
    stop >> refresh >> reports
    # [END howto_qalyptus_reports]
