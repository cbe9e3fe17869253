"""Weekly quality reports of a site: walk it, report it by region, send one mail to each reader.

Runs as it is in the demo (``make demo``), in a real Airflow (``make airflow``) and against real accounts. What differs
is in the connections: ``monitorqa_default`` (extra: template_id, audit_object_id, and folder, for the files),
``qalyptus_default`` (extra: report_id, qalyptus_task_id, folder), and ``smtp_default``.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG

from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAAuditReportOperator
from airflow_qa_provider.operators.qalyptus import QalyptusReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator

REGIONS = ["Nordics", "DACH", "Iberia"]
REGION, FORMAT = "{{ task.selections.Region }}", "{{ task.output_format }}"
FILES = "{{ qa.day }}/{{ run_id }}/"  # two runs of a day do not touch each other's files

with DAG(
    "example_report_distribution", schedule="@weekly", default_args={"retries": 2}, tags=["reports"], doc_md=__doc__
) as dag:
    # [START howto_report_distribution]
    walk = MonitorQAAuditReportOperator(
        task_id="walk",
        name="Site safety walk {{ qa.day }}",
        due=timedelta(days=1),
        report_type="full",
        target=FILES,
        deferrable=True,
    )
    items = MonitorQAAuditReportToObjectStorageOperator(
        task_id="items", audit_id=walk.output["remote_id"], report="json", target=FILES
    )
    refresh = QalyptusRunTaskOperator(task_id="refresh", on_warning="succeed", deferrable=True)
    regions = QalyptusReportOperator.partial(
        task_id="region", target=FILES, file_name=REGION, map_index_template=f"{REGION} {FORMAT}", deferrable=True
    ).expand(selections=[{"Region": region} for region in REGIONS], output_format=["Pdf", "Xlsx"])
    refresh >> regions
    DeliverReportsOperator(
        task_id="deliver",
        reports=[walk.output, items.output, regions.output],
        to="quality@example.com, site.lead@example.com, finance@example.com",
        subject="Quality reports {{ qa.day }}",
        html_content="<p>The safety walk scored <b>{{ reports[0].facts.score }}</b> of 100.</p>",
    )
    # [END howto_report_distribution]
