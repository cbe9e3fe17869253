"""What creates something at Qalyptus Cloud, and by what it is found again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.journal.naturals import Natural
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.reports import canonical_format
from airflow_qa_provider.vendors.qalyptus.task_runs import RequestLookup, TaskRunLookup


def _request(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "report_id": rules.required(arguments.get("report_id"), "report_id"),
        "output_format": canonical_format(arguments.get("output_format") or ""),
        "hidden": any(arguments.get(name) is not None for name in ("selections", "app_id", "bookmark_id")),
    }


def _run(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"task_id": rules.required(arguments.get("task_id"), "task_id")}


NATURALS: dict[str, Natural] = {
    "reports.generate_on_demand": Natural("qalyptus.request", "report request", _request, RequestLookup()),
    "tasks.run": Natural("qalyptus.task_run", "task run", _run, TaskRunLookup()),
}
"""Operation to what the journal has to know of it."""
