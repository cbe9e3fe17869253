"""Bad input and bad connections: one clear error, and nothing half done at the vendor, on disk or in a mailbox."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowNotFoundException

from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConflictError,
    QAConnectError,
    QAFileError,
    QANotFoundError,
    QARequestRejectedError,
    QAResponseError,
    QAValidationError,
)
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.delivery import DeliverReportsOperator
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.sensors.qalyptus import QalyptusRequestSensor, QalyptusTaskRunSensor
from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator
from airflow_qa_provider.transfers.qalyptus import QalyptusReportToObjectStorageOperator
from qa_sandbox import Sandbox
from qa_sandbox.smtp_sink import SmtpSink
from tests.dags.conftest import Run, a_dag, unique_ids, writes
from tests.versions import our_errors

pytestmark = pytest.mark.slow

UNKNOWN = "00000000-0000-0000-0000-000000000000"
NOW = datetime(2026, 1, 31, 18, tzinfo=timezone.utc)
NOTHING_SENT = "Nothing was sent."
KINDS: dict[str, Any] = {
    "audit": MonitorQACreateAuditOperator,
    "report": QalyptusGenerateReportOperator,
    "task": QalyptusRunTaskOperator,
    "audit sensor": MonitorQAAuditSensor,
    "request sensor": QalyptusRequestSensor,
    "run sensor": QalyptusTaskRunSensor,
    "audit file": MonitorQAAuditReportToObjectStorageOperator,
    "report file": QalyptusReportToObjectStorageOperator,
    "mail": DeliverReportsOperator,
}


@pytest.fixture
def attempt(
    run_dag: Callable[..., Run], vendors: Sandbox, mail_server: SmtpSink, tmp_path: Path
) -> Iterator[Callable[..., Any]]:
    """Returns a function that runs a task whose arguments are good but for some, and raises what made it fail.

    Afterwards nothing must have come of it.
    """
    ids, folder = unique_ids(vendors), tmp_path / "files"
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7")
    manifest = {"uri": f"file://{report}", "name": "report.pdf", "bytes": 8, "sha256": "0" * 64}
    manifest["content_type"] = "application/pdf"
    good: dict[str, dict[str, Any]] = {
        "audit": {
            "name": "Walk",
            "template_id": ids["template_id"],
            "audit_object_id": ids["audit_object_id"],
            "due": timedelta(days=1),
        },
        "report": {"report_id": ids["report_id"]},
        "task": {"qalyptus_task_id": ids["qalyptus_task_id"]},
        "audit sensor": {"audit_id": UNKNOWN},
        "request sensor": {"request_id": UNKNOWN},
        "run sensor": {"run_id": UNKNOWN},
        "audit file": {"audit_id": UNKNOWN, "target": f"{folder}/"},
        "report file": {"request_id": UNKNOWN, "target": f"{folder}/"},
        "mail": {"reports": [manifest], "to": "anna@example.com", "subject": "Reports"},
    }

    def execute(kind: str, **changes: Any) -> Any:
        with a_dag("bad_input") as dag:
            KINDS[kind](task_id="task", **{**good[kind], **changes})
        run = run_dag(dag)
        assert run.states == {"task": "failed"}
        raise run.errors["task"]

    yield execute
    assert writes(vendors, "monitorqa") == []
    assert writes(vendors, "qalyptus") == []
    assert mail_server.mails == []
    assert not folder.exists() or list(folder.iterdir()) == []


MISSING = [None, "", "  ", "None"]


@pytest.mark.parametrize("value", MISSING)
@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("audit", "template_id"),
        ("audit", "audit_object_id"),
        ("report", "report_id"),
        ("task", "qalyptus_task_id"),
        ("audit sensor", "audit_id"),
        ("request sensor", "request_id"),
        ("run sensor", "run_id"),
        ("audit file", "audit_id"),
        ("report file", "request_id"),
    ],
)
def test_a_missing_id_is_named(
    kind: str,
    argument: str,
    value: Any,
    attempt: Callable[..., Any],
    reconnect: Callable[..., None],
    vendors: Sandbox,
) -> None:
    reconnect()  # to connections that name no ids
    with pytest.raises(QAValidationError) as refused, our_errors():
        attempt(kind, **{argument: value})

    assert f"{argument} is required, got {value!r}." in str(refused.value)
    assert NOTHING_SENT in str(refused.value)
    assert vendors.requests("monitorqa") == vendors.requests("qalyptus") == []


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("audit", {"name": ""}, "name is required, got ''."),
        (
            "audit",
            {"start": NOW, "due": NOW - timedelta(hours=1)},
            "due 2026-01-31 17:00:00+00:00 must be after start 2026-01-31 18:00:00+00:00.",
        ),
        ("audit", {"start": NOW, "due": "2026-01-31T19:00:00+01:00"}, "must be after start 2026"),
        ("audit", {"due": NOW.replace(tzinfo=None)}, "due 2026-01-31 18:00:00 has no time zone."),
        ("audit", {"due": "2026-01-31 18:00"}, "due 2026-01-31 18:00 has no time zone."),
        ("audit", {"start": "2026-01-31"}, "start 2026-01-31 has no time zone."),
        ("audit", {"due": "tomorrow"}, "due must be a date and time such as 2026-01-31T18:00:00Z"),
        ("audit", {"due": None}, "due is required, got None."),
        ("audit", {"auditor_hint": "x" * 2001}, "auditor_hint has 2001 characters, at most 2000 are taken: 'xxxx"),
        ("audit", {"timeout": 0}, "timeout must be a positive number of seconds, got 0."),
        ("audit", {"timeout": timedelta(seconds=-1)}, "timeout must be a positive number of seconds"),
        ("audit", {"poll_interval": "often"}, "poll_interval must be a positive number of seconds, got 'often'."),
        ("audit", {"on_kill": "stop"}, "on_kill must be one of cancel, leave, got 'stop'."),
        ("report", {"output_format": "Parquet"}, "output_format must be one of Pdf, Html, Doc, Docx,"),
        ("report", {"output_format": ""}, "output_format must be one of Pdf,"),
        ("report", {"selections": "Region=North"}, "selections is not JSON: 'Region=North'."),
        ("report", {"selections": "{'Region': ['North']}"}, "selections is what Python prints, and not JSON"),
        ("report", {"selections": "{'Region': ['North']}"}, "Use the filter tojson"),
        ("report", {"selections": ["North"]}, "or be a list of objects, got ['North']."),
        ("task", {"on_warning": "ignore"}, "on_warning must be one of succeed, skip, fail, got 'ignore'."),
        ("run sensor", {"on_warning": "ignore"}, "on_warning must be one of succeed, skip, fail, got 'ignore'."),
        ("audit sensor", {"on_kill": "stop"}, "on_kill must be one of cancel, leave, got 'stop'."),
        ("audit file", {"target": ""}, "target names no file or folder, got ''."),
        ("audit file", {"target": "None"}, "target names no file or folder, got 'None'."),
        ("audit file", {"target": None}, "target names no file or folder, got None."),
        ("report file", {"target": " "}, "target names no file or folder, got ' '."),
        ("report file", {"target": "nowhere://bucket/report.pdf"}, "target 'nowhere://bucket/report.pdf' cannot be"),
        ("report file", {"output_format": "Parquet"}, "output_format must be one of"),
        ("mail", {"to": ""}, "to holds no recipient."),
        ("mail", {"to": []}, "to holds no recipient."),
        ("mail", {"to": None}, "to holds no recipient."),
        ("mail", {"to": "anna@example.com; ben"}, "to holds what cannot be used as e-mail address"),
        ("mail", {"to": "anna@example.com; ben"}, "'ben'"),
        ("mail", {"to": "anna@example.com\r\nBcc: eve@example.com"}, "line breaks and control characters are refused"),
        ("mail", {"to": {"anna": "anna@example.com"}}, "to takes addresses as a string or a list of strings"),
        ("mail", {"subject": ""}, "subject is empty."),
        ("mail", {"subject": "Reports\nBcc: eve@example.com"}, "line breaks and control characters are refused"),
    ],
)
def test_bad_input_is_named_before_anything_is_sent(
    kind: str,
    changes: dict[str, Any],
    message: str,
    attempt: Callable[..., Any],
    vendors: Sandbox,
    mail_server: SmtpSink,
) -> None:
    with pytest.raises(QAValidationError) as refused, our_errors():
        attempt(kind, **changes)

    assert message in str(refused.value)
    assert vendors.requests("monitorqa") == vendors.requests("qalyptus") == []
    assert mail_server.connections == 0


def test_a_hint_of_just_the_documented_length_is_sent(run_dag: Callable[..., Run], vendors: Sandbox) -> None:
    ids = unique_ids(vendors)
    with a_dag("long_hint") as dag:
        MonitorQACreateAuditOperator(
            task_id="audit",
            name="Walk",
            template_id=ids["template_id"],
            audit_object_id=ids["audit_object_id"],
            due=timedelta(days=1),
            auditor_hint="x" * 2000,
            wait_for_completion=False,
        )
    assert run_dag(dag).state == "success"

    (created,) = writes(vendors, "monitorqa")
    assert json.loads(created.body)["auditorHint"] == "x" * 2000


def test_what_only_the_vendor_knows_is_refused_in_its_words(attempt: Callable[..., Any], vendors: Sandbox) -> None:
    with pytest.raises(QAConflictError) as no_template, our_errors():
        attempt("audit", template_id=UNKNOWN)
    with pytest.raises(QARequestRejectedError) as no_such_format, our_errors():
        attempt("report", output_format="Pptx")
    with pytest.raises(QANotFoundError) as no_report, our_errors():
        attempt("report", report_id=UNKNOWN)
    with pytest.raises(QANotFoundError) as no_task, our_errors():
        attempt("task", qalyptus_task_id=UNKNOWN)

    assert "monitorqa audits.create: HTTP 409 Conflict for POST /audit: template/not-found." in str(no_template.value)
    assert "Check template_id." in str(no_template.value)
    assert "This report offers Pdf, Xlsx, Csv, Html, not Pptx." in str(no_such_format.value)
    assert f"There is no report with the id {UNKNOWN}." in str(no_report.value)
    assert f"There is no task with the id {UNKNOWN}." in str(no_task.value)
    for refused in (no_template, no_such_format, no_report, no_task):
        assert "Nothing was changed." in str(refused.value)


@pytest.mark.parametrize("name", ["anna.pdf", "report.pdf"])
def test_a_stored_report_that_is_not_the_one_described_is_not_mailed(
    name: str, attempt: Callable[..., Any], tmp_path: Path
) -> None:
    manifest = {"uri": f"file://{tmp_path / name}", "name": name, "bytes": 8, "sha256": "0" * 64}
    manifest["content_type"] = "application/pdf"
    with pytest.raises(QAFileError, match=name), our_errors():
        attempt("mail", reports=[manifest])


# Connections

ALL = ("audit", "report", "task", "audit sensor", "request sensor", "run sensor", "audit file", "report file")


def vendor_of(kind: str) -> str:
    return "monitorqa" if "audit" in kind else "qalyptus"


@pytest.fixture
def reconnect(vendors: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Returns a function that changes the connections; requests are not repeated, for nothing gets better."""

    def change(**fields: Any) -> None:
        for name, connection in vendors.connections().items():
            changed = {
                **connection,
                **fields,
                "extra": {"retries": 0, "poll_interval": 0.05, **fields.get("extra", {})},
            }
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(changed))

    return change


