"""``airflow-qa routes import``: from a tenant's OpenAPI file to the extra of a connection."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.sdk import Connection

from airflow_qa_provider import cli
from airflow_qa_provider.exceptions import QANotFoundError
from airflow_qa_provider.vendors.connect import client_of
from airflow_qa_provider.vendors.qalyptus.client.routes import ROUTES
from qa_sandbox import run_sandbox
from tests.contract.recorder import Answer, RecordingServer

MOVED = {"tasks.run": ("POST", "/tasks/{id}/start"), "tasks.get": ("GET", "/jobs/{id}")}
MISSING = "licenses.list"


def document() -> dict[str, Any]:
    """All our routes as a tenant might publish them: two of them elsewhere, one missing, one more than ours."""
    paths: dict[str, Any] = {"/health": {"get": {"summary": "Health of the service"}}}
    for route in ROUTES.values():
        if route.operation != MISSING:
            method, path = MOVED.get(route.operation, (route.method, route.path))
            paths.setdefault(path, {})[method.lower()] = {
                "summary": route.title,
                "tags": [route.operation.partition(".")[0]],
            }
    return {"openapi": "3.0.1", "servers": [{"url": "https://tenant.example.com/api/v1"}], "paths": paths}


@pytest.fixture(params=["json", "yaml"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"openapi.{request.param}"
    path.write_text(json.dumps(document()) if request.param == "json" else yaml.safe_dump(document()))
    return path


Importer = Callable[..., tuple[int, str, str]]


@pytest.fixture
def imported(capsys: pytest.CaptureFixture[str]) -> Importer:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["routes", "import", "qalyptus", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_overrides_go_to_the_output_and_the_report_to_the_errors(imported: Importer, file: Path) -> None:
    before = file.read_bytes()
    code, out, err = imported(file)

    assert code == 0
    assert json.loads(out) == {"routes": {"tasks.run": "POST /tasks/{id}/start", "tasks.get": "GET /jobs/{id}"}}
    confirmed = len(ROUTES) - 3
    summary = f"{len(ROUTES)} operations of qalyptus: {confirmed} confirmed, 2 to be overridden, 1 not found."
    assert err.startswith(summary)
    assert "Endpoints of the file that belong to none of them: 1." in err
    assert f"  {MISSING}: none found: the file has no" in err
    assert "Merge the JSON above into the extra of the connection. Nothing was changed." in err
    assert file.read_bytes() == before


def test_everything_as_one_object(imported: Importer, file: Path) -> None:
    code, out, err = imported(file, "--json")
    report = json.loads(out)

    assert (code, err) == (0, "")
    assert report["routes"] == {"tasks.run": "POST /tasks/{id}/start", "tasks.get": "GET /jobs/{id}"}
    assert set(report["unmatched"]) == {MISSING}
    assert report["unused"] == ["GET /api/v1/health"]
    assert {*report["unchanged"], *report["routes"], MISSING} == set(ROUTES)


def test_standard_input_is_read_too(imported: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(document())))

    assert set(json.loads(imported("-")[1])["routes"]) == set(MOVED)


def test_a_file_with_a_byte_order_mark_is_read(imported: Importer, tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document()), encoding="utf-8-sig")

    assert imported(path)[0] == 0


def test_what_is_printed_works_as_the_extra_of_a_connection(imported: Importer, file: Path) -> None:
    extra = imported(file)[1]
    with RecordingServer() as server:
        server.expect([Answer(headers={"Content-Type": "application/json"}, body=b'{"isSuccess": true, "data": {}}')])
        connection = Connection(conn_id="q", conn_type="qalyptus", host=server.url, password="some-key", extra=extra)
        with client_of("qalyptus", connection) as client:
            client.tasks.get("7")

    assert [sent.target for sent in server.requests] == ["/jobs/7"]


def test_the_file_that_the_sandbox_publishes_confirms_what_it_serves(imported: Importer, tmp_path: Path) -> None:
    import requests

    with run_sandbox(["qalyptus"]) as sandbox:
        published = requests.get(f"{sandbox.url('qalyptus')}/openapi.json", timeout=10)
    path = tmp_path / "openapi.json"
    path.write_bytes(published.content)
    report = json.loads(imported(path, "--json")[1])

    assert report["routes"] == {}
    assert {"reports.list", "tasks.run", "reports.generate_on_demand"} <= set(report["unchanged"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the document is not an OpenAPI file"),
        ("[1, 2]", "the document is not an OpenAPI file"),
        ('{"openapi": "3.0.1"}', "the document is not an OpenAPI file"),
        ("just a text", "the document is not an OpenAPI file"),
        ("<html>Sign in</html>", "the document is not an OpenAPI file"),
        ('{"openapi": "3.0.1", ', "is not JSON (Expecting property name"),
        ("a: [1, 2\nb: }", "and not YAML either"),
    ],
)
def test_a_file_that_is_none_is_said(imported: Importer, tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(content)
    code, out, err = imported(path)

    assert (code, out) == (2, "")
    assert words in err
    assert str(path) in err


def test_a_file_that_cannot_be_read_is_said(imported: Importer, tmp_path: Path) -> None:
    assert imported(tmp_path / "none.json") == (
        2,
        "",
        f"{tmp_path}/none.json cannot be read: No such file or directory.\n",
    )
    assert "Is a directory" in imported(tmp_path)[2]
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\x01")
    code, out, err = imported(tmp_path / "binary.json")
    assert (code, out) == (2, "")
    assert "not text in UTF-8" in err


def test_a_vendor_without_such_a_file_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["routes", "import", "conqa", "openapi.json"]) == 2
    assert "CONQA lets nobody download an OpenAPI file" in capsys.readouterr().err


def test_the_command_needs_no_airflow(file: Path) -> None:
    program = (
        "import sys; from airflow_qa_provider.cli import main; main(sys.argv[1:]);"
        "print(sorted({'airflow', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "routes", "import", "qalyptus", str(file), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stderr.strip() == "[]"


# The hint that leads here


@pytest.mark.parametrize(
    ("vendor", "call", "words"),
    [
        ("qalyptus", lambda client: client.tasks.run("7"), "`airflow-qa routes import qalyptus openapi.json` reads it"),
        ("simplo", lambda client: client.report_settings.delete(7), "ask the vendor for it"),
    ],
)
def test_a_missing_path_says_where_the_real_one_is_found(vendor: str, call: Callable[[Any], Any], words: str) -> None:
    with RecordingServer() as server:
        server.expect([Answer(404, {"Content-Type": "application/json"}, b"{}")])
        connection = Connection(conn_id="one", conn_type=vendor, host=server.url, password="some-key")
        with client_of(vendor, connection) as client, pytest.raises(QANotFoundError) as failed:
            call(client)

    assert words in str(failed.value)
    assert '{"routes": {"' in str(failed.value)
