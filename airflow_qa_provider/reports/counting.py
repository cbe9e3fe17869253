"""How many pages or rows a report has, for its manifest; never a reason to fail."""

from __future__ import annotations

import csv
import io
import json
import logging
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

log = logging.getLogger(__name__)

LIMIT_BYTES = 64 * 1024 * 1024
LIMIT_SECONDS = 20.0
_ROWS_PER_LOOK = 1000
_DELIMITERS = ",;\t|"
_ITEM_LISTS = ("items", "data")


@dataclass(frozen=True)
class Counts:
    """What was counted.

    :param pages: Pages of a PDF.
    :param rows: Rows of a table below its header, or items of a JSON report.
    """

    pages: int | None = None
    rows: int | None = None


class _NotCountedError(Exception):
    """Says why there is no count."""


def count(open_file: Callable[[], IO[bytes]], format_name: str, size: int, *, limit: int = LIMIT_BYTES) -> Counts:
    """Count the pages or rows of a report.

    PDF: pages. XLSX: rows with content below the first one, of the first sheet only. CSV: records below the first one.
    JSON: items of a list, or of the list under ``items`` or ``data``. Other formats have no count.

    :param open_file: Opens the file for reading, binary and seekable; only called when there is something to count.
    :param format_name: Such as ``pdf``.
    :param size: Its size in bytes.
    :param limit: Largest size in bytes that is looked into; for JSON, which has to be held in memory, half of it.
    :return: The counts; all ``None``, with the reason in the log, when it is too large, takes longer than
        :data:`LIMIT_SECONDS`, cannot be read, or a library of the extra ``inspect`` is missing.
    """
    counter = _COUNTERS.get(format_name)
    if counter is None:
        return Counts()
    if format_name == "json":
        limit //= 2
    try:
        if size > limit:
            raise _NotCountedError(f"it has {size:,} bytes, the limit is {limit:,}")
        with open_file() as file:
            found = counter(file)
    except ImportError as error:
        log.info("No count for the %s: %s; install airflow-qa-provider[inspect]", format_name.upper(), error)
    except Exception as error:  # a count is a convenience: whatever a parser stumbles over, the file is good
        log.info("No count for the %s: %s", format_name.upper(), str(error) or type(error).__name__)
    else:
        return Counts(pages=found) if format_name == "pdf" else Counts(rows=found)
    return Counts()


def _pdf_pages(file: IO[bytes]) -> int:
    from pypdf import PdfReader

    return len(PdfReader(file).pages)


def _xlsx_rows(file: IO[bytes]) -> int:
    from openpyxl import load_workbook

    with zipfile.ZipFile(file) as archive:
        texts = next((m.file_size for m in archive.infolist() if m.filename.endswith("/sharedStrings.xml")), 0)
    # the only part that is held in memory as a whole
    if texts > LIMIT_BYTES:
        raise _NotCountedError(f"its texts have {texts:,} bytes, the limit is {LIMIT_BYTES:,}")
    file.seek(0)
    workbook = load_workbook(file, read_only=True, data_only=True)
    try:
        if not workbook.worksheets:
            raise _NotCountedError("it has no sheet with cells")
        sheet = workbook.worksheets[0]
        # generators write the used range as they like; the rows themselves do not lie
        sheet.reset_dimensions()
        return _below_header(sheet.iter_rows(values_only=True))
    finally:
        workbook.close()


def _csv_rows(file: IO[bytes]) -> int:
    start = file.read(4096)
    file.seek(0)
    encoding = "utf-16" if start.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        first_line = start.decode(encoding, errors="replace").partition("\n")[0]
        return _below_header(csv.reader(text, delimiter=max(_DELIMITERS, key=first_line.count)))
    finally:
        text.detach()


def _below_header(rows: Iterable[Iterable[Any]]) -> int:
    deadline = time.monotonic() + LIMIT_SECONDS
    filled = 0
    for number, row in enumerate(rows):
        if number % _ROWS_PER_LOOK == 0 and time.monotonic() > deadline:
            raise _NotCountedError(f"counting took longer than {LIMIT_SECONDS:g} s")
        filled += any(cell not in (None, "") for cell in row)
    return max(0, filled - 1)


def _json_items(file: IO[bytes]) -> int:
    document = json.load(file)
    if isinstance(document, dict):
        document = next((document[name] for name in _ITEM_LISTS if isinstance(document.get(name), list)), None)
    if not isinstance(document, list):
        raise _NotCountedError("it holds no list of items")
    return len(document)


_COUNTERS = {"pdf": _pdf_pages, "xlsx": _xlsx_rows, "csv": _csv_rows, "json": _json_items}
