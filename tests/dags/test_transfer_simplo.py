"""Billing reports of Simplo IS as files; the hash that opens them is nowhere else."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from airflow_qa_provider.exceptions import (
    QAError,
    QAFileError,
    QANotFoundError,
    QAPermissionError,
    QAResponseError,
    QAValidationError,
)
from airflow_qa_provider.hooks.simplo import SimploHook
from airflow_qa_provider.transfers.simplo import SimploReportToObjectStorageOperator
from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import Run, a_dag
from tests.versions import our_errors

PDF_ROUTE = "/download-pdf$"
RECORD_ROUTE = r"/reports/\d+$"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["simplo"], SandboxSettings(pdf_bytes=500_000), clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    for name, connection in shared_sandbox.environment().items():
        monkeypatch.setenv(name, connection)
    return shared_sandbox


@pytest.fixture
def record(sandbox: Sandbox) -> dict[str, Any]:
    """A report, as Simplo IS shows it."""
    report_id = sandbox.connections()["simplo_default"]["extra"]["report_id"]
    with SimploHook().get_conn() as client:
        found: dict[str, Any] = client.reports.get(report_id)
    return found


def fetch(record: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """Execute the transfer outside a DAG run; the result must survive an XCom."""
    task = SimploReportToObjectStorageOperator(task_id="fetch", **{"report_id": record["id"], **arguments})
    result = task.execute({})
    assert json.loads(json.dumps(result)) == result
    return dict(result)


def paths(sandbox: Sandbox) -> list[str]:
    """What the transfer has asked for: all but the look of the fixture above."""
    return [request.path.rpartition("/reports/")[2] for request in sandbox.requests("simplo")[1:]]


def stored(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def default_name(record: dict[str, Any]) -> str:
    return f"{record['name']}-{record['from_at'][:10]}-{record['to_at'][:10]}-{record['id']}.pdf".replace("/", "-")


def test_a_report_is_stored_under_its_name_period_and_id(
    sandbox: Sandbox, record: dict[str, Any], tmp_path: Path
) -> None:
    manifest = fetch(record, target=f"{tmp_path}/")

    (content,) = stored(tmp_path).values()
    assert list(stored(tmp_path)) == [manifest["name"]] == [default_name(record)]
    assert manifest["bytes"] == len(content) == 500_000
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["pages"] == len(PdfReader(BytesIO(content)).pages)
    assert (manifest["vendor"], manifest["content_type"]) == ("simplo", "application/pdf")
    assert (manifest["source"], manifest["link"]) == ({"report_id": str(record["id"])}, None)
    assert paths(sandbox) == [f"{record['id']}", f"{record['id']}/download-pdf"]


def test_the_author_may_name_the_file(record: dict[str, Any], tmp_path: Path) -> None:
    assert fetch(record, target=f"{tmp_path}/", name="North/East")["name"] == "North-East.pdf"
    assert fetch(record, target=f"{tmp_path}/bill.pdf", report_id=f" {record['id']} ")["name"] == "bill.pdf"
    assert sorted(stored(tmp_path)) == ["North-East.pdf", "bill.pdf"]


@pytest.mark.parametrize(
    ("shown", "stem"),
    [
        ({"name": None, "from_at": None, "to_at": None}, "report"),
        ({"name": " ", "to_at": None}, "report-2023-01-01"),
        ({"name": "../01: Init", "to_at": 1675205999}, "-01- Init-2023-01-01"),
    ],
)
def test_what_a_report_does_not_tell_is_left_out_of_its_name(
    shown: dict[str, Any], stem: str, sandbox: Sandbox, record: dict[str, Any], tmp_path: Path
) -> None:
    body = {**record, "from_at": "2023-01-01T00:00:00+0100", **shown}
    sandbox.add_fault({"status": 200, "body": body}, path=RECORD_ROUTE)

    assert fetch(record, target=f"{tmp_path}/")["name"] == f"{stem}-{record['id']}.pdf"


def test_a_file_that_is_there_is_kept(sandbox: Sandbox, record: dict[str, Any], tmp_path: Path) -> None:
    first = fetch(record, target=f"{tmp_path}/")
    again = fetch(record, target=f"{tmp_path}/", overwrite="keep")

    assert (again["uri"], again["sha256"]) == (first["uri"], first["sha256"])
    assert sum("download" in path for path in paths(sandbox)) == 1


@pytest.mark.parametrize("fault", [{"truncate": 100_000}, "reset_before", {"status": 503, "retry_after": 0}])
def test_a_fault_is_survived_with_one_look_at_the_report(
    fault: Any, sandbox: Sandbox, record: dict[str, Any], tmp_path: Path
) -> None:
    sandbox.add_fault(fault, path=PDF_ROUTE, times=1)

    assert fetch(record, target=f"{tmp_path}/a.pdf")["bytes"] == 500_000
    assert paths(sandbox) == [str(record["id"])] + [f"{record['id']}/download-pdf"] * 2


# The hash


def told(record: dict[str, Any], log: str, *seen: Any) -> bool:
    assert len(record["hash"]) > 8
    return record["hash"] in log + json.dumps(seen, default=repr)


def test_the_hash_is_in_no_log_manifest_or_field(
    sandbox: Sandbox,
    record: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    task = SimploReportToObjectStorageOperator(task_id="fetch", report_id=record["id"], target=f"{tmp_path}/")
    with caplog.at_level(logging.INFO):
        manifest = task.execute({})

    fields = {name: getattr(task, name) for name in task.template_fields}
    output = capsys.readouterr()
    assert not told(record, caplog.text + output.out + output.err, manifest, fields, vars(task), list(stored(tmp_path)))


def test_the_hash_is_masked_where_libraries_log_urls(
    record: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked: list[str] = []
    monkeypatch.setattr("airflow.sdk.log.mask_secret", masked.append)
    fetch(record, target=f"{tmp_path}/")

    assert record["hash"] in masked


@pytest.mark.parametrize(
    "fault",
    [
        lambda secret: {"status": 422, "body": {"message": f"hash {secret} is odd"}},
        lambda secret: {
            "status": 200,
            "body": f"<html><title>Sign in {secret}</title></html>",
            "headers": {"Content-Type": "text/html"},
        },
        lambda secret: "reset_before",
        lambda secret: {"truncate": 10},
    ],
    ids=["422", "html", "reset", "truncated"],
)
def test_the_hash_is_in_no_error(
    fault: Callable[[str], Any],
    sandbox: Sandbox,
    record: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("airflow_qa_provider.reports.store._FIRST_PAUSE", 0.01)
    connection = sandbox.connections()["simplo_default"]
    settings = {**connection, "extra": {**connection["extra"], "retries": 0}}
    monkeypatch.setenv("AIRFLOW_CONN_SIMPLO_DEFAULT", json.dumps(settings))
    sandbox.add_fault(fault(record["hash"]), path=PDF_ROUTE)
    with caplog.at_level(logging.INFO), pytest.raises(QAError) as failed, our_errors():
        fetch(record, target=f"{tmp_path}/")

    output = capsys.readouterr()
    assert not told(record, caplog.text + output.out + output.err, str(failed.value), vars(failed.value))
    assert stored(tmp_path) == {}


# What cannot be stored


def test_a_hash_that_is_refused_says_what_to_do(sandbox: Sandbox, record: dict[str, Any], tmp_path: Path) -> None:
    sandbox.add_fault({"status": 200, "body": {**record, "hash": "x" * 64}}, path=RECORD_ROUTE)
    with pytest.raises(QAPermissionError) as refused, our_errors():
        fetch(record, target=f"{tmp_path}/")

    assert "Nothing was stored." in str(refused.value)
    assert "Clear the task to have it read again." in str(refused.value)
    assert "x" * 64 not in str(refused.value)
    assert stored(tmp_path) == {}


def test_a_report_without_a_hash_or_of_another_shape_is_not_asked_for(
    sandbox: Sandbox, record: dict[str, Any], tmp_path: Path
) -> None:
    sandbox.add_fault({"status": 200, "body": {"data": record}}, path=RECORD_ROUTE)
    with pytest.raises(QAResponseError, match="the billing report shows no hash"), our_errors():
        fetch(record, target=f"{tmp_path}/")

    assert paths(sandbox) == [str(record["id"])]


def test_a_report_that_is_not_there_is_an_error(sandbox: Sandbox, record: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(QANotFoundError), our_errors():
        fetch(record, report_id=999_999, target=f"{tmp_path}/")

    assert paths(sandbox) == ["999999"]


def test_a_login_page_is_no_report(sandbox: Sandbox, record: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"the older one")
    sandbox.add_fault("html", path=PDF_ROUTE)
    with pytest.raises(QAFileError, match=rf"asked for PDF of {record['id']}, got an HTML page"), our_errors():
        fetch(record, target=f"{tmp_path}/a.pdf")

    assert stored(tmp_path) == {"a.pdf": b"the older one"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"report_id": ""}, "report_id is required, got ''"),
        ({"report_id": "None"}, "report_id is required"),
        ({"report_id": "46/public"}, "report_id must be a whole number"),
        ({"overwrite": "yes"}, "overwrite must be one of replace, keep, fail"),
        ({"target": "None"}, "target names no file or folder"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_sent(
    arguments: dict[str, Any], named: str, sandbox: Sandbox, record: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(QAValidationError, match=named), our_errors():
        fetch(record, **{"target": f"{tmp_path}/", **arguments})

    assert paths(sandbox) == []


# In a DAG


def test_everything_a_user_gives_is_templated() -> None:
    given = {"report_id", "target", "name", "object_storage_conn_id", "overwrite", "simplo_conn_id"}

    assert set(SimploReportToObjectStorageOperator.template_fields) == {*given, "only_if_changed"}


@pytest.mark.slow
def test_a_mapped_transfer_stores_a_file_per_report(
    sandbox: Sandbox, record: dict[str, Any], tmp_path: Path, run_dag: Callable[..., Run]
) -> None:
    ids = [one.id for one in sandbox.app("simplo").state.store.reports()][:2]
    with a_dag("billing_reports") as dag:
        SimploReportToObjectStorageOperator.partial(task_id="store", target=f"{tmp_path}/").expand(report_id=ids)
    run = run_dag(dag)

    assert run.state == "success", run.errors
    manifests = [run.xcom("store", map_index=index) for index in range(2)]
    assert [one["source"]["report_id"] for one in manifests] == [str(one) for one in ids]
    assert sorted(one["name"] for one in manifests) == sorted(stored(tmp_path))
