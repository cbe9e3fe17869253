"""Defects from a site walk: a ticket for each finding, its photo below it, and only then over to the trade.

The tablet of the walk leaves ``findings.json`` and the photos in a folder. Each finding becomes a ticket in the first
step of the board. It is moved on once its photo is there, so that nobody begins work on half a ticket.

Connections: ``smartq_default`` (extra: project_id, step_id) and ``quality_reports`` (extra: path, of the folder).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.sdk import DAG, Connection, ObjectStoragePath, task, task_group

from airflow_qa_provider.operators.smartq import (
    SmartQAddNoteOperator,
    SmartQCreateTicketOperator,
    SmartQMoveTicketOperator,
)

with DAG(
    "example_smartq_tickets",
    schedule=None,
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    tags=["quality", "tickets"],
    doc_md=__doc__,
) as dag:
    # [START howto_smartq_tickets]
    @task
    def findings() -> list[dict[str, Any]]:
        folder = ObjectStoragePath(Connection.get("quality_reports").extra_dejson["path"])
        found = json.loads((folder / "findings.json").read_text())
        return [{"title": one["title"], "trade": one["trade"], "photo": str(folder / one["photo"])} for one in found]

    @task_group
    def raise_finding(title: str, trade: str, photo: str) -> None:
        ticket = SmartQCreateTicketOperator(
            task_id="ticket",
            name=title,
            tags=["site walk", trade],
            required_by=timedelta(days=14),
        )
        note = SmartQAddNoteOperator(
            task_id="photo",
            ticket_id=ticket.output,
            text="As seen on {{ dag_run.run_after | ds }}",
            files=photo,
            notify_users=True,
        )
        hand_over = SmartQMoveTicketOperator(task_id="hand_over", ticket_id=ticket.output, step="Accepted")
        note >> hand_over

    raise_finding.expand_kwargs(findings())
    # [END howto_smartq_tickets]
