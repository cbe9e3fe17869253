"""Operators of smartQ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.inputs import required_id

if TYPE_CHECKING:
    from airflow_qa_provider.journal.attempt import Made
    from airflow_qa_provider.kinds.polling import Poller
    from airflow_qa_provider.reports.sources import SourceFile
    from airflow_qa_provider.rest.timestamps import Timestamp
    from airflow_qa_provider.vendors.smartq.client import SmartQClient
    from airflow_qa_provider.vendors.smartq.client.rules import Id
    from airflow_qa_provider.vendors.smartq.client.tickets import CustomFieldValue

_COLOR = "#e8f1fb"


class SmartQOperator(VendorOperator):
    """Calls one operation of the smartQ API, such as ``tickets.create``.

    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "smartq"
    ui_color = "#e2f3f8"

    def __init__(self, *, smartq_conn_id: str = "smartq_default", **kwargs: Any) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)


class SmartQCreateTicketOperator(CreatingOperator):
    """Creates a ticket, once (source: "Tickets: adds a new ticket").

    The ticket gets one tag more than asked for, a marker such as ``airflow-`` and 32 digits, by which it is found again
    when the answer to the request is lost; archived tickets are searched as well. With ``marker_tag=False``, or where
    an account does not show tags, a ticket of the same name that was not there before the request is taken for the one,
    and several are uncertain. So is one whose marker somebody has removed before the retry.

    ``if_exists`` looks at active tickets of the same name. ``on_changed_input="update"`` gives the ticket the new
    content and leaves it in the step in which it is by then; the tags that others have added stay.

    Returns the id of the ticket.

    :param project_id: Id of the project. (templated)
    :param name: Title of the ticket. (templated)
    :param step_id: Id of the step that it starts in. (templated)
    :param description: Text that describes it. (templated)
    :param tags: Tags; a string may hold several, separated by commas. (templated)
    :param required_by: Deadline: an aware ``datetime``, ISO 8601 with a zone, ``YYYY-MM-DD HH:MM:SS`` or ``YYYY-MM-DD``
        in the account's own time, or a ``timedelta`` from the creation on. (templated)
    :param assigned_to: Ids of the users to assign. (templated)
    :param notify_involved: Whether the team of the ticket is notified.
    :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values. (templated)
    :param marker_tag: Whether the ticket gets the marker.
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "smartq.ticket"
    noun = "ticket"
    payload_fields = (
        "project_id",
        "name",
        "step_id",
        "description",
        "tags",
        "required_by",
        "assigned_to",
        "notify_involved",
        "custom_fields",
        "marker_tag",
    )
    updates = True
    template_fields = (*payload_fields, "conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id,
        name: str,
        step_id: Id,
        description: str | None = None,
        tags: Iterable[str] | str | None = None,
        required_by: Timestamp | timedelta | None = None,
        assigned_to: Iterable[Id] | Id | None = None,
        notify_involved: bool | None = None,
        custom_fields: Mapping[str, CustomFieldValue] | None = None,
        marker_tag: bool = True,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)
        self.project_id = project_id
        self.name = name
        self.step_id = step_id
        self.description = description
        self.tags = tags
        self.required_by = required_by
        self.assigned_to = assigned_to
        self.notify_involved = notify_involved
        self.custom_fields = custom_fields
        self.marker_tag = marker_tag

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Check the input; return what depends on the moment, and what the ticket can be recognised by.

        :param now: The moment that a relative deadline is relative to.
        :param marker: The tag that identifies the ticket.
        """
        from airflow_qa_provider.vendors.smartq.client import rules
        from airflow_qa_provider.vendors.smartq.client.tickets import ticket_form

        rules.flag(self.marker_tag, "marker_tag")
        due = now + self.required_by if isinstance(self.required_by, timedelta) else self.required_by
        facts: dict[str, Any] = {
            "project_id": required_id(self.project_id, "project_id", "smartq"),
            "name": required_id(self.name, "name", "smartq"),
            "step_id": required_id(self.step_id, "step_id", "smartq"),
            "tags": [*_words(self.tags), *([marker] if self.marker_tag else [])],
            "required_by": due.isoformat() if isinstance(due, datetime) else due,
            "marker": marker if self.marker_tag else None,
        }
        ticket_form(**self._content(facts))
        return facts

    def create(self, client: SmartQClient, facts: Mapping[str, Any]) -> str | None:
        """Create the ticket.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        made = client.tickets.create(facts["project_id"], **self._content(facts))
        return str(made["id"]) if made.get("id") else None

    def update(self, client: SmartQClient, object_id: str, facts: Mapping[str, Any]) -> None:
        """Give the ticket the content that is asked for now, in the step in which it is.

        :param client: The client.
        :param object_id: Id of the ticket.
        :param facts: What :meth:`facts` returned.
        :raises QANotFoundError: There is no such ticket in the project; a ticket cannot change its project.
        """
        from airflow_qa_provider.vendors.smartq.client.shown import step_of, tags_of
        from airflow_qa_provider.vendors.smartq.ticket_lookup import is_marker

        shown = client.tickets.get(facts["project_id"], object_id)
        kept = [tag for tag in tags_of(shown) if not is_marker(tag)]
        content = self._content(facts)
        content["step_id"] = step_of(shown) or facts["step_id"]
        content["tags"] = list(dict.fromkeys([*kept, *facts["tags"]]))
        client.tickets.update(facts["project_id"], object_id, **content)

    def poller(self) -> Poller:
        """Return how to look at the ticket, which has no id without its project."""
        from airflow_qa_provider.vendors.smartq.ticket_lookup import TicketOfProject

        return TicketOfProject(required_id(self.project_id, "project_id", "smartq"))

    def _content(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": facts["name"],
            "step_id": facts["step_id"],
            "description": self.description,
            "tags": facts["tags"] or None,
            "required_by": facts["required_by"],
            "assigned_to": self.assigned_to,
            "notify_involved": self.notify_involved,
            "custom_fields": self.custom_fields,
        }


class SmartQAddNoteOperator(CreatingOperator):
    """Adds a note to a ticket, with files, once (source: "Notes: adds a new ticket note", "Files: uploads a new file").

    A note whose id was lost is the one with the same text that was not there before the request. Tags and white space
    do not count. Two such notes, from another task or person, are uncertain.

    Each attempt uploads the files that the note does not show yet, told by name and size, one after the other. The
    answer to an upload that was lost is looked for before anything is sent again. With files, the people who are to be
    notified hear of the note once the last one is there. A file that somebody deletes before a retry is attached again.

    Returns the id of the note.

    :param project_id: Id of the project. (templated)
    :param ticket_id: Id of the ticket, as :class:`SmartQCreateTicketOperator` returns it. (templated)
    :param text: Text; some HTML tags are allowed, the docs do not say which. (templated)
    :param files: Files to attach: paths, URIs of object storage, ``ObjectStoragePath`` objects, or manifests as the
        transfers return them; one, or many. (templated)
    :param parent_id: Id of the note that this one answers. (templated)
    :param private: Whether only those who may see private notes can see it.
    :param notify_users: Whether users are told of it.
    :param users: Ids of the users to tell. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "smartq.note"
    noun = "note"
    payload_fields = ("project_id", "ticket_id", "text", "attachments", "parent_id", "private", "notify_users", "users")
    template_fields = ("project_id", "ticket_id", "text", "files", "parent_id", "users", "conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id,
        ticket_id: Id,
        text: str,
        files: Any = None,
        parent_id: Id | None = None,
        private: bool | None = None,
        notify_users: bool | None = None,
        users: Iterable[Id] | Id | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)
        self.project_id = project_id
        self.ticket_id = ticket_id
        self.text = text
        self.files = files
        self.parent_id = parent_id
        self.private = private
        self.notify_users = notify_users
        self.users = users

    @property
    def attachments(self) -> list[list[str]]:
        """The files by name and content; a manifest of the same file may differ in other things."""
        return [file.identity for file in self._source_files()]

    def facts(self, now: datetime, marker: str) -> dict[str, Any]:
        """Check the input, the files as well; return what the note can be recognised by.

        :param now: Not used: a note has no dates of ours.
        :param marker: Not used: a note has no room for it.
        :raises QAFileError: A file does not exist.
        """
        from airflow_qa_provider.vendors.smartq.client import rules
        from airflow_qa_provider.vendors.smartq.notes import text_key

        rules.ids(self.users, "users")
        rules.optional_id(self.parent_id, "parent_id")
        rules.flag(self.private, "private")
        rules.flag(self.notify_users, "notify_users")
        for file in self._source_files():
            _ = file.size
        project_id, ticket_id, _ = self._path("")
        return {
            "project_id": project_id,
            "ticket_id": ticket_id,
            "text": text_key(required_id(self.text, "text", "smartq")),
        }

    def create(self, client: SmartQClient, facts: Mapping[str, Any]) -> str | None:
        """Add the note.

        :param client: The client.
        :param facts: What :meth:`facts` returned.
        """
        made = client.notes.create(
            facts["project_id"],
            facts["ticket_id"],
            text=self.text,
            parent_id=self.parent_id,
            private=self.private,
            notify_users=self.notify_users,
            users=self.users,
            has_attachments=True if self._source_files() else None,
        )
        return str(made["id"]) if made.get("id") else None

    def complete(self, client: SmartQClient, made: Made) -> None:
        """Upload the files that the note does not show.

        :param client: The client.
        :param made: The note.
        """
        from airflow_qa_provider.kinds.lookup import LookupTimeouts
        from airflow_qa_provider.vendors.smartq.notes import NoteFiles

        files = NoteFiles(
            client, self._path(made.id), self.lookup_timeouts or LookupTimeouts(), self.on_uncertain == "repeat"
        )
        files.ensure(self._source_files(), new=made.outcome == "created")

    def poller(self) -> Poller:
        """Return how to look at the note, which has no id without its ticket."""
        from airflow_qa_provider.vendors.smartq.notes import NoteOfTicket

        return NoteOfTicket(*self._path("")[:2])

    def _path(self, note_id: str) -> tuple[str, str, str]:
        project_id = required_id(self.project_id, "project_id", "smartq")
        return project_id, required_id(self.ticket_id, "ticket_id", "smartq"), note_id

    def _source_files(self) -> list[SourceFile]:
        from airflow_qa_provider.reports.sources import source_files

        return source_files(self.files)


