"""Is it the file that was asked for: the verdict on bytes, names of files, and counts."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import QAFileError, QAValidationError
from airflow_qa_provider.reports import archives
from airflow_qa_provider.reports.checks import HEAD_BYTES, Inspection
from airflow_qa_provider.reports.envelope import error_in
from airflow_qa_provider.reports.formats import file_format, format_of_headers
from airflow_qa_provider.reports.jsonscan import WINDOW, JsonScan, NotJsonError
from airflow_qa_provider.reports.names import MAX_NAME_BYTES, safe_name

LOGIN_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form></form></body></html>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"


def archive(*members: str, comment: bytes = b"", filler: int = 0) -> bytes:
    """A ZIP archive with these members, the same at every moment: names of tests are made of it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for member in members:
            made.writestr(zipfile.ZipInfo(member), b"x" * filler or member)
        made.comment = comment
    return buffer.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")
LOCKED = (Path(__file__).parents[1] / "files" / "good" / "password.xlsx").read_bytes()

GOOD = [
    ("pdf", PDF),
    ("pdf", b"\n" + PDF + b"\r\n \n"),
    ("xlsx", XLSX),
    ("xlsx", archive("xl/workbook.xml", comment=b"made by a generator")),
    ("xlsx", LOCKED),
    ("docx", DOCX),
    ("pptx", archive("ppt/presentation.xml")),
    ("zip", archive("a.csv")),
    ("zip", archive()),
    ("csv", b"\xef\xbb\xbfRegion;Sales\nNorth;1\n"),
    ("csv", b"[Region];[Sales]\nNorth;1\n"),
    ("csv", b"{a},{b}\n1,2\n"),
    ("txt", b"2025-01-01 started\n"),
    ("html", b"<?xml version='1.0'?><html><body><table/></body></html>"),
    ("html", b"<table><tr><td>1</td></tr></table>"),
    ("json", b'{"id": "a1", "items": []}'),
    ("json", b"[]"),
    ("json", b'\xef\xbb\xbf{"error": null, "data": [1]}'),
    ("json", b'{"error": "of a sensor", "items": [1]}'),
    ("png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"),
    ("jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"\xff\xd9"),
    ("tiff", b"II*\x00" + b"\0" * 20),
    ("bmp", b"BM" + b"\0" * 20),
]

BAD = [
    ("pdf", b"", "an empty answer"),
    ("csv", b"", "an empty answer"),
    ("pdf", LOGIN_PAGE, 'an HTML page titled "Sign in"'),
    ("pdf", b"\xef\xbb\xbf \n<!-- a --><!-- b --><HTML>", "an HTML page"),
    ("xlsx", b'<?xml version="1.0"?>\n<!DOCTYPE html><p>', "an HTML page"),
    ("csv", LOGIN_PAGE, "an HTML page"),
    ("json", LOGIN_PAGE, "an HTML page"),
    ("html", b"<html><form><input name=p type='password'></form></html>", "a login page"),
    ("html", b"Region;Sales", "something that is not HTML"),
    (
        "pdf",
        b'{"data": null, "isSuccess": false, "error": "No such request"}',
        "an error of the vendor: No such request",
    ),
    ("xlsx", b'{"isSuccess": false, "error": {"message": "Expired"}, "errorDetails": "x1"}', "Expired x1"),
    ("csv", b'{"isSuccess": false, "error": null}', "an error of the vendor: no reason given"),
    (
        "pdf",
        b'{"error": {"code": "NotFound", "message": "Audit not found"}}',
        "an error of the vendor: Audit not found",
    ),
    ("pdf", b'{"message": "audit/not-completed"}', "an error of the vendor: audit/not-completed"),
    ("json", b'{"error": {"code": "NotFound"}}', "an error of the vendor: NotFound"),
    ("json", b'{"isSuccess": false, "data": {"items": []}}', "an error of the vendor: no reason given"),
    ("pdf", b'{"id": 1}', "a JSON document"),
    ("pdf", b'[{"id": 1', "a JSON document"),
    ("csv", b'{"id": 1}', "a JSON document"),
    ("pdf", XLSX, "a file of another kind"),
    ("xlsx", PDF, "a file of another kind"),
    ("pdf", b"\0" * 2000 + PDF, "a file of another kind"),
    ("png", b"\xff\xd8\xff\xe0", "a file of another kind"),
    ("pdf", PDF[:-8], "a file without its end (%%EOF is missing)"),
    ("pdf", PDF + b"\0" * 3000, "a file without its end"),
    ("png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a file without its end (IEND is missing)"),
    ("xlsx", XLSX[:-10], "an archive without its end"),
    ("xlsx", XLSX + b"more", "an archive with a piece missing"),
    ("xlsx", XLSX[:40] + XLSX[60:], "an archive with a piece missing"),
    ("xlsx", DOCX, "an archive that is not XLSX"),
    ("xlsx", archive("a.csv"), "an archive that is not XLSX"),
    ("xlsx", LOCKED[:8] + b"\0" * 100, "a damaged file: its header is cut off"),
    ("json", b'{"items": [1, 2', "a document that is not JSON"),
    ("json", b"\x80\x81", "a document that is not JSON"),
    ("json", b"[" * 100_000 + b"]" * 100_000, "a document that is not JSON"),
]


def inspect(name: str, content: bytes, *, piece: int = 0, **headers: object) -> Inspection:
    """Let the content pass in pieces of a size, or whole."""
    seen = Inspection(file_format(name), **headers)  # type: ignore[arg-type]
    for start in range(0, len(content), piece or max(1, len(content))):
        seen.feed(content[start : start + piece] if piece else content)
    seen.finish()
    return seen


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize(("name", "content"), GOOD, ids=map(str, range(len(GOOD))))
def test_a_good_file_passes_in_any_pieces(name: str, content: bytes, piece: int) -> None:
    seen = inspect(name, content, piece=piece, announced=len(content))

    assert seen.size == len(content)
    assert seen.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("name", "content", "verdict"), BAD, ids=[verdict for _, _, verdict in BAD])
