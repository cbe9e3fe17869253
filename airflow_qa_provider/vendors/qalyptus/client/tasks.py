"""Tasks of Qalyptus Cloud: jobs that generate reports and send them to recipients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import (
    BulkDelete,
    Collection,
    CreatedInProject,
    Owned,
    Permitted,
)
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.task_reports import TaskReports
from airflow_qa_provider.vendors.qalyptus.client.task_triggers import TaskTriggers


class Recipient(TypedDict):
    """Who gets the mail of a task (source: "Update task recipients").

    ``id`` is the UUID of a user or a group; ``type`` is the vendor's word for which, and not public:
    :meth:`Tasks.list_recipients` shows it for those that are set.
    """

    id: str
    type: str


class Tasks(Collection, CreatedInProject, BulkDelete, Permitted, Owned, TaskReports, TaskTriggers, name="tasks"):
    """Task definitions, and running them."""

    def list(self) -> Records:
        """Return all tasks of the organization (source: "Get tasks").

        :return: Records with ``id``, ``name``, ``isActive``, ``isScheduled``, ``lastExecution``, and more.
        """
        return super().list()

    def get(self, task_id: str) -> Record:
        """Return one task (source: "Get task").

        :param task_id: UUID of the task.
        :raises QANotFoundError: There is no such task.
        """
        return super().get(task_id)

    def run(self, task_id: str) -> str | None:
        """Run a task and return the id of the run, if the vendor tells it (source: "Run").

        :param task_id: UUID of the task.
        :return: Id of the run; ``None`` when the answer holds none, for the docs show no answer.
        :raises QANotFoundError: There is no such task.
        """
        found = self._client.dialect.find_id(self._client.call("tasks.run", {"id": task_id}))
        # an answer that echoes the task tells nothing about the run
        return None if found == task_id else found

    def duplicate(self, task_id: str) -> Record:
        """Copy a task within its project (source: "Duplicate task").

        Unlike the other copies, this one takes no project.

        :param task_id: UUID of the task to copy.
        :return: The vendor's answer, with the ``id`` of the copy when it holds one.
        :raises QANotFoundError: There is no such task.
        """
        return self._created("tasks.duplicate", {"id": task_id})

    def update(
        self,
        task_id: str,
        *,
        name: str,
        is_active: bool,
        send_notifications: bool,
        notify_if_error: bool | None = None,
        notify_if_warning: bool | None = None,
        notify_if_success: bool | None = None,
        notification_recipients: str | None = None,
        notification_cc: str | None = None,
        notification_bcc: str | None = None,
        test_mode: bool | None = None,
        test_mode_recipients: str | None = None,
        description: str | None = None,
    ) -> Record:
        """Change a task (source: "Update task").

        Fields that are unset are not sent; the docs do not say whether they stay then. How several addresses are
        separated in one text is not documented either.

        :param task_id: UUID of the task.
        :param name: Its name; has to be said also when it stays, as all that has no default.
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
        :param description: Text for people.
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: No name, or a switch that is not a boolean.
        :raises QANotFoundError: There is no such task.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            isActive=rules.boolean(is_active, "is_active"),
            sendNotifications=rules.boolean(send_notifications, "send_notifications"),
            notifyIfError=rules.boolean_or_none(notify_if_error, "notify_if_error"),
            notifyIfWarning=rules.boolean_or_none(notify_if_warning, "notify_if_warning"),
            notifyIfSuccess=rules.boolean_or_none(notify_if_success, "notify_if_success"),
            notificationRecipients=notification_recipients,
            notificationCc=notification_cc,
            notificationBcc=notification_bcc,
            testMode=rules.boolean_or_none(test_mode, "test_mode"),
            testModeRecipients=test_mode_recipients,
        )
        return self._changed("tasks.update", {"id": task_id}, body)

    def get_email(self, task_id: str) -> Record:
        """Return the mail that a task sends (source: "Get task email").

        :param task_id: UUID of the task.
        :raises QANotFoundError: There is no such task.
        """
        return self._record("tasks.get_email", {"id": task_id})

    def update_email(
        self,
        task_id: str,
        *,
        sender: str,
        subject: str,
        is_active: bool,
        message: str | None = None,
        cc_bcc: bool | None = None,
        cc: str | None = None,
        bcc: str | None = None,
        cc_qlik_variable_id: str | None = None,
        bcc_qlik_variable_id: str | None = None,
        one_to_all: bool | None = None,
    ) -> Record:
        """Change the mail that a task sends (source: "Update task email").

        Fields that are unset are not sent; the docs do not say whether they stay then, nor what the switches do.

        :param task_id: UUID of the task.
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
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such task.
        """
        body = given(
            ccBcc=rules.boolean_or_none(cc_bcc, "cc_bcc"),
            cc=cc,
            bcc=bcc,
            ccQlikVariable=rules.uuid_or_none(cc_qlik_variable_id, "cc_qlik_variable_id"),
            bccQlikVariable=rules.uuid_or_none(bcc_qlik_variable_id, "bcc_qlik_variable_id"),
            subject=rules.required(subject, "subject"),
            message=message,
            isActive=rules.boolean(is_active, "is_active"),
            oneToAll=rules.boolean_or_none(one_to_all, "one_to_all"),
        )
        body["from"] = rules.required(sender, "sender")
        return self._changed("tasks.update_email", {"id": task_id}, body)

    def list_recipients(self, task_id: str) -> Records:
        """Return the recipients of a task (source: "Get task recipients").

        :param task_id: UUID of the task.
        :return: Records with ``id``, ``name``, ``type``, ``email`` and ``recipientID``.
        :raises QANotFoundError: There is no such task.
        """
        return self._records("tasks.list_recipients", {"id": task_id})

    def update_recipients(self, task_id: str, recipients: Iterable[Recipient]) -> None:
        """Set the recipients of a task (source: "Update task recipients").

        :param task_id: UUID of the task.
        :param recipients: The recipients. The docs do not say whether others are removed.
        :raises QAValidationError: A recipient without a UUID or a type.
        :raises QANotFoundError: There is no such task.
        """
        body = [
            {
                "id": rules.uuid(recipient.get("id"), f"recipients[{index}]['id']"),
                "type": rules.required(recipient.get("type"), f"recipients[{index}]['type']"),
            }
            for index, recipient in enumerate(recipients)
        ]
        self._client.call("tasks.update_recipients", {"id": task_id}, body=body)

    def delete_recipients(self, task_id: str, recipient_ids: Iterable[str] | str) -> None:
        """Take recipients off a task (source: "Delete task recipients").

        :param task_id: UUID of the task.
        :param recipient_ids: UUIDs of the recipients, at least one. The docs do not say whether ``id`` or
            ``recipientID`` of :meth:`list_recipients` is meant.
        :raises QAValidationError: There is none, or one is not a UUID.
        :raises QANotFoundError: There is no such task.
        """
        body = rules.uuids(recipient_ids, "recipient_ids")
        self._client.call("tasks.delete_recipients", {"id": task_id}, body=body)
