"""What a task consists of: recipients, schedules, external events and reports."""

from __future__ import annotations

from collections.abc import Iterable

from qa_sandbox.qalyptus.models.tasks import TaskRecipient
from qa_sandbox.qalyptus.records import parse_wire_date
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.parts import Parts

_TRIGGER = (
    *("id", "day", "name", "type", "month", "atHour", "toHour", "atMinut", "endDate", "toMinut", "fromHour"),
    *("isActive", "priority", "timeZone", "execution", "frequency", "fromMinut", "startDate", "everyHours"),
    *("weeklyDays", "description", "timeZoneOfset", "nextExecutionDate", "appId", "eventType", "qlikEvent"),
)


class Recipients(Parts):
    """Users and groups that get a task's mail."""

    kind = "recipient"
    noun = "task recipient"

    def set_members(self, task_id: str, members: Iterable[TaskRecipient]) -> None:
        """Set who gets the mail; who got it before keeps its id."""
        held = {part["recipientID"]: part for part in self.of(task_id)}
        wanted = dict.fromkeys(self.store.member(member.id)["id"] for member in members)
        self.replace(task_id, [part for member_id, part in held.items() if member_id in wanted])
        for member_id in wanted:
            if member_id not in held:
                self.add(task_id, recipientID=member_id)

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
    noun = "task schedule"
    trigger_type = "Schedule"

    def trigger(self, part: Row) -> Row:
        """Describe a schedule or event as a trigger."""
        start = part["startDate"]
        ahead = start is not None and parse_wire_date(start) > self.store.now
        more = {"type": self.trigger_type, "isActive": True, "nextExecutionDate": start if ahead else None}
        return {**dict.fromkeys(_TRIGGER), **{name: part[name] for name in _TRIGGER if name in part}, **more}


class ExternalEvents(Schedules):
    kind = "external-event"
    noun = "external event"
    trigger_type = "ExternalEvent"

    def trigger(self, part: Row) -> Row:
        return {**super().trigger(part), "appId": part["appID"], "eventType": "Qlik", "nextExecutionDate": None}


class TaskReports(Parts):
    """Reports that tasks generate."""

    kind = "task-report"
    noun = "task report"
    _links = ("filters", "conditions", "storageServices")
    _brief = ("id", "format", "reportID", "emailEmbedment", "emailAttachment")
    _secret = ("fileOpenPassword", "fileWritePassword")

    def unlink(self, name: str, object_id: str) -> None:
        """Remove an object that is gone from every report of every task."""
        for task_id in self._parts:
            for part in self.of(task_id):
                part[name] = [link for link in part[name] or () if link["id"] != object_id]

    def check_links(self, fields: Row) -> None:
        """Refuse links to what does not exist."""
        for name in self._links:
            for link in fields[name] or ():
                self._linked(name, link["id"])

    def view(self, part: Row) -> Row:
        """Describe a task's report on the wire, as lists do."""
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
