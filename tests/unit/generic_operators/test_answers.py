"""What generic operators make of answers: lists, files, and what goes into an XCom."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from airflow_qa_provider.bases import calling as generic
from airflow_qa_provider.bases.results import as_json
from airflow_qa_provider.exceptions import QAFileError, QANotSupportedError, QAValidationError
from airflow_qa_provider.operators.simplo import SimploOperator
from airflow_qa_provider.rest.paging import Page, Paged
from tests.contract.recorder import Answer, RecordingServer
from tests.unit.generic_operators.calls import JSON, KEY, PDF, run

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
    read, masked = as_json(answer)

    assert read == (answer if value is None else value)
    assert json.loads(json.dumps(read)) == read
    assert masked == []


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
    assert as_json(answer) == (value, masked)


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
        as_json(answer)
