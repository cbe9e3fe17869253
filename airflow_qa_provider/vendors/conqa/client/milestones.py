"""Milestones of CONQA: read, create or change, delete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Annotated, Any, Literal, get_args

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id, Paging, Read, Text
from airflow_qa_provider.rest.timestamps import Timestamp, utc_milliseconds
from airflow_qa_provider.vendors.conqa.client.fields import FieldValue, Option, field_values, status_value
from airflow_qa_provider.vendors.conqa.client.resource import ConqaResource
from airflow_qa_provider.vendors.conqa.client.rules import check

OrderDirection = Literal["asc", "desc"]
"""Order of a list (source: "Get Project Milestones")."""


class MilestoneOrder(Paging, total=False):
    """In which order milestones are listed.

    :param order_by: Field to order by; the docs do not say which ones can be.
    :param order_direction: ``asc`` or ``desc``.
    """

    order_by: Text | None
    order_direction: Annotated[OrderDirection | str | None, Read("choice", words=get_args(OrderDirection))]


class Milestones(ConqaResource):
    """Milestones of a project, addressed by their id in the system that they come from.

    :meth:`upsert` and :meth:`delete` are queued: CONQA answers 202 at once and works later, so :meth:`list` is the only
    way to see the result. Both carry a transaction time that CONQA uses to recognise a repeated request.
    """

    def list(self, project_id: Id, **wanted: Unpack[MilestoneOrder]) -> Paged:
        """Return the milestones of a project (source: "Get Project Milestones").

        The docs show no answer; it is read through the client's
        :class:`~airflow_qa_provider.vendors.conqa.client.dialect.Dialect`.

        :param project_id: Id of the project.
        :param wanted: Fields of :class:`MilestoneOrder`.
        :return: Milestones as CONQA sends them.
        :raises QAResponseError: The answer holds no list of milestones.
        """
        rows = self._client.dialect.milestones_in
        return self._numbered("milestones.list", {"projectId": project_id}, rows, MilestoneOrder, wanted)

    def upsert(
        self,
        project_id: Id,
        external_id: Id,
        *,
        name: str | None = None,
        status: str | Option | Mapping[str, Any] | None = None,
        fields: Mapping[str, FieldValue] | str | None = None,
        timestamp: Timestamp | None = None,
    ) -> str:
        """Create or change a milestone, and return the transaction time that was sent (source: "Upsert Milestone").

        A deleted milestone with the same external id is ignored: a new one is created. A new milestone needs every
        field that decides its checklist template and its folder, and gets the first configured status when none is
        given.

        :param project_id: Id of the project.
        :param external_id: Id of the milestone in the system that it comes from.
        :param name: Name; left as it is when unset.
        :param status: Identifier of a configured status, such as ``"planned"``, or an :class:`Option`; left as it is
            when unset.
        :param fields: Field name to a text, a number, a date, an :class:`Option` (or ``{"value", "display",
            "createNew"}``), or ``None`` to clear the field. Fields that are not named stay as they are. JSON text
            of such an object is taken too.
        :param timestamp: Transaction time. A repeated attempt must send the one of the first attempt, so compute it
            once per task run and not per try; by default it is the time of this call, which only the retries inside
            this call share.
        :return: The transaction time as sent, UTC, ``yyyy-MM-ddTHH:mm:ss.fffZ``.
        :raises QAValidationError: A value has no documented form; the message names the field.
        :raises QARequestRejectedError: An unknown field or value (400), or the milestone cannot be made or changed
            (422); ``code`` is then one of :data:`~airflow_qa_provider.vendors.conqa.client.errors.SKIP_REASONS`.
        :raises QANotFoundError: The project has no milestone configuration.
        """
        moment = _transaction_time(timestamp)
        data = given(
            name=check.text(name, "name") if is_given(name) else None,
            status=None if status is None or not is_given(status) else status_value(status),
            fields=field_values(fields),
        )
        body = {"metadata": {"timestamp": moment}, "data": data}
        self._client.call("milestones.upsert", {"projectId": project_id, "externalId": external_id}, body=body)
        return moment

    def delete(self, project_id: Id, external_id: Id, *, timestamp: Timestamp | None = None) -> str:
        """Delete a milestone with its checklist, and return the transaction time (source: "Delete Milestone").

        Both can be restored in CONQA, but not through the API. Folders stay.

        :param project_id: Id of the project.
        :param external_id: Id of the milestone in the system that it comes from.
        :param timestamp: Transaction time, as in :meth:`upsert`: compute it once per task run.
        :return: The transaction time as sent, UTC, ``yyyy-MM-ddTHH:mm:ss.fffZ``.
        :raises QANotFoundError: The project has no milestone with this external id.
        :raises QARequestRejectedError: Several milestones have this external id.
        """
        moment = _transaction_time(timestamp)
        path = {"projectId": project_id, "externalId": external_id}
        self._client.call("milestones.delete", path, params={"timestamp": moment})
        return moment


def _transaction_time(timestamp: Timestamp | None) -> str:
    return utc_milliseconds(timestamp if timestamp and is_given(timestamp) else datetime.now(timezone.utc), "timestamp")
