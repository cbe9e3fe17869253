"""Operators of smartQ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_qa_provider.bases.bulk import BulkCreateOperator
from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.bases.listing import ListOperator

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from airflow_qa_provider.bases.arguments import (
        BulkArguments,
        CallingArguments,
        ChangingArguments,
        CreatingArguments,
        ListArguments,
    )
    from airflow_qa_provider.rest.timestamps import Timestamp
    from airflow_qa_provider.vendors.smartq.client.rules import Id
    from airflow_qa_provider.vendors.smartq.client.tickets import CustomFieldValue

_COLOR = "#e8f1fb"


class SmartQOperator(VendorOperator):
    """Calls one operation of the smartQ API, such as ``tickets.create``.

    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.calling.VendorOperator`.
    """

    vendor = "smartq"
    template_fields = (*VendorOperator.template_fields, "smartq_conn_id")
    ui_color = _COLOR

    def __init__(self, *, smartq_conn_id: str = "smartq_default", **kwargs: Unpack[CallingArguments]) -> None:
        super().__init__(**kwargs)
        self.smartq_conn_id = smartq_conn_id


class SmartQCreateTicketOperator(CreatingOperator):
    """Creates a ticket, once (source: "Tickets: adds a new ticket"), with its files and a note, and hands it over.

    A ticket with its photos is one thing. It gets its note and the files below it as :class:`SmartQAddNoteOperator`
    adds them, and is moved at last as :class:`SmartQMoveTicketOperator` moves it, so that nobody begins work on half a
    ticket. A retry takes up at what is missing: the ticket, the note, a file, or the move. Files that are not there are
    noticed before the ticket is created.

    The ticket gets one tag more than asked for, a marker such as ``airflow-`` and 32 digits, by which it is found again
    when the answer to the request is lost; archived tickets are searched as well. With ``marker_tag=False``, or where
    an account does not show tags, a ticket of the same name that was not there before the request is taken for the one,
    and several are uncertain. So is one whose marker somebody has removed before the retry, and one that may be among
    more tickets than are read, which are 1,000.

    ``if_exists`` looks at active tickets of the same name. ``on_changed_input="update"`` gives the ticket the new
    content and leaves it in the step in which it is by then; the tags that others have added stay.

    Returns the id of the ticket; the XComs ``note`` and ``move`` have ``{"id", "outcome"}`` of the note and of the
    move, where there are any.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param name: Title of the ticket. (templated)
    :param step_id: Id of the step that it starts in; that of the connection by default. (templated)
    :param description: Text that describes it. (templated)
    :param tags: Tags; a text may hold several, separated by commas, or be a JSON list. (templated)
    :param required_by: Deadline: an aware ``datetime``, ISO 8601 with a zone, ``YYYY-MM-DD HH:MM:SS`` or ``YYYY-MM-DD``
        in the account's own time, or a ``timedelta`` from the creation on. (templated)
    :param assigned_to: Ids of the users to assign. (templated)
    :param notify_involved: Whether the team of the ticket is notified. (templated)
    :param custom_fields: Field name, such as ``f3``, to a text, a number, or a list of ids of values; or JSON text of
        that. (templated)
    :param marker_tag: Whether the ticket gets the marker. (templated)
    :param files: Files to attach to it, below its note: paths, URIs of object storage, ``ObjectStoragePath`` objects,
        or manifests as the transfers return them; one, or many. (templated)
    :param files_from: Folder of those ``files`` that are relative paths; a relative one lies below the ``folder`` in
        the extra of the connection, which is the default. (templated)
    :param note: Text of its note; the names of the files by default. (templated)
    :param notify_users: Whether users are told of the note. (templated)
    :param then_move_to: Step to which it is moved at last: its id, or its name in the project. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "smartq.ticket"
    tells = (*CreatingOperator.tells, "note", "move")
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
        "files",
        "note",
        "notify_users",
        "then_move_to",
    )
    file_fields = ("files",)
    connection_fields = ("project_id", "step_id")
    template_fields = (*payload_fields, "files_from", "smartq_conn_id", "preview")
    template_fields_renderers = {"custom_fields": "json"}  # noqa: RUF012 - Airflow's own shape
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id | None = None,
        name: str,
        step_id: Id | None = None,
        description: str | None = None,
        tags: Iterable[str] | str | None = None,
        required_by: Timestamp | timedelta | None = None,
        assigned_to: Iterable[Id] | Id | None = None,
        notify_involved: bool | str | None = None,
        custom_fields: Mapping[str, CustomFieldValue] | str | None = None,
        marker_tag: bool | str = True,
        files: Any = None,
        files_from: Any = None,
        note: str | None = None,
        notify_users: bool | str | None = None,
        then_move_to: Id | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[CreatingArguments],
    ) -> None:
        super().__init__(**kwargs)
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
        self.files = files
        self.files_from = files_from
        self.note = note
        self.notify_users = notify_users
        self.then_move_to = then_move_to
        self.smartq_conn_id = smartq_conn_id


class SmartQCreateTicketsOperator(BulkCreateOperator):
    """Creates a ticket for each row of a file, a query or another task, once.

    A row may give all arguments of :class:`SmartQCreateTicketOperator`. The marker among the tags of a ticket is made
    of the row, and finds it again when the answer to its request is lost.

    :param project_id: Id of the project, where a row names none; that of the connection by default. (templated)
    :param step_id: Id of the step, where a row names none; that of the connection by default. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.bulk.BulkCreateOperator`.
    """

    kind = "smartq.ticket"
    row_fields = (
        "name",
        "description",
        "tags",
        "required_by",
        "assigned_to",
        "notify_involved",
        "custom_fields",
        "marker_tag",
    )
    payload_fields = ("project_id", "step_id")
    connection_fields = ("project_id", "step_id")
    template_fields = (*BulkCreateOperator.template_fields, *payload_fields, "smartq_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id | None = None,
        step_id: Id | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[BulkArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.step_id = step_id
        self.smartq_conn_id = smartq_conn_id


class SmartQAddNoteOperator(CreatingOperator):
    """Adds a note to a ticket, with files, once (source: "Notes: adds a new ticket note", "Files: uploads a new file").

    A note whose id was lost is the one with the same text that was not there before the request. Tags and white space
    do not count. Two such notes, from another task or person, are uncertain; so is one on a ticket with more notes than
    are read, which are 5,000.

    Each attempt uploads the files that the note does not show yet, told by name and size, one after the other. The
    answer to an upload that was lost is looked for before anything is sent again. With files, the people who are to be
    notified hear of the note once the last one is there. A file that somebody deletes before a retry is attached again.

    Returns the id of the note.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param ticket_id: Id of the ticket, as :class:`SmartQCreateTicketOperator` returns it. (templated)
    :param text: Text; some HTML tags are allowed, the docs do not say which. (templated)
    :param files: Files to attach: paths, URIs of object storage, ``ObjectStoragePath`` objects, or manifests as the
        transfers return them; one, or many. (templated)
    :param parent_id: Id of the note that this one answers. (templated)
    :param private: Whether only those who may see private notes can see it. (templated)
    :param notify_users: Whether users are told of it. (templated)
    :param users: Ids of the users to tell. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.creating.CreatingOperator`.
    """

    kind = "smartq.note"
    payload_fields = ("project_id", "ticket_id", "text", "files", "parent_id", "private", "notify_users", "users")
    file_fields = ("files",)
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, "smartq_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id | None = None,
        ticket_id: Id,
        text: str,
        files: Any = None,
        parent_id: Id | None = None,
        private: bool | str | None = None,
        notify_users: bool | str | None = None,
        users: Iterable[Id] | Id | None = None,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[CreatingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.ticket_id = ticket_id
        self.text = text
        self.files = files
        self.parent_id = parent_id
        self.private = private
        self.notify_users = notify_users
        self.users = users
        self.smartq_conn_id = smartq_conn_id


class SmartQMoveTicketOperator(ChangingOperator):
    """Moves a ticket to a step of its board, once (source: "Tickets: updates ticket details").

    A ticket that is in the step already is left alone. A move that an attempt of this task has made is not made again
    when people have moved the ticket on since. That holds as well when the answer was lost: the ticket is moved only
    if it is still in the step in which it was before.

    smartQ has no call for a move: the whole ticket is changed, its name and step are required, and whether it keeps
    what is left out is not documented. What the ticket shows is therefore sent along: name, description, tags,
    deadline, assigned users and custom fields. What it does not show, or shows in an unknown form, is left out.

    Returns the id of the ticket; the XCom ``changes`` holds the ids of the steps.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param ticket_id: Id of the ticket, as :class:`SmartQCreateTicketOperator` returns it. (templated)
    :param step: The step: its id, or its name in the project, without regard to case. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.changing.ChangingOperator`.
    """

    kind = "smartq.ticket"
    change = "move"
    payload_fields = ("project_id", "ticket_id", "step")
    connection_fields = ("project_id",)
    template_fields = (*payload_fields, "smartq_conn_id", "preview")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: Id | None = None,
        ticket_id: Id,
        step: Id,
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[ChangingArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.ticket_id = ticket_id
        self.step = step
        self.smartq_conn_id = smartq_conn_id


class SmartQListTicketsOperator(ListOperator):
    """Returns the ids of the tickets of a project, such as those in a step.

    smartQ filters them.

    :param project_id: Id of the project; that of the connection by default. (templated)
    :param step: Only tickets in a step, by its id or name. (templated)
    :param assigned_to: Only tickets of a user, by id. (templated)
    :param archived: ``active`` tickets, ``archived`` ones, or ``all``. (templated)
    :param smartq_conn_id: Id of the Airflow connection. (templated)
    :param kwargs: See :class:`~airflow_qa_provider.bases.listing.ListOperator`.
    """

    vendor = "smartq"
    records = "tickets"
    scope_fields = ("project_id",)
    connection_fields = ("project_id",)
    filter_fields = ("step", "assigned_to", "archived")
    template_fields = (*ListOperator.template_fields, *scope_fields, *filter_fields, "smartq_conn_id")
    ui_color = _COLOR

    def __init__(
        self,
        *,
        project_id: str | int | None = None,
        step: str | int | None = None,
        assigned_to: str | int | None = None,
        archived: str = "active",
        smartq_conn_id: str = "smartq_default",
        **kwargs: Unpack[ListArguments],
    ) -> None:
        super().__init__(**kwargs)
        self.project_id = project_id
        self.step = step
        self.assigned_to = assigned_to
        self.archived = archived
        self.smartq_conn_id = smartq_conn_id
