"""Tasks: which reports go to whom, when, and what a run needs to know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from qa_sandbox.qalyptus.envelope import Refused, missing
from qa_sandbox.qalyptus.models.tasks import TaskEmail, TaskReport
from qa_sandbox.qalyptus.records import TaskAtRun
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.owned import ContentCollection
from qa_sandbox.qalyptus.state.task_parts import ExternalEvents, Recipients, Schedules, TaskReports

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

SENDER = "reports@example.com"
_DEFAULTS: Row = {
    "isActive": True,
    "testMode": False,
    "testModeRecipients": None,
    "sendNotifications": False,
    "notifyIfError": False,
    "notifyIfWarning": False,
    "notifyIfSuccess": False,
    "notificationRecipients": None,
    "notificationCc": None,
    "notificationBcc": None,
}


class Tasks(ContentCollection):
    """Tasks of the tenant."""

    kind = "task"
    noun = "task"

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.reports = TaskReports(store)
        self.recipients = Recipients(store)
        self.schedules = Schedules(store)
        self.events = ExternalEvents(store)
        self.parts = (self.reports, self.recipients, self.schedules, self.events)

    def make(self, fields: Row) -> Row:
        """
        Make a task without reports, recipients and triggers.

        :param fields: the members of the request; ``ending`` says how its runs end, default ``success``
        """
        email = TaskEmail.model_validate({"from": SENDER, "subject": fields["name"], "isActive": True})
        return self.add(**{**_DEFAULTS, "ending": "success", "email": email.model_dump(by_alias=True), **fields})

    def duplicate_here(self, task_id: str) -> Row:
        """Copy a task with all its parts in its project."""
        row = self.get(task_id)
        return self.copy(row, row["projectID"])

    def set_email(self, task_id: str, body: TaskEmail) -> Row:
        """Set the mail of a task."""
        row = self.get(task_id)
        row["email"] = self._fields(body)
        return dict(row["email"])

    def save_report(self, task_id: str, part_id: str | None, body: TaskReport) -> Row:
        row, fields = self.get(task_id), self._fields(body)
        self.reports.check_links(fields)
        fields["format"] = self.store.reports.output_format(body.reportID, body.format)
        return self.reports.detail(self.reports.save(row["id"], part_id, fields))

    def triggers(self, task_id: str) -> list[Row]:
        """Describe the schedules and external events of a task."""
        row = self.get(task_id)
        return [parts.trigger(part) for parts in (self.schedules, self.events) for part in parts.of(row["id"])]

    def remove_triggers(self, task_id: str, part_ids: Iterable[str]) -> None:
        """Remove schedules and external events of a task, all or none."""
        row, wanted = self.get(task_id), list(dict.fromkeys(part_ids))
        schedules = {part["id"] for part in self.schedules.of(row["id"])}
        events = {part["id"] for part in self.events.of(row["id"])}
        for part_id in wanted:
            if part_id not in schedules | events:
                raise missing("trigger", part_id)
        self.schedules.remove(row["id"], [part_id for part_id in wanted if part_id in schedules])
        self.events.remove(row["id"], [part_id for part_id in wanted if part_id in events])

    def at_run(self, row: Row) -> TaskAtRun:
        """Describe a task for a run that begins now."""
        recipients = self.recipients.addresses(row["id"])
        if row["testMode"]:
            recipients = re.findall(r"[^\s;,]+", row["testModeRecipients"] or "")
        return TaskAtRun(row["id"], row["name"], tuple(recipients) if row["email"]["isActive"] else ())

    def first_report(self, row: Row) -> Row:
        """Return the report whose file a run makes."""
        parts = self.reports.of(row["id"])
        if not parts:
            raise Refused(409, "Nothing to run", "The task has no report.")
        return parts[0]

    def view(self, row: Row) -> Row:
        return {
            **super().view(row),
            **{name: row[name] for name in _DEFAULTS},
            "isScheduled": bool(self.schedules.of(row["id"])),
            "lastExecution": self.store.runs.last_execution(row["id"]),
        }
