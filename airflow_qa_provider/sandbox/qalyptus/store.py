"""The state of one Qalyptus tenant."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from airflow_qa_provider.sandbox.context import SandboxContext
from airflow_qa_provider.sandbox.outcomes import Outcome
from airflow_qa_provider.sandbox.qalyptus.envelope import Refused
from airflow_qa_provider.sandbox.qalyptus.models import FieldSelection
from airflow_qa_provider.sandbox.qalyptus.records import ACTIVE, ON_DEMAND, SCHEDULED, Record, wire_date, wire_record
from airflow_qa_provider.sandbox.qalyptus.seed import Report, Task, make_tenant

_PAST_RUNS = 12


class QalyptusStore:
    """
    The configured tenant and its status records.

    :param context: the vendor's view of the sandbox
    """

    def __init__(self, context: SandboxContext) -> None:
        self.context = context
        self.tenant = make_tenant(context)
        self._records: dict[str, Record] = {}
        self._made = 0
        self._add_history()

    @property
    def now(self) -> datetime:
        """The sandbox clock."""
        return self.context.clock.now()

    def report(self, report_id: str) -> Report:
        """
        Find a report.

        :param report_id: its id
        :raises Refused: 404 when there is none
        """
        report = self.tenant.reports.get(report_id)
        if report is None:
            raise Refused(404, "Report not found", f"There is no report with the id {report_id}.")
        return report

    def task(self, task_id: str) -> Task:
        """
        Find a task.

        :param task_id: its id
        :raises Refused: 404 when there is none
        """
        task = self.tenant.tasks.get(task_id)
        if task is None:
            raise Refused(404, "Task not found", f"There is no task with the id {task_id}.")
        return task

    def records(self, kind: str) -> list[Record]:
        """
        Return the records of a kind, latest first.

        :param kind: ``on-demand`` or ``scheduled``
        """
        return [record for record in reversed(self._records.values()) if record.kind == kind]

    def record(self, record_id: str, kind: str | None = None) -> Record:
        """
        Find a record.

        :param record_id: its id
        :param kind: only of this kind
        :raises Refused: 404 when there is none
        """
        record = self._records.get(record_id)
        if record is None or kind not in (None, record.kind):
            raise Refused(404, "Request not found", f"There is no task or request with the id {record_id}.")
        return record

    def generate(self, report: Report, output_format: str, selections: Iterable[FieldSelection]) -> Record:
        """
        Request a report.

        :param report: the report
        :param output_format: one of its formats, in any case
        :param selections: fields and the values to keep
        :raises Refused: 400 when the report does not offer the format
        """
        known = {name.lower(): name for name in report.formats}
        if output_format.lower() not in known:
            offered = ", ".join(report.formats)
            raise Refused(400, "Invalid output format", f"This report offers {offered}, not {output_format[:40]}.")
        chosen = {item.fieldName: item.values() for item in selections if item.fieldName is not None}
        outcome = self._outcome("report", report.name, report.id)
        return self._add(
            kind=ON_DEMAND,
            report=report,
            output_format=known[output_format.lower()],
            selections=chosen,
            seconds=_seconds(outcome, self.context.settings.report_seconds),
            ending=outcome.result if outcome else "completed",
        )

    def run_task(self, task: Task) -> Record:
        """
        Start a task, which makes a new record.

        :param task: the task
        """
        outcome = self._outcome("task", task.name, task.id)
        return self._add(
            kind=SCHEDULED,
            report=task.report,
            output_format=task.output_format,
            task=task,
            seconds=_seconds(outcome, self.context.settings.task_seconds),
            ending=outcome.result if outcome else task.ending,
        )

    def run_again(self, record_id: str) -> Record:
        """
        Run a request again, keeping its id; or start a task.

        :param record_id: id of a record or of a task
        :raises Refused: 409 when it is still active
        """
        if record_id in self.tenant.tasks:
            return self.run_task(self.tenant.tasks[record_id])
        record = self.record(record_id)
        if record.status(self.now) in ACTIVE:
            raise Refused(409, "Already running", "The task or request is queued or running.")
        record.restart(self.now)
        return record

    def stop(self, record_id: str) -> Record:
        """
        Stop a record that is active.

        :param record_id: its id
        :raises Refused: 409 when it is not active
        """
        record = self.record(record_id)
        if record.status(self.now) not in ACTIVE:
            raise Refused(409, "Not running", "The task or request is not queued or running.")
        record.stopped_at = self.now
        return record

    def delete(self, record_id: str) -> None:
        """
        Delete a record with its files, stopping it first.

        :param record_id: its id
        """
        del self._records[self.record(record_id).id]

    def wire(self, record: Record) -> dict[str, Any]:
        """
        Describe a record on the wire.

        :param record: the record
        """
        wire = self.context.settings.qalyptus
        return wire_record(record, self.now, wire.words, wire.fields)

    def wire_task(self, task: Task) -> dict[str, Any]:
        """
        Describe a task on the wire, with the start of its latest run.

        :param task: the task
        """
        latest = next((r for r in self.records(SCHEDULED) if r.task is not None and r.task.id == task.id), None)
        return {**task.wire, "lastExecution": wire_date(latest.created_at) if latest else None}

    def script(self, object_id: str, outcome: Outcome) -> bool:
        """
        Decide how a record that exists will end.

        :param object_id: id of a record
        :param outcome: the ending
        :return: whether there is such a record
        """
        record = self._records.get(object_id)
        if record is None or outcome.kind != ("task" if record.task else "report"):
            return False
        record.ending, record.seconds = outcome.result, _seconds(outcome, record.seconds)
        return True

    def snapshot(self) -> dict[str, Any]:
        """Describe the tenant for the control API."""
        now = self.now
        return {
            "reports": [{"id": r.id, "name": r.name, "outputFormats": r.formats} for r in self.tenant.reports.values()],
            "tasks": [{"id": t.id, "name": t.name, "ending": t.ending} for t in self.tenant.tasks.values()],
            "records": [
                {"id": r.id, "kind": r.kind, "name": r.name, "status": r.status(now), "ending": r.ending}
                for r in self._records.values()
            ],
        }

    def _outcome(self, kind: str, name: str, object_id: str) -> Outcome | None:
        return self.context.outcomes.take(kind, name, object_id)

    def _add(self, *, seconds: float, created_at: datetime | None = None, **fields: Any) -> Record:
        self._made += 1
        record = Record(
            id=self.context.make_id("status", self._made),
            created_at=created_at or self.now,
            queue_seconds=min(self.context.settings.report_queue_seconds, seconds / 2),
            seconds=seconds,
            **fields,
        )
        self._records[record.id] = record
        return record

    def _add_history(self) -> None:
        rng = random.Random(self.context.settings.seed)
        reports, tasks = list(self.tenant.reports.values()), list(self.tenant.tasks.values())
        morning = self.now.replace(hour=5, minute=0, second=0, microsecond=0) - timedelta(days=1)
        for index in range(_PAST_RUNS):
            moment = morning - timedelta(days=_PAST_RUNS - index)
            task, report = tasks[index % len(tasks)], reports[index % len(reports)]
            self._add(
                kind=SCHEDULED,
                report=task.report,
                output_format=task.output_format,
                task=task,
                created_at=moment,
                seconds=rng.uniform(20, 90),
                ending=task.ending,
            )
            self._add(
                kind=ON_DEMAND,
                report=report,
                output_format=report.formats[0],
                created_at=moment + timedelta(hours=4),
                seconds=rng.uniform(5, 40),
                ending="completed",
            )


def _seconds(outcome: Outcome | None, default: float) -> float:
    return default if outcome is None or outcome.seconds is None else outcome.seconds
