"""Audits of MonitorQA: create, follow, change, and read their reports."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.download import Download
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.monitorqa.client import rules
from airflow_qa_provider.vendors.monitorqa.client.enums import ReportType
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row

__all__ = ["Audits", "ReportType"]


class Audits(MonitorQAResource):
    """One-time audits and the audits that schedules make."""

    def create(
        self,
        *,
        name: str,
        template_id: str,
        audit_object_id: str,
        end_date: Timestamp,
        start_date: Timestamp | None = None,
        auditor_hint: str | None = None,
        assignee_id: str | None = None,
    ) -> str:
        """Create a one-time audit and return its id (source: "Create one-time audit").

        :param name: Name of the audit.
        :param template_id: Template to use.
        :param audit_object_id: Object to be audited.
        :param end_date: Due date, an aware ``datetime`` or ISO 8601 with a zone. The docs call it local but want UTC,
            which is what is sent.
        :param start_date: From when it can be started; at once by default.
        :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
        :param assignee_id: User who will do it; unassigned by default.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QAConflictError: The template or object does not exist, or is not visible to this key.
        :raises QAResponseError: The answer has no id: look for the audit before you repeat this.
        """
        body = given(
            name=rules.required(name, "name"),
            templateId=rules.required(template_id, "template_id"),
            auditObjectId=rules.required(audit_object_id, "audit_object_id"),
            assigneeId=assignee_id,
            **rules.period(start_date, end_date),
            auditorHint=rules.at_most(auditor_hint, rules.MAX_HINT, "auditor_hint"),
        )
        return self._create("audits.create", body, "audits.list_pending")

    def get(self, audit_id: str) -> Row:
        """Return an audit in any state (source: "Get details of audit").

        :param audit_id: Id of the audit.
        :return: ``isStarted``, ``isCompleted``, ``isExpired``, ``isFailed``, ``isReopened``, ``startedAt``,
            ``completeDate``, ``assignees``, ``score``, ``scoreLabel``, ``scoreColor``, and more. ``completionTime`` has
            no documented unit; in the docs' examples it is the minutes from start to completion.
        :raises QANotFoundError: There is no such audit; it may have been deleted.
        """
        return self._record("audits.get", {"auditId": audit_id})

    def get_complete(self, audit_id: str) -> Row:
        """Return a completed audit with its signatures (source: "Get details of complete audit").

        :param audit_id: Id of a completed audit.
        :return: As :meth:`get`, with ``auditorSignature``, ``auditeeSignature`` and ``reportUrl``. The docs do not say
            how to call that URL: use :meth:`download_report_pdf`.
        :raises QANotFoundError: There is no such audit.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        return self._record("audits.get_complete", {"auditId": audit_id})

    def get_report(self, audit_id: str) -> Row:
        """Return the items of a completed audit, with answers and corrective actions (source: "Get audit report").

        :param audit_id: Id of a completed audit.
        :return: ``{"id", "items": [...]}``; ``itemType`` of an item is an
            :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.AuditItemType`, ``status`` and ``priority`` of
            its ``actions`` are those of corrective actions.
        :raises QANotFoundError: There is no such audit.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        return self._record("audits.get_report", {"auditId": audit_id})

    def download_report(self, audit_id: str) -> Download:
        """Open the JSON report of a completed audit as a file (source: "Get audit report").

        :param audit_id: Id of a completed audit.
        :raises QANotFoundError: There is no such audit.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        return self._client.stream("audits.get_report", {"auditId": audit_id})

    def download_report_pdf(
        self, audit_id: str, *, report_type: ReportType | int | str = ReportType.REGULAR, include_photos: bool = False
    ) -> Download:
        """Open the PDF report of a completed audit (source: "Get audit pdf report").

        :param audit_id: Id of a completed audit.
        :param report_type: Regular, summary or full.
        :param include_photos: Whether photos are part of it.
        :raises QAValidationError: There is no such report type.
        :raises QANotFoundError: There is no such audit.
        :raises QAConflictError: It is not completed; the docs do not name the code of this business error.
        """
        params = {"reportType": rules.choice(ReportType, report_type, "report_type"), "includePhotos": include_photos}
        return self._client.stream("audits.download_report_pdf", {"auditId": audit_id}, params=params)

    def list_pending(
        self,
        *,
        in_progress: bool | None = None,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        audit_object_group_id: str | None = None,
        audit_schedule_id: str | None = None,
        assigned_to: str | None = None,
        assigned_to_group: str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the pending audits (source: "Get list of pending audits").

        :param in_progress: Only those that were, or were not, started.
        :param template_id: Only those of a template.
        :param audit_object_id: Only those of an object.
        :param audit_object_group_id: Only those of a group of objects.
        :param audit_schedule_id: Only those of a schedule.
        :param assigned_to: Only those of a user.
        :param assigned_to_group: Only those of a group of users.
        :param page_size: Rows per request; the vendor's default, which is not documented, when unset.
        :param limit: Most rows in all.
        :raises QAValidationError: ``page_size`` or ``limit`` cannot be.
        """
        params = {
            "inProgress": in_progress,
            "templateId": template_id,
            "auditObjectId": audit_object_id,
            "auditObjectGroupId": audit_object_group_id,
            "auditScheduleId": audit_schedule_id,
            "assignedTo": assigned_to,
            "assignedToGroup": assigned_to_group,
        }
        return self._pages("audits.list_pending", params, page_size, limit)

    def list_complete(
        self,
        *,
        score_min: float | None = None,
        score_max: float | None = None,
        completed_by: str | None = None,
        completed_by_group: str | None = None,
        template_id: str | None = None,
        audit_object_id: str | None = None,
        audit_object_group_id: str | None = None,
        assigned_to: str | None = None,
        assigned_to_group: str | None = None,
        from_date: Timestamp | None = None,
        to_date: Timestamp | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the completed audits (source: "Get list of complete audits").

        :param score_min: Lowest score.
        :param score_max: Highest score.
        :param completed_by: Only those that a user completed.
        :param completed_by_group: Only those that a group of users completed.
        :param template_id: Only those of a template.
        :param audit_object_id: Only those of an object.
        :param audit_object_group_id: Only those of a group of objects.
        :param assigned_to: Only those of a user.
        :param assigned_to_group: Only those of a group of users.
        :param from_date: Completed at or after this moment.
        :param to_date: Completed at or before this moment.
        :param page_size: Rows per request; the vendor's default is 100.
        :param limit: Most rows in all.
        :raises QAValidationError: A date has no time zone, or ``page_size`` or ``limit`` cannot be.
        """
        params = {
            "scoreMin": score_min,
            "scoreMax": score_max,
            "completedBy": completed_by,
            "completedByGroup": completed_by_group,
            "templateId": template_id,
            "auditObjectId": audit_object_id,
            "auditObjectGroupId": audit_object_group_id,
            "assignedTo": assigned_to,
            "assignedToGroup": assigned_to_group,
            "fromDate": rules.moment(from_date, "from_date"),
            "toDate": rules.moment(to_date, "to_date"),
        }
        return self._pages("audits.list_complete", params, page_size, limit)

    def update(
        self,
        audit_id: str,
        *,
        name: str,
        start_date: Timestamp,
        end_date: Timestamp,
        assignee_id: str | None,
        auditor_hint: str | None = None,
    ) -> None:
        """Replace dates, name, hint and assignee of a one-time audit (source: "Update one-time audit").

        Template and object cannot be changed, and audits of schedules cannot be changed at all.

        :param audit_id: Id of a one-time audit.
        :param name: New name.
        :param start_date: New start.
        :param end_date: New due date.
        :param assignee_id: The assignee. It has to be said: ``None`` **takes the audit from whoever has it**.
        :param auditor_hint: New hint, at most 2,000 characters. The docs do not say whether leaving it out keeps the
            old one.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such audit.
        """
        body = given(
            name=rules.required(name, "name"),
            assigneeId=None if assignee_id is None else rules.required(assignee_id, "assignee_id"),
            **rules.period(rules.present(start_date, "start_date"), end_date),
            auditorHint=rules.at_most(auditor_hint, rules.MAX_HINT, "auditor_hint"),
        )
        self._client.call("audits.update", {"id": audit_id}, body=body)

    def reopen(
        self,
        audit_id: str,
        *,
        start_date: Timestamp,
        end_date: Timestamp,
        assignees_ids: Iterable[str] | str | None = None,
        remove_assignees: bool = False,
    ) -> None:
        """Make a completed audit active again (source: "Reopen Audit").

        :param audit_id: Id of a completed audit.
        :param start_date: New start.
        :param end_date: New due date.
        :param assignees_ids: New assignees; unset keeps those that it has.
        :param remove_assignees: Takes the audit from all assignees. An empty ``assignees_ids`` would do that at
            MonitorQA, and is refused without this.
        :raises QAValidationError: The dates are not in order, ``assignees_ids`` is empty, or both are given.
        :raises QANotFoundError: There is no such audit.
        :raises QAConflictError: It is not completed, or a user is not there; the docs do not name the codes.
        """
        body = given(
            assigneesIds=rules.new_assignees(assignees_ids, remove_assignees),
            **rules.period(rules.present(start_date, "start_date"), end_date),
        )
        self._client.call("audits.reopen", {"id": audit_id}, body=body)

    def expire(self, audit_ids: Iterable[str] | str) -> None:
        """Close incomplete audits as expired (source: "Expire Audit").

        :param audit_ids: Ids of incomplete audits.
        :raises QAValidationError: There is no id.
        """
        self._client.call("audits.expire", body={"ids": rules.ids(audit_ids, "audit_ids")})

    def delete(self, audit_ids: Iterable[str] | str) -> None:
        """Delete audits for ever (source: "Delete Audit").

        :param audit_ids: Ids of the audits.
        :raises QAValidationError: There is no id.
        """
        self._delete("audits.delete", audit_ids, "audit_ids")
