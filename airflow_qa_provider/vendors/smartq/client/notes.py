"""Notes of smartQ tickets: the conversation below a ticket, and what files hang on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Flag, Id, Ids, Text
from airflow_qa_provider.vendors.smartq.client.answers import Record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import Rows, SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check


class NoteFields(TypedDict, total=False):
    """What a note has.

    :param text: Text; required in a change, too. Some HTML tags are allowed, the docs do not say which.
    :param parent_id: Id of the note that this one answers. Sent as ``parent_id``, or ``top_parent_id`` as in the
        printed example when ``reply_field`` of the
        :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect` says so.
    :param private: Whether only those who may see private notes can see it.
    :param notify_users: Whether users are told of it.
    :param users: Ids of the users to tell.
    :param has_attachments: Whether files will follow: nobody is told before the one that is uploaded with
        ``is_last_file``.
    """

    text: Required[Text]
    parent_id: Id | None
    private: Flag | None
    notify_users: Flag | None
    users: Ids | None
    has_attachments: Flag | None


class Notes(SmartQResource):
    """Notes of a ticket.

    What comes back is not documented; seen in public code: ``text``, ``owner_id``, ``insert_time``.
    """

    def list(self, project_id: Id, ticket_id: Id, **wanted: Unpack[Rows]) -> Paged:
        """Return the notes of a ticket (source: "Notes: returns the list of notes").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param wanted: Fields of :class:`~airflow_qa_provider.vendors.smartq.client.resource.Rows`.
        """
        return self._pages("notes.list", wanted, project_id=project_id, ticket_id=ticket_id)

    def create(self, project_id: Id, ticket_id: Id, **note: Unpack[NoteFields]) -> Record:
        """Add a note to a ticket (source: "Notes: adds a new ticket note").

        smartQ knows no key that would make a repeated request harmless: sent twice, there are two notes.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note: Fields of :class:`NoteFields`.
        :return: The note, with ``id``.
        """
        return self._record("notes.create", self._note(note), project_id=project_id, ticket_id=ticket_id)

    def get(self, project_id: Id, ticket_id: Id, note_id: Id) -> Record:
        """Return one note (source: "Notes: gets note details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        """
        return self._record("notes.get", project_id=project_id, ticket_id=ticket_id, note_id=note_id)

    def update(self, project_id: Id, ticket_id: Id, note_id: Id, **note: Unpack[NoteFields]) -> Record:
        """Change a note (source: "Notes: updates note details").

        Whether the fields that are left out keep their values is not documented.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        :param note: Fields of :class:`NoteFields`.
        :return: The note.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id}
        return self._record("notes.update", self._note(note), **path)

    def delete(self, project_id: Id, ticket_id: Id, note_id: Id) -> None:
        """Delete a note (source: "Notes: deletes note").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        """
        self._client.call("notes.delete", {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id})

    def _note(self, note: Mapping[str, Any]) -> dict[str, str]:
        sent = check.wire(NoteFields, note)
        reply = self._client.dialect.reply_field
        return form("note", {reply if name == "parent_id" else name: value for name, value in sent.items()})
