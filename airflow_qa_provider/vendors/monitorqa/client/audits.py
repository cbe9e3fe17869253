"""Audits of MonitorQA: create, follow, change, and read their reports."""

from __future__ import annotations

from typing import Annotated, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Flag, Id, Ids, Moment, Number, OptionalIds, Paging, Read, Text
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.monitorqa.client.enums import ReportType
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row
from airflow_qa_provider.vendors.monitorqa.client.rules import Hint, check

__all__ = ["Audits", "ReportType"]


class AuditFilter(Paging, total=False):
    """Which audits are listed.

    :param template_id: Only those of a template.
    :param audit_object_id: Only those of an object.
    :param audit_object_group_id: Only those of a group of objects.
    :param assigned_to: Only those of a user.
    :param assigned_to_group: Only those of a group of users.
    """

    template_id: Id | None
    audit_object_id: Id | None
    audit_object_group_id: Id | None
    assigned_to: Id | None
    assigned_to_group: Id | None


class PendingAuditFilter(AuditFilter, total=False):
    """Which pending audits are listed: by :class:`AuditFilter`, and this.

    :param in_progress: Only those that were, or were not, started.
    :param audit_schedule_id: Only those of a schedule.
    """

    in_progress: Flag | None
    audit_schedule_id: Id | None


class CompleteAuditFilter(AuditFilter, total=False):
    """Which completed audits are listed: by :class:`AuditFilter`, and this. MonitorQA sends 100 rows by default.

    :param score_min: Lowest score.
    :param score_max: Highest score.
    :param completed_by: Only those that a user completed.
    :param completed_by_group: Only those that a group of users completed.
    :param from_date: Completed at or after this moment.
    :param to_date: Completed at or before this moment.
    """

    score_min: Number | None
    score_max: Number | None
    completed_by: Id | None
    completed_by_group: Id | None
    from_date: Moment | None
    to_date: Moment | None


class AuditFields(TypedDict, total=False):
    """What can be said of an audit at any time.

    :param name: Name of the audit.
    :param end_date: Due date, an aware ``datetime`` or ISO 8601 with a zone. The docs call it local but want UTC, which
        is what is sent.
    :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters. The docs do not say whether
        leaving it out of a change keeps the old one.
    """

    name: Required[Text]
    end_date: Required[Moment]
    auditor_hint: Hint | None


class NewAudit(AuditFields, total=False):
    """What a new audit has: :class:`AuditFields`, and this.

    :param template_id: Template to use.
    :param audit_object_id: Object to be audited.
    :param start_date: From when it can be started; at once by default.
    :param assignee_id: User who will do it; unassigned by default. An empty text is refused.
    """

    template_id: Required[Id]
    audit_object_id: Required[Id]
    start_date: Moment | None
    assignee_id: Annotated[str | None, Read("assignee", keeps_empty=True)]


