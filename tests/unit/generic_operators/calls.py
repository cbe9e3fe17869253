"""Calls of one operator per vendor, and their connections."""

from __future__ import annotations

import json
from typing import Any

from airflow.sdk import Connection

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.operators.conqa import ConqaOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAOperator
from airflow_qa_provider.operators.qalyptus import QalyptusOperator
from airflow_qa_provider.operators.simplo import SimploOperator
from airflow_qa_provider.operators.smartq import SmartQOperator
from airflow_qa_provider.vendors import connect
from tests.contract.recorder import RecordingServer
from tests.versions import our_errors

OPERATORS: dict[str, type[VendorOperator]] = {
    "conqa": ConqaOperator,
    "monitorqa": MonitorQAOperator,
    "qalyptus": QalyptusOperator,
    "simplo": SimploOperator,
    "smartq": SmartQOperator,
}
KEY = "key-that-must-not-be-seen"
JSON = {"Content-Type": "application/json"}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def client_of(vendor: str, host: str = "https://api.example.com") -> Any:
    extra = json.dumps({"api_key": KEY, "retries": 0} if vendor == "smartq" else {"retries": 0})
    connection = Connection(
        conn_id=f"{vendor}_default", conn_type=vendor, host=host, login="me@example.com", password=KEY, extra=extra
    )
    return connect.client_of(vendor, connection)


def run(vendor: str, operation: str, arguments: Any = None, **more: Any) -> Any:
    """Execute an operator outside a DAG run; the result must survive an XCom."""
    with our_errors():
        result = OPERATORS[vendor](task_id="call", operation=operation, arguments=arguments, **more).execute({})
    assert json.loads(json.dumps(result)) == result
    return result


def written(server: RecordingServer) -> list[tuple[str, str]]:
    return [(sent.method, sent.target) for sent in server.requests]
