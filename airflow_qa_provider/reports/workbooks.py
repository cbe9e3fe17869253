"""Rows of an XLSX workbook, counted from its XML as it is expanded: a sheet is never in memory as a whole."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from airflow_qa_provider.reports.archives import is_bounded, member_names, open_archive
from airflow_qa_provider.reports.counting import NotCountedError

EXPANDED_BYTES = 512 * 1024 * 1024
"""Largest sheet, expanded, that is read."""

_INDEX_BYTES = 4 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_ROW_BYTES = 2 * 1024 * 1024
_ROOT = re.compile(rb"<([A-Za-z0-9_.-]+:)?worksheet\b")
# bounded, or a sheet of marks without an end is searched without one
_ROW = re.compile(rb"""<row\b[^>]{0,500}?\br=["'](\d{1,7})["']""")
_FILTER = re.compile(rb"""autoFilter\b[^>]{0,500}?\bref=["']\$?[A-Z]+\$?(\d{1,7}):\$?[A-Z]+\$?(\d{1,7})["']""")
_TOTALS = re.compile(rb"""\btotalsRowCount=["'](\d{1,7})["']""")
_TABLE_HEAD_BYTES = 4096
_AFTER_A_NAME = (b" ", b">", b"\n", b"\r", b"\t")
_MOST_RUNS = 10_000
_PLACE = re.compile(rb"""\br=["']([A-Z]+)[0-9]+""")


@dataclass
class _Row:
    """What is known of one row: its cells with content, the column of the first, and whether some is not known."""

    cells: int = 0
    leftmost: str = ""
    unknown: bool = False


class _Rows:
    """Rows of a sheet that hold something.

    Rows are found by their marks in the text, which is many times as quick as a parser: in XML a ``<`` that is no mark
    stands in comments and sections only, and a sheet that has any is not counted.
    """

    def __init__(self) -> None:
        self.filled = 0
        self.first: _Row | None = None
        self.second: _Row | None = None
        self.widest = 0
        self.merged = False
        self.filter: tuple[int, int] | None = None
        self._runs: list[list[int]] = []
        self._number = 0
        self._prefix = b""

    def read(self, file: IO[bytes], check: Callable[[], None]) -> None:
        """Read a sheet to its end."""
        rest, ended = b"", False
        while chunk := file.read(_CHUNK_BYTES):
            check()
            if not rest and not self.filled:
                self._learn_prefix(chunk)
            *rows, rest = (rest + chunk).split(b"</%brow>" % self._prefix)
            for row in rows:
                self._take(row)
            if len(rest) > _ROW_BYTES:
                raise NotCountedError(f"it has a row of more than {_ROW_BYTES:,} bytes")
            ended = ended or b"</%bsheetData>" % self._prefix in rest or b"<%bsheetData/>" % self._prefix in rest
            self.merged = self.merged or b"<%bmergeCell " % self._prefix in rest
        if not ended:
            raise NotCountedError("a sheet has no end")
        found = _FILTER.search(rest)
        if found and int(found[2]) > int(found[1]):
            self.filter = int(found[1]), int(found[2])

    def _learn_prefix(self, start: bytes) -> None:
        root = _ROOT.search(start)
        if root is None or b"\0" in start:
            raise NotCountedError("a sheet is in an unusual encoding")
        self._prefix = root[1] or b""

    def _take(self, text: bytes) -> None:
        if b"<!" in text:
            raise NotCountedError("a sheet has comments or sections in its XML")
        if self._prefix:
            text = text.replace(b"<" + self._prefix, b"<").replace(b"</" + self._prefix, b"</")
        place = _ROW.search(text)
        self._number = int(place[1]) if place else self._number + 1
        row = _Row(
            cells=text.count(b"</v>") - text.count(b"<v></v>") + text.count(b"</is>") - text.count(b"<t></t></is>")
        )
        if b"<f" in text and (row.cells == 0 or self.first is None):
            row.unknown = _has_open_formula(text)
        if row.cells == 0:
            if row.unknown:
                raise NotCountedError("a row holds nothing but formulas without results")
            return
        self.filled += 1
        self._note_number()
        if self.first is None:
            self.first, row.leftmost = row, _leftmost(text)
        elif self.second is None:
            self.second, row.leftmost = row, _leftmost(text)
        if self.filled > 1:
            self.widest = max(self.widest, row.cells)

    def _note_number(self) -> None:
        if self._runs and self._runs[-1][1] == self._number - 1:
            self._runs[-1][1] = self._number
        elif len(self._runs) < _MOST_RUNS:
            self._runs.append([self._number, self._number])
        else:
            raise NotCountedError("its rows have too many gaps")

    @property
    def below_header(self) -> int:
        """Rows with content below the header: that of the filter, or else the first one."""
        if self.filter is not None:
            header, last = self.filter
            return sum(max(0, min(end, last) - max(start, header + 1) + 1) for start, end in self._runs)
        if self.first is None:
            return 0
        if self.merged:
            raise NotCountedError("it has merged cells, so the header may have several rows")
        if self.second is not None and self.first.cells < self.widest and not self.first.unknown:
            # an index without a name leaves the first cell of a header empty
            unnamed = self.first.cells == self.widest - 1 and self.first.leftmost != self.second.leftmost
            if not unnamed:
                raise NotCountedError("its first row is narrower than the table, so it may be a title")
        return self.filled - 1


def _has_open_formula(row: bytes) -> bool:
    """Tell whether a row has a formula whose result is not stored; an empty text is a result."""
    return any(
        b"<f" in content and b"</v>" not in content.replace(b"<v></v>", b"") and b't="str"' not in attributes
        for attributes, content in _cells(row)
    )


def _cells(row: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield attributes and content of the cells that have content."""
    for part in row.split(b"</c>")[:-1]:
        start = max(part.rfind(b"<c" + sign) for sign in _AFTER_A_NAME)
        attributes, _, content = part[start + 2 :].partition(b">")
        if start >= 0:
            yield attributes, content


def _leftmost(row: bytes) -> str:
    """Return the column of the first cell with content."""
    for attributes, content in _cells(row):
        if b"</v>" in content.replace(b"<v></v>", b"") or b"</is>" in content:
            place = _PLACE.search(attributes)
            return place[1].decode() if place else ""
    return ""


def rows(file: IO[bytes], check: Callable[[], None]) -> int:
    """Return the number of rows with content below the header, of the only visible sheet that has content or a filter.

    A filter tells where a table begins and ends, whatever titles, totals and other sheets there are. Without one the
    first row is the header.

    :param file: The workbook, seekable.
    :param check: Called often; raises when the time is up.
    :raises NotCountedError: Several visible sheets qualify, or rows cannot be told from titles and totals.
    """
    with open_archive(file) as archive:
        _check_tables(archive)
        sheets = [_read_rows(archive, name, check) for name in _visible_sheets(archive, check)]
    if not sheets:
        raise NotCountedError("it has no visible sheet with cells")
    filled = [sheet for sheet in sheets if sheet.filled]
    filtered = [sheet for sheet in filled if sheet.filter]
    if len(filtered) == 1:
        return filtered[0].below_header
    if len(filled) > 1:
        raise NotCountedError(f"{len(filled)} of its sheets have content")
    return filled[0].below_header if filled else 0


def _check_tables(archive: zipfile.ZipFile) -> None:
    """See that no table has a row of totals, which looks like any other."""
    for name, info in member_names(archive).items():
        if name.startswith("xl/tables/") and is_bounded(info):
            with archive.open(info) as file:
                found = _TOTALS.search(file.read(_TABLE_HEAD_BYTES))
            if found and int(found[1]):
                raise NotCountedError("it has a table with a row of totals")


def _visible_sheets(archive: zipfile.ZipFile, check: Callable[[], None]) -> list[str]:
    relations = _read_relations(archive, "", check)
    book = next((target for kind, target in relations.values() if kind == "officeDocument"), "xl/workbook.xml")
    relations = _read_relations(archive, book, check)
    found = []
    for sheet in _elements(archive, book, "sheet", check):
        relation = next((value for key, value in sheet.items() if key.endswith("relationships id")), "")
        kind, target = relations.get(relation, ("", ""))
        visible = sheet.get("state", "visible") == "visible"
        if visible and kind == "worksheet":
            found.append(target)
        elif visible and kind not in ("chartsheet", "dialogsheet"):
            raise NotCountedError("one of its sheets is not where it should be")
    return found


def _read_relations(archive: zipfile.ZipFile, part: str, check: Callable[[], None]) -> dict[str, tuple[str, str]]:
    """Return type and target of the relations of a part, by id."""
    folder, name = posixpath.split(part)
    found = {}
    for relation in _elements(archive, posixpath.join(folder, "_rels", f"{name}.rels"), "Relationship", check):
        kind = relation.get("Type", "").rpartition("/")[2]
        target = posixpath.join("/", folder, relation.get("Target", "").replace("\\", "/"))
        found[relation.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))
    return found


def _elements(archive: zipfile.ZipFile, part: str, wanted: str, check: Callable[[], None]) -> list[dict[str, str]]:
    """Return the attributes of the elements of one name in a part of the workbook."""
    found = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == wanted:
            found.append(attributes)

    def refuse(*_: object) -> None:
        raise NotCountedError("its XML defines entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, refuse
    with _opened(archive, part, _INDEX_BYTES) as file:
        while chunk := file.read(_CHUNK_BYTES):
            check()
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    return found


def _read_rows(archive: zipfile.ZipFile, part: str, check: Callable[[], None]) -> _Rows:
    found = _Rows()
    with _opened(archive, part, EXPANDED_BYTES) as file:
        found.read(file, check)
    return found


def _opened(archive: zipfile.ZipFile, part: str, limit: int) -> IO[bytes]:
    info = member_names(archive).get(part.lower())
    if info is None or not is_bounded(info):
        raise NotCountedError(f"its part {part} is missing")
    if info.file_size > limit:
        raise NotCountedError(f"its part {part} has {info.file_size:,} bytes, the limit is {limit:,}")
    return archive.open(info)
