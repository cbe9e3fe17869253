"""Each report of a checklist that CONQA tells of by webhook is stored, in a run of its own, once.

Who has asked for it does not matter: the example of milestones does, and so may a person in CONQA. Airflow's API server
receives the calls: register its address with CONQA, see "Events" in the documentation. Needs Airflow 3.2.

Connection: ``conqa_default`` (extra: webhook_token, and folder, to which the reports go).
"""

from __future__ import annotations

from airflow.sdk import DAG, PartitionedAssetTimetable

from airflow_qa_provider.assets.conqa import conqa_event
from airflow_qa_provider.transfers.conqa import ConqaReportToObjectStorageOperator

with DAG(
    "example_conqa_reports",
    schedule=PartitionedAssetTimetable(assets=conqa_event("report_completed")),
    default_args={"retries": 2},
    tags=["quality", "conqa"],
    doc_md=__doc__,
) as dag:
    # [START howto_conqa_reports]
    ConqaReportToObjectStorageOperator(
        task_id="store",
        url="{{ qa.event.result }}",
        target="reports/{{ qa.day }}/",
        name="{{ qa.event.call.data.breadcrumbs[-1].name }}.pdf",
    )
    # [END howto_conqa_reports]