def test_anything_else_is_refused_by_name(name: str, content: bytes, verdict: str) -> None:
    with pytest.raises(QAFileError) as caught:
        inspect(name, content, where={"vendor": "qalyptus", "operation": "status.download", "object_id": "r1"})

    message = str(caught.value)
    assert verdict in message
    assert message.startswith(f"qalyptus status.download: asked for {name.upper()} of r1, got ")
    assert f"{len(content):,} bytes" in message
    assert "Nothing was stored." in message


def test_json_that_is_announced_as_json_is_no_csv() -> None:
    with pytest.raises(QAFileError, match="a JSON document"):
        inspect("csv", b"[1, 2]", content_type="application/json")


@pytest.mark.parametrize("announced", [len(PDF) - 1, len(PDF) + 1])
def test_a_length_other_than_announced_is_refused(announced: int) -> None:
    with pytest.raises(QAFileError, match=f"got {len(PDF)} bytes of the {announced} that were announced"):
        inspect("pdf", PDF, announced=announced)


def test_a_wrong_beginning_is_refused_before_the_rest_has_come() -> None:
    seen = Inspection(file_format("pdf"), announced=10**9)

    with pytest.raises(QAFileError, match="1,000,000,000 bytes or more"):
        seen.feed(LOGIN_PAGE.ljust(HEAD_BYTES))


def test_the_excerpt_is_short_and_hides_secrets() -> None:
    page = b"key abcd-efgh-1234 password=hunter22 " + b"x" * 5000

    with pytest.raises(QAFileError) as caught:
        inspect("pdf", page, secrets=["abcd-efgh-1234"], content_type="text/plain")

    message = str(caught.value)
    assert "abcd-efgh" not in message
    assert "hunter22" not in message
    assert "key ***" in message
    assert len(message) < 400


def test_binary_content_is_shown_as_bytes() -> None:
    with pytest.raises(QAFileError, match="beginning with bytes 50 4b 03 04"):
        inspect("pdf", XLSX)


