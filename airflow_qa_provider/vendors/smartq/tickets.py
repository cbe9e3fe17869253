"""Tickets of smartQ: what is asked for, and where one stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAError, QANotFoundError
from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.fields import UNNOTED, KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses, not_gone, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.kinds.steps import Step
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.shown import step_of, tags_of
from airflow_qa_provider.vendors.smartq.client.tickets import Archived, ticket_form
from airflow_qa_provider.vendors.smartq.moves import MoveTicket
from airflow_qa_provider.vendors.smartq.notes import NoteFields
from airflow_qa_provider.vendors.smartq.ticket_lookup import find_tickets, is_marker, notice_marker, shows_markers

SEPARATOR = "/"
_PAGE_SIZE = 100
_UNCHECKED_POLLS = 2
_ARCHIVED = "archived"
# smartQ's own form of a date, which the client checks
_OWN_TIME = re.compile(r"\d{4}-\d{2}-\d{2}( [\d:]{8})?")

_NOT_OF_THE_TICKET = ("marker", "note", "then_move_to")
_SHOWN = ("name", "step_id", "description", "tags", "required_by", "assigned_to", "custom_fields")


@dataclass(frozen=True)
class TicketFields(KindFields):
    """A ticket (source: "Tickets: adds a new ticket").

    :param project_id: Id of the project.
    :param name: Title.
    :param step_id: Id of the step that it starts in.
    :param tags: Tags, without the marker.
    :param required_by: Deadline: ISO 8601 in UTC, ``YYYY-MM-DD HH:MM:SS`` or ``YYYY-MM-DD`` in the account's own time,
        or how long after the creation.
    :param assigned_to: Ids of the users to assign.
    :param notify_involved: Whether the team of the ticket is notified.
    :param description: Text that describes it.
    :param custom_fields: Field name to a text, a number, or a list of ids of values.
    :param marker_tag: Whether it gets the marker.
    :param marker: The tag that identifies it; ``None`` until it is sent, and for a ticket without one.
    :param note: The note that it gets, with its files; ``None`` for none.
    :param then_move_to: Step to which it is moved at last, by id or name; ``None`` to leave it where it starts.
    """

    updates: ClassVar[bool] = True
    shows_itself: ClassVar[bool] = True

    project_id: str
    name: str
    step_id: str
    tags: tuple[str, ...] = ()
    # text, not a moment: the account's own time has no zone, and stays as it is
    required_by: str | timedelta | None = None
    assigned_to: tuple[str, ...] | None = None
    notify_involved: bool | None = None
    description: str | None = field(default=None, metadata=UNNOTED)
    custom_fields: Mapping[str, Any] | None = field(default=None, metadata=UNNOTED)
    marker_tag: bool = True
    marker: str | None = None
    note: NoteFields | None = field(default=None, metadata=UNNOTED)
    then_move_to: str | None = field(default=None, metadata=UNNOTED)

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        fields = cls(
            project_id=given.id("project_id"),
            name=given.text("name"),
            step_id=given.id("step_id"),
            tags=given.optional_words("tags") or (),
            required_by=_deadline(given),
            assigned_to=given.optional_ids("assigned_to"),
            notify_involved=given.optional_flag("notify_involved"),
            description=given.optional_text("description"),
            custom_fields=_custom_fields(given),
            marker_tag=given.flag("marker_tag", True),
            note=_note(given),
            then_move_to=given.optional_text("then_move_to"),
        )
        ticket_form(**fields._content())  # refuses what a form cannot carry
        return fields

    @override
    def identity(self) -> Mapping[str, Any]:
        # the marker is made of it; what is done to the ticket later is told apart by itself
        return {name: value for name, value in super().identity().items() if name not in _NOT_OF_THE_TICKET}

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        if self.note is not None:
            self.note.at(moment, marker)  # no ticket without the files that it is to have
        due = self.required_by
        due = (moment + due).isoformat() if isinstance(due, timedelta) else due
        return replace(self, required_by=due, marker=marker if self.marker_tag else None)

    @override
    def alike(self) -> Mapping[str, Any]:
        return {"project_id": self.project_id, "name": self.name}

    @override
    def compares(self, client: SmartQClient) -> bool:
        return self.marker is None or not shows_markers(client, self.project_id)

    @override
    def create(self, client: SmartQClient) -> str | None:
        made = client.tickets.create(self.project_id, **self._content())
        notice_marker(client, self, made)
        return str(made["id"]) if made.get("id") else None

    @override
    def update(self, client: SmartQClient, object_id: str) -> None:
        # in the step in which it is by now; a ticket cannot change its project, there it is not found
        shown = client.tickets.get(self.project_id, object_id)
        kept = [tag for tag in tags_of(shown) if not is_marker(tag)]
        content = self._content()
        content["step_id"] = step_of(shown) or self.step_id
        content["tags"] = list(dict.fromkeys([*kept, *(content["tags"] or ())])) or None
        client.tickets.update(self.project_id, object_id, **content)

    @override
    def then(self, object_id: str, *, new: bool) -> Sequence[Step]:
        steps: list[Step] = []
        if self.note is not None:
            note = replace(self.note, project_id=self.project_id, ticket_id=object_id, first_of_ticket=new)
            steps.append(Step("note", "smartq.note", note))
        if self.then_move_to is not None:
            # smartQ is asked what a ticket holds before it is moved, unless it was filled a moment ago
            content = {name: value for name, value in self._content().items() if name in _SHOWN and value}
            move = MoveTicket(self.project_id, object_id, self.then_move_to, content if new else None)
            steps.append(Step("move", "smartq.ticket", move))
        return steps

    @override
    def seen(self, client: SmartQClient, object_id: str) -> Snapshot:
        try:
            ticket = client.tickets.get(self.project_id, object_id)
        except QANotFoundError:
            # the docs do not say whether archived ones are shown by their id
            name = f"{self.project_id}{SEPARATOR}{object_id}"
            listed = TicketPoller()(client, [name], 0.0)[name]
            if isinstance(listed, QAError):
                raise listed from None
            return listed
        return Snapshot(object_id, Phase.ACTIVE, f"in step {step_of(ticket)}")

    def _content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "step_id": self.step_id,
            "description": self.description,
            "tags": [*self.tags, *([self.marker] if self.marker else [])] or None,
            "required_by": None if isinstance(self.required_by, timedelta) else self.required_by,
            "assigned_to": self.assigned_to,
            "notify_involved": self.notify_involved,
            "custom_fields": self.custom_fields,
        }


def _note(given: Given) -> NoteFields | None:
    files = tuple(given.raw("files") or ())
    text = given.optional_text("note") or ", ".join(file.name for file in files)
    if text:
        named = {**given.arguments, "ticket_id": "0", "note": text}  # its ticket is not there yet
        return NoteFields.read(Given(named, given.check.vendor, {"text": "note"}))
    if given.has("notify_users"):
        raise given.refused("notify_users is about a note, and there is neither note nor files", "Give a note")
    return None


def _deadline(given: Given) -> str | timedelta | None:
    raw = given.raw("required_by")
    if isinstance(raw, str) and _OWN_TIME.fullmatch(raw.strip()):
        return raw.strip()
    due = given.optional_when("required_by")
    return due.isoformat() if isinstance(due, datetime) else due


def _custom_fields(given: Given) -> Mapping[str, Any] | None:
    values = given.optional_object("custom_fields") or {}
    read = {name: _custom_field(given, name, value) for name, value in values.items()}
    return {name: value for name, value in read.items() if value is not None} or None


def _custom_field(given: Given, name: str, value: Any) -> Any:
    field_name = f"custom_fields[{name!r}]"
    if isinstance(value, str):
        return given.check.optional_text(value, field_name)
    return value if isinstance(value, (int, float)) else given.check.optional_ids(value, field_name)


class TicketPoller:
    """Tickets, by ``project id/ticket id``.

    The docs name no field that says whether a ticket is archived, but lists can be asked for active or archived ones
    only. So each project's active tickets are read, and the archived ones when a ticket is not among them. One that was
    archived, and is still not among the active ones, is taken to be archived for two polls, and looked up at the third.
    """

    def __init__(self) -> None:
        self._archived: dict[str, Snapshot] = {}
        self._unchecked = 0

    def __call__(self, client: SmartQClient, ids: Collection[str], since: float) -> Statuses:
        """Ask where tickets stand.

        :param client: The client.
        :param ids: ``project id/ticket id``.
        :param since: Not used: the list takes no window.
        """
        projects: dict[str, dict[str, str]] = {}
        for object_id in ids:
            project_id, _, ticket_id = object_id.partition(SEPARATOR)
            projects.setdefault(project_id, {})[object_id] = ticket_id
        checks = self._unchecked == _UNCHECKED_POLLS
        self._unchecked = 0 if checks else self._unchecked + 1
        known = {} if checks else {one: self._archived[one] for one in ids if one in self._archived}
        boards = poll_each(lambda project_id: self._project(client, project_id, projects[project_id], known), projects)
        statuses: Statuses = {}
        for project_id, seen in boards.items():
            # a project that is not there says nothing about a ticket
            statuses.update(dict.fromkeys(projects[project_id], not_gone(seen)) if isinstance(seen, QAError) else seen)
        self._archived = {
            one: seen for one, seen in statuses.items() if isinstance(seen, Snapshot) and seen.status == _ARCHIVED
        }
        return statuses

    def _project(
        self, client: SmartQClient, project_id: str, wanted: Mapping[str, str], known: Mapping[str, Snapshot]
    ) -> Statuses:
        statuses: Statuses = {}
        size = max(_PAGE_SIZE, client.settings.page_size or 0)
        for archived in (Archived.ACTIVE, Archived.ARCHIVED):
            missing = {ticket_id: object_id for object_id, ticket_id in wanted.items() if object_id not in statuses}
            if not missing:
                break
            for row in client.tickets.list(project_id, archived=archived, page_size=size):
                object_id = missing.pop(str(row.get("id")), None)
                if object_id is not None:
                    statuses[object_id] = _snapshot(object_id, row, archived is Archived.ARCHIVED)
                if not missing:
                    break
            statuses.update((one, known[one]) for one in missing.values() if one in known)
        return {object_id: statuses.get(object_id, _absent(object_id)) for object_id in wanted}


def _snapshot(object_id: str, row: Mapping[str, Any], archived: bool) -> Snapshot:
    step_id = row.get("step_id")
    detail = {"step_id": step_id, "archived": archived, "name": row.get("name")}
    return Snapshot(object_id, Phase.ACTIVE, _ARCHIVED if archived else f"in step {step_id}", detail)


def _absent(object_id: str) -> QAError:
    message = f"ticket {object_id} is neither among the active nor the archived ones"
    return QANotFoundError(message, vendor="smartq", object_id=object_id)


def _target(given: Given) -> Target:
    project_id, ticket_id = given.id("project_id"), given.id("ticket_id")
    if SEPARATOR in project_id:
        raise given.refused(f"project_id must be one id, without a slash, got {project_id!r}")
    reached: dict[str, list[str]] = {}
    if given.has("step_id"):
        reached["step_id"] = list(given.ids("step_id"))
    archived = given.optional_flag("archived")
    if archived is not None:
        reached["archived"] = [str(archived).lower()]
    if not reached:
        raise given.refused("neither step_id nor archived says what to wait for")
    return Target(f"{project_id}{SEPARATOR}{ticket_id}", Condition(reached=reached))


TICKET = Kind(
    name="smartq.ticket",
    noun="ticket",
    poll=TicketPoller,
    condition=_target,
    fields=TicketFields,
    lookup=find_tickets,
    changes={"move": MoveTicket},
    facts={
        "name": "name at the vendor",
        "step_id": "step that the ticket is in",
        "archived": "whether the ticket is archived",
    },
    id_of=lambda object_id: object_id.rpartition(SEPARATOR)[2],
)
