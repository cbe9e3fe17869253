"""Weekly quality reports of a site: walk it, report it by region, send one mail to each reader.

Runs as it is in the demo (``make demo``), in a real Airflow (``make airflow``) and against real accounts. What differs
is in the connections: ``monitorqa_default`` (extra: template_id, audit_object_id), ``qalyptus_default`` (extra:
report_id, task_id, regions), ``smtp_default`` (extra: recipients) and ``quality_reports`` (extra: path, for the files).
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import DAG, Connection, XComArg, task, task_group

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator
from airflow_qa_provider.transfers.qalyptus import QalyptusReportToObjectStorageOperator

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
    audit = MonitorQACreateAuditOperator(
        task_id="audit_site",
        name="Site safety walk {{ dag_run.run_after | ds }}",
        template_id="{{ conn.monitorqa_default.extra_dejson.template_id }}",
        audit_object_id="{{ conn.monitorqa_default.extra_dejson.audit_object_id }}",
        due=timedelta(days=1),
        deferrable=True,
    )
    audit_pdf = MonitorQAAuditReportToObjectStorageOperator(
        task_id="store_audit_pdf",
        audit_id=audit.output,
        target=TARGET,
        report_type="full",
        include_photos=True,
    )
    audit_json = MonitorQAAuditReportToObjectStorageOperator(
        task_id="store_audit_json", audit_id=audit.output, target=TARGET, report="json"
    )

    @task
    def regions() -> list[str]:
        extra = Connection.get("qalyptus_default").extra_dejson
        return list(extra.get("regions") or ["Nordics", "DACH", "Iberia"])

    @task_group
    def regional_report(region: str, output_format: str) -> XComArg:
        report = QalyptusGenerateReportOperator(
            task_id="generate",
            report_id="{{ conn.qalyptus_default.extra_dejson.report_id }}",
            selections={"Region": region},
            output_format=output_format,
            deferrable=True,
        )
        return QalyptusReportToObjectStorageOperator(
            task_id="store", request_id=report.output, target=TARGET, name=region
        ).output

    regional = regional_report.expand(region=regions(), output_format=["Pdf", "Xlsx"])

    refresh = QalyptusRunTaskOperator(
        task_id="refresh_dashboards",
        qalyptus_task_id="{{ conn.qalyptus_default.extra_dejson.task_id }}",
        on_warning="succeed",
        deferrable=True,
    )

    deliver = DeliverReportsOperator(
        task_id="deliver",
        reports=[audit_pdf.output, audit_json.output, regional],
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
