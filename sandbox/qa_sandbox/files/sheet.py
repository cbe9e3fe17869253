"""A report of particulars and tables, as CONQA and Simplo IS make: what it says, and its PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Grid:
    """
    A table below a heading.

    :param widths: of the columns, relative
    :param numbers: how many of the last columns hold figures
    :param empty: what stands there instead when there are no rows
    """

    heading: str
    head: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 0
    empty: str = "None."


@dataclass(frozen=True)
class Sheet:
    """What a report shows; the totals and the closing line stand below its tables."""

    owner: str
    kind: str
    accent: tuple[int, int, int]
    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    grids: tuple[Grid, ...]
    made_at: datetime
    totals: tuple[tuple[str, str], ...] = ()
    closing: str = ""


def sheet_pdf(sheet: Sheet) -> bytes:
    from qa_sandbox.files.page import INK, MUTED, ReportPage

    page = ReportPage(sheet.title, sheet.owner, sheet.accent, sheet.made_at)
    page.title_band(f"{sheet.owner}  |  {sheet.kind}", sheet.title, sheet.subtitle)
    page.facts(sheet.facts, page.epw)
    for grid in sheet.grids:
        page.heading(grid.heading)
        if grid.rows:
            page.grid(grid.head, grid.rows, grid.widths, "L" * (len(grid.head) - grid.numbers) + "R" * grid.numbers)
        else:
            page.text_block(grid.empty)
    if sheet.closing:
        page.ln(4)
        for label, value in sheet.totals:
            page.font(10, MUTED)
            page.cell(page.epw - 44, 7, label, align="R")
            page.font(11, INK, "B")
            page.cell(44, 7, value, align="R")
            page.ln(7)
        page.ln(4)
        page.text_block(sheet.closing, 10, sheet.accent, "B")
    return page.finished()
