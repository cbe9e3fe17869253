"""Defects from a site walk: a ticket for each finding, its photo below it, and only then over to the trade.

The tablet of the walk leaves ``findings.json`` and the photos in a folder. Each finding becomes a ticket in the first
step of the board. It is moved on once its photo is there, so that nobody begins work on half a ticket.

Connection: ``smartq_default`` (extra: project_id, step_id, and folder, where the tablet leaves its files).
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Connection, ObjectStoragePath, task

from airflow_qa_provider.operators.smartq import SmartQCreateTicketOperator

with DAG(
    "example_smartq_tickets",
    schedule="@daily",
    default_args={"retries": 2},
    tags=["quality", "tickets"],
    doc_md=__doc__,
) as dag:
    # [START howto_smartq_tickets]
    @task
    def findings() -> list[dict[str, Any]]:
        folder = ObjectStoragePath(Connection.get("smartq_default").extra_dejson["folder"])
        found = json.loads((folder / "findings.json").read_text())
        return [{"name": one["title"], "tags": ["site walk", one["trade"]], "files": one["photo"]} for one in found]

    SmartQCreateTicketOperator.partial(
        task_id="ticket",
        required_by=timedelta(days=14),
        note="As seen on {{ qa.day }}",
        notify_users=True,
        then_move_to="Accepted",
        map_index_template="{{ task.name }}",
    ).expand_kwargs(findings())
    # [END howto_smartq_tickets]
