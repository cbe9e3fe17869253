"""Notes of smartQ tickets: the conversation below a ticket, and what files hang on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, pages, record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class Notes(Resource):
    """Notes of a ticket.

    What comes back is not documented; seen in public code: ``text``, ``owner_id``, ``insert_time``.
    """

    _client: SmartQClient

    def list(
        self,
        project_id: Id,
        ticket_id: Id,
        *,
        offset: int = 0,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the notes of a ticket (source: "Notes: returns the list of notes").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param offset: Notes to leave out at the start.
        :param page_size: Rows per request; the connection's, then the vendor's default of 20 when unset.
        :param limit: Most rows in all.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id}
        return pages(self._client, "notes.list", path, {}, offset, page_size, limit)

    def create(
        self,
        project_id: Id,
        ticket_id: Id,
        *,
        text: str,
        parent_id: Id | None = None,
        private: bool | None = None,
        notify_users: bool | None = None,
        users: Iterable[Id] | Id | None = None,
        has_attachments: bool | None = None,
    ) -> Record:
        """Add a note to a ticket (source: "Notes: adds a new ticket note").

        smartQ knows no key that would make a repeated request harmless: sent twice, there are two notes.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param text: Text; some HTML tags are allowed, the docs do not say which.
        :param parent_id: Id of the note that this one answers. Sent as ``parent_id``, or ``top_parent_id`` as in the
            printed example when ``reply_field`` of the
            :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect` says so.
        :param private: Whether only those who may see private notes can see it.
        :param notify_users: Whether users are told of it.
        :param users: Ids of the users to tell.
        :param has_attachments: Whether files will follow: nobody is told before the one that is uploaded with
            ``is_last_file``.
        :return: The note, with ``id``.
        :raises QAValidationError: The text is empty, the list of users is, or a truth value is none.
        """
        data = self._note(text, parent_id, private, notify_users, users, has_attachments)
        path = {"project_id": project_id, "ticket_id": ticket_id}
        return record(self._client.call("notes.create", path, data=data), "notes.create")

    def get(self, project_id: Id, ticket_id: Id, note_id: Id) -> Record:
        """Return one note (source: "Notes: gets note details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id}
        return record(self._client.call("notes.get", path), "notes.get")

    def update(
        self,
        project_id: Id,
        ticket_id: Id,
        note_id: Id,
        *,
        text: str,
        parent_id: Id | None = None,
        private: bool | None = None,
        notify_users: bool | None = None,
        users: Iterable[Id] | Id | None = None,
        has_attachments: bool | None = None,
    ) -> Record:
        """Change a note (source: "Notes: updates note details").

        Whether the fields that are left out keep their values is not documented.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        :param text: Text; required in a change, too.
        :param parent_id: Id of the note that this one answers, see :meth:`create`.
        :param private: Whether only those who may see private notes can see it.
        :param notify_users: Whether users are told of it.
        :param users: Ids of the users to tell.
        :param has_attachments: Whether files will follow.
        :return: The note.
        :raises QAValidationError: The text is empty, the list of users is, or a truth value is none.
        """
        data = self._note(text, parent_id, private, notify_users, users, has_attachments)
        path = {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id}
        return record(self._client.call("notes.update", path, data=data), "notes.update")

    def delete(self, project_id: Id, ticket_id: Id, note_id: Id) -> None:
        """Delete a note (source: "Notes: deletes note").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param note_id: Id of the note.
        """
        self._client.call("notes.delete", {"project_id": project_id, "ticket_id": ticket_id, "note_id": note_id})

    def _note(
        self,
        text: str,
        parent_id: Id | None,
        private: bool | None,
        notify_users: bool | None,
        users: Iterable[Id] | Id | None,
        has_attachments: bool | None,
    ) -> dict[str, str]:
        return form(
            "note",
            {
                "text": rules.required(text, "text"),
                self._client.dialect.reply_field: rules.optional_id(parent_id, "parent_id"),
                "private": rules.flag(private, "private"),
                "notify_users": rules.flag(notify_users, "notify_users"),
                "users": rules.ids(users, "users"),
                "has_attachments": rules.flag(has_attachments, "has_attachments"),
            },
        )
