"""Report files are genuine, of the exact size asked for, and streamed."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.files.audit_document import FULL, REGULAR, SUMMARY

openpyxl = pytest.importorskip("openpyxl")
pypdf = pytest.importorskip("pypdf")
MIB = 1 << 20
PDFINFO = shutil.which("pdfinfo")


def text_of(pdf: bytes) -> tuple[int, str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    return len(reader.pages), "\n".join(page.extract_text() for page in reader.pages)


def audit_report(api: Any, audit_id: str, **params: Any) -> bytes:
    answer = api.get(f"/audit/complete/{audit_id}/report-pdf", params=params)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    return bytes(answer.content)


def finished_report(sandbox: Sandbox, api: Any, output_format: str) -> str:
    answer = api.post(f"/reports/{api.extra['report_id']}/on-demand/{output_format}")
    sandbox.advance(3)
    return str(answer.json()["data"]["id"])


@pytest.fixture
def failed_audit(sandbox: Sandbox, monitorqa: Any) -> dict[str, Any]:
    sandbox.add_outcome("audit", "failed")
    body = {
        "name": "Fit-out inspection – façade “A” \N{SNOWMAN}",
        "endDate": "2999-01-01T00:00:00.000Z",
        "templateId": monitorqa.extra["template_id"],
        "auditObjectId": monitorqa.extra["audit_object_id"],
        "auditorHint": "Look at bay 3 first.",
    }
    audit_id = monitorqa.post("/audit", json=body).json()["id"]
    sandbox.advance(4)
    return dict(monitorqa.get(f"/audit/complete/{audit_id}").json())


def test_audit_report_says_what_the_audit_says(monitorqa: Any, failed_audit: dict[str, Any]) -> None:
    _, text = text_of(audit_report(monitorqa, failed_audit["id"]))
    for part in (failed_audit["number"], failed_audit["auditObject"]["name"], failed_audit["template"]["name"]):
        assert part in text
    for part in ("AUDIT FAILED", f"{failed_audit['score']}%", "Look at bay 3 first.", "Corrective actions"):
        assert part in text
    items = monitorqa.get(f"/audit/complete/{failed_audit['id']}/report").json()["items"]
    for item in items:
        if item["isFailed"] and item["itemType"] == 2:
            assert item["note"] in text


def test_report_types_differ(monitorqa: Any, failed_audit: dict[str, Any]) -> None:
    made = {kind: text_of(audit_report(monitorqa, failed_audit["id"], reportType=kind)) for kind in (0, 1, 2)}
    assert "Key findings" in made[SUMMARY][1]
    assert "Key findings" not in made[REGULAR][1]
    assert "Signed" in made[FULL][1]
    assert "Signed" not in made[REGULAR][1]
    assert len(made[SUMMARY][1]) < len(made[REGULAR][1]) < len(made[FULL][1])


def test_photos_are_included_on_request(monitorqa: Any, failed_audit: dict[str, Any]) -> None:
    def photos(**params: Any) -> int:
        reader = pypdf.PdfReader(io.BytesIO(audit_report(monitorqa, failed_audit["id"], **params)))
        return sum(len(page.images) for page in reader.pages)

    items = monitorqa.get(f"/audit/complete/{failed_audit['id']}/report").json()["items"]
    taken = sum(len(item["photos"]) for item in items)
    assert taken > 0
    assert photos() == 0
    assert photos(includePhotos="true") == taken


def test_repeated_download_gives_equal_bytes(sandbox: Sandbox, monitorqa: Any, qalyptus: Any) -> None:
    audit_id = monitorqa.get("/audit/complete").json()["data"][0]["id"]
    first = audit_report(monitorqa, audit_id, includePhotos="true")
    request_id = finished_report(sandbox, qalyptus, "Xlsx")
    sheet = qalyptus.get(f"/status/{request_id}/download/stream").content
    for vendor in ("monitorqa", "qalyptus"):
        sandbox.app(vendor).state.press.clear()
    assert audit_report(monitorqa, audit_id, includePhotos="true") == first
    assert qalyptus.get(f"/status/{request_id}/download/stream").content == sheet


def test_xlsx_holds_the_same_figures_as_csv(sandbox: Sandbox, qalyptus: Any) -> None:
    sheet_id, text_id = (finished_report(sandbox, qalyptus, form) for form in ("Xlsx", "Csv"))
    workbook = openpyxl.load_workbook(io.BytesIO(qalyptus.get(f"/status/{sheet_id}/download/stream").content))
    assert workbook.sheetnames == ["Figures", "Chart"]
    rows = list(workbook["Figures"].iter_rows(min_row=5, values_only=True))
    lines = qalyptus.get(f"/status/{text_id}/download/stream").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 6 * 12
    assert ",".join(rows[0]) == lines[0]
    for row, line in zip(rows[1:], lines[1:], strict=False):
        keys, figures = line.split(",")[:2], line.split(",")[2:]
        assert [*row[:2], *map(float, row[2:])] == [*keys, *map(float, figures)]
    assert workbook["Figures"]["A5"].font.bold
    assert str(rows[len(lines)][2]).startswith("=SUM(")


def test_pdf_and_html_reports_show_every_region(sandbox: Sandbox, qalyptus: Any) -> None:
    pdf_id, html_id = (finished_report(sandbox, qalyptus, form) for form in ("Pdf", "Html"))
    _, pdf = text_of(qalyptus.get(f"/status/{pdf_id}/download/stream").content)
    page = qalyptus.get(f"/status/{html_id}/download/stream").text
    for region in ("Nordics", "DACH", "Benelux", "Iberia", "France", "UK and Ireland"):
        assert region in pdf
        assert region in page
    assert page.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("size", [1 * MIB, 1 * MIB + 1, 3_333_333])
def test_padded_files_have_the_exact_size_and_open(api_of: Any, size: int) -> None:
    settings = SandboxSettings(pdf_bytes=size, xlsx_bytes=size)
    with run_sandbox(settings=settings, clock=ManualClock()) as sandbox:
        monitorqa, qalyptus = api_of(sandbox, "monitorqa"), api_of(sandbox, "qalyptus")
        audit = monitorqa.get("/audit/complete").json()["data"][0]
        pdf = audit_report(monitorqa, audit["id"])
        sheet = qalyptus.get(f"/status/{finished_report(sandbox, qalyptus, 'Xlsx')}/download/stream").content
    assert (len(pdf), len(sheet)) == (size, size)
    assert audit["number"] in text_of(pdf)[1]
    assert openpyxl.load_workbook(io.BytesIO(sheet))["Figures"]["A1"].value == "Regional sales review"


@pytest.mark.skipif(PDFINFO is None, reason="poppler-utils is not installed")
def test_pdfinfo_opens_a_padded_report(tmp_path: Path, api_of: Any) -> None:
    with run_sandbox(["monitorqa"], SandboxSettings(pdf_bytes=2 * MIB)) as sandbox:
        api = api_of(sandbox, "monitorqa")
        audit = api.get("/audit/complete").json()["data"][0]
        path = tmp_path / "report.pdf"
        path.write_bytes(audit_report(api, audit["id"], includePhotos="true"))
    done = subprocess.run([str(PDFINFO), str(path)], capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr == ""
    facts = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    assert facts["File size"].strip() == f"{2 * MIB} bytes"
    assert audit["number"] in facts["Title"]


@pytest.mark.parametrize("vendor", ["monitorqa", "qalyptus"])
def test_big_files_are_streamed(api_of: Any, vendor: str) -> None:
    size = 256 * MIB
    settings = SandboxSettings(pdf_bytes=size, xlsx_bytes=size)
    with run_sandbox([vendor], settings, clock=ManualClock()) as sandbox:
        api = api_of(sandbox, vendor)
        if vendor == "monitorqa":
            path = f"/audit/complete/{api.get('/audit/complete').json()['data'][0]['id']}/report-pdf"
        else:
            path = f"/status/{finished_report(sandbox, api, 'Xlsx')}/download/stream"
        process, peak, received = psutil.Process(), 0, 0
        before = process.memory_info().rss
        with api.get(path, stream=True) as answer:
            assert int(answer.headers["Content-Length"]) == size
            for piece in answer.iter_content(MIB):
                received += len(piece)
                peak = max(peak, process.memory_info().rss)
    assert received == size
    assert peak - before < 64 * MIB, "client and server together must not hold the file"
