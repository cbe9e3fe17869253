"""The XLSX form of a table: a title, a styled header, typed figures, a total line, a chart."""

from __future__ import annotations

import io
import re
from typing import Any

from qa_sandbox.files.table import Measure, Table

_FORMATS = {"EUR": "#,##0", "%": '0.0"%"', "": "#,##0"}
# Not allowed in the XML of a workbook.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD_ROW = 5


def table_xlsx(table: Table) -> bytes:
    """Write a workbook with one sheet of figures and one about where they come from."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.properties.creator = _plain(table.owner)
    workbook.properties.title = _plain(table.title)
    workbook.properties.created = table.made_at.replace(tzinfo=None, microsecond=0)
    sheet = workbook.active
    sheet.title = "Figures"
    _title_block(sheet, table)
    _grid(sheet, table)
    _chart(workbook, table)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _plain(text: object) -> str:
    return _CONTROL.sub(" ", str(text))[:2000]


def _title_block(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Font

    for row, text, size in ((1, table.title, 16), (2, table.scope, 11)):
        cell = sheet.cell(row, 1, _plain(text))
        cell.font = Font(size=size, bold=row == 1, color="1D3557")
        # A title that begins with "=" is text, not a formula.
        cell.data_type = "s"
    sheet.cell(3, 1, f"{table.owner}, data as of {table.made_at:%Y-%m-%d %H:%M} UTC").font = Font(color="6C757D")


def _grid(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    columns: list[Measure | None] = [None] * len(table.keys) + list(table.measures)
    for number, heading in enumerate(table.headings, 1):
        cell = sheet.cell(_HEAD_ROW, number, heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", start_color="1D3557")
        cell.alignment = Alignment(horizontal="left" if columns[number - 1] is None else "right")
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(heading) + 4)
    for offset, row in enumerate(table.rows, 1):
        for number, value in enumerate(row, 1):
            cell, measure = sheet.cell(_HEAD_ROW + offset, number, value), columns[number - 1]
            if measure is not None:
                cell.number_format = _FORMATS[measure.unit]
    last = _HEAD_ROW + len(table.rows)
    sheet.cell(last + 1, 1, "Total")
    for index, measure in enumerate(table.measures):
        number = len(table.keys) + index + 1
        if measure.total and table.rows:
            letter = get_column_letter(number)
            sheet.cell(last + 1, number, f"=SUM({letter}{_HEAD_ROW + 1}:{letter}{last})")
            sheet.cell(last + 1, number).number_format = _FORMATS[measure.unit]
    for number in range(1, len(columns) + 1):
        sheet.cell(last + 1, number).font = Font(bold=True)
        sheet.cell(last + 1, number).border = Border(top=Side("thin", color="1D3557"))
    sheet.freeze_panes = sheet.cell(_HEAD_ROW + 1, 1)
    sheet.auto_filter.ref = f"A{_HEAD_ROW}:{get_column_letter(len(columns))}{max(last, _HEAD_ROW)}"


def _chart(workbook: Any, table: Table) -> None:
    from openpyxl.chart import BarChart, Reference

    totals = table.totals(0)
    sheet = workbook.create_sheet("Chart")
    sheet.append([table.keys[0], table.measures[0].heading])
    for key, value in totals:
        sheet.append([_plain(key), round(value)])
    chart = BarChart()
    chart.type, chart.legend, chart.height, chart.width = "bar", None, 9, 18
    chart.title = f"{table.measures[0].heading} by {table.keys[0].lower()}"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=len(totals) + 1), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=max(2, len(totals) + 1)))
    sheet.add_chart(chart, "D2")
