"""A table of figures, and its CSV and HTML forms."""

from __future__ import annotations

import csv
import html
import io
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float


@dataclass(frozen=True)
class Measure:
    """A column of figures in ``EUR``, ``%`` or plain; adding some up makes no sense."""

    name: str
    unit: str = ""
    total: bool = True

    @property
    def heading(self) -> str:
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True)
class Table:
    """
    What a report shows.

    :param scope: the selections in words
    :param keys: headings of the leading text columns
    :param measures: the figure columns behind them
    :param rows: keys, then figures
    :param made_at: data as of
    """

    title: str
    owner: str
    scope: str
    keys: tuple[str, ...]
    measures: tuple[Measure, ...]
    rows: tuple[tuple[Cell, ...], ...]
    made_at: datetime

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.keys, *(measure.heading for measure in self.measures))

    def totals(self, position: int) -> list[tuple[str, float]]:
        """Add the first measure up by one of the keys, in the order of appearance."""
        sums: dict[str, float] = {}
        for row in self.rows:
            key = str(row[position])
            sums[key] = sums.get(key, 0.0) + float(row[len(self.keys)])
        return list(sums.items())

    def column_total(self, index: int) -> float:
        """Add up a measure, or average one that does not add up."""
        values = [float(row[len(self.keys) + index]) for row in self.rows]
        if not values:
            return 0.0
        return sum(values) if self.measures[index].total else sum(values) / len(values)


def shown(value: Cell, measure: Measure | None = None) -> str:
    if isinstance(value, str):
        return value
    if measure is not None and measure.unit == "%":
        return f"{value:.1f}%"
    return f"{value:,.0f}"


def table_csv(table: Table) -> bytes:
    """Write comma separated values, UTF-8 with a byte order mark as spreadsheet programs expect."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.headings)
    writer.writerows(table.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #212529; margin: 0; background: #f5f7f9; }
header { background: #1d3557; color: #fff; padding: 28px 40px; }
header h1 { margin: 0 0 4px; font-size: 26px; }
main { padding: 28px 40px; }
table { border-collapse: collapse; width: 100%; background: #fff; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 12px; border-bottom: 1px solid #d6dbe0; text-align: right; }
th { background: #e9edf1; } .key { text-align: left; }
tr:nth-child(even) td { background: #f8f9fa; }
footer { padding: 0 40px 28px; color: #6c757d; font-size: 13px; }
"""


def table_html(table: Table) -> bytes:
    """Write a page that needs no other file."""
    keys = len(table.keys)
    head = "".join(
        f'<th class="{"key" if index < keys else "figure"}">{html.escape(text)}</th>'
        for index, text in enumerate(table.headings)
    )
    body = []
    for row in table.rows:
        cells = [f'<td class="key">{html.escape(str(cell))}</td>' for cell in row[:keys]]
        figures = zip(row[keys:], table.measures, strict=True)
        cells += [f"<td>{html.escape(shown(cell, measure))}</td>" for cell, measure in figures]
        body.append(f"<tr>{''.join(cells)}</tr>")
    title, scope, owner = (html.escape(text) for text in (table.title, table.scope, table.owner))
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><header><h1>{title}</h1>{scope}</header>\n<main><table>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(body) + "\n</tbody></table></main>\n"
        f"<footer>{owner}, data as of {table.made_at:%Y-%m-%d %H:%M} UTC</footer></body></html>\n"
    )
    return page.encode("utf-8", "replace")
