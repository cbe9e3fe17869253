"""Weekly quality reports of a site: walk it, report it by region, send one mail to each reader.

Runs as it is in the demo (``make demo``), in a real Airflow (``make airflow``) and against real accounts. What differs
is in the connections: ``monitorqa_default`` (extra: template_id, audit_object_id), ``qalyptus_default`` (extra:
report_id, qalyptus_task_id, regions), ``smtp_default`` (extra: recipients) and ``quality_reports`` (extra: path, for
the files).
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, Connection, task

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator
from airflow_qa_provider.operators.qalyptus import QalyptusReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator

TARGET = "{{ conn.quality_reports.extra_dejson.path }}/{{ dag_run.run_after | ds }}/"

with DAG(
    "example_report_distribution",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    tags=["quality", "reports"],
    doc_md=__doc__,
) as dag:
    # [START howto_report_distribution]
    audit_pdf = MonitorQAAuditReportOperator(
        task_id="audit_site",
        name="Site safety walk {{ dag_run.run_after | ds }}",
        due=timedelta(days=1),
        target=TARGET,
        report_type="full",
        include_photos=True,
        deferrable=True,
    )
    audit_json = MonitorQAAuditReportToObjectStorageOperator(
        task_id="store_audit_json", audit_id=audit_pdf.output["remote_id"], target=TARGET, report="json"
    )

    @task
    def regions() -> list[dict[str, str]]:
        names = Connection.get("qalyptus_default").extra_dejson.get("regions") or ["Nordics", "DACH", "Iberia"]
        return [{"Region": name} for name in names]

    regional = QalyptusReportOperator.partial(
        task_id="regional_report",
        target=TARGET,
        file_name="{{ task.selections.Region }}",
        map_index_template="{{ task.selections.Region }} ({{ task.output_format }})",
        deferrable=True,
    ).expand(selections=regions(), output_format=["Pdf", "Xlsx"])

    refresh = QalyptusRunTaskOperator(
        task_id="refresh_dashboards",
        on_warning="succeed",
        deferrable=True,
    )

    deliver = DeliverReportsOperator(
        task_id="deliver",
        reports=[audit_pdf.output, audit_json.output, regional.output],
        to="{{ conn.smtp_default.extra_dejson.recipients }}",
        subject="Quality reports {{ dag_run.run_after | ds }}",
        html_content=(
            "<p>The safety walk scored "
            "<b>{{ ti.xcom_pull(task_ids='audit_site', key='result').detail.score }}</b> of 100. "
            "The dashboards' refresh ended as "
            "<b>{{ ti.xcom_pull(task_ids='refresh_dashboards', key='result').phase }}</b>.</p>"
        ),
    )
    refresh >> deliver
    # [END howto_report_distribution]
