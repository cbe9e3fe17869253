"""Findings of a walk: a ticket for each, with its photo below it, handed over to the trade."""

from __future__ import annotations

import json

from airflow.sdk import DAG, Connection, ObjectStoragePath, task

from airflow_qa_provider.operators.smartq import SmartQCreateTicketOperator

with DAG("ours_findings", schedule="@daily") as dag:

    @task
    def findings():
        folder = ObjectStoragePath(Connection.get("smartq_default").extra_dejson["folder"])
        found = json.loads((folder / "findings.json").read_text())
        return [{"name": one["title"], "tags": ["site walk", one["trade"]], "files": one["photo"]} for one in found]

    SmartQCreateTicketOperator.partial(
        task_id="ticket", note="As seen on {{ qa.day }}", notify_users=True, then_move_to="Accepted"
    ).expand_kwargs(findings())
