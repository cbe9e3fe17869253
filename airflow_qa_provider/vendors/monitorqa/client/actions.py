"""Corrective actions of MonitorQA: what audits found to be done. They are created in audits only."""

from __future__ import annotations

from typing import Annotated, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import FreeText, Id, Moment, OptionalIds, Paging, Read, Text, Wire
from airflow_qa_provider.vendors.monitorqa.client.enums import CorrectiveActionPriority, CorrectiveActionStatus
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row
from airflow_qa_provider.vendors.monitorqa.client.rules import check


class ActionFilter(Paging, total=False):
    """Which corrective actions are listed. The vendor's rows per request are not documented here.

    :param audit_id: Only those of an audit.
    :param template_id: Only those of a template.
    :param audit_object_id: Only those of an object.
    :param assigned_to_id: Only those of a user.
    :param assigned_to_group_id: Only those of a group of users.
    :param page_size: Rows per request.
    :param limit: Most rows in all.
    """

    audit_id: Id | None
    template_id: Id | None
    audit_object_id: Id | None
    assigned_to_id: Id | None
    assigned_to_group_id: Id | None


class DueActionFilter(ActionFilter, total=False):
    """Which corrective actions are listed: by :class:`ActionFilter`, and by their due date.

    :param from_date: Due (not approved) at or after this moment.
    :param to_date: Due (not approved) at or before this moment.
    """

    from_date: Moment | None
    to_date: Moment | None


class CompletedActionFilter(DueActionFilter, total=False):
    """Which approved corrective actions are listed: by :class:`DueActionFilter`, and by who approved them.

    :param approved_by_id: Only those that a user approved.
    """

    approved_by_id: Id | None


class ActionFields(TypedDict, total=False):
    """What a corrective action has. The docs do not say whether what is left out is kept: give what is to stay.

    :param name: New name.
    :param due_date: New due date.
    :param status: New status.
    :param priority: New priority.
    :param assigned_users_ids: Users who are to do it.
    :param description: What is to be done.
    """

    name: Required[Text]
    due_date: Required[Annotated[Moment, Wire("dueDateUtc")]]
    status: Required[Annotated[CorrectiveActionStatus | int | str, Read("value_of", kind=CorrectiveActionStatus)]]
    priority: Required[Annotated[CorrectiveActionPriority | int | str, Read("value_of", kind=CorrectiveActionPriority)]]
    assigned_users_ids: OptionalIds | None
    description: FreeText | None


class CorrectiveActions(MonitorQAResource):
    """Follow-up work, by its state.

    ``status`` and ``priority`` of the rows are
    :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.CorrectiveActionStatus` and
    :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.CorrectiveActionPriority`. A filter that cannot be read
    raises a QAValidationError.
    """

    def list_pending(self, **wanted: Unpack[ActionFilter]) -> Paged:
        """Return the corrective actions that wait for something (source: "Get pending corrective actions list").

        :param wanted: Fields of :class:`ActionFilter`.
        """
        return self._pages("corrective_actions.list_pending", ActionFilter, wanted)

    def list_expired(self, **wanted: Unpack[DueActionFilter]) -> Paged:
        """Return the corrective actions that were not done in time (source: "Get expired corrective actions list").

        :param wanted: Fields of :class:`DueActionFilter`.
        :return: Rows with ``expiredBy`` and ``expiredAtUtc``.
        """
        return self._pages("corrective_actions.list_expired", DueActionFilter, wanted)

    def list_completed(self, **wanted: Unpack[CompletedActionFilter]) -> Paged:
        """Return the approved corrective actions (source: "Get completed corrective actions list").

        :param wanted: Fields of :class:`CompletedActionFilter`.
        :return: Rows with ``approvedBy`` and ``approvedAtUtc``.
        """
        return self._pages("corrective_actions.list_completed", CompletedActionFilter, wanted)

    def get(self, action_id: Id) -> Row:
        """Return a corrective action in any state (source: "Get corrective action details").

        :param action_id: Id of the corrective action.
        :return: ``status``, ``priority``, ``question``, ``answer``, ``information``, ``files``, ``tags``,
            ``dueDateUtc``, and more.
        :raises QANotFoundError: There is no such corrective action; it may have been deleted.
        """
        return self._record("corrective_actions.get", {"id": action_id})

    def update(self, action_id: Id, **action: Unpack[ActionFields]) -> None:
        """Replace a corrective action's details (source: "Update corrective action details").

        :param action_id: Id of the corrective action.
        :param action: Fields of :class:`ActionFields`.
        """
        self._client.call("corrective_actions.update", {"id": action_id}, body=check.wire(ActionFields, action))

    def delete(self, action_id: Id) -> None:
        """Delete one corrective action for ever (source: "Delete corrective action").

        :param action_id: Id of the corrective action.
        """
        self._client.call("corrective_actions.delete", {"id": action_id})
