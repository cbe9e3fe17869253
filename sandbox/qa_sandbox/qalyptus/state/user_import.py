"""Users from an Excel file, and the template of that file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from qa_sandbox.web import Refused

HEADINGS = ("First name", "Last name", "Email", "Organizations")
TEMPLATE_NAME = "import-users-template.xlsx"
ENDINGS = (".xlsx", ".xlsm", ".xls")
MAX_ROWS = 10_000
MAX_UNPACKED_BYTES = 16 * 1024 * 1024


def template() -> bytes:
    """Write the empty form that :func:`read_people` reads."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Users"
    sheet.append(HEADINGS)
    for cell, width in zip(sheet[1], (20, 20, 36, 40), strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def read_people(name: str, data: bytes) -> list[tuple[str, str, str, str]]:
    """Read the rows of an import file below its headings, without the empty ones."""
    if not name.lower().endswith(ENDINGS):
        raise Refused(400, "Unsupported file", f"Supported are {', '.join(ENDINGS)}.")
    if name.lower().endswith(".xls"):
        # The format of Excel 97 needs a reader of its own.
        raise Refused(400, "Unsupported file", "The sandbox reads .xlsx and .xlsm, not .xls.")
    try:
        rows = list(_rows(data))
    except Exception as error:
        # The reader raises errors of many kinds for broken files.
        raise Refused(400, "Unreadable file", f"The file is not an Excel workbook: {type(error).__name__}.") from None
    if not rows or [cell.lower() for cell in rows[0]] != [heading.lower() for heading in HEADINGS]:
        raise Refused(400, "Unexpected headings", f"The first row holds: {', '.join(HEADINGS)}.")
    people = [row for row in rows[1:] if any(row)]
    for number, row in enumerate(rows[1:], 2):
        if any(row) and not (row[0] and row[1]):
            raise Refused(400, "Incomplete row", f"Row {number} lacks the first or the last name.")
    return people


def _rows(data: bytes) -> Iterator[tuple[str, str, str, str]]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise ValueError("too large")
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheet = workbook.worksheets[0]
    for cells in sheet.iter_rows(max_row=MAX_ROWS, max_col=len(HEADINGS), values_only=True):
        first, last, email, organizations = (str(cell or "").strip() for cell in (*cells, "", "", "", "")[:4])
        yield first, last, email, organizations
