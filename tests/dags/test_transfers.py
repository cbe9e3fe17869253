"""The transfers as tasks: from the sandboxes of the vendors into files, on a clock that only the tests move."""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException
from airflow.sdk import ObjectStoragePath
from pypdf import PdfReader

from airflow_qa_provider.exceptions import QAConflictError, QAError, QAFileError, QANotFoundError, QAValidationError
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator as AuditReport
from airflow_qa_provider.transfers.qalyptus import QalyptusReportToObjectStorageOperator as QalyptusReport
from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox
from tests.versions import our_errors

DOWNLOAD = "/download/stream$"
PDF_ROUTE = "/report-pdf$"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    settings = SandboxSettings(pdf_bytes=2_500_000)
    with run_sandbox(["monitorqa", "qalyptus"], settings, clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    for name, connection in shared_sandbox.environment().items():
        monkeypatch.setenv(name, connection)
    return shared_sandbox


@pytest.fixture
def audit_ids(sandbox: Sandbox) -> list[str]:
    """Two completed audits."""
    with MonitorQAHook().get_conn() as client:
        return [audit["id"] for audit in client.audits.list_complete(limit=2)]


@pytest.fixture
def generate(sandbox: Sandbox) -> Callable[[str], str]:
    """Returns a function that has the sales review generated in a format, and gives the id of the request."""

    def generated(output_format: str) -> str:
        with QalyptusHook().get_conn() as client:
            (report,) = [r for r in client.reports.list() if r["name"] == "Regional sales review"]
            request_id = client.reports.generate_on_demand(report["id"], output_format)
        sandbox.advance(60)
        return request_id

    return generated


def run(operator: type[Any], **arguments: Any) -> dict[str, Any]:
    """Execute an operator outside a DAG run; the result must survive an XCom."""
    result = operator(task_id="fetch", **arguments).execute({})
    assert json.loads(json.dumps(result)) == result
    return dict(result)


def sent(sandbox: Sandbox, vendor: str, part: str) -> list[str]:
    """Targets of the requests whose path holds a text."""
    return [f"{r.path}?{r.query}" for r in sandbox.requests(vendor) if part in r.path]


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# MonitorQA


def telling_name(audit_id: str) -> str:
    """The name of an audit's files, made of what the vendor shows of it."""
    with MonitorQAHook().get_conn() as client:
        audit = client.audits.get(audit_id)
    return f"{audit['template']['name']} {audit['completeDate'][:10]} {audit['number']}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("{name} {date}", "{template[name]} {completeDate:.10}"),
        ("{object}, {template} ({score})", "{auditObject[name]}, {template[name]} ({score})"),
        ("Safety walk", "Safety walk"),
    ],
)
def test_a_name_is_made_of_fields_of_the_audit(
    name: str, expected: str, audit_ids: list[str], sandbox: Sandbox, tmp_path: Path
) -> None:
    manifest = run(AuditReport, audit_id=audit_ids[0], target=f"{tmp_path}/", name=name)
    with MonitorQAHook().get_conn() as client:
        audit = client.audits.get(audit_ids[0])

    assert manifest["name"] == f"{expected.format(**audit)}.pdf"
    reads = sent(sandbox, "monitorqa", f"/audit/{audit_ids[0]}")
    assert len(reads) == 1 + ("{" in name), "the audit is read for its fields only"


