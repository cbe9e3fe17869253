"""One operator per vendor for any operation: checked before anything is sent, then on the wire."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from airflow.sdk import DAG, Connection

from airflow_qa_provider.bases import calling as generic
from airflow_qa_provider.bases.call import Call
from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.results import JsonAnswer
from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAFileError,
    QANotSupportedError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.operators.conqa import ConqaOperator
from airflow_qa_provider.operators.monitorqa import MonitorQAOperator
from airflow_qa_provider.operators.qalyptus import QalyptusOperator
from airflow_qa_provider.operators.simplo import SimploOperator
from airflow_qa_provider.operators.smartq import SmartQOperator
from airflow_qa_provider.rest.paging import Page, Paged
from airflow_qa_provider.rest.parameters import parameters_of
from airflow_qa_provider.vendors import connect
from qa_sandbox import ManualClock, Sandbox, run_sandbox
from tests.contract.recorder import Answer, RecordingServer
from tests.registered import VENDORS, routes_of
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


def client_of(vendor: str, host: str = "https://api.example.com") -> Any:
    extra = json.dumps({"api_key": KEY, "retries": 0} if vendor == "smartq" else {"retries": 0})
    connection = Connection(
        conn_id=f"{vendor}_default", conn_type=vendor, host=host, login="me@example.com", password=KEY, extra=extra
    )
    return connect.client_of(vendor, connection)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingServer]:
    """A server that all vendors' default connections lead to."""
    with RecordingServer() as running:
        for vendor in VENDORS:
            connection = {"conn_type": vendor, "host": running.url, "password": KEY, "login": "me@example.com"}
            extra = {
                "retries": 0,
                **({"api_key": KEY, "smartq": {"authentication": "basic"}} if vendor == "smartq" else {}),
            }
            monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.upper()}_DEFAULT", json.dumps({**connection, "extra": extra}))
        yield running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "qalyptus"], clock=ManualClock()) as running:
        yield running


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    sandbox.reset()
    for name, connection in sandbox.environment().items():
        monkeypatch.setenv(name, connection)
    return sandbox


def run(vendor: str, operation: str, arguments: Any = None, **more: Any) -> Any:
    """Execute an operator outside a DAG run; the result must survive an XCom."""
    with our_errors():
        result = OPERATORS[vendor](task_id="call", operation=operation, arguments=arguments, **more).execute({})
    assert json.loads(json.dumps(result)) == result
    return result


def written(server: RecordingServer) -> list[tuple[str, str]]:
    return [(sent.method, sent.target) for sent in server.requests]


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
    }, "an answer of another type: does JsonAnswer read it, and is it free of secrets?"


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


# Lists


def page(start: int, rows: int, total: int) -> Answer:
    items = [{"id": number} for number in range(start, start + rows)]
    meta = {"page": start // rows + 1, "total_pages": -(-total // rows), "records": total, "per_page": rows}
    return Answer(headers=JSON, body=json.dumps({"_meta": meta, "items": items}).encode())


def test_a_list_that_is_too_long_is_refused_and_not_cut(
    server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generic, "DEFAULT_LIMIT", 3)
    server.expect([page(0, 2, 6), page(2, 2, 6), page(4, 2, 6)])
    with pytest.raises(QANotSupportedError) as refused:
        run("simplo", "reports.list", {"page_size": 2})

    assert len(server.requests) == 2, "no page is asked for in vain"
    assert "the list has more than 3 rows" in str(refused.value)
    assert 'SimploRecordsToObjectStorageOperator(records="reports") stores it whole' in str(refused.value)


@pytest.mark.parametrize(("limit", "rows", "pages"), [(3, 3, 2), (None, 6, 3), (100, 6, 3)])
def test_a_list_ends_at_its_limit(
    server: RecordingServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: int | None,
    rows: int,
    pages: int,
) -> None:
    monkeypatch.setattr(generic, "DEFAULT_LIMIT", 1)
    server.expect([page(0, 2, 6), page(2, 2, 6), page(4, 2, 6)])
    found = run("simplo", "reports.list", {"page_size": 2, "limit": limit})

    assert len(found) == rows
    assert len(server.requests) == pages
    assert ("as many rows as limit allows" in capsys.readouterr().out) is (rows == limit)


def test_a_list_of_exactly_the_default_limit_is_whole(
    server: RecordingServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generic, "DEFAULT_LIMIT", 4)
    server.expect([page(0, 2, 4), page(2, 2, 4)])

    assert len(run("simplo", "reports.list", {"page_size": 2})) == 4
    assert "more than" not in capsys.readouterr().out


# Files


def test_a_file_becomes_a_manifest(server: RecordingServer, tmp_path: Path) -> None:
    server.expect([Answer(headers={"Content-Type": "application/pdf"}, body=PDF)])
    manifest = run(
        "simplo",
        "reports.download_pdf",
        {"report_id": 7, "report_hash": "h" * 64},
        target=f"file://{tmp_path}/",
    )

    (stored,) = tmp_path.iterdir()
    assert stored.name == "reports-download-pdf-7.pdf"
    assert stored.read_bytes() == PDF
    assert (manifest["bytes"], manifest["content_type"], manifest["vendor"]) == (len(PDF), "application/pdf", "simplo")
    assert manifest["source"] == {"report_id": "7"}, "the hash opens the report to anyone"
    assert "h" * 64 not in json.dumps(manifest)


def test_an_answer_that_is_not_the_file_is_not_stored(server: RecordingServer, tmp_path: Path) -> None:
    server.expect([Answer(headers={"Content-Type": "text/html"}, body=b"<html><title>Sign in</title></html>")])
    with pytest.raises(QAFileError, match="an HTML page"):
        run(
            "simplo",
            "reports.download_pdf",
            {"report_id": 7, "report_hash": "h" * 64},
            target=str(tmp_path / "report.pdf"),
        )

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept_when_told_so(server: RecordingServer, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    target.write_bytes(PDF)
    arguments = {"report_id": 7, "report_hash": "h" * 64}

    assert run("simplo", "reports.download_pdf", arguments, target=str(target), overwrite="keep")["bytes"] == len(PDF)
    with pytest.raises(QAValidationError, match="overwrite must be one of replace, keep, fail"):
        run("simplo", "reports.download_pdf", arguments, target=str(target), overwrite="maybe")
    assert server.requests == []


def test_a_kill_before_any_download_is_harmless() -> None:
    assert SimploOperator(task_id="call", operation="reports.list").on_kill() is None  # type: ignore[func-returns-value]


# What goes into an XCom


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Session:
    name: str
    pass_phrase: str = field(repr=False)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (None, None),
        ({"a": [1, 2.5, True, None]}, {"a": [1, 2.5, True, None]}),
        ({1: ("x", {"y"})}, {"1": ["x", ["y"]]}),
        (datetime(2026, 1, 31, 18, tzinfo=timezone.utc), "2026-01-31T18:00:00+00:00"),
        ({"day": datetime(2026, 1, 31).date()}, {"day": "2026-01-31"}),
        ([Colour.RED, Decimal("1.10"), UUID(int=1)], ["red", "1.10", "00000000-0000-0000-0000-000000000001"]),
        (Paged(lambda position: Page([{"id": 1}])), [{"id": 1}]),
        ({"token_count": 3, "has_password": True, "secret": None, "password": ""}, None),
    ],
)
def test_answers_become_json(answer: Any, value: Any) -> None:
    read = JsonAnswer(answer)

    assert read.value == (answer if value is None else value)
    assert json.loads(json.dumps(read.value)) == read.value
    assert read.masked == []


