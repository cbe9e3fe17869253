"""Status records: one on-demand request or one task run, and where it stands at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qa_sandbox.clock import iso_milliseconds, later
from qa_sandbox.qalyptus.seed import Subject

ON_DEMAND, SCHEDULED = "on-demand", "scheduled"
ACTIVE = frozenset({"queued", "running"})
WITH_FILE = frozenset({"completed", "success"})
_MESSAGES = {
    "queued": "Waiting for a free engine.",
    "running": "Generating the report.",
    "completed": "The report is ready.",
    "success": "All reports were generated and sent.",
    "warning": "The conditions are not met, no report was generated.",
    "error": "The Qlik app could not be opened: connection to the engine was lost.",
    "stopped": "Stopped on request.",
}


@dataclass(frozen=True)
class ReportAtRun:
    """A report as it was when the run began; later changes do not touch the run."""

    id: str
    name: str
    subject: Subject


@dataclass(frozen=True)
class TaskAtRun:
    """A task as it was when the run began, with the mail addresses that it sends to."""

    id: str
    name: str
    recipients: tuple[str, ...]


@dataclass
class Record:
    """
    An on-demand request or a task run. Its status follows from the clock.

    :param kind: ``on-demand`` or ``scheduled``
    :param ending: the final status, or ``never``
    :param queue_seconds: how long it stays queued
    :param seconds: how long it takes altogether
    """

    id: str
    kind: str
    report: ReportAtRun
    output_format: str
    created_at: datetime
    queue_seconds: float
    seconds: float
    ending: str
    task: TaskAtRun | None = None
    selections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stopped_at: datetime | None = None

    @property
    def name(self) -> str:
        return self.task.name if self.task else self.report.name

    @property
    def started_at(self) -> datetime:
        """When it leaves the queue, unless it is stopped before."""
        return later(self.created_at, min(self.queue_seconds, self.seconds))

    @property
    def finished_at(self) -> datetime:
        """When it ends, unless it never does or is stopped before."""
        return later(self.created_at, self.seconds)

    def status(self, now: datetime) -> str:
        if self.stopped_at is not None:
            return "stopped"
        if now < self.started_at:
            return "queued"
        if now < self.finished_at or self.ending == "never":
            return "running"
        return self.ending

    def progress(self, now: datetime) -> int:
        status = self.status(now)
        if status == "queued":
            return 0
        if status not in ACTIVE:
            return 100
        share = (now - self.started_at).total_seconds() / max(0.001, self.seconds - self.queue_seconds)
        return max(1, min(99, int(100 * share)))

    def end(self, now: datetime) -> datetime | None:
        """Return when it ended, None while it has not."""
        if self.stopped_at is not None:
            return self.stopped_at
        return None if self.status(now) in ACTIVE else self.finished_at

    def restart(self, now: datetime) -> None:
        self.created_at, self.stopped_at = now, None


def wire_date(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return iso_milliseconds(moment)


def parse_wire_date(text: str) -> datetime:
    """Read what :func:`wire_date` wrote."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def wire_record(record: Record, now: datetime, words: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    status = record.status(now)
    began = record.started_at if status != "queued" and not _stopped_in_queue(record) else None
    fields = {
        "id": record.id,
        "status": words.get(status, status),
        "progress": record.progress(now),
        "message": _MESSAGES[status],
        "reportId": record.report.id,
        "reportName": record.report.name,
        "taskId": record.task.id if record.task else None,
        "taskName": record.task.name if record.task else None,
        "outputFormat": record.output_format,
        "createdDate": wire_date(record.created_at),
        "startDate": wire_date(began),
        "endDate": wire_date(record.end(now)),
    }
    return {names.get(name, name): value for name, value in fields.items()}


def _stopped_in_queue(record: Record) -> bool:
    return record.stopped_at is not None and record.stopped_at < record.started_at