class SmartQMoveTicketOperator(ChangingOperator):
    """Moves a ticket to a step of its board, once (source: "Tickets: updates ticket details").

    A ticket that is in the step already is left alone. A move that an attempt of this task has made is not made again
    when people have moved the ticket on since. That holds as well when the answer was lost: the ticket is moved only
    if it is still in the step in which it was before.

    smartQ has no call for a move: the whole ticket is changed, its name and step are required, and whether it keeps
    what is left out is not documented. What the ticket shows is therefore sent along: name, description, tags,
    deadline, assigned users and custom fields. What it does not show, or shows in an unknown form, is left out.

    Returns the id of the ticket; ``changes`` in the XCom ``result`` holds the ids of the steps.

    :param project_id: Id of the project. (templated)
    :param ticket_id: Id of the ticket, as :class:`SmartQCreateTicketOperator` returns it. (templated)
    :param step: The step: its id, or its name in the project, without regard to case. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "smartq.ticket"
    noun = "ticket"
    payload_fields = ("project_id", "ticket_id", "step")
    template_fields = (*payload_fields, "conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self, *, project_id: Id, ticket_id: Id, step: Id, smartq_conn_id: str = "smartq_default", **kwargs: Any
    ) -> None:
        super().__init__(conn_id=smartq_conn_id, **kwargs)
        self.project_id = project_id
        self.ticket_id = ticket_id
        self.step = step

    def changed_id(self) -> str:
        """Return the id of the ticket; project and step are checked as well."""
        required_id(self.project_id, "project_id", "smartq")
        required_id(self.step, "step", "smartq")
        return required_id(self.ticket_id, "ticket_id", "smartq")

    def wanted(self, client: SmartQClient, moment: datetime) -> dict[str, Any]:
        """Return the step, found by its id or name.

        :param client: The client.
        :param moment: Not used.
        :raises QAValidationError: The project has no such step, or several of that name.
        """
        from airflow_qa_provider.vendors.smartq.client.shown import step_named

        project_id = str(self.project_id).strip()
        return {"step_id": step_named(client.project_steps.list(project_id), str(self.step), project_id)}

    def current(self, client: SmartQClient) -> dict[str, Any]:
        """Return the step, and what is sent along.

        :param client: The client.
        """
        from airflow_qa_provider.vendors.smartq.client import shown

        ticket = client.tickets.get(str(self.project_id).strip(), self.changed_id())
        fields = {
            "name": ticket.get("name"),
            "description": ticket.get("description"),
            "tags": shown.tags_of(ticket),
            "required_by": shown.deadline_of(ticket),
            "assigned_to": shown.assignees_of(ticket),
            "custom_fields": shown.custom_fields_of(ticket),
        }
        step_id = shown.step_of(ticket)
        return {**({"step_id": step_id} if step_id else {}), **{name: one for name, one in fields.items() if one}}

    def send(
        self, client: SmartQClient, wanted: Mapping[str, Any], current: Mapping[str, Any] | None, moment: datetime
    ) -> None:
        """Move the ticket.

        :param client: The client.
        :param wanted: What :meth:`wanted` returned.
        :param current: What :meth:`current` returned.
        :param moment: Not used.
        :raises QANotSupportedError: The ticket shows no name, which smartQ requires.
        """
        from airflow_qa_provider.exceptions import QANotSupportedError

        content = {**(current or {}), **wanted}
        if "name" not in content:
            raise QANotSupportedError(
                f"ticket {self.changed_id()} shows no name, and smartQ requires one to move it",
                vendor="smartq",
                operation="tickets.update",
                outcome="Nothing was sent",
                hint="Move it with SmartQOperator and tickets.update, with a name of yours. A retry fails again",
            )
        client.tickets.update(str(self.project_id).strip(), self.changed_id(), **content)

    def before(self, current: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the step in which the ticket is before it is moved.

        :param current: What :meth:`current` returned.
        """
        return {"step_id": (current or {}).get("step_id")}

    def has_effect(self, current: Mapping[str, Any] | None, before: Mapping[str, Any]) -> bool:
        """Tell whether the ticket has left its old step: it was moved, and is not moved back if somebody went on.

        :param current: What :meth:`current` returned.
        :param before: What :meth:`before` returned.
        """
        old, now = before.get("step_id"), (current or {}).get("step_id")
        return old is not None and now is not None and old != now


def _words(tags: Iterable[str] | str | None) -> list[str]:
    words = tags.split(",") if isinstance(tags, str) else list(tags or ())
    return [word.strip() if isinstance(word, str) else word for word in words if word != ""]
