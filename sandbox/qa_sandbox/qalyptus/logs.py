"""The log files of a record."""

from __future__ import annotations

from datetime import datetime

from qa_sandbox.clock import later
from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.records import WITH_FILE, Record

_LAST_LINES = {
    "completed": ("INFO", "Report generated"),
    "success": ("INFO", "All reports were generated and sent"),
    "warning": ("WARN", "Condition 'stock below minimum' is not met, no report was generated"),
    "error": ("ERROR", "Connection to the Qlik engine was lost while opening the app"),
    "stopped": ("WARN", "Stopped on request"),
}


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
    """Write the mail log of a task run."""
    if record.task is None or not record.task.recipients or record.status(now) not in WITH_FILE:
        raise Refused(404, "Log not found", "No mail was sent, so there is no SMTP log.")
    lines = [_line(record.finished_at, "INFO", "220 mail.example.com ESMTP ready")]
    for recipient in record.task.recipients:
        lines.append(_line(later(record.finished_at, 0.2), "INFO", f"250 2.1.5 <{recipient}> recipient ok"))
    lines.append(_line(later(record.finished_at, 0.4), "INFO", "250 2.0.0 message accepted for delivery"))
    return "\n".join(lines) + "\n"


def _line(moment: datetime, level: str, text: str) -> str:
    one_line = " ".join(text.split())
    return f"{moment:%Y-%m-%d %H:%M:%S} {level:<5} {one_line}"
