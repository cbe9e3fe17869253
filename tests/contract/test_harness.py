"""The harness itself: it must fail when a client does something else than a case says."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAError
from tests.contract import harness
from tests.contract.harness import Case, CaseError, Contract
from tests.contract.recorder import RecordingServer

CREATE: dict[str, Any] = {
    "operation": "audits.create",
    "name": "sound",
    "call": {"name": "Weekly", "end_date": "2024-01-15T18:00:00Z", "template_id": "t1", "audit_object_id": "o1"},
    "sends": {
        "method": "POST",
        "path": "/audit",
        "json": {
            "name": "Weekly",
            "endDate": "2024-01-15T18:00:00.000Z",
            "templateId": "t1",
            "auditObjectId": "o1",
        },
    },
    "answer": {"json": {"id": "a1"}},
    "returns": "a1",
}
LIST: dict[str, Any] = {
    "operation": "score_systems.list",
    "name": "sound",
    "call": {"page_size": 1},
    "sends": {"method": "GET", "path": "/score-systems", "query": {"pageNumber": 1, "pageSize": 1}},
    "answer": {"json": {"data": [{"id": "y1"}], "meta": {"totalCount": 1}}},
    "returns": [{"id": "y1"}],
    "total": 1,
}
REFUSED: dict[str, Any] = {
    "operation": "users.delete",
    "name": "sound",
    "call": {"user_ids": []},
    "raises": {"error": "QAValidationError", "says": "user_ids names no id", "vendor": "monitorqa"},
}
PDF: dict[str, Any] = {
    "operation": "files.download",
    "name": "sound",
    "call": {"file_id": "f1"},
    "sends": {"method": "GET", "path": "/files/f1"},
    "answer": {"headers": {"Content-Type": "application/pdf"}, "text": "%PDF"},
    "returns": "%PDF",
    "download": {"content_type": "application/pdf"},
}
LOGO: dict[str, Any] = {
    "operation": "company.upload_logo",
    "name": "sound",
    "call": {"image": b"\xff\xd8\xff\r\n--"},
    "sends": {
        "method": "POST",
        "path": "/company/logo",
        "multipart": [
            {
                "name": "file",
                "filename": "logo.jpg",
                "content_type": "image/jpeg",
                "content": b"\xff\xd8\xff\r\n--",
            }
        ],
    },
}


def run(entry: dict[str, Any], server: RecordingServer, caplog: pytest.LogCaptureFixture) -> None:
    Case.read(Contract.of("monitorqa"), entry).run(server, caplog)


def changed(entry: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The entry with one value, at a dotted path, replaced."""
    entry = copy.deepcopy(entry)
    *parents, last = path.split(".")
    place = entry
    for name in parents:
        place = place.setdefault(name, {})
    place[last] = value
    return entry


@pytest.mark.parametrize("entry", [CREATE, LIST, REFUSED, PDF, LOGO], ids=lambda entry: entry["operation"])
def test_sound_cases_pass(entry: dict[str, Any], server: RecordingServer, caplog: pytest.LogCaptureFixture) -> None:
    run(entry, server, caplog)


@pytest.mark.parametrize(
    ("entry", "path", "value"),
    [
        (CREATE, "sends.method", "PUT"),
        (CREATE, "sends.path", "/audits"),
        (CREATE, "sends.query", {"a": 1}),
        (CREATE, "sends.headers", {"X-API-KEY": "another"}),
        (CREATE, "sends.headers", {"Content-Type": None}),
        (CREATE, "sends.json.extra", None),
        (CREATE, "sends.json.name", "Weekly "),
        (CREATE, "returns", "a2"),
        (CREATE, "title", "Create audit"),
        (LIST, "sends.query", {"pageNumber": 1}),
        (LIST, "sends.json", {}),
        (LIST, "sends", [LIST["sends"], LIST["sends"]]),
        (LIST, "total", 2),
        (LIST, "returns", []),
        (REFUSED, "raises.error", "QAError"),
        (REFUSED, "raises.says", "no ids"),
        (REFUSED, "raises.vendor", "qalyptus"),
        (REFUSED, "call.user_ids", ["u1"]),
        (REFUSED, "secrets", ["user_ids"]),
        (PDF, "returns", "%PDF-"),
        (PDF, "download.content_type", "image/png"),
        (LOGO, "sends.multipart", [{**LOGO["sends"]["multipart"][0], "content_type": "image/jpg"}]),
        (LOGO, "sends.multipart", [{**LOGO["sends"]["multipart"][0], "content": b"\xff\xd8\xff"}]),
        (LOGO, "sends.multipart", LOGO["sends"]["multipart"] * 2),
    ],
)
def test_differences_fail(
    entry: dict[str, Any], path: str, value: Any, server: RecordingServer, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception, QAError)):
        run(changed(entry, path, value), server, caplog)


def test_numbers_and_booleans_are_told_apart(server: RecordingServer, caplog: pytest.LogCaptureFixture) -> None:
    entry: dict[str, Any] = {
        "operation": "audit_templates.copy",
        "name": "sound",
        "call": {"template_id": "t1", "target_company_id": "c1", "copy_score_system": True},
        "sends": {
            "method": "POST",
            "path": "/audit/templates/copy",
            "json": {"templateId": "t1", "targetCompanyId": "c1", "copyScoreSystem": True},
        },
        "answer": {"json": {"templateId": "t2"}},
        "returns": "t2",
    }
    run(entry, server, caplog)
    with pytest.raises(AssertionError):
        run(changed(entry, "sends.json.copyScoreSystem", 1), server, caplog)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sends", None),
        ("sends", {"method": "POST"}),
        ("sends.jsn", {}),
        ("answer", {"body": ""}),
        ("expects", {}),
        ("raises", {"error": "QAError", "says": "x"}),
    ],
)
def test_badly_written_cases_are_refused(path: str, value: Any) -> None:
    with pytest.raises(CaseError):
        Case.read(Contract.of("monitorqa"), changed(CREATE, path, value))


def test_yaml_is_read_as_json_would_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "HERE", tmp_path)
    file = tmp_path / "vendor" / "cases" / "all.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "scalars: [2024-01-15, 2024-01-15T08:00:00.000Z, yes, off, true, 010, 1:30, 1, -1.5, 1e3, null]\n"
        "repeated: !repeat {text: ab, times: 2}\n"
        "bytes: !bytes text\n"
        "file: !file logo.png\n"
        "built: !build {python: 'datetime:timedelta', with: {days: 3}}\n"
        "moment: !datetime 2024-01-15T08:00:00+01:00\n"
    )
    read = harness.load(file)
    assert read["scalars"] == [
        *("2024-01-15", "2024-01-15T08:00:00.000Z", "yes", "off", True, "010", "1:30"),
        *(1, -1.5, 1000.0, None),
    ]
    assert (read["repeated"], read["bytes"]) == ("abab", b"text")
    assert read["file"] == tmp_path / "vendor" / "files" / "logo.png"
    assert read["built"].days == 3
    assert read["moment"].utcoffset().total_seconds() == 3600
