"""What a record leaves behind: its file, its logs, and addresses to fetch the file at without credentials."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from qa_sandbox.auth import same_secret
from qa_sandbox.clock import later
from qa_sandbox.context import SandboxContext
from qa_sandbox.files.report_file import ReportFile, file_name
from qa_sandbox.files.table import Cell, Measure, Table, table_csv, table_html
from qa_sandbox.files.workbook import table_xlsx
from qa_sandbox.qalyptus.records import WITH_FILE, Record
from qa_sandbox.qalyptus.seed import OWNER
from qa_sandbox.web import Refused

STORAGE_PREFIX = "/storage/"
_MONTHS = 12
_LAST_LINES = {
    "completed": ("INFO", "Report generated"),
    "success": ("INFO", "All reports were generated and sent"),
    "warning": ("WARN", "Condition 'stock below minimum' is not met, no report was generated"),
    "error": ("ERROR", "Connection to the Qlik engine was lost while opening the app"),
    "stopped": ("WARN", "Stopped on request"),
}


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


def report_file(context: SandboxContext, record: Record) -> Callable[[], ReportFile]:
    """Prepare the file of a finished record; the result typesets it, in whatever thread it is called."""

    def make() -> ReportFile:
        ending = record.output_format.lower()
        name, table = file_name(record.report.name, ending), table_of(record, context.settings.seed)
        return context.press.file(name, (table, ending), lambda: _FORMS[ending](table))

    return make


def _pdf(table: Table) -> bytes:
    from qa_sandbox.files.table_pdf import table_pdf

    return table_pdf(table)


_FORMS = {"pdf": _pdf, "xlsx": table_xlsx, "csv": table_csv, "html": table_html}


def log_text(record: Record, now: datetime) -> str:
    status = record.status(now)
    lines = [_line(record.created_at, "INFO", f"Request {record.id} for '{record.report.name}' queued")]
    if status != "queued":
        lines.append(_line(record.started_at, "INFO", "Engine assigned, opening the app"))
    end = record.end(now)
    if end is not None:
        for field_name, values in record.selections.items():
            lines.append(_line(record.started_at, "INFO", f"Selected {field_name}: {', '.join(values)}"))
        lines.append(_line(end, *_LAST_LINES[status]))
    return "\n".join(lines) + "\n"


def smtp_log_text(record: Record, now: datetime) -> str:
    if record.task is None or not record.task.recipients or record.status(now) not in WITH_FILE:
        raise Refused(404, "Log not found", "No mail was sent, so there is no SMTP log.")
    lines = [_line(record.finished_at, "INFO", "220 mail.example.com ESMTP ready")]
    for recipient in record.task.recipients:
        lines.append(_line(later(record.finished_at, 0.2), "INFO", f"250 2.1.5 <{recipient}> recipient ok"))
    lines.append(_line(later(record.finished_at, 0.4), "INFO", "250 2.0.0 message accepted for delivery"))
    return "\n".join(lines) + "\n"


def _line(moment: datetime, level: str, text: str) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} {level:<5} {' '.join(text.split())}"


def signed_url(base_url: str, record_id: str, name: str, now: datetime, seconds: float, key: str) -> str:
    """Make a pre-signed address, as object storage gives out: it works without credentials, for a while."""
    expires = str(int(later(now, seconds).timestamp()))
    query = urlencode({"expires": expires, "signature": _signature(record_id, expires, key)})
    return f"{base_url}{STORAGE_PREFIX}{record_id}/{quote(name)}?{query}"


def is_valid(record_id: str, expires: str, signature: str, now: datetime, key: str) -> bool:
    """Check what a pre-signed address says."""
    if not same_secret(signature, _signature(record_id, expires, key)):
        return False
    return now.timestamp() <= int(expires)


def _signature(record_id: str, expires: str, key: str) -> str:
    text = f"{record_id}:{expires}".encode("utf-8", "replace")
    return hmac.new(f"storage:{key}".encode(), text, hashlib.sha256).hexdigest()