@pytest.mark.parametrize(
    ("answer", "value", "masked"),
    [
        ({"clientSecret": KEY, "name": "x"}, {"clientSecret": "***", "name": "x"}, ["clientSecret"]),
        ([{"auth": {"apiKey": KEY}}], [{"auth": {"apiKey": "***"}}], ["apiKey"]),
        ({"refresh_token": [KEY]}, {"refresh_token": ["***"]}, ["refresh_token"]),
        (
            f"https://files.example.com/a.pdf?sig={KEY}&v=1",
            "https://files.example.com/a.pdf?sig=***&v=1",
            ["the answer"],
        ),
        (Session("x", KEY), {"name": "x", "pass_phrase": "***"}, ["pass_phrase"]),
        (
            {"connectionString": KEY, "secretAccessKey": KEY},
            {"connectionString": "***", "secretAccessKey": "***"},
            ["connectionString", "secretAccessKey"],
        ),
    ],
)
def test_secrets_in_answers_are_masked_and_named(answer: Any, value: Any, masked: list[str]) -> None:
    read = JsonAnswer(answer)

    assert (read.value, read.masked) == (value, masked)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("reports.get", {"report_id": 7}),
        ("reports.patch", {"report_id": 7, "state": 2}),
        ("reports.get_public", {"report_id": 7, "report_hash": "h" * 48}),
        ("reports.list", {}),
    ],
)
def test_the_hash_that_opens_a_report_is_in_no_xcom(operation: str, arguments: Any, server: RecordingServer) -> None:
    report = {"id": 7, "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", "name": "May"}
    body: Any = {"items": [report], "_meta": {"total_pages": 1}} if operation == "reports.list" else report
    server.expect([Answer(headers=JSON, body=json.dumps(body).encode())] * 2)

    result = run("simplo", operation, arguments)

    shown = {"id": 7, "hash": "***", "name": "May"}
    assert result == ([shown] if operation == "reports.list" else shown)


@pytest.mark.parametrize("as_text", [False, True])
def test_secrets_among_the_arguments_are_masked_where_airflow_shows_them(
    as_text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk import log

    masked: list[Any] = []
    monkeypatch.setattr(log, "mask_secret", lambda secret, name=None: masked.append(secret))
    given = {"report_id": 7, "report_hash": "{{ 'h' * 48 }}", "filters": {"hash": "g" * 48}, "new_password": "p" * 9}
    task = SimploOperator(
        task_id="call", operation="reports.approve", arguments=json.dumps(given) if as_text else given
    )

    task.render_template_fields({})  # type: ignore[typeddict-item]

    assert {"h" * 48, "g" * 48, "p" * 9} <= set(masked)
    assert not {7, "7", "reports.approve"} & set(masked)


def test_a_masked_answer_is_said_in_the_log(server: RecordingServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.expect([Answer(headers=JSON, body=json.dumps({"name": "SSO", "clientSecret": KEY}).encode())])
    result = run("monitorqa", "company.get")
    logged = capsys.readouterr().out

    assert result == {"name": "SSO", "clientSecret": "***"}
    assert "Masked in the XCom, because they are or carry secrets: clientSecret" in logged
    assert KEY not in logged


@pytest.mark.parametrize("answer", [b"bytes", object(), {"deep": [object()]}])
def test_what_is_no_data_is_refused(answer: Any) -> None:
    with pytest.raises(TypeError):
        JsonAnswer(answer)


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
