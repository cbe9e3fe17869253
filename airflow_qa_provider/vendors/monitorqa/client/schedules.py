"""Schedules of MonitorQA, which make audits at intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.monitorqa.client import rules
from airflow_qa_provider.vendors.monitorqa.client.enums import DayOfWeek, RepeatPattern
from airflow_qa_provider.vendors.monitorqa.client.repeats import (
    Daily,
    EndRule,
    Monthly,
    MultipleWeeks,
    Repeat,
    StartRule,
    Weekly,
    repeat_of,
)
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row


class Schedules(MonitorQAResource):
    """Recurring audits."""

    def list(
        self,
        *,
        audit_object_id: str | None = None,
        audit_object_group_id: str | None = None,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the active schedules (source: "Get schedules list").

        :param audit_object_id: Only those of an object.
        :param audit_object_group_id: Only those of a group of objects.
        :param page_size: Rows per request; the vendor's default is 10.
        :param limit: Most rows in all.
        :return: Rows with ``id``, ``name``, ``active``, ``repeatPattern``, ``repeat``, ``template``, ``auditObjects``,
            ``auditObjectGroups``, ``startFromDate`` and ``stopByDate``.
        :raises QAValidationError: ``page_size`` or ``limit`` cannot be.
        """
        params = {"auditObjectId": audit_object_id, "auditObjectGroupId": audit_object_group_id}
        return self._pages("schedules.list", params, page_size, limit)

    def get(self, schedule_id: str) -> Row:
        """Return a schedule (source: "Get schedule details").

        :param schedule_id: Id of the schedule.
        :return: As a row of :meth:`list`, with ``auditorHint`` and ``assignees``. ``repeatPattern`` is a
            :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.RepeatPattern` and says what ``repeat`` holds.
        :raises QANotFoundError: There is no such schedule.
        """
        return self._record("schedules.get", {"scheduleId": schedule_id})

    def create_daily(
        self,
        *,
        name: str,
        template_id: str,
        repeat_every: int,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        active: bool | None = None,
        start_from_date: Timestamp | None = None,
        stop_by_date: Timestamp | None = None,
    ) -> str:
        """Create a schedule that repeats every so many days and return its id (source: "Create daily schedule").

        :param name: Name of the schedule.
        :param template_id: Template of its audits.
        :param repeat_every: Days from audit to audit, 1 to 10.
        :param audit_object_ids: Objects to audit; these or groups are needed.
        :param audit_object_group_ids: Groups of objects to audit.
        :param assignees_ids: Users who do the audits.
        :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
        :param active: Whether it makes audits; the vendor's default is yes.
        :param start_from_date: From when on it makes audits.
        :param stop_by_date: Until when it makes audits.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QAConflictError: The template, an object or a user is not there for this key.
        :raises QAResponseError: The answer has no id: look for the schedule with :meth:`list` before you repeat this.
        """
        return self._create_repeating(
            "schedules.create_daily",
            Daily(repeat_every),
            template_id,
            _targets(audit_object_ids, audit_object_group_ids)
            | _common(name, assignees_ids, auditor_hint, active)
            | _window(start_from_date, stop_by_date),
        )

    def create_weekly(
        self,
        *,
        name: str,
        template_id: str,
        days_of_week: Iterable[DayOfWeek | int | str],
        repeat_every: int,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        active: bool | None = None,
        start_from_date: Timestamp | None = None,
        stop_by_date: Timestamp | None = None,
    ) -> str:
        """Create a schedule for some days of the week and return its id (source: "Create weekly schedule").

        :param name: Name of the schedule.
        :param template_id: Template of its audits.
        :param days_of_week: Days, 0 is Sunday; at least one.
        :param repeat_every: Weeks from round to round, 1 to 10.
        :param audit_object_ids: Objects to audit; these or groups are needed.
        :param audit_object_group_ids: Groups of objects to audit.
        :param assignees_ids: Users who do the audits.
        :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
        :param active: Whether it makes audits; the vendor's default is yes.
        :param start_from_date: From when on it makes audits.
        :param stop_by_date: Until when it makes audits.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QAConflictError: The template, an object or a user is not there for this key.
        :raises QAResponseError: The answer has no id: look for the schedule with :meth:`list` before you repeat this.
        """
        return self._create_repeating(
            "schedules.create_weekly",
            Weekly(days_of_week, repeat_every),
            template_id,
            _targets(audit_object_ids, audit_object_group_ids)
            | _common(name, assignees_ids, auditor_hint, active)
            | _window(start_from_date, stop_by_date),
        )

    def create_multiple_weeks(
        self,
        *,
        name: str,
        template_id: str,
        repeat_every: int,
        start_day: DayOfWeek | int | str,
        duration: int,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        active: bool | None = None,
        start_from_date: Timestamp | None = None,
        stop_by_date: Timestamp | None = None,
    ) -> str:
        """Create a schedule that repeats every so many weeks (source: "Create multiple weeks schedule").

        :param name: Name of the schedule.
        :param template_id: Template of its audits.
        :param repeat_every: Weeks from audit to audit, 1 to 10.
        :param start_day: Day of the week on which each audit starts, 0 is Sunday.
        :param duration: Days that each audit is open, 1 to 7 times ``repeat_every``.
        :param audit_object_ids: Objects to audit; these or groups are needed.
        :param audit_object_group_ids: Groups of objects to audit.
        :param assignees_ids: Users who do the audits.
        :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
        :param active: Whether it makes audits; the vendor's default is yes.
        :param start_from_date: From when on it makes audits.
        :param stop_by_date: Until when it makes audits.
        :return: Id of the schedule.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QAConflictError: The template, an object or a user is not there for this key.
        :raises QAResponseError: The answer has no id: look for the schedule with :meth:`list` before you repeat this.
        """
        return self._create_repeating(
            "schedules.create_multiple_weeks",
            MultipleWeeks(repeat_every, start_day, duration),
            template_id,
            _targets(audit_object_ids, audit_object_group_ids)
            | _common(name, assignees_ids, auditor_hint, active)
            | _window(start_from_date, stop_by_date),
        )

    def create_monthly(
        self,
        *,
        name: str,
        template_id: str,
        repeat_every: int,
        start_rule: StartRule,
        end_rule: EndRule,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        active: bool | None = None,
        start_from_date: Timestamp | None = None,
        stop_by_date: Timestamp | None = None,
    ) -> str:
        """Create a schedule that repeats every so many months (source: "Create monthly schedule").

        ::

            client.schedules.create_monthly(
                name="Fire safety", template_id=template, audit_object_ids=site,
                repeat_every=1, start_rule=StartOnDay(29), end_rule=EndAfterDays(3),
            )

        :param name: Name of the schedule.
        :param template_id: Template of its audits.
        :param repeat_every: Months of a cycle, 1 to 10.
        :param start_rule: When each audit starts: ``StartOnDay`` or ``StartOfMonth`` of
            :mod:`~airflow_qa_provider.vendors.monitorqa.client.repeats`, or the vendor's JSON.
        :param end_rule: When each audit ends: ``EndOfMonth``, ``EndAfterDays``, ``EndAfterWeeks`` or
            ``EndBeforeNextStarts``, or the vendor's JSON.
        :param audit_object_ids: Objects to audit; these or groups are needed.
        :param audit_object_group_ids: Groups of objects to audit.
        :param assignees_ids: Users who do the audits.
        :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
        :param active: Whether it makes audits; the vendor's default is yes.
        :param start_from_date: From when on it makes audits.
        :param stop_by_date: Until when it makes audits.
        :return: Id of the schedule.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QAConflictError: The template, an object or a user is not there for this key.
        :raises QAResponseError: The answer has no id: look for the schedule with :meth:`list` before you repeat this.
        """
        return self._create_repeating(
            "schedules.create_monthly",
            Monthly(repeat_every, start_rule, end_rule),
            template_id,
            _targets(audit_object_ids, audit_object_group_ids)
            | _common(name, assignees_ids, auditor_hint, active)
            | _window(start_from_date, stop_by_date),
        )

    def update(
        self,
        schedule_id: str,
        *,
        name: str,
        repeat: Repeat | Mapping[str, Any],
        active: bool,
        audit_object_ids: Iterable[str] | str | None = None,
        audit_object_group_ids: Iterable[str] | str | None = None,
        repeat_pattern: RepeatPattern | int | str | None = None,
        assignees_ids: Iterable[str] | str | None = None,
        auditor_hint: str | None = None,
        start_from_date: Timestamp | None = None,
        stop_by_date: Timestamp | None = None,
    ) -> None:
        """Replace all of a schedule but its template (source: "Update schedule").

        The docs do not say whether assignees, hint and dates that are left out are kept or cleared: read the schedule
        with :meth:`get` and give all that is to stay.

        :param schedule_id: Id of the schedule.
        :param name: New name.
        :param repeat: How it repeats: ``OneTime``, ``Daily``, ``MultipleWeeks``, ``Monthly`` or ``Weekly`` of
            :mod:`~airflow_qa_provider.vendors.monitorqa.client.repeats`, or the vendor's JSON with ``repeat_pattern``.
        :param active: Whether it makes audits. It has to be said: MonitorQA takes an update without it for yes, and so
            switches a paused schedule on. Ignored for a one-time schedule.
        :param audit_object_ids: Objects to audit; these or groups are needed.
        :param audit_object_group_ids: Groups of objects to audit.
        :param repeat_pattern: What ``repeat`` is, when it is a mapping.
        :param assignees_ids: Users who do the audits.
        :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
        :param start_from_date: From when on it makes audits. Ignored for a one-time schedule.
        :param stop_by_date: Until when it makes audits. Ignored for a one-time schedule.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such schedule.
        """
        how = repeat_of(repeat, repeat_pattern)
        body = {
            **_targets(audit_object_ids, audit_object_group_ids),
            **_common(name, assignees_ids, auditor_hint, active),
            "repeatPattern": int(how.pattern),
            "repeat": how.wire(),
            **_window(start_from_date, stop_by_date),
        }
        self._client.call("schedules.update", {"scheduleId": schedule_id}, body=body)

    def delete(self, schedule_ids: Iterable[str] | str) -> None:
        """Delete schedules, and those of their audits that nobody has started (source: "Delete schedules").

        :param schedule_ids: Ids of the schedules.
        :raises QAValidationError: There is no id.
        """
        self._delete("schedules.delete", schedule_ids, "schedule_ids")

    def _create_repeating(self, operation: str, repeat: Repeat, template_id: str, fields: Mapping[str, Any]) -> str:
        body = {"templateId": rules.required(template_id, "template_id"), **fields, **repeat.wire()}
        return self._create(operation, body, "schedules.list")


def _targets(object_ids: Iterable[str] | str | None, group_ids: Iterable[str] | str | None) -> dict[str, Any]:
    objects = rules.optional_ids(object_ids, "audit_object_ids")
    groups = rules.optional_ids(group_ids, "audit_object_group_ids")
    if not objects and not groups:
        raise rules.refused("audit_object_ids or audit_object_group_ids must name at least one id")
    return given(auditObjectIds=objects, auditObjectGroupIds=groups)


def _common(
    name: str, assignees_ids: Iterable[str] | str | None, auditor_hint: str | None, active: bool | None
) -> dict[str, Any]:
    return given(
        name=rules.required(name, "name"),
        auditorHint=rules.at_most(auditor_hint, rules.MAX_HINT, "auditor_hint"),
        assigneesIds=rules.optional_ids(assignees_ids, "assignees_ids"),
        active=active,
    )


def _window(start_from_date: Timestamp | None, stop_by_date: Timestamp | None) -> dict[str, Any]:
    rules.in_order(start_from_date, stop_by_date, "start_from_date", "stop_by_date")
    return given(
        startFromDate=rules.moment(start_from_date, "start_from_date"),
        stopByDate=rules.moment(stop_by_date, "stop_by_date"),
    )
