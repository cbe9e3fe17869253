"""The PDF form of a table: key figures, a bar chart, the table itself."""

from __future__ import annotations

from qa_sandbox.files.page import GREEN, INK, LINE, MUTED, RED, SHADE, Colour, ReportPage, printable
from qa_sandbox.files.table import Table, shown

ACCENT: Colour = (29, 53, 87)
BAR: Colour = (69, 123, 157)
_BAR_HEIGHT, _LABEL_WIDTH = 6.0, 42.0


def table_pdf(table: Table) -> bytes:
    page = ReportPage(table.title, table.owner, ACCENT, table.made_at)
    page.title_band(table.owner, table.title, table.scope)
    _key_figures(page, table)
    if table.rows:
        measure = table.measures[0]
        page.heading(f"{measure.heading} by {table.keys[0].lower()}")
        _bars(page, table.totals(0))
        page.heading(f"{measure.heading} by {table.keys[1].lower()}")
        _columns(page, table.totals(1))
        page.add_page()
    page.heading("Figures")
    _figures(page, table)
    return page.finished()


def _key_figures(page: ReportPage, table: Table) -> None:
    width = (page.epw - 4 * (len(table.measures) - 1)) / len(table.measures)
    top = page.get_y()
    for index, measure in enumerate(table.measures):
        x = page.l_margin + index * (width + 4)
        page.set_fill_color(*SHADE)
        page.set_draw_color(*LINE)
        page.rect(x, top, width, 21, style="DF", round_corners=True, corner_radius=2)
        page.set_xy(x + 3, top + 3)
        page.font(8, MUTED)
        kind = "Total" if measure.total else "Average"
        page.cell(width - 6, 4, f"{kind} {measure.heading[0].lower()}{measure.heading[1:]}")
        page.set_xy(x + 3, top + 9.5)
        page.font(15, INK, "B")
        page.cell(width - 6, 7, shown(table.column_total(index), measure))
    page.set_xy(page.l_margin, top + 25)
    page.font(8.5, MUTED)
    page.cell(0, 5, f"Data as of {table.made_at:%Y-%m-%d %H:%M} UTC, {len(table.rows)} rows")
    page.ln(5)


def _bars(page: ReportPage, totals: list[tuple[str, float]]) -> None:
    largest = max((value for _, value in totals), default=0.0) or 1.0
    room = page.epw - _LABEL_WIDTH - 26
    for label, value in sorted(totals, key=lambda item: -item[1])[:12]:
        top = page.get_y()
        page.font(9)
        page.cell(_LABEL_WIDTH, _BAR_HEIGHT, page.clipped(printable(label), _LABEL_WIDTH - 2))
        page.set_fill_color(*BAR)
        page.rect(page.l_margin + _LABEL_WIDTH, top + 0.8, max(0.5, room * value / largest), _BAR_HEIGHT - 1.6, "F")
        page.set_xy(page.l_margin + _LABEL_WIDTH + room * value / largest + 2, top)
        page.font(8.5, MUTED)
        page.cell(24, _BAR_HEIGHT, f"{value:,.0f}")
        page.set_xy(page.l_margin, top + _BAR_HEIGHT)


def _columns(page: ReportPage, totals: list[tuple[str, float]]) -> None:
    height, top = 42.0, page.get_y() + 6
    largest = max((value for _, value in totals), default=0.0) or 1.0
    average = sum(value for _, value in totals) / max(1, len(totals))
    step = page.epw / max(1, len(totals))
    page.set_draw_color(*LINE)
    for share in (0, 0.25, 0.5, 0.75, 1):
        page.line(page.l_margin, top + height * share, page.w - page.r_margin, top + height * share)
    for index, (label, value) in enumerate(totals):
        x, tall = page.l_margin + index * step, height * value / largest
        page.set_fill_color(*(GREEN if value >= average else BAR))
        page.rect(x + step * 0.18, top + height - tall, step * 0.64, tall, style="F")
        page.set_xy(x, top + height + 1)
        page.font(6.5, MUTED)
        page.cell(step, 4, page.clipped(printable(label), step - 0.5), align="C")
    level = top + height - height * average / largest
    page.set_draw_color(*RED)
    page.set_dash_pattern(dash=1.5, gap=1)
    page.line(page.l_margin, level, page.w - page.r_margin, level)
    page.set_dash_pattern()
    page.set_xy(page.l_margin, top + height + 6)
    page.font(8, MUTED)
    page.cell(0, 4, f"Dashed line: average of {average:,.0f}")
    page.ln(5)


def _figures(page: ReportPage, table: Table) -> None:
    if not table.rows:
        page.text_block("No data for this selection.")
        return
    keys = len(table.keys)
    rows = [
        [*(str(cell) for cell in row[:keys]), *(shown(c, m) for c, m in zip(row[keys:], table.measures, strict=True))]
        for row in table.rows
    ]
    widths = [34] * keys + [26] * len(table.measures)
    page.grid(table.headings, rows, widths, "L" * keys + "R" * len(table.measures))
