"""From a status record to the file it produced."""

from __future__ import annotations

import random
from datetime import datetime

from qa_sandbox.files.padding import padded_pdf, padded_xlsx
from qa_sandbox.files.press import Press
from qa_sandbox.files.report_file import ReportFile, file_name
from qa_sandbox.files.table import Cell, Measure, Table, table_csv, table_html
from qa_sandbox.qalyptus.records import Record
from qa_sandbox.qalyptus.seed import OWNER
from qa_sandbox.settings import SandboxSettings

_MONTHS = 12


def table_of(record: Record, seed: int) -> Table:
    """Work out the figures of a report; selections on the dimension and on ``Month`` narrow them."""
    subject = record.report.subject
    rows: list[tuple[Cell, ...]] = []
    for month in _months(record.finished_at):
        for member in subject.members:
            rng = random.Random(f"{seed}:{record.report.name}:{member}:{month}")
            figures = [_figure(rng, measure, low, high) for measure, low, high in subject.measures]
            rows.append((member, month, *figures))
    keys = (subject.dimension, "Month")
    for position, key in enumerate(keys):
        wanted = record.selections.get(key)
        if wanted:
            rows = [row for row in rows if row[position] in wanted]
    chosen = [f"{name}: {', '.join(values)}" for name, values in record.selections.items() if values]
    return Table(
        title=record.report.name,
        owner=OWNER,
        scope="; ".join(chosen)[:300] or "All data",
        keys=keys,
        measures=tuple(measure for measure, _, _ in subject.measures),
        rows=tuple(rows),
        made_at=record.finished_at,
    )


def _months(until: datetime) -> list[str]:
    last = until.year * 12 + until.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(last - _MONTHS, last)]


def _figure(rng: random.Random, measure: Measure, low: float, high: float) -> Cell:
    value = rng.uniform(low, high)
    return round(value, 1) if measure.unit == "%" else round(value)


class FilePress:
    """Makes the files of finished records."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self._press = Press()

    def clear(self) -> None:
        """Forget the documents made."""
        self._press.clear()

    def make(self, record: Record) -> ReportFile:
        settings, ending = self._settings, record.output_format.lower()
        name = file_name(record.report.name, ending)
        table = table_of(record, settings.seed)
        data = self._press.get((table, ending), lambda: _FORMS[ending](table))
        if ending == "pdf":
            return padded_pdf(name, data, settings.pdf_bytes, settings.seed)
        if ending == "xlsx":
            return padded_xlsx(name, data, settings.xlsx_bytes, settings.seed)
        return ReportFile.from_bytes(name, data)


def _pdf(table: Table) -> bytes:
    from qa_sandbox.files.table_pdf import table_pdf

    return table_pdf(table)


def _xlsx(table: Table) -> bytes:
    from qa_sandbox.files.workbook import table_xlsx

    return table_xlsx(table)


_FORMS = {"pdf": _pdf, "xlsx": _xlsx, "csv": table_csv, "html": table_html}
