"""The example DAGs load as they are, and do over the wire what they say."""

from __future__ import annotations

import ast
import importlib.util
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import openpyxl
import pytest
from airflow.sdk import DAG
from pypdf import PdfReader

from airflow_qa_provider.compat import PARTITIONS
from airflow_qa_provider.demo.environment import RECIPIENTS, demo_connections
from benchmarks.authoring.lines import lines_of_code
from qa_sandbox import Sandbox
from qa_sandbox.smtp_sink import SmtpSink, smtp_connection
from tests.dags.conftest import POLL_SECONDS, Run, unique_ids, writes

FOLDER = Path(__file__).parents[2] / "example_dags"
REGIONS, FORMATS = ("Nordics", "DACH", "Iberia"), ("Pdf", "Xlsx")


def load(name: str) -> DAG:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dag: DAG = module.dag
    return dag


def lines_of_helpers(source: str) -> int:
    """Count the lines of plain functions, such as one that draws a picture: they are no part of the DAG."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return sum(lines_of_code(ast.get_source_segment(source, node) or "") for node in functions)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.py")))
def test_an_example_loads_without_connections_and_explains_itself(name: str) -> None:
    if "PartitionedAssetTimetable" in (FOLDER / f"{name}.py").read_text() and not PARTITIONS:
        pytest.skip("needs Airflow 3.2")
    dag = load(name)

    assert dag.dag_id == name
    assert dag.doc_md
    source = (FOLDER / f"{name}.py").read_text()
    assert "schedule=" in source, "an example says when it runs"
    assert 'default_args={"retries": ' in source, "an example says how often it is tried"
    assert lines_of_code(source) - lines_of_helpers(source) <= 30
    assert "trigger_rule" not in source
    assert "{{ conn." not in source
    assert dag.tags
    assert len(dag.tasks) > 0


@pytest.fixture
def distribution(
    run_dag: Callable[..., Run],
    vendors: Sandbox,
    mail_server: SmtpSink,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    connections = demo_connections(
        vendors.connections(), smtp_connection(mail_server), tmp_path / "reports", poll_seconds=POLL_SECONDS
    )
    for name, fields in connections.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))
    return run_dag(load("example_report_distribution"))


def body(request: Any) -> Any:
    return json.loads(request.body)


@pytest.mark.slow
def test_the_report_distribution_does_its_job_once(
    distribution: Run, vendors: Sandbox, mail_server: SmtpSink, tmp_path: Path
) -> None:
    assert distribution.state == "success"
    assert distribution.errors == {}
    assert set(" ".join(distribution.states.values()).replace(",", "").split()) == {"success"}
    today = f"{distribution.dag_run.run_after:%Y-%m-%d}"

    assert_audit_was_asked_for(vendors, today)
    assert_reports_were_asked_for(vendors)
    files = assert_files_are_good(tmp_path / "reports" / today / distribution.dag_run.run_id)
    assert_mails_hold(files, mail_server, today, distribution.xcom("walk")["facts"]["score"])


def assert_audit_was_asked_for(vendors: Sandbox, today: str) -> None:
    (created,) = writes(vendors, "monitorqa")
    ids = unique_ids(vendors)
    wanted = body(created)
    due = datetime.fromisoformat(wanted.pop("endDate").replace("Z", "+00:00"))
    asked_at = datetime.fromtimestamp(created.time, timezone.utc)

    assert (created.method, created.path) == ("POST", "/audit")
    assert wanted == {
        "name": f"Site safety walk {today}",
        "templateId": ids["template_id"],
        "auditObjectId": ids["audit_object_id"],
    }
    # counted from up to ten seconds later, see "Audits" in the docs on reliability
    assert timedelta(seconds=-10) <= asked_at + timedelta(days=1) - due < timedelta(seconds=20)

    (pdf,) = [r for r in vendors.requests("monitorqa") if r.path.endswith("/report-pdf")]
    assert parse_qs(pdf.query) == {"reportType": ["2"], "includePhotos": ["false"]}


def assert_reports_were_asked_for(vendors: Sandbox) -> None:
    ids, changed = unique_ids(vendors), writes(vendors, "qalyptus")
    runs = [r.path for r in changed if r.path.endswith("/run")]
    requests = [r for r in changed if not r.path.endswith("/run")]

    assert runs == [f"/api/v1/tasks/{ids['qalyptus_task_id']}/run"]
    assert [r.method for r in changed] == ["POST"] * 7
    asked_for = [(r.path, body(r)["selections"]) for r in requests]
    for region, output_format in product(REGIONS, FORMATS):
        selection = {"fieldName": "Region", "selectedCount": 1, "selectedValues": [region], "isNumeric": False}
        path = f"/api/v1/reports/{ids['report_id']}/on-demand/{output_format}"
        assert asked_for.count((path, [selection])) == 1
    assert all(body(r).keys() <= {"selections", "appId", "bookmarkId"} for r in requests)


def assert_files_are_good(folder: Path) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    (audit_pdf, audit_json) = sorted(
        (name for name in files if name.startswith("Site safety walk ")), key=lambda name: name.endswith(".json")
    )
    regional = {f"{region}.{suffix}" for region, suffix in product(REGIONS, ("pdf", "xlsx"))}

    assert set(files) == {audit_pdf, audit_json} | regional
    for name, content in files.items():
        if name.endswith(".pdf"):
            assert len(PdfReader(BytesIO(content)).pages) > 0
        elif name.endswith(".xlsx"):
            assert openpyxl.load_workbook(BytesIO(content)).active.max_row > 1
    assert json.loads(files[audit_json])["items"]
    assert len({files[f"{region}.pdf"] for region in REGIONS}) == len(REGIONS), "each region has figures of its own"
    return files


def assert_mails_hold(files: dict[str, bytes], mail_server: SmtpSink, today: str, score: float) -> None:
    assert sorted(address for mail in mail_server.mails for address in mail.recipients) == sorted(RECIPIENTS)
    for mail in mail_server.mails:
        assert len(mail.recipients) == 1
        assert mail.subject == f"Quality reports {today}"
        assert len(mail.attachments) == len(files)
        assert {attachment.name: attachment.content for attachment in mail.attachments} == files
        assert f"scored <b>{score}</b> of 100" in mail.body("html")
