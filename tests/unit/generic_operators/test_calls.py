"""One operator per vendor for any operation: checked before anything is sent, then on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_qa_provider.bases.call import Call
from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QANotSupportedError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.operators.qalyptus import QalyptusOperator
from airflow_qa_provider.operators.smartq import SmartQOperator
from airflow_qa_provider.rest.parameters import parameters_of
from qa_sandbox import Sandbox
from tests.contract.recorder import Answer, RecordingServer
from tests.registered import VENDORS, routes_of
from tests.unit.generic_operators.calls import JSON, KEY, client_of, run, written

FILES = {
    "audits.download_report",
    "audits.download_report_pdf",
    "files.download",
    "reports.download_pdf",
    "status.download_on_demand_log",
    "status.download_on_demand_smtp_log",
    "status.download_report_stream",
    "status.download_scheduled_log",
    "status.download_scheduled_smtp_log",
    "users.download_import_template",
}
SECRETS = {
    ("monitorqa", "company.create"),
    ("qalyptus", "api_keys.create"),
    ("qalyptus", "status.download_report"),
    ("smartq", "auth.get_token"),
}


# Every operation of every vendor


@pytest.mark.parametrize(("vendor", "operation"), [(v, o) for v in VENDORS for o in routes_of(v)])
def test_every_operation_can_be_called_or_is_refused_with_a_reason(vendor: str, operation: str) -> None:
    client = client_of(vendor)
    if (vendor, operation) in SECRETS:
        with pytest.raises(QANotSupportedError, match="must not go into an XCom"):
            Call.of(client, operation, {})
        return
    method: Any = client
    for part in operation.split("."):
        method = getattr(method, part)
    call = Call.of(client, operation, {name: "x" for name, needed in parameters_of(method).items() if needed})

    assert call.method == method
    assert call.gives_file is (operation in FILES)
    assert call.answer in {
        *("Any", "None", "str", "str | None", "Download", "Paged", "Row", "Rows", "Record", "Records"),
        *("dict[str, Any]", "builtins.list[dict[str, Any]]"),
    }, "an answer of another type: does as_json read it, and is it free of secrets?"


# What is checked before anything is sent


@pytest.mark.parametrize(
    ("vendor", "operation", "arguments", "message"),
    [
        (
            "qalyptus",
            "condition.create",
            {},
            "there is no operation 'condition.create'. Nothing was sent. Did you mean",
        ),
        ("qalyptus", "condition.create", {}, "conditions.create"),
        ("smartq", "zzz", {}, "`airflow-qa routes list --vendor smartq` shows all"),
        ("smartq", "_auth", {}, "there is no operation '_auth'"),
        ("qalyptus", "conditions.create", {}, "qalyptus conditions.create: required arguments are missing: name"),
        ("monitorqa", "users.list", {"pages": 2}, "unknown arguments: pages"),
        ("monitorqa", "users.get", {"userid": "1"}, "userid (did you mean user_id?)"),
        ("monitorqa", "users.get", {"userid": "1"}, "required arguments are missing: user_id; unknown arguments"),
        ("monitorqa", "users.get", {"userid": "1"}, "It takes user_id"),
        ("monitorqa", "users.list", {"x": 1}, "It takes nothing that is required"),
        ("monitorqa", "audits.list_pending", {"limits": 5}, "limits (did you mean limit?)"),
        ("smartq", "users.create", {"name": "A"}, "required arguments are missing: email, password"),
        ("smartq", "users.create", {"name": "A", "email": "a@example.com", "password": KEY, "title_": "x"}, "title_"),
        ("simplo", "reports.list", "page=2", "arguments must be names and values. Nothing was sent"),
        ("simplo", "reports.list", [1], "a template that makes one needs the filter tojson"),
        ("conqa", "milestones.list", {1: 2}, "arguments must be names and values"),
    ],
)
def test_a_wrong_call_is_refused(
    server: RecordingServer, vendor: str, operation: str, arguments: Any, message: str
) -> None:
    with pytest.raises(QAValidationError) as refused:
        run(vendor, operation, arguments)

    assert message in str(refused.value)
    assert KEY not in str(refused.value)
    assert server.requests == []


@pytest.mark.parametrize(("vendor", "operation"), sorted(SECRETS))
def test_an_operation_that_answers_with_a_secret_is_refused(
    server: RecordingServer, vendor: str, operation: str
) -> None:
    with pytest.raises(QANotSupportedError) as refused:
        run(vendor, operation)

    assert refused.value.hint
    assert server.requests == []


def test_a_file_needs_a_target_and_only_a_file_does(server: RecordingServer, tmp_path: Path) -> None:
    with pytest.raises(QAValidationError, match='Say where it goes, such as target="s3://'):
        run("simplo", "reports.download_pdf", {"report_id": 1, "report_hash": "h" * 64})
    with pytest.raises(QAValidationError, match="target has no use"):
        run("simplo", "reports.list", target=str(tmp_path / "reports.json"))

    assert server.requests == []


def test_nothing_is_checked_when_a_dag_file_is_read() -> None:
    with DAG("generic", schedule=None):
        task = QalyptusOperator(task_id="one", operation="{{ params.operation }}", arguments="{{ params.arguments }}")
        mapped = SmartQOperator.partial(task_id="many", operation="tickets.create").expand(
            arguments=[{"project_id": 1, "name": "a"}, {"project_id": 1, "name": "b"}]
        )

    assert task.operation == "{{ params.operation }}"
    assert mapped.operator_class is SmartQOperator


# On the wire


@pytest.mark.parametrize(
    ("vendor", "operation", "arguments", "body", "sent", "result"),
    [
        (
            "conqa",
            "projects.get_summary",
            {"project_id": "p 1"},
            {"data": {"name": "Tower"}},
            ("GET", "/api-v1/project/p%201/summary"),
            {"name": "Tower"},
        ),
        (
            "monitorqa",
            "company.get",
            None,
            {"id": "1", "name": "Acme"},
            ("GET", "/company"),
            {"id": "1", "name": "Acme"},
        ),
        (
            "qalyptus",
            "projects.list",
            {},
            {"isSuccess": True, "data": [{"id": "1"}], "error": None, "errorDetails": None},
            ("GET", "/projects"),
            [{"id": "1"}],
        ),
        ("simplo", "reports.get", {"report_id": 7}, {"id": 7}, ("GET", "/api/v0/reports/7"), {"id": 7}),
        (
            "smartq",
            "users.get",
            '{"user_id": 510}',
            {"error": None, "data": {"id": "510"}},
            ("GET", "/api/v1/users/510"),
            {"id": "510"},
        ),
    ],
)
def test_each_vendor_is_called(
    server: RecordingServer,
    vendor: str,
    operation: str,
    arguments: Any,
    body: Any,
    sent: tuple[str, str],
    result: Any,
) -> None:
    server.expect([Answer(headers=JSON, body=json.dumps(body).encode())])

    assert run(vendor, operation, arguments) == result
    assert written(server) == [sent]


def test_operation_and_nested_arguments_are_templates(server: RecordingServer) -> None:
    server.expect([Answer(headers=JSON, body=b'{"error": null, "data": {"id": "9"}}')])
    task = SmartQOperator(
        task_id="raise_ticket",
        operation="tickets.{{ params.verb }}",
        arguments={
            "project_id": "{{ params.project }}",
            "step_id": 3,
            "name": "Failed: {{ params.dag }}",
            "assigned_to": ["{{ 1 + 1 }}"],
        },
        smartq_conn_id="{{ params.connection }}",
    )
    params = {"verb": "create", "project": 5, "dag": "nightly", "connection": "smartq_default"}
    task.render_template_fields({"params": params})

    assert task.arguments == {"project_id": "5", "step_id": 3, "name": "Failed: nightly", "assigned_to": ["2"]}
    assert task.execute({}) == {"id": "9"}
    assert written(server) == [("POST", "/api/v1/projects/5/tickets")]
    assert b"Failed" in server.requests[0].body


def test_an_object_is_created_and_listed(account: Sandbox) -> None:
    extra = account.connections()["monitorqa_default"]["extra"]
    due = datetime.now(timezone.utc) + timedelta(days=2)
    audit = run("monitorqa", "audits.create", {"name": "By an operator", "end_date": due.isoformat(), **extra})
    listed = {one["id"]: one["name"] for one in run("monitorqa", "audits.list_pending", {"limit": 500})}

    assert listed[audit] == "By an operator"


def test_a_vendor_s_error_comes_through(server: RecordingServer) -> None:
    server.expect([Answer(401, JSON, b"{}"), Answer(500, JSON, b"{}")])
    with pytest.raises(QAAuthenticationError):
        run("monitorqa", "users.list")
    with pytest.raises(QAUncertainError, match=r"HTTP 500 .*nothing at the vendor shows whether it was carried out"):
        run("monitorqa", "users.delete", {"user_ids": ["1"]})

    assert len(server.requests) == 2, "a write whose outcome is not known is not sent again"


def test_a_dag_file_imports_nothing_heavy() -> None:
    modules = ", ".join(
        f"airflow_qa_provider.operators.{name}" for name in ("conqa", "monitorqa", "qalyptus", "simplo", "smartq")
    )
    program = (
        "import sys; from airflow.sdk import DAG, BaseOperator; import airflow.providers.common.compat.sdk as sdk;"
        "sdk.BaseOperator; sdk.BaseOperatorLink; "
        f"before = set(sys.modules); import {modules}; print(sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    strangers = [m for m in json.loads(loaded.stdout.replace("'", '"')) if not m.startswith("airflow_qa_provider")]
    assert [name for name in strangers if name != "airflow.sdk.definitions.retry_policy"] == []
    assert "airflow_qa_provider.rest.client" not in loaded.stdout
    assert "airflow_qa_provider.hooks" not in loaded.stdout
