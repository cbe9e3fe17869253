"""Tasks of Qalyptus Cloud: jobs that generate reports and send them to recipients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypedDict

from typing_extensions import Required, Unpack, override

from airflow_qa_provider.rest.parameters import Flag, FreeText, Id, Ids, Text, Wire
from airflow_qa_provider.vendors.qalyptus.client.mixins import (
    BulkDelete,
    Collection,
    CreatedInProject,
    Permitted,
)
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Named, Uuid, check
from airflow_qa_provider.vendors.qalyptus.client.task_reports import TaskReports
from airflow_qa_provider.vendors.qalyptus.client.task_triggers import TaskTriggers


class Recipient(TypedDict):
    """Who gets the mail of a task (source: "Update task recipients").

    ``id`` is the UUID of a user or a group; ``type`` is the vendor's word for which, and not public:
    :meth:`Tasks.list_recipients` shows it for those that are set.
    """

    id: str
    type: str


class TaskFields(Named, total=False):
    """What a task has: name, description, and this. What is required has to be said also when it stays.

    What is unset is not sent; the docs do not say whether it stays then. How several addresses are separated in one
    text is not documented either.

    :param is_active: Whether its triggers run it.
    :param send_notifications: Whether mail about its runs is sent.
    :param notify_if_error: Whether that is so for runs that failed.
    :param notify_if_warning: The same for runs that ended with a warning.
    :param notify_if_success: The same for runs that went well.
    :param notification_recipients: Addresses that get this mail.
    :param notification_cc: Addresses in copy.
    :param notification_bcc: Addresses in blind copy.
    :param test_mode: Whether reports go to ``test_mode_recipients`` in place of the recipients.
    :param test_mode_recipients: Addresses for that.
    """

    is_active: Required[Flag]
    send_notifications: Required[Flag]
    notify_if_error: Flag | None
    notify_if_warning: Flag | None
    notify_if_success: Flag | None
    notification_recipients: FreeText | None
    notification_cc: FreeText | None
    notification_bcc: FreeText | None
    test_mode: Flag | None
    test_mode_recipients: FreeText | None


class EmailFields(TypedDict, total=False):
    """What the mail of a task has. What is unset is not sent; the docs do not say whether it stays then.

    :param sender: Who it comes from.
    :param subject: Its subject.
    :param is_active: Whether it is sent.
    :param message: Its text.
    :param cc_bcc: Whether the copies below are used.
    :param cc: Addresses in copy.
    :param bcc: Addresses in blind copy.
    :param cc_qlik_variable_id: UUID of a Qlik variable that holds the addresses in copy.
    :param bcc_qlik_variable_id: The same for the blind copy.
    :param one_to_all: Whether one mail goes to all recipients in place of one each.
    """

    sender: Required[Annotated[Text, Wire("from")]]
    subject: Required[Text]
    is_active: Required[Flag]
    message: FreeText | None
    cc_bcc: Flag | None
    cc: FreeText | None
    bcc: FreeText | None
    cc_qlik_variable_id: Annotated[Uuid | None, Wire("ccQlikVariable")]
    bcc_qlik_variable_id: Annotated[Uuid | None, Wire("bccQlikVariable")]
    one_to_all: Flag | None


class Tasks(Collection, CreatedInProject, BulkDelete, Permitted, TaskReports, TaskTriggers, name="tasks"):
    """Task definitions, and running them."""

    @override
    def list(self) -> Records:
        """Return all tasks of the organization (source: "Get tasks").

        :return: Records with ``id``, ``name``, ``isActive``, ``isScheduled``, ``lastExecution``, and more.
        """
        return super().list()

    @override
    def get(self, task_id: Id) -> Record:
        """Return one task (source: "Get task").

        :param task_id: UUID of the task.
        """
        return super().get(task_id)

    def run(self, task_id: Id) -> str | None:
        """Run a task and return the id of the run, if the vendor tells it (source: "Run").

        :param task_id: UUID of the task.
        :return: Id of the run; ``None`` when the answer holds none, for the docs show no answer.
        """
        found = self._client.dialect.find_id(self._client.call("tasks.run", {"id": task_id}))
        # an answer that echoes the task tells nothing about the run
        return None if found == str(task_id) else found

    def duplicate(self, task_id: Id) -> Record:
        """Copy a task within its project (source: "Duplicate task").

        Unlike the other copies, this one takes no project.

        :param task_id: UUID of the task to copy.
        """
        return self._created("tasks.duplicate", {"id": task_id})

    def update(self, task_id: Id, **task: Unpack[TaskFields]) -> Record:
        """Change a task (source: "Update task").

        :param task_id: UUID of the task.
        :param task: Fields of :class:`TaskFields`.
        """
        return self._changed("tasks.update", {"id": task_id}, check.wire(TaskFields, task))

    def get_email(self, task_id: Id) -> Record:
        """Return the mail that a task sends (source: "Get task email").

        :param task_id: UUID of the task.
        """
        return self._record("tasks.get_email", {"id": task_id})

    def update_email(self, task_id: Id, **email: Unpack[EmailFields]) -> Record:
        """Change the mail that a task sends (source: "Update task email").

        :param task_id: UUID of the task.
        :param email: Fields of :class:`EmailFields`.
        """
        return self._changed("tasks.update_email", {"id": task_id}, check.wire(EmailFields, email))

    def list_recipients(self, task_id: Id) -> Records:
        """Return the recipients of a task (source: "Get task recipients").

        :param task_id: UUID of the task.
        :return: Records with ``id``, ``name``, ``type``, ``email`` and ``recipientID``.
        """
        return self._records("tasks.list_recipients", {"id": task_id})

    def update_recipients(self, task_id: Id, recipients: Iterable[Recipient | Mapping[str, Any]] | str) -> None:
        """Set the recipients of a task (source: "Update task recipients").

        :param task_id: UUID of the task.
        :param recipients: The recipients. The docs do not say whether others are removed.
        """
        body = [
            {
                "id": check.uuid(recipient.get("id"), f"recipients[{index}]['id']"),
                "type": check.text(recipient.get("type"), f"recipients[{index}]['type']"),
            }
            for index, recipient in enumerate(check.mappings(recipients, "recipients"))
        ]
        self._client.call("tasks.update_recipients", {"id": task_id}, body=body)

    def delete_recipients(self, task_id: Id, recipient_ids: Ids) -> None:
        """Take recipients off a task (source: "Delete task recipients").

        :param task_id: UUID of the task.
        :param recipient_ids: UUIDs of the recipients, at least one. The docs do not say whether ``id`` or
            ``recipientID`` of :meth:`list_recipients` is meant.
        """
        body = check.uuids(recipient_ids, "recipient_ids")
        self._client.call("tasks.delete_recipients", {"id": task_id}, body=body)
