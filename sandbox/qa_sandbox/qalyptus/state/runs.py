"""On-demand requests and task runs of the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from qa_sandbox.clock import midnight
from qa_sandbox.outcomes import Outcome
from qa_sandbox.qalyptus.envelope import missing
from qa_sandbox.qalyptus.models import OnDemand
from qa_sandbox.qalyptus.records import ACTIVE, ON_DEMAND, SCHEDULED, Record, ReportAtRun, wire_date, wire_record
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.web import Refused

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

_PAST_RUNS = 12


class Runs:
    """Status records, latest last."""

    def __init__(self, store: QalyptusStore) -> None:
        self._store = store
        self._records: dict[str, Record] = {}

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    def records(self, kind: str) -> list[Record]:
        return [record for record in reversed(self._records.values()) if record.kind == kind]

    def record(self, record_id: str, kind: str | None = None) -> Record:
        record = self._records.get(record_id)
        if record is None or kind not in (None, record.kind):
            raise missing("request", record_id)
        return record

    def generate(self, report_id: str, output_format: str, body: OnDemand | None) -> Row:
        row = self._store.reports.get(report_id)
        offered = self._store.reports.output_format(report_id, output_format)
        selections = (body.selections if body else None) or ()
        chosen = {item.fieldName: item.values() for item in selections if item.fieldName is not None}
        usual = self._store.context.settings.report_seconds
        ending, seconds = self._store.context.outcomes.ending("report", row["name"], row["id"], "completed", usual)
        record = self._add(
            kind=ON_DEMAND,
            report=_at_run(row),
            output_format=offered,
            selections=chosen,
            seconds=seconds,
            ending=ending,
        )
        return self.wire(record)

    def run_task(self, task_id: str) -> Record:
        """Start a task, which makes a new record."""
        row = self._store.tasks.get(task_id)
        fields = self._task_fields(row)
        usual = self._store.context.settings.task_seconds
        ending, seconds = self._store.context.outcomes.ending("task", row["name"], row["id"], row["ending"], usual)
        return self._add(**fields, seconds=seconds, ending=ending)

    def run_again(self, record_id: str) -> Row:
        """Run a request again, keeping its id; or start a task."""
        if record_id in self._store.tasks:
            return self.wire(self.run_task(record_id))
        record = self.record(record_id)
        if record.status(self._store.now) in ACTIVE:
            raise Refused(409, "Already running", "The task or request is queued or running.")
        record.restart(self._store.now)
        return self.wire(record)

    def stop(self, record_id: str) -> Row:
        record = self.record(record_id)
        if record.status(self._store.now) not in ACTIVE:
            raise Refused(409, "Not running", "The task or request is not queued or running.")
        record.stopped_at = self._store.now
        return self.wire(record)

    def delete(self, record_id: str) -> None:
        """Delete a record with its files, stopping it first."""
        del self._records[self.record(record_id).id]

    def wire(self, record: Record) -> Row:
        wire = self._store.context.settings.qalyptus
        return wire_record(record, self._store.now, wire.words, wire.fields)

    def last_execution(self, task_id: str) -> str | None:
        runs = [record.created_at for record in self if record.task is not None and record.task.id == task_id]
        return wire_date(max(runs)) if runs else None

    def script(self, object_id: str, outcome: Outcome) -> bool:
        record = self._records.get(object_id)
        if record is None or outcome.kind != ("task" if record.task else "report"):
            return False
        record.ending, record.seconds = outcome.result, outcome.seconds_or(record.seconds)
        return True

    def add_history(self) -> None:
        store = self._store
        today = midnight(store.now)
        reports, tasks = list(store.reports), list(store.tasks)
        # A run that a Qlik event started is an on-demand request, not a scheduled task.
        started = today - timedelta(days=_PAST_RUNS + 2)
        by_event = {**self._task_fields(tasks[0]), "kind": ON_DEMAND}
        self._add(**by_event, created_at=started, seconds=self._drawn("event", 0), ending=tasks[0]["ending"])
        morning = today - timedelta(hours=19)
        for index in range(_PAST_RUNS):
            moment = morning - timedelta(days=_PAST_RUNS - index)
            task, report = tasks[index % len(tasks)], reports[index % len(reports)]
            self._add(
                **self._task_fields(task), created_at=moment, seconds=self._drawn("task", index), ending=task["ending"]
            )
            self._add(
                kind=ON_DEMAND,
                report=_at_run(report),
                output_format=report["formats"][0],
                created_at=moment + timedelta(hours=4),
                seconds=self._drawn("report", index) / 2,
                ending="completed",
            )

    def _drawn(self, kind: str, index: int) -> float:
        return self._store.context.random("run", kind, index).uniform(20, 90)

    def _task_fields(self, task: Row) -> Row:
        part = self._store.tasks.first_report(task)
        report = self._store.reports.get(part["reportID"])
        at_run = self._store.tasks.at_run(task)
        return {"kind": SCHEDULED, "report": _at_run(report), "output_format": part["format"], "task": at_run}

    def _add(self, *, seconds: float, created_at: datetime | None = None, **fields: Any) -> Record:
        record = Record(
            id=self._store.new_id("status"),
            created_at=created_at or self._store.now,
            queue_seconds=min(self._store.context.settings.report_queue_seconds, seconds / 2),
            seconds=seconds,
            **fields,
        )
        self._records[record.id] = record
        return record


def _at_run(report: Row) -> ReportAtRun:
    return ReportAtRun(report["id"], report["name"], report["subject"])