class Audits(MonitorQAResource):
    """One-time audits and the audits that schedules make."""

    def create(self, **audit: Unpack[NewAudit]) -> str:
        """Create a one-time audit and return its id (source: "Create one-time audit").

        :param audit: Fields of :class:`NewAudit`.
        :raises QAConflictError: The template or object does not exist, or is not visible to this key.
        :raises QAResponseError: The answer has no id: look for the audit before you repeat this.
        """
        body = check.wire(NewAudit, audit)
        check.in_order_on_wire(body, "start_date", "end_date")
        return self._create("audits.create", body, "audits.list_pending")

    def get(self, audit_id: Id) -> Row:
        """Return an audit in any state (source: "Get details of audit").

        :param audit_id: Id of the audit.
        :return: ``isStarted``, ``isCompleted``, ``isExpired``, ``isFailed``, ``isReopened``, ``startedAt``,
            ``completeDate``, ``assignees``, ``score``, ``scoreLabel``, ``scoreColor``, and more. ``completionTime`` has
            no documented unit; in the docs' examples it is the minutes from start to completion.
        :raises QANotFoundError: There is no such audit; it may have been deleted.
        """
        return self._record("audits.get", {"auditId": audit_id})

    def get_complete(self, audit_id: Id) -> Row:
        """Return a completed audit with its signatures (source: "Get details of complete audit").

        :param audit_id: Id of a completed audit.
        :return: As :meth:`get`, with ``auditorSignature``, ``auditeeSignature`` and ``reportUrl``. The docs do not say
            how to call that URL: use :meth:`download_report_pdf`.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        return self._record("audits.get_complete", {"auditId": audit_id})

    def get_report(self, audit_id: Id) -> Row:
        """Return the items of a completed audit, with answers and corrective actions (source: "Get audit report").

        :param audit_id: Id of a completed audit.
        :return: ``{"id", "items": [...]}``; ``itemType`` of an item is an
            :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.AuditItemType`, ``status`` and ``priority`` of
            its ``actions`` are those of corrective actions.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        return self._record("audits.get_report", {"auditId": audit_id})

    def download_report(self, audit_id: Id) -> Download:
        """Open the JSON report of a completed audit as a file (source: "Get audit report").

        :param audit_id: Id of a completed audit.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        return self._client.stream("audits.get_report", {"auditId": audit_id})

    def download_report_pdf(
        self,
        audit_id: Id,
        *,
        report_type: ReportType | int | str = ReportType.REGULAR,
        include_photos: bool | str = False,
    ) -> Download:
        """Open the PDF report of a completed audit (source: "Get audit pdf report").

        :param audit_id: Id of a completed audit.
        :param report_type: Regular, summary or full.
        :param include_photos: Whether photos are part of it.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        kind = check.value_of(ReportType, report_type, "report_type")
        params = {"reportType": kind, "includePhotos": check.flag(include_photos, "include_photos")}
        return self._client.stream("audits.download_report_pdf", {"auditId": audit_id}, params=params)

    def list_pending(self, **wanted: Unpack[PendingAuditFilter]) -> Paged:
        """Return the pending audits (source: "Get list of pending audits").

        :param wanted: Fields of :class:`PendingAuditFilter`.
        """
        return self._pages("audits.list_pending", PendingAuditFilter, wanted)

    def list_complete(self, **wanted: Unpack[CompleteAuditFilter]) -> Paged:
        """Return the completed audits (source: "Get list of complete audits").

        :param wanted: Fields of :class:`CompleteAuditFilter`.
        """
        return self._pages("audits.list_complete", CompleteAuditFilter, wanted)

    def update(
        self, audit_id: Id, *, start_date: Timestamp, assignee_id: str | None, **audit: Unpack[AuditFields]
    ) -> None:
        """Replace dates, name, hint and assignee of a one-time audit (source: "Update one-time audit").

        Template and object cannot be changed, and audits of schedules cannot be changed at all.

        :param audit_id: Id of a one-time audit.
        :param start_date: New start.
        :param assignee_id: The assignee. It has to be said: ``None`` **takes the audit from whoever has it**.
        :param audit: Fields of :class:`AuditFields`.
        """
        body = check.wire(AuditFields, audit)
        body["startDate"] = check.timestamp(start_date, "start_date")
        check.in_order_on_wire(body, "start_date", "end_date")
        if assignee_id is not None:
            body["assigneeId"] = check.assignee(assignee_id, "assignee_id")
        self._client.call("audits.update", {"id": audit_id}, body=body)

    def reopen(
        self,
        audit_id: Id,
        *,
        start_date: Timestamp,
        end_date: Timestamp,
        assignees_ids: OptionalIds | None = None,
        remove_assignees: bool | str = False,
    ) -> None:
        """Make a completed audit active again (source: "Reopen Audit").

        :param audit_id: Id of a completed audit.
        :param start_date: New start.
        :param end_date: New due date.
        :param assignees_ids: New assignees; unset keeps those that it has.
        :param remove_assignees: Takes the audit from all assignees. An empty ``assignees_ids`` would do that at
            MonitorQA, and is refused without this.
        :raises QAValidationError: The dates are not in order, ``assignees_ids`` is empty, or both are given.
        :raises QAConflictError: It is not completed, or a user is not there; the docs do not name the codes.
        """
        body = given(
            assigneesIds=check.new_assignees(assignees_ids, check.flag(remove_assignees, "remove_assignees")),
            startDate=check.timestamp(start_date, "start_date"),
            endDate=check.timestamp(end_date, "end_date"),
        )
        check.in_order_on_wire(body, "start_date", "end_date")
        self._client.call("audits.reopen", {"id": audit_id}, body=body)

    def expire(self, audit_ids: Ids) -> None:
        """Close incomplete audits as expired (source: "Expire Audit").

        :param audit_ids: Ids of incomplete audits.
        """
        self._client.call("audits.expire", body={"ids": check.ids(audit_ids, "audit_ids")})

    def delete(self, audit_ids: Ids) -> None:
        """Delete audits for ever (source: "Delete Audit").

        :param audit_ids: Ids of the audits.
        """
        self._delete("audits.delete", audit_ids, "audit_ids")
