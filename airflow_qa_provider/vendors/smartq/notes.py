"""Notes of smartQ tickets: what is asked for, and how one is found again."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.kinds.fields import UNNOTED, KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, LookupTimeouts, Search
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from airflow_qa_provider.vendors.smartq.client.shown import moment_of
from airflow_qa_provider.vendors.smartq.note_files import AttachedFile, NoteFiles
from airflow_qa_provider.vendors.smartq.rows import PAGE_SIZE, may_be_ours, no_more_than

if TYPE_CHECKING:
    from airflow_qa_provider.reports.sources import SourceFile

_MOST_ROWS = 5000
# what follows from something else
_NOT_ASKED = ("text_key", "first_of_ticket")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


@dataclass(frozen=True)
class NoteFields(KindFields):
    """A note with its files (sources: "Notes: adds a new ticket note", "Files: uploads a new file").

    :param project_id: Id of the project.
    :param ticket_id: Id of the ticket.
    :param text_key: Digest of the text, see :func:`text_key`.
    :param parent_id: Id of the note that this one answers.
    :param private: Whether only those who may see private notes can see it.
    :param notify_users: Whether users are told of it.
    :param users: Ids of the users to tell.
    :param text: Text.
    :param files: Files to attach, in order.
    :param first_of_ticket: Whether the ticket was created a moment ago, so that it has no other notes.
    """

    shows_itself: ClassVar[bool] = True

    project_id: str
    ticket_id: str
    text_key: str
    parent_id: str | None = None
    private: bool | None = None
    notify_users: bool | None = None
    users: tuple[str, ...] | None = None
    text: str = field(default="", metadata=UNNOTED)
    files: tuple[SourceFile, ...] = field(default=(), metadata=UNNOTED)
    first_of_ticket: bool = field(default=False, metadata=UNNOTED)

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        text = given.text("text")
        return cls(
            project_id=given.id("project_id"),
            ticket_id=given.id("ticket_id"),
            text_key=text_key(text),
            parent_id=given.optional_id("parent_id"),
            private=given.optional_flag("private"),
            notify_users=given.optional_flag("notify_users"),
            # an empty list is refused, for a form cannot carry it
            users=given.ids("users") if given.raw("users") is not None else None,
            text=text,
            files=tuple(given.raw("files") or ()),
        )

    @override
    def identity(self) -> Mapping[str, Any]:
        named = {name: value for name, value in super().identity().items() if name not in _NOT_ASKED}
        # a manifest of the same file may differ in other things
        return {**named, "files": [file.identity for file in self.files]}

    @override
    def at(self, moment: datetime, marker: str) -> Self:
        for file in self.files:
            _ = file.size  # a note is announced with files, and a retry may find it without any that is gone since
        return self

    @override
    def alike(self) -> Mapping[str, Any]:
        if self.first_of_ticket:
            return {}
        return {"project_id": self.project_id, "ticket_id": self.ticket_id, "text_key": self.text_key}

    @override
    def create(self, client: SmartQClient) -> str | None:
        made = client.notes.create(
            self.project_id,
            self.ticket_id,
            text=self.text,
            parent_id=self.parent_id,
            private=self.private,
            notify_users=self.notify_users,
            users=self.users,
            has_attachments=True if self.files else None,
        )
        return str(made["id"]) if made.get("id") else None

    @override
    def complete(
        self, client: SmartQClient, object_id: str, *, new: bool, timeouts: LookupTimeouts, repeats: bool
    ) -> None:
        note = NoteFiles(client, (self.project_id, self.ticket_id, object_id), timeouts, repeats)
        note.ensure(self.files, new=new)

    @override
    def seen(self, client: SmartQClient, object_id: str) -> Snapshot:
        client.notes.get(self.project_id, self.ticket_id, object_id)
        return Snapshot(object_id, Phase.ACTIVE, "there")


def find_notes(client: SmartQClient, search: Search) -> list[Candidate]:
    """Find notes of a ticket, by their text, and by not having been there before.

    A note has no room for a marker: the docs allow "limited HTML tags" and name none, so anything invisible may be
    shown or dropped. Texts are compared without tags and white space.

    :raises QANotSupportedError: The ticket has more notes than can be read.
    """
    fields: NoteFields = search.fields
    if search.since is None and fields.first_of_ticket:
        return []
    rows = client.notes.list(fields.project_id, fields.ticket_id, page_size=PAGE_SIZE, limit=_MOST_ROWS + 1)
    found = []
    for row in no_more_than(_MOST_ROWS, rows, f"notes of ticket {fields.ticket_id}", "notes.list"):
        if text_key(str(row.get("text") or "")) != fields.text_key:
            continue
        likely = may_be_ours(search, moment_of(row, "insert_time", client.dialect.timezone))
        if likely is not None:
            about = f"note {row['id']} (by user {row.get('owner_id')}, created {row.get('insert_time')})"
            found.append(Candidate(str(row["id"]), Phase.ACTIVE, about, likely))
    return found


def text_key(text: str) -> str:
    """Return a digest of a text as people read it, without tags, entities and white space.

    :param text: The text of a note.
    """
    read = html.unescape(_TAG.sub("", text))
    return hashlib.sha256("".join(read.split()).encode()).hexdigest()[:32]


NOTE = Kind(
    name="smartq.note",
    noun="note",
    fields=NoteFields,
    lookup=find_notes,
    files={"file": AttachedFile},
)
