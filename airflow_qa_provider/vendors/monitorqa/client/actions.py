"""Corrective actions of MonitorQA: what audits found to be done. They are created in audits only."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.monitorqa.client import rules
from airflow_qa_provider.vendors.monitorqa.client.enums import CorrectiveActionPriority, CorrectiveActionStatus
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row


class CorrectiveActions(MonitorQAResource):
    """Follow-up work, by its state.

    ``status`` and ``priority`` of the rows are
    :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.CorrectiveActionStatus` and
    :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.CorrectiveActionPriority`.
    """

    def list_pending(
        self,
        *,
        audit_id: str | None = None,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        assigned_to_id: str | None = None,
        assigned_to_group_id: str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the corrective actions that wait for something (source: "Get pending corrective actions list").

        :param audit_id: Only those of an audit.
        :param template_id: Only those of a template.
        :param audit_object_id: Only those of an object.
        :param assigned_to_id: Only those of a user.
        :param assigned_to_group_id: Only those of a group of users.
        :param page_size: Rows per request; the vendor's default, which is not documented, when unset.
        :param limit: Most rows in all.
        :raises QAValidationError: ``page_size`` or ``limit`` cannot be.
        """
        params = {
            "auditId": audit_id,
            "templateId": template_id,
            "auditObjectId": audit_object_id,
            "assignedToId": assigned_to_id,
            "assignedToGroupId": assigned_to_group_id,
        }
        return self._pages("corrective_actions.list_pending", params, page_size, limit)

    def list_expired(
        self,
        *,
        audit_id: str | None = None,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        assigned_to_id: str | None = None,
        assigned_to_group_id: str | None = None,
        from_date: Timestamp | None = None,
        to_date: Timestamp | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the corrective actions that were not done in time (source: "Get expired corrective actions list").

        :param audit_id: Only those of an audit.
        :param template_id: Only those of a template.
        :param audit_object_id: Only those of an object.
        :param assigned_to_id: Only those of a user.
        :param assigned_to_group_id: Only those of a group of users.
        :param from_date: Due at or after this moment.
        :param to_date: Due at or before this moment.
        :param page_size: Rows per request; the vendor's default, which is not documented, when unset.
        :param limit: Most rows in all.
        :return: Rows with ``expiredBy`` and ``expiredAtUtc``.
        :raises QAValidationError: A date has no time zone, or ``page_size`` or ``limit`` cannot be.
        """
        params = {
            "auditId": audit_id,
            "templateId": template_id,
            "auditObjectId": audit_object_id,
            "assignedToId": assigned_to_id,
            "assignedToGroupId": assigned_to_group_id,
            "fromDate": rules.moment(from_date, "from_date"),
            "toDate": rules.moment(to_date, "to_date"),
        }
        return self._pages("corrective_actions.list_expired", params, page_size, limit)

    def list_completed(
        self,
        *,
        audit_id: str | None = None,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        assigned_to_id: str | None = None,
        approved_by_id: str | None = None,
        assigned_to_group_id: str | None = None,
        from_date: Timestamp | None = None,
        to_date: Timestamp | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the approved corrective actions (source: "Get completed corrective actions list").

        :param audit_id: Only those of an audit.
        :param template_id: Only those of a template.
        :param audit_object_id: Only those of an object.
        :param assigned_to_id: Only those of a user.
        :param approved_by_id: Only those that a user approved.
        :param assigned_to_group_id: Only those of a group of users.
        :param from_date: Due (not approved) at or after this moment.
        :param to_date: Due (not approved) at or before this moment.
        :param page_size: Rows per request; the vendor's default, which is not documented, when unset.
        :param limit: Most rows in all.
        :return: Rows with ``approvedBy`` and ``approvedAtUtc``.
        :raises QAValidationError: A date has no time zone, or ``page_size`` or ``limit`` cannot be.
        """
        params = {
            "auditId": audit_id,
            "templateId": template_id,
            "auditObjectId": audit_object_id,
            "assignedToId": assigned_to_id,
            "approvedById": approved_by_id,
            "assignedToGroupId": assigned_to_group_id,
            "fromDate": rules.moment(from_date, "from_date"),
            "toDate": rules.moment(to_date, "to_date"),
        }
        return self._pages("corrective_actions.list_completed", params, page_size, limit)

    def get(self, action_id: str) -> Row:
        """Return a corrective action in any state (source: "Get corrective action details").

        :param action_id: Id of the corrective action.
        :return: ``status``, ``priority``, ``question``, ``answer``, ``information``, ``files``, ``tags``,
            ``dueDateUtc``, and more.
        :raises QANotFoundError: There is no such corrective action; it may have been deleted.
        """
        return self._record("corrective_actions.get", {"id": action_id})

    def update(
        self,
        action_id: str,
        *,
        name: str,
        due_date: Timestamp,
        status: CorrectiveActionStatus | int | str,
        priority: CorrectiveActionPriority | int | str,
        assigned_users_ids: Iterable[str] | str | None = None,
        description: str | None = None,
    ) -> None:
        """Replace a corrective action's details (source: "Update corrective action details").

        The docs do not say whether assignees and description that are left out are kept or cleared: give what is to
        stay.

        :param action_id: Id of the corrective action.
        :param name: New name.
        :param due_date: New due date.
        :param status: New status.
        :param priority: New priority.
        :param assigned_users_ids: Users who are to do it.
        :param description: What is to be done.
        :raises QAValidationError: A field is empty, unknown, or a date without a zone.
        :raises QANotFoundError: There is no such corrective action.
        """
        body = given(
            assignedUsersIds=rules.optional_ids(assigned_users_ids, "assigned_users_ids"),
            description=description,
            name=rules.required(name, "name"),
            dueDateUtc=rules.moment(rules.present(due_date, "due_date"), "due_date"),
            status=rules.choice(CorrectiveActionStatus, status, "status"),
            priority=rules.choice(CorrectiveActionPriority, priority, "priority"),
        )
        self._client.call("corrective_actions.update", {"id": action_id}, body=body)

    def delete(self, action_id: str) -> None:
        """Delete one corrective action for ever (source: "Delete corrective action").

        :param action_id: Id of the corrective action.
        :raises QANotFoundError: There is no such corrective action.
        """
        self._client.call("corrective_actions.delete", {"id": action_id})
