"""Pages and rows: counted when they are certain, within a budget of memory and time, and never a reason to fail."""

from __future__ import annotations

import csv
import io
import logging
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_qa_provider.reports import counting, tables, workbooks
from airflow_qa_provider.reports.counting import NotCountedError, count
from airflow_qa_provider.reports.tables import TableCount

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n"


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
    ("pdf", lambda: pdf_of(3), 3),
    ("xlsx", lambda: xlsx_of(ROWS), 2),
    ("xlsx", lambda: with_wrong_dimension(xlsx_of(ROWS)), 2),
    ("xlsx", lambda: xlsx_of([]), 0),
    ("csv", lambda: b"a,b\n1,2\n\n3,4\n", 2),
    ("csv", lambda: '\ufeffa;b\r\n1;"two\r\nlines, and a comma"\r\n'.encode(), 1),
    ("csv", lambda: "a\tb\n1\t2\n".encode("utf-16"), 1),
    ("csv", lambda: b"a,b", 0),
    ("json", lambda: b"[1, 2, 3]", 3),
    ("json", lambda: b'{"id": "a1", "items": [{}, {}]}', 2),
    ("png", lambda: b"", None),
]
NOT_COUNTED = [
    ("pdf", b"%PDF-1.7 and nothing else %%EOF", "No count for the PDF"),
    ("xlsx", b"PK\x03\x04 and nothing else", "No count for the XLSX"),
    ("json", b'{"id": "a1"}', "it holds no list of items"),
]


@pytest.mark.parametrize(("name", "make", "expected"), COUNTED)
def test_pages_and_rows_are_counted(name: str, make: Callable[[], bytes], expected: int | None) -> None:
    content = make()

    assert count(lambda: io.BytesIO(content), name, len(content)) == expected


@pytest.mark.parametrize(("name", "content", "reason"), NOT_COUNTED)
def test_what_cannot_be_counted_is_said_and_is_no_error(
    name: str, content: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)

    assert count(lambda: io.BytesIO(content), name, len(content)) is None
    assert reason in caplog.text


@pytest.mark.parametrize(("name", "size"), [("pdf", 1001), ("json", 1001)])
def test_a_large_file_is_not_even_opened(name: str, size: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    opened: list[bool] = []

    def open_file() -> io.BytesIO:
        opened.append(True)
        return io.BytesIO()

    assert count(open_file, name, size, limit=1000) is None
    assert opened == []
    assert "the limit is" in caplog.text


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    monkeypatch.setitem(sys.modules, "pypdf", None)

    assert count(lambda: io.BytesIO(PDF), "pdf", len(PDF)) is None
    assert "install airflow-qa-provider[inspect]" in caplog.text


def test_counting_ends_when_it_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    monkeypatch.setattr(counting, "LIMIT_SECONDS", -1.0)

    assert count(lambda: io.BytesIO(b"a\n" * 10), "csv", 20) is None
    assert "took longer" in caplog.text


def test_a_sheet_that_expands_without_end_is_not_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)
    monkeypatch.setattr(workbooks, "EXPANDED_BYTES", 1000)
    workbook = xlsx_of(ROWS * 100)

    assert count(lambda: io.BytesIO(workbook), "xlsx", len(workbook)) is None
    assert "its part xl/worksheets/sheet1.xml has" in caplog.text