def table_of(rows: int) -> bytes:
    return json.dumps([{"id": i, "name": f"Ärea {i}", "parts": [1, 2.5, None]} for i in range(rows)]).encode()


LARGE = [
    table_of(20_000),
    json.dumps(
        {"data": {"all": {"deep": json.loads(table_of(10_000))}}, "text": "ü" * 200_000, "plain": "x" * 200_000}
    ).encode(),
    json.dumps(list(range(200_000))).encode(),
    json.dumps({f"key {i}": i for i in range(100_000)}).encode(),
]


@pytest.mark.parametrize("piece", [1 << 20, 70_001])
@pytest.mark.parametrize("content", LARGE, ids=["rows", "deep", "numbers", "members"])
def test_a_large_json_is_read_through_in_little_memory(content: bytes, piece: int) -> None:
    pieces = [content[start : start + piece] for start in range(0, len(content), piece)]
    seen = Inspection(file_format("json"))
    tracemalloc.start()
    try:
        for part in pieces:
            seen.feed(part)
        seen.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 8 * 2**20
    for broken in (content[:-1], content + b"1", content[:-3] + b"NaN]"):
        with pytest.raises(QAFileError, match="a document that is not JSON"):
            inspect("json", broken, piece=piece)


_PIECES = ["{", "}", "[", "]", ",", ":", '"a"', '"items"', '"data"', "1", "-0", "1.", "01", "1e5", "true", "nul", "NaN"]
_PIECES += [" ", '"\\u00e9"', '"\\x"', '"\n"', "-", '"ü"', '{"a":1}', "[1,2]", "1,2,", '"b":2,']


@given(st.lists(st.sampled_from(_PIECES), max_size=12), st.sampled_from([1, 2, 5, 1000]))
def test_a_scan_agrees_with_the_parser(pieces: list[str], step: int) -> None:
    content = "".join(pieces).encode()
    document: Any = None
    try:
        document = json.loads(content, parse_constant=lambda name: [][1])
        good = True
    except (ValueError, IndexError):
        good = False

    scan = JsonScan()
    try:
        for start in range(0, len(content), step):
            scan.feed(content[start : start + step])
        scan.close()
    except NotJsonError:
        assert not good
        return
    assert good
    if isinstance(document, list):
        assert scan.items == len(document)
    if isinstance(document, dict):
        assert set(scan.top or ()) == set(document)


def test_a_scan_keeps_what_is_small_and_counts_what_is_listed() -> None:
    scan = JsonScan()
    many = [{"items": [1] * 50_000, "data": [0]} for _ in range(3)]
    scan.feed(json.dumps({"id": 1, "items": many, "text": "x" * WINDOW, "message": "m"}).encode())
    scan.close()

    assert scan.items == 3
    assert scan.top == {"id": 1, "items": ["…"], "text": ["…"], "message": "m"}


def test_a_large_archive_is_looked_into_once_it_is_stored() -> None:
    content = archive("[Content_Types].xml", "word/document.xml", filler=HEAD_BYTES)
    seen = Inspection(file_format("xlsx"))
    seen.feed(content)
    seen.finish()

    with pytest.raises(QAFileError, match="an archive that is not XLSX"):
        seen.examine(lambda: io.BytesIO(content))


def test_an_archive_that_expands_without_end_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "CHECKED_BYTES", 1_000_000)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", b"\0" * 50_000_000)
    tracemalloc.start()
    try:
        inspect("zip", buffer.getvalue())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 2 * 2**20


def test_a_directory_of_too_many_members_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MEMBERS", 1)
    monkeypatch.setattr(zipfile, "ZipFile", None)

    inspect("xlsx", XLSX)


def test_a_page_of_comments_is_judged_in_linear_time() -> None:
    inspect("txt", b"<!--x-->" * 8000 + b"!")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(QAValidationError, match=r"output_format must be one of bmp, csv, .*, got 'orc'"):
        file_format("orc", "output_format")


