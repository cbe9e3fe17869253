"""Is it the file that was asked for: the verdict on bytes, names of files, and counts."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import QAFileError, QAValidationError
from airflow_qa_provider.reports import checks, counting
from airflow_qa_provider.reports.checks import HEAD_BYTES, Inspection
from airflow_qa_provider.reports.counting import Counts, count
from airflow_qa_provider.reports.formats import OLE_MAGIC, file_format, format_of_headers
from airflow_qa_provider.reports.names import MAX_NAME_BYTES, safe_name

LOGIN_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form></form></body></html>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"


def archive(*members: str, comment: bytes = b"", filler: int = 0) -> bytes:
    """A ZIP archive with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for member in members:
            made.writestr(member, b"x" * filler or member)
        made.comment = comment
    return buffer.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")
ENCRYPTED = OLE_MAGIC + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512

GOOD = [
    ("pdf", PDF),
    ("pdf", b"\n" + PDF + b"\r\n \n"),
    ("xlsx", XLSX),
    ("xlsx", archive("xl/workbook.xml", comment=b"made by a generator")),
    ("xlsx", ENCRYPTED),
    ("docx", DOCX),
    ("pptx", archive("ppt/presentation.xml")),
    ("zip", archive("a.csv")),
    ("zip", archive()),
    ("xls", OLE_MAGIC + b"\0" * 100),
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
    ("xlsx", OLE_MAGIC + b"\0" * 100, "an Office file of the old format"),
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
@pytest.mark.parametrize(("name", "content"), GOOD)
def test_a_good_file_passes_in_any_pieces(name: str, content: bytes, piece: int) -> None:
    seen = inspect(name, content, piece=piece, announced=len(content))

    assert seen.size == len(content)
    assert seen.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("name", "content", "verdict"), BAD)
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


def test_a_large_json_is_judged_by_its_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "JSON_PARSE_BYTES", 10)

    inspect("json", b' {"items": [1, 2, 3]} \n')
    with pytest.raises(QAFileError, match="without its beginning or end"):
        inspect("json", b'{"items": [1, 2, 3]')


def test_a_page_of_comments_is_judged_in_linear_time() -> None:
    inspect("txt", b"<!--x-->" * 8000 + b"!")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(QAValidationError, match=r"output_format must be one of bmp, csv, .*, got 'parquet'"):
        file_format("parquet", "output_format")


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


def pdf_of(pages: int) -> bytes:
    from pypdf import PdfWriter

    writer, buffer = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(buffer)
    return buffer.getvalue()


def xlsx_of(*sheets: Iterable[Iterable[object]]) -> bytes:
    from openpyxl import Workbook

    book, buffer = Workbook(), io.BytesIO()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    book.save(buffer)
    return buffer.getvalue()


def with_wrong_dimension(workbook: bytes) -> bytes:
    """Some generators write a used range of one cell."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                assert b'<dimension ref="A1:B4"' in content
                content = content.replace(b'<dimension ref="A1:B4"', b'<dimension ref="A1"')
            new.writestr(member, content)
    return buffer.getvalue()


ROWS = [["Region", "Sales"], ["North", 1], [None, None], ["South", 2]]
COUNTED = [
    ("pdf", lambda: pdf_of(3), Counts(pages=3)),
    ("xlsx", lambda: xlsx_of(ROWS, [["another", "sheet"]] * 9), Counts(rows=2)),
    ("xlsx", lambda: with_wrong_dimension(xlsx_of(ROWS)), Counts(rows=2)),
    ("xlsx", lambda: xlsx_of([]), Counts(rows=0)),
    ("csv", lambda: b"a,b\n1,2\n\n3,4\n", Counts(rows=2)),
    ("csv", lambda: '\ufeffa;b\r\n1;"two\r\nlines, and a comma"\r\n'.encode(), Counts(rows=1)),
    ("csv", lambda: "a\tb\n1\t2\n".encode("utf-16"), Counts(rows=1)),
    ("csv", lambda: b"a,b", Counts(rows=0)),
    ("json", lambda: b"[1, 2, 3]", Counts(rows=3)),
    ("json", lambda: b'{"id": "a1", "items": [{}, {}]}', Counts(rows=2)),
    ("png", lambda: b"", Counts()),
]
NOT_COUNTED = [
    ("pdf", b"%PDF-1.7 and nothing else %%EOF", "No count for the PDF"),
    ("xlsx", b"PK\x03\x04 and nothing else", "No count for the XLSX"),
    ("json", b'{"id": "a1"}', "it holds no list of items"),
]


@pytest.mark.parametrize(("name", "make", "expected"), COUNTED)
def test_pages_and_rows_are_counted(name: str, make: Callable[[], bytes], expected: Counts) -> None:
    content = make()

    assert count(lambda: io.BytesIO(content), name, len(content)) == expected


@pytest.mark.parametrize(("name", "content", "reason"), NOT_COUNTED)
def test_what_cannot_be_counted_is_said_and_is_no_error(
    name: str, content: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)

    assert count(lambda: io.BytesIO(content), name, len(content)) == Counts()
    assert reason in caplog.text


@pytest.mark.parametrize(("name", "size"), [("pdf", 1001), ("json", 501)])
def test_a_large_file_is_not_even_opened(name: str, size: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    opened: list[bool] = []

    def open_file() -> io.BytesIO:
        opened.append(True)
        return io.BytesIO()

    assert count(open_file, name, size, limit=1000) == Counts()
    assert opened == []
    assert "the limit is" in caplog.text


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    monkeypatch.setitem(sys.modules, "pypdf", None)

    assert count(lambda: io.BytesIO(PDF), "pdf", len(PDF)) == Counts()
    assert "install airflow-qa-provider[inspect]" in caplog.text


def test_counting_ends_when_it_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    monkeypatch.setattr(counting, "LIMIT_SECONDS", -1.0)

    assert count(lambda: io.BytesIO(b"a\n" * 10), "csv", 20) == Counts()
    assert "took longer" in caplog.text


def test_texts_that_would_fill_the_memory_are_not_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    monkeypatch.setattr(counting, "LIMIT_BYTES", 100)
    workbook = archive("xl/sharedStrings.xml", filler=101)

    assert count(lambda: io.BytesIO(workbook), "xlsx", 1, limit=10) == Counts()
    assert "its texts have 101 bytes" in caplog.text


def test_json_errors_are_told_from_reports() -> None:
    assert checks.error_in(json.loads('{"data": {"rows": 1}, "isSuccess": true, "message": "done"}')) is None
    assert checks.error_in({"data": [], "isSuccess": True, "message": "no rows"}) is None
    assert checks.error_in({"message": "audit/not-completed"}) == "audit/not-completed"
    assert checks.error_in([]) is None
