"""Tasks: which reports go to whom, when, and what a run needs to know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from qa_sandbox.qalyptus.envelope import missing
from qa_sandbox.qalyptus.records import TaskAtRun, parse_wire_date
from qa_sandbox.qalyptus.state.collection import Parts, Row
from qa_sandbox.qalyptus.state.owned import ContentCollection
from qa_sandbox.qalyptus.task_models import TaskEmail, TaskRecipient, TaskReport
from qa_sandbox.web import Refused

if TYPE_CHECKING:
    from qa_sandbox.qalyptus.store import QalyptusStore

_TRIGGER = (
    *("id", "day", "name", "type", "month", "atHour", "toHour", "atMinut", "endDate", "toMinut", "fromHour"),
    *("isActive", "priority", "timeZone", "execution", "frequency", "fromMinut", "startDate", "everyHours"),
    *("weeklyDays", "description", "timeZoneOfset", "nextExecutionDate", "appId", "eventType", "qlikEvent"),
)


class Recipients(Parts):
    kind = "recipient"
    parent = "tasks"
    noun = "task recipient"

    def set_members(self, task_id: str, members: Iterable[TaskRecipient]) -> list[Row]:
        self.check_parent(task_id)
        held = {part["recipientID"]: part for part in self.of(task_id)}
        wanted = dict.fromkeys(self.store.member(member.id)["id"] for member in members)
        self.replace(task_id, [part for member_id, part in held.items() if member_id in wanted])
        for member_id in wanted:
            if member_id not in held:
                self.add(task_id, recipientID=member_id)
        return self.views(task_id)

    def remove(self, parent_id: str, part_ids: Iterable[str]) -> None:
        """Remove recipients, given by their own id or that of the user or group."""
        by_member = {part["recipientID"]: part["id"] for part in self.of(parent_id)}
        super().remove(parent_id, [by_member.get(part_id, part_id) for part_id in part_ids])

    def addresses(self, task_id: str) -> list[str]:
        """Return the mail addresses of a task, each once; a group stands for its members."""
        found: dict[str, None] = {}
        for part in self.of(task_id):
            member_id = part["recipientID"]
            is_user = member_id in self.store.users
            users = [member_id] if is_user else self.store.groups.get(member_id)["members"]
            found.update(dict.fromkeys(email for user in users if (email := self.store.users.get(user)["email"])))
        return list(found)

    def view(self, part: Row) -> Row:
        member = self.store.member(part["recipientID"])
        shown = {name: member[name] for name in ("name", "type", "email")}
        return {"id": part["id"], "recipientID": member["id"], **shown}


class Schedules(Parts):
    """Schedules of tasks. The sandbox starts no task by itself."""

    kind = "schedule"
    parent = "tasks"
    noun = "task schedule"
    trigger_type = "Schedule"

    def trigger(self, part: Row) -> Row:
        start = part["startDate"]
        ahead = start is not None and parse_wire_date(start) > self.store.now
        more = {"type": self.trigger_type, "isActive": True, "nextExecutionDate": start if ahead else None}
        return {**dict.fromkeys(_TRIGGER), **{name: part[name] for name in _TRIGGER if name in part}, **more}


class ExternalEvents(Schedules):
    kind = "external-event"
    trigger_type = "ExternalEvent"

    def trigger(self, part: Row) -> Row:
        return {**super().trigger(part), "appId": part["appID"], "eventType": "Qlik", "nextExecutionDate": None}


class TaskReports(Parts):
    kind = "task-report"
    parent = "tasks"
    _links = ("filters", "conditions", "storageServices")
    _brief = ("id", "format", "reportID", "emailEmbedment", "emailAttachment")
    _secret = ("fileOpenPassword", "fileWritePassword")

    def unlink(self, name: str, object_id: str) -> None:
        """Remove an object that is gone from every report of every task."""
        for task_id in self._parts:
            for part in self.of(task_id):
                part[name] = [link for link in part[name] or () if link["id"] != object_id]

    def check_links(self, fields: Row) -> None:
        for name in self._links:
            for link in fields[name] or ():
                self._linked(name, link["id"])

    def view(self, part: Row) -> Row:
        report = self.store.reports.view(self.store.reports.get(part["reportID"]))
        named = {name: report[name] for name in ("name", "type", "description", "isIteration", "outputFormats")}
        return {**named, **{name: part[name] for name in self._brief}}

    def detail(self, part: Row) -> Row:
        """Describe all of a task's report on the wire, except its passwords."""
        shown = {name: value for name, value in part.items() if name not in self._secret}
        links = {
            name: [{**link, "name": self._linked(name, link["id"])["name"]} for link in part[name] or ()]
            for name in self._links
        }
        return {**self.view(part), **shown, **links, "imageQuality": None}

    def _linked(self, name: str, object_id: str) -> Row:
        store = self.store
        homes = {"filters": store.filters, "conditions": store.conditions, "storageServices": store.storage_services}
        return homes[name].get(object_id)


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
    kind = "task"

    def __init__(self, store: QalyptusStore) -> None:
        super().__init__(store)
        self.reports = TaskReports(store)
        self.recipients = Recipients(store)
        self.schedules = Schedules(store)
        self.events = ExternalEvents(store)
        self.parts = (self.reports, self.recipients, self.schedules, self.events)

    def make(self, fields: Row) -> Row:
        """Make a task without reports, recipients and triggers; ``ending`` says how its runs end."""
        email = TaskEmail.model_validate({"from": SENDER, "subject": fields["name"], "isActive": True})
        return self.add(**{**_DEFAULTS, "ending": "success", "email": email.model_dump(by_alias=True), **fields})

    def duplicate_here(self, task_id: str) -> Row:
        """Copy a task with all its parts in its project."""
        row = self.get(task_id)
        return self.copy(row, row["projectID"])

    def set_email(self, task_id: str, body: TaskEmail) -> Row:
        row = self.get(task_id)
        row["email"] = self._fields(body)
        return dict(row["email"])

    def save_report(self, task_id: str, body: TaskReport, part_id: object = None) -> Row:
        row, fields = self.get(task_id), self._fields(body)
        self.reports.check_links(fields)
        fields["format"] = self.store.reports.output_format(body.reportID, body.format)
        return self.reports.detail(self.reports.save(row["id"], str(part_id) if part_id else None, fields))

    def triggers(self, task_id: str) -> list[Row]:
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