def test_a_field_that_there_is_not_is_named_before_anything_is_asked(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(QAValidationError, match=r"name has \{title\}.*\{name\}, \{date\}"), our_errors():
        run(AuditReport, audit_id="a1", target=f"{tmp_path}/", name="{title}")

    assert sandbox.requests("monitorqa") == []


def test_a_file_that_has_not_changed_ends_the_task_as_skipped(audit_ids: list[str], tmp_path: Path) -> None:
    wanted = {"audit_id": audit_ids[0], "target": f"{tmp_path}/a.pdf", "only_if_changed": "True"}
    assert run(AuditReport, **wanted)["bytes"] == 2_500_000
    with pytest.raises(AirflowSkipException, match="has not changed: 2,500,000 bytes"):
        run(AuditReport, **wanted)

    (tmp_path / "a.pdf").write_bytes(b"another one")
    assert run(AuditReport, **wanted)["bytes"] == 2_500_000


def test_an_audit_report_is_stored_under_a_telling_name(sandbox: Sandbox, audit_ids: list[str], tmp_path: Path) -> None:
    audit_id = audit_ids[0]
    manifest = run(AuditReport, audit_id=audit_id, target=f"{tmp_path}/", report_type="full", include_photos=True)

    name = f"{telling_name(audit_id)} full with photos.pdf"
    (content,) = stored(tmp_path).values()
    assert list(stored(tmp_path)) == [name]
    assert manifest["uri"] == f"file://{tmp_path}/{name}"
    assert manifest["bytes"] == len(content) == 2_500_000
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["pages"] == len(PdfReader(BytesIO(content)).pages) > 1
    assert manifest["source"] == {"audit_id": audit_id}
    assert manifest["link"] == f"https://app.monitorqa.com/audits/archive/{audit_id}"
    (request,) = sent(sandbox, "monitorqa", "report-pdf")
    assert request == f"/audit/complete/{audit_id}/report-pdf?reportType=2&includePhotos=true"


@pytest.mark.parametrize(
    ("report_type", "name", "number"),
    [("regular", "", 0), (1, " summary", 1), ("2", " full", 2), (" Summary ", " summary", 1)],
)
def test_report_types_go_by_name_or_number(
    report_type: str | int, name: str, number: int, sandbox: Sandbox, audit_ids: list[str], tmp_path: Path
) -> None:
    manifest = run(AuditReport, audit_id=audit_ids[0], target=f"{tmp_path}/", report_type=report_type)

    assert manifest["name"] == f"{telling_name(audit_ids[0])}{name}.pdf"
    assert f"reportType={number}&includePhotos=false" in sent(sandbox, "monitorqa", "report-pdf")[0]


def test_the_items_of_an_audit_are_stored_as_json(audit_ids: list[str], tmp_path: Path) -> None:
    manifest = run(AuditReport, audit_id=audit_ids[0], target=f"{tmp_path}/", report="json")

    (content,) = stored(tmp_path).values()
    assert manifest["name"] == f"{telling_name(audit_ids[0])}.json"
    assert manifest["content_type"] == "application/json"
    assert manifest["rows"] == len(json.loads(content)["items"]) > 0


@pytest.mark.parametrize("report", ["pdf", "json"])
def test_an_audit_that_is_not_completed_says_what_to_do(report: str, sandbox: Sandbox, tmp_path: Path) -> None:
    with MonitorQAHook().get_conn() as client:
        pending = next(iter(client.audits.list_pending(limit=1)))["id"]
    with pytest.raises(QAConflictError) as not_completed, our_errors():
        run(AuditReport, audit_id=pending, target=f"{tmp_path}/", report=report)
    with pytest.raises(QANotFoundError) as unknown, our_errors():
        run(AuditReport, audit_id="00000000-0000-0000-0000-000000000000", target=f"{tmp_path}/", report=report)

    for error in (not_completed.value, unknown.value):
        assert "Nothing was stored." in str(error)
        assert "wait for it with MonitorQAAuditSensor" in str(error)
        assert "A retry works once the audit is completed." in str(error)
    assert pending in str(not_completed.value)
    assert stored(tmp_path) == {}


@pytest.mark.parametrize(
    "fault",
    [{"truncate": 1_000_000}, {"truncate": 0}, "reset_before", "reset_after", {"status": 503, "retry_after": 0}],
)
def test_a_fault_is_survived(fault: Any, sandbox: Sandbox, audit_ids: list[str], tmp_path: Path) -> None:
    sandbox.add_fault(fault, vendor="monitorqa", path=PDF_ROUTE, times=1)

    manifest = run(AuditReport, audit_id=audit_ids[0], target=f"{tmp_path}/a.pdf")

    assert manifest["bytes"] == 2_500_000
    assert list(stored(tmp_path)) == ["a.pdf"]
    assert len(sent(sandbox, "monitorqa", "report-pdf")) == 2


def test_a_login_page_is_no_report(sandbox: Sandbox, audit_ids: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"the older one")
    sandbox.add_fault("html", vendor="monitorqa", path=PDF_ROUTE)

    with pytest.raises(QAFileError, match=r'asked for PDF of .{36}, got an HTML page titled "Sign in"'), our_errors():
        run(AuditReport, audit_id=audit_ids[0], target=f"{tmp_path}/a.pdf")

    assert stored(tmp_path) == {"a.pdf": b"the older one"}


def test_a_kill_leaves_nothing(sandbox: Sandbox, audit_ids: list[str], tmp_path: Path) -> None:
    sandbox.add_fault({"slow": 2_000_000}, vendor="monitorqa", path=PDF_ROUTE)
    operator = AuditReport(task_id="fetch", audit_id=audit_ids[0], target=f"{tmp_path}/a.pdf")
    seen: list[set[str]] = []

    def kill() -> None:
        end = time.monotonic() + 20
        while not stored(tmp_path) and time.monotonic() < end:
            time.sleep(0.01)
        seen.append(set(stored(tmp_path)))
        operator.on_kill()
        seen.append(set(stored(tmp_path)))

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(QAFileError, match="the task was stopped in mid-transfer"), our_errors():
        operator.execute({})
    killer.join(20)

    assert len(seen[0]) == 1
    assert seen[1] == set()
    assert stored(tmp_path) == {}


def test_a_kill_before_the_start_or_after_the_end_does_nothing(audit_ids: list[str], tmp_path: Path) -> None:
    operator = AuditReport(task_id="fetch", audit_id=audit_ids[0], target=f"{tmp_path}/a.pdf")
    operator.on_kill()
    operator.execute({})
    operator.on_kill()

    assert list(stored(tmp_path)) == ["a.pdf"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"audit_id": ""}, "audit_id is required, got ''"),
        ({"audit_id": "None"}, "look at what that task returned"),
        ({"audit_id": None}, "audit_id is required, got None"),
        ({"report": "docx"}, "report must be one of pdf, json, got 'docx'"),
        ({"report_type": 3}, r"report_type must be one of 0 \(regular\), 1 \(summary\), 2 \(full\), got 3"),
        ({"include_photos": "maybe"}, "include_photos must be true or false"),
        ({"overwrite": "yes"}, "overwrite must be one of replace, keep, fail"),
        ({"target": "None"}, "target names no file or folder"),
        ({"target": "nowhere://bucket/a.pdf"}, "Install the Airflow provider"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_sent(
    arguments: dict[str, Any], named: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(QAValidationError, match=named), our_errors():
        run(AuditReport, **{"audit_id": "a1", "target": f"{tmp_path}/", **arguments})

    assert sandbox.requests("monitorqa") == []


# Qalyptus


@pytest.mark.parametrize(
    ("output_format", "facts"),
    [
        ("Pdf", {"content_type": "application/pdf", "rows": None}),
        (
            "Xlsx",
            {"content_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pages": None},
        ),
        ("Csv", {"content_type": "text/csv", "pages": None}),
        ("Html", {"content_type": "text/html", "pages": None, "rows": None}),
    ],
)
def test_a_generated_report_is_named_and_typed_by_its_record(
    output_format: str, facts: dict[str, Any], generate: Callable[[str], str], tmp_path: Path
) -> None:
    request_id = generate(output_format)
    manifest = run(QalyptusReport, request_id=request_id, target=f"{tmp_path}/")

    assert manifest["name"] == f"Regional sales review-{request_id}.{output_format.lower()}"
    assert manifest == {**manifest, **facts, "source": {"request_id": request_id}, "link": None, "vendor": "qalyptus"}
    assert (manifest["pages"] or manifest["rows"] or 0) > 0 or output_format == "Html"
    assert list(stored(tmp_path)) == [manifest["name"]]


def test_a_file_and_a_format_cost_one_request(sandbox: Sandbox, generate: Callable[[str], str], tmp_path: Path) -> None:
    request_id = generate("Xlsx")
    before = len(sandbox.requests("qalyptus"))
    run(QalyptusReport, request_id=request_id, target=f"{tmp_path}/sales.xlsx", output_format="xlsx")

    assert len(sandbox.requests("qalyptus")) - before == 1


def test_a_tenant_without_the_record_route_still_delivers(
    sandbox: Sandbox, generate: Callable[[str], str], tmp_path: Path
) -> None:
    request_id = generate("Pdf")
    sandbox.add_fault({"status": 404}, vendor="qalyptus", path="on-demand-requests/[^/]+$")
    manifest = run(QalyptusReport, request_id=request_id, target=f"{tmp_path}/")

    assert manifest["name"] == f"report-{request_id}.pdf"


def test_the_author_may_name_the_file(sandbox: Sandbox, generate: Callable[[str], str], tmp_path: Path) -> None:
    request_id = generate("Pdf")
    before = len(sandbox.requests("qalyptus"))
    arguments = {"request_id": request_id, "target": f"{tmp_path}/", "output_format": "Pdf"}

    assert run(QalyptusReport, **arguments, name="North/East")["name"] == "North-East.pdf"
    assert run(QalyptusReport, **arguments, name="South.pdf")["name"] == "South.pdf"
    assert len(sandbox.requests("qalyptus")) - before == 2


def test_another_format_than_asked_for_is_refused(generate: Callable[[str], str], tmp_path: Path) -> None:
    with pytest.raises(QAFileError, match=r"asked for PDF of .{36}, got a file of another kind"), our_errors():
        run(QalyptusReport, request_id=generate("Xlsx"), target=f"{tmp_path}/", output_format="Pdf")

    assert stored(tmp_path) == {}


def test_a_request_that_is_not_done_stores_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    with QalyptusHook().get_conn() as client:
        request_id = client.reports.generate_on_demand(client.reports.list()[0]["id"], "Pdf")
    with pytest.raises(QAError), our_errors():
        run(QalyptusReport, request_id=request_id, target=f"{tmp_path}/")

    assert stored(tmp_path) == {}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"request_id": None}, "request_id is required"),
        ({"request_id": {"id": "r1"}}, "request_id must be an id"),
        ({"output_format": "Parquet"}, "output_format must be one of"),
    ],
)
def test_bad_arguments_of_qalyptus_are_named(
    arguments: dict[str, Any], named: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(QAValidationError, match=named), our_errors():
        run(QalyptusReport, **{"request_id": "r1", "target": f"{tmp_path}/", **arguments})

    assert sandbox.requests("qalyptus") == []


# In a DAG


@pytest.mark.parametrize("operator", [AuditReport, QalyptusReport])
def test_everything_a_user_gives_is_templated(operator: type[Any]) -> None:
    own = {"audit_id", "request_id", "report", "report_type", "include_photos", "output_format"}
    shared = {"target", "name", "object_storage_conn_id", "overwrite", "only_if_changed"}
    given = (
        {name for name in own if name in operator.__init__.__annotations__} | shared | {f"{operator.vendor}_conn_id"}
    )

    assert set(operator.template_fields) == given


def test_templates_and_paths_are_rendered(tmp_path: Path) -> None:
    operator = AuditReport(
        task_id="fetch",
        audit_id="{{ params.audit }}",
        target=ObjectStoragePath("s3://reports/{{ ds }}/"),
        include_photos="{{ params.photos }}",
        report_type="{{ params.kind }}",
    )
    operator.render_template_fields({"params": {"audit": "a1", "photos": True, "kind": 2}, "ds": "2026-01-01"})

    assert (operator.audit_id, operator.include_photos, operator.report_type) == ("a1", "True", "2")
    assert str(operator.target) == "s3://reports/2026-01-01"


def test_a_dag_file_imports_nothing_heavy() -> None:
    program = (
        "import sys; from airflow.sdk import DAG, BaseOperator; import airflow.providers.common.compat.sdk as sdk;"
        "sdk.BaseOperator; before = set(sys.modules);"
        "import airflow_qa_provider.transfers.monitorqa, airflow_qa_provider.transfers.qalyptus;"
        "print(sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    strangers = [m for m in json.loads(loaded.stdout.replace("'", '"')) if not m.startswith("airflow_qa_provider")]
    assert set(strangers) <= {"airflow.sdk.definitions.retry_policy", "airflow.sdk.bases.operatorlink"}
    assert "airflow_qa_provider.reports" not in loaded.stdout
    assert "airflow_qa_provider.rest.client" not in loaded.stdout


# Airflow runs only what lies in its dags folder.
DAG_FILE = """
from datetime import datetime, timezone

from airflow.sdk import DAG, task

from airflow_qa_provider.transfers.monitorqa import MonitorQAAuditReportToObjectStorageOperator
from tests.versions import our_errors

with DAG("store_reports", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc)) as dag:

    @task
    def audits(dag_run=None):
        return dag_run.conf["audit_ids"]

    stored = MonitorQAAuditReportToObjectStorageOperator.partial(
        task_id="store", target="{{ dag_run.conf.folder }}/{{ ti.map_index }}/audit.pdf", report_type="summary"
    ).expand(audit_id=audits())

    @task
    def uris(reports):
        return [report["uri"] for report in reports]

    uris(stored.output)
"""


@pytest.fixture
def dag_file() -> Iterator[Path]:
    path = Path(os.environ["AIRFLOW_HOME"]) / "dags" / "store_reports.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(DAG_FILE)
    yield path
    path.unlink()


@pytest.mark.slow
@pytest.mark.usefixtures("airflow_db")
def test_a_mapped_transfer_stores_a_file_per_audit(audit_ids: list[str], tmp_path: Path, dag_file: Path) -> None:
    conf = {"audit_ids": audit_ids, "folder": str(tmp_path)}
    result = runpy.run_path(str(dag_file))["dag"].test(run_conf=conf)

    assert result.state == "success"
    expected = [f"file://{tmp_path}/{number}/audit.pdf" for number in range(2)]
    assert result.get_task_instance("uris").xcom_pull(task_ids="uris") == expected
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.pdf")} == {"0/audit.pdf", "1/audit.pdf"}