def bomb(cell: bytes, times: int) -> bytes:
    """A workbook whose sheet is small only while it is packed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_of(ROWS))) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "xl/sharedStrings.xml":
                content = content.replace(b"</sst>", b"<si><t>x</t></si>" * times + b"</sst>")
            if member.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", cell * times + b"</sheetData>")
            new.writestr(member.filename, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "sheet",
    [
        b"<row><c><f>" + b"<c>" * 400_000 + b"<v>1</v></c></row>",
        b"<row" * 400_000 + b"><c><v>1</v></c></row>",
        b"<row><c><v>1</v></c></row></sheetData>" + b"<autoFilter" * 100_000,
    ],
    ids=["cells", "rows", "filters"],
)
def test_a_sheet_of_marks_without_an_end_is_read_in_linear_time(sheet: bytes) -> None:
    content = bomb(sheet, 1)
    count(lambda: io.BytesIO(content), "xlsx", len(content))


@pytest.mark.parametrize(
    ("make", "rows"),
    [
        (lambda: bomb(b"<row><c><v>1</v></c></row>", 50_000), 50_002),
        (lambda: bomb(b"<row><c t='inlineStr'><is><t>" + b"x" * 6_000_000 + b"</t></is></c></row>", 2), None),
    ],
)
def test_a_workbook_that_expands_is_counted_in_little_memory(make: Callable[[], bytes], rows: int | None) -> None:
    content = make()
    tracemalloc.start()
    try:
        found = count(lambda: io.BytesIO(content), "xlsx", len(content))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == rows
    assert peak < 8 * 2**20


def counted(content: bytes, step: int) -> int:
    table = TableCount()
    for start in range(0, len(content), step):
        table.feed(content[start : start + step])
    return table.close()


_CELLS = st.sampled_from(["", "a", "b c", 'x"y', "l1\nl2", "l1\r\nl2", "1;2", "1,2", '"', '""', " ", "é", "\t"])


@given(
    st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), max_size=6)),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from([1, 3, 7, 1000]),
)
def test_a_table_is_counted_as_its_reader_reads_it_or_not_at_all(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, step: int
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([f"h{number}" for number in range(len(rows[0]) if rows else 2)])
    writer.writerows(rows)

    try:
        found = counted(buffer.getvalue().encode(), step)
    except NotCountedError:
        return
    assert found == sum(any(row) for row in rows)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b\n1,2\n3\n", "different numbers of fields"),
        (b"Report\n\na,b\n1,2\n", "different numbers of fields"),
        (b'a,b\n1,"2\n', "a quoted field has no end"),
        (b'a,b\n1,5" pipe\n2,6" pipe\n', "quotes within fields"),
        ("a,b\n1,2\n".encode("utf-16-le"), "control characters"),
        (b"x" * (tables.LONGEST_LINE + 1), "a line of more than"),
    ],
)
def test_a_table_of_which_nobody_can_be_certain_is_not_counted(
    content: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, counting.__name__)

    assert count(lambda: io.BytesIO(content), "csv", len(content)) is None
    assert reason in caplog.text


def test_a_table_is_counted_in_little_memory() -> None:
    row = b'1,"North, Region",2.5,2026-11-30\r\n'
    content = b"id,name,amount,date\r\n" + row * 100_000
    tracemalloc.start()
    try:
        found = count(lambda: io.BytesIO(content), "csv", len(content))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == 100_000
    assert peak < 4 * 2**20


def pdf_with_an_index_of(entries: int) -> bytes:
    """A PDF of one page whose index is a compressed stream, and claims to have so many entries."""
    out, places = bytearray(b"%PDF-1.5\n"), [0]
    for body in (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (len(places) - 1, body)
    rows = b"\0\0\0\0" + b"".join(b"\x01" + place.to_bytes(3, "big") for place in places[1:])
    index = zlib.compress(rows + b"\x01\0\0\x09" * (entries - 4))
    start = len(out)
    out += b"9 0 obj\n<</Type/XRef/Size %d/W[1 3 0]/Root 1 0 R/Filter/FlateDecode" % entries
    out += b"/Length %d>>stream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(index), index, start)
    return bytes(out)


@pytest.mark.parametrize(("entries", "pages"), [(100, 1), (20_000, 1), (1_500_000, None)])
def test_an_index_that_expands_is_not_read_without_a_limit(entries: int, pages: int | None) -> None:
    content = pdf_with_an_index_of(entries)
    assert count(lambda: io.BytesIO(content), "pdf", len(content)) == pages


@pytest.mark.parametrize(("totals", "rows"), [(False, 3), (True, None)])
def test_a_row_of_totals_is_not_counted_as_one_of_the_table(totals: bool, rows: int | None) -> None:
    from openpyxl import Workbook
    from openpyxl.worksheet.table import Table

    book, buffer = Workbook(), io.BytesIO()
    for row in [["Region", "Sales"], ["North", 1], ["South", 2], ["West", 3]] + [["Total", 6]] * totals:
        book.active.append(row)
    book.active.add_table(Table(displayName="Sales", ref="A1:B5" if totals else "A1:B4", totalsRowCount=int(totals)))
    book.save(buffer)

    assert count(lambda: io.BytesIO(buffer.getvalue()), "xlsx", len(buffer.getvalue())) == rows