@pytest.mark.parametrize("kind", ["audit", "report", "task", "audit file", "report file"])
def test_a_host_that_cannot_be_reached(kind: str, attempt: Callable[..., Any], reconnect: Callable[..., None]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        reconnect(host=f"http://{address}")
        with pytest.raises(QAConnectError) as failed, our_errors():
            attempt(kind)

    assert f"could not connect to {address}: " in str(failed.value)
    assert NOTHING_SENT in str(failed.value)
    assert "Check the host of the connection, the network and the proxy settings." in str(failed.value)


@pytest.mark.parametrize("kind", ["audit", "report", "task", "audit file", "report file"])
def test_a_wrong_key(kind: str, attempt: Callable[..., Any], reconnect: Callable[..., None], vendors: Sandbox) -> None:
    reconnect(password="not-the-key-of-this-account")
    with pytest.raises(QAAuthenticationError) as refused, our_errors():
        attempt(kind)

    assert "HTTP 401 Unauthorized" in str(refused.value)
    assert "Check the key in the password field of the connection. A retry will get the same answer." in str(
        refused.value
    )
    assert "not-the-key" not in str(refused.value)
    assert {r.status for r in vendors.requests(vendor_of(kind))} == {401}


@pytest.mark.parametrize("kind", ["audit", "report", "task"])
def test_a_vendor_that_answers_html(
    kind: str, attempt: Callable[..., Any], vendors: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RemoteJobOperator, "lookup_timeouts", LookupTimeouts(pause=0.1, lost_answer=0.3, settled=0.4))
    vendors.add_fault("html", method="POST")
    with pytest.raises(QAResponseError) as failed, our_errors():
        attempt(kind)

    asked = vendors.requests(vendor_of(kind))
    assert "is not JSON but text/html." in str(failed.value)
    known, then = "may have been created, but is not to be seen at the vendor.", "A retry looks for it again"
    if kind == "report":
        known, then = "The request was sent, and the answer to the request was lost", "A retry asks again"
    assert known in str(failed.value), "nobody can know"
    assert then in str(failed.value)
    assert len([request for request in asked if request.method == "POST"]) == 1, "and so it is not repeated"
    for request in asked:
        request.status = request.status if request.fault is None else None  # the app of the vendor never saw it


@pytest.mark.parametrize("kind", ["audit file", "report file"])
def test_a_login_page_is_not_stored(kind: str, attempt: Callable[..., Any], vendors: Sandbox) -> None:
    vendors.add_fault("html", method="GET")
    with pytest.raises((QAFileError, QAResponseError), match=r"HTML page|text/html"), our_errors():
        attempt(kind)


@pytest.mark.parametrize("kind", ALL)
def test_a_connection_that_does_not_exist(kind: str, attempt: Callable[..., Any]) -> None:
    with pytest.raises(AirflowNotFoundException, match="no_such_connection"):
        attempt(kind, **{f"{vendor_of(kind)}_conn_id": "no_such_connection"})


def test_a_mail_connection_that_does_not_exist(attempt: Callable[..., Any]) -> None:
    with pytest.raises(QAConfigurationError, match="no_such_connection"), our_errors():
        attempt("mail", smtp_conn_id="no_such_connection")


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": ""}, "there is no API key or token. Nothing was sent. Put it into the password field."),
        ({"extra": {"read_timeout": "long"}}, "extra.read_timeout must be a number, got 'long'."),
        ({"extra": {"routes": {"parts.get": "GET /"}}}, "'parts.get', which does not exist"),
    ],
)
def test_a_connection_that_cannot_work(
    kind: str, fields: dict[str, Any], message: str, attempt: Callable[..., Any], reconnect: Callable[..., None]
) -> None:
    reconnect(**fields)
    with pytest.raises(QAConfigurationError) as refused, our_errors():
        attempt(kind)

    assert message in str(refused.value)
    assert f"connection '{vendor_of(kind)}_default'" in str(refused.value)