@pytest.mark.parametrize(
    ("content_type", "file_name", "expected"),
    [
        ("application/pdf", None, "pdf"),
        ("application/octet-stream", "Sales.XLSX", "xlsx"),
        ("application/vnd.ms-excel", "sales.csv", "csv"),
        ("application/vnd.ms-excel", None, None),
        ("text/plain", "sales.csv", "csv"),
        ("text/html", "sales.pdf", "html"),
        ("application/octet-stream", "sales", None),
        ("", None, None),
    ],
)
def test_headers_announce_a_format(content_type: str, file_name: str | None, expected: str | None) -> None:
    found = format_of_headers(content_type, file_name)

    assert (found.name if found else None) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sales by region.xlsx", "Sales by region.xlsx"),
        ("Prüfbericht № 7 – 東京.pdf", "Prüfbericht № 7 – 東京.pdf"),
        ("Pru\u0308fung.pdf", "Pr\u00fcfung.pdf"),
        ("../../etc/passwd", "-..-etc-passwd"),
        ("..\\..\\boot.ini", "-..-boot.ini"),
        ("/absolute/report.pdf", "-absolute-report.pdf"),
        ("C:\\report.pdf", "C-report.pdf"),
        (".bashrc", "bashrc"),
        ("...", "report"),
        ("", "report"),
        (" \t\n", "report"),
        ("///", "report"),
        ("a\x00b\r\nc\x7f.pdf", "a b c .pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("q1[draft]*?.pdf", "q1-draft-.pdf"),
        ("s3::file#1%2F.pdf", "s3-file-1-2F.pdf"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1.pdf", "_com1.pdf"),
        ("console.pdf", "console.pdf"),
        ("trailing. .", "trailing"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_hostile_names_become_plain_ones(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_long_name_keeps_its_suffix() -> None:
    name = safe_name("東" * 300 + ".xlsx")

    assert name.endswith("東.xlsx")
    assert MAX_NAME_BYTES - 3 < len(name.encode()) <= MAX_NAME_BYTES


@given(st.text())
def test_any_text_becomes_one_safe_component(text: str) -> None:
    name = safe_name(text)

    assert 1 <= len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('/\\:*?"<>|[]#%')
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert all(unicodedata.category(sign) != "Cc" for sign in name)
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"isSuccess": False, "data": {"items": []}}, "no reason given"),
        ({"isSuccess": False, "rows": [1], "message": "half of it"}, "half of it"),
        ({"message": "audit/not-completed"}, "audit/not-completed"),
        ({"error": {"code": "E1", "message": "No such report"}, "data": None, "version": 1}, "No such report"),
        ({"errors": [{"detail": "a"}, {"title": "b"}]}, "a; b"),
        ({"error": "invalid_grant", "error_description": "expired"}, "invalid_grant expired"),
        ({"status": 404, "title": "Not Found", "detail": "gone"}, "gone Not Found"),
        ({"success": False}, "no reason given"),
        ({"success": False, "results": [1]}, None),
        ({"data": [], "isSuccess": True, "message": "no rows"}, None),
        ({"data": {"rows": 1}, "isSuccess": True, "message": "done"}, None),
        ({"error": "of a sensor", "items": [1]}, None),
        ({"name": "Site 4", "message": "All good", "score": 3}, None),
        ({"title": "Weekly", "description": "of all sites", "items": []}, None),
        ({}, None),
        ([], None),
        ("error", None),
    ],
)
def test_errors_are_told_from_reports(document: Any, said: str | None) -> None:
    assert error_in(document) == said


def test_no_vendor_is_named_in_the_engines() -> None:
    import airflow_qa_provider

    root = Path(airflow_qa_provider.__file__).parent
    for path in [*(root / "reports").glob("*.py"), *(root / "delivery").glob("*.py")]:
        text = path.read_text(encoding="utf-8").lower()
        assert not [name for name in ("conqa", "monitorqa", "qalyptus", "simplo", "smartq") if name in text], path
