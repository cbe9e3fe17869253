"""Schedules of MonitorQA, which make audits at intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Flag, Id, Ids, Moment, OptionalIds, Paging, Text
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
from airflow_qa_provider.vendors.monitorqa.client.rules import Hint, check


class ScheduleFilter(Paging, total=False):
    """Which schedules are listed; MonitorQA sends 10 rows per request by default.

    :param audit_object_id: Only those of an object.
    :param audit_object_group_id: Only those of a group of objects.
    """

    audit_object_id: Id | None
    audit_object_group_id: Id | None


class ScheduleFields(TypedDict, total=False):
    """What a schedule has beside its pattern. Objects or groups of objects are needed.

    :param name: Name of the schedule.
    :param audit_object_ids: Objects to audit.
    :param audit_object_group_ids: Groups of objects to audit.
    :param assignees_ids: Users who do the audits.
    :param auditor_hint: Instructions that the auditor sees, at most 2,000 characters.
    :param start_from_date: From when on it makes audits. Ignored for a one-time schedule.
    :param stop_by_date: Until when it makes audits. Ignored for a one-time schedule.
    """

    name: Required[Text]
    audit_object_ids: OptionalIds | None
    audit_object_group_ids: OptionalIds | None
    assignees_ids: OptionalIds | None
    auditor_hint: Hint | None
    start_from_date: Moment | None
    stop_by_date: Moment | None


class NewSchedule(ScheduleFields, total=False):
    """What a new schedule has: :class:`ScheduleFields`, a template, and whether it is active.

    :param template_id: Template of its audits.
    :param active: Whether it makes audits; the vendor's default is yes.
    """

    template_id: Required[Id]
    active: Flag | None


class Schedules(MonitorQAResource):
    """Recurring audits.

    All that make one return its id, and raise a QAValidationError when a field breaks a documented rule, a
    QAConflictError when the template, an object or a user is not there for this key, and a QAResponseError when the
    answer has no id: look for the schedule with :meth:`list` before you repeat it then.
    """

    def list(self, **wanted: Unpack[ScheduleFilter]) -> Paged:
        """Return the active schedules (source: "Get schedules list").

        :param wanted: Fields of :class:`ScheduleFilter`.
        :return: Rows with ``id``, ``name``, ``active``, ``repeatPattern``, ``repeat``, ``template``, ``auditObjects``,
            ``auditObjectGroups``, ``startFromDate`` and ``stopByDate``.
        """
        return self._pages("schedules.list", ScheduleFilter, wanted)

    def get(self, schedule_id: Id) -> Row:
        """Return a schedule (source: "Get schedule details").

        :param schedule_id: Id of the schedule.
        :return: As a row of :meth:`list`, with ``auditorHint`` and ``assignees``. ``repeatPattern`` is a
            :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.RepeatPattern` and says what ``repeat`` holds.
        """
        return self._record("schedules.get", {"scheduleId": schedule_id})

    def create_daily(self, *, repeat_every: int | str, **schedule: Unpack[NewSchedule]) -> str:
        """Create a schedule that repeats every so many days and return its id (source: "Create daily schedule").

        :param repeat_every: Days from audit to audit, 1 to 10.
        :param schedule: Fields of :class:`NewSchedule`.
        """
        return self._make("schedules.create_daily", Daily(repeat_every), schedule)

    def create_weekly(
        self,
        *,
        days_of_week: Iterable[DayOfWeek | int | str] | str,
        repeat_every: int | str,
        **schedule: Unpack[NewSchedule],
    ) -> str:
        """Create a schedule for some days of the week and return its id (source: "Create weekly schedule").

        :param days_of_week: Days, 0 is Sunday; at least one.
        :param repeat_every: Weeks from round to round, 1 to 10.
        :param schedule: Fields of :class:`NewSchedule`.
        """
        return self._make("schedules.create_weekly", Weekly(days_of_week, repeat_every), schedule)

    def create_multiple_weeks(
        self,
        *,
        repeat_every: int | str,
        start_day: DayOfWeek | int | str,
        duration: int | str,
        **schedule: Unpack[NewSchedule],
    ) -> str:
        """Create a schedule that repeats every so many weeks (source: "Create multiple weeks schedule").

        :param repeat_every: Weeks from audit to audit, 1 to 10.
        :param start_day: Day of the week on which each audit starts, 0 is Sunday.
        :param duration: Days that each audit is open, 1 to 7 times ``repeat_every``.
        :param schedule: Fields of :class:`NewSchedule`.
        """
        repeat = MultipleWeeks(repeat_every, start_day, duration)
        return self._make("schedules.create_multiple_weeks", repeat, schedule)

    def create_monthly(
        self, *, repeat_every: int | str, start_rule: StartRule, end_rule: EndRule, **schedule: Unpack[NewSchedule]
    ) -> str:
        """Create a schedule that repeats every so many months (source: "Create monthly schedule").

        ::

            client.schedules.create_monthly(
                name="Fire safety", template_id=template, audit_object_ids=site,
                repeat_every=1, start_rule=StartOnDay(29), end_rule=EndAfterDays(3),
            )

        :param repeat_every: Months of a cycle, 1 to 10.
        :param start_rule: When each audit starts: ``StartOnDay`` or ``StartOfMonth`` of
            :mod:`~airflow_qa_provider.vendors.monitorqa.client.repeats`, or the vendor's JSON.
        :param end_rule: When each audit ends: ``EndOfMonth``, ``EndAfterDays``, ``EndAfterWeeks`` or
            ``EndBeforeNextStarts``, or the vendor's JSON.
        :param schedule: Fields of :class:`NewSchedule`.
        """
        return self._make("schedules.create_monthly", Monthly(repeat_every, start_rule, end_rule), schedule)

    def update(
        self,
        schedule_id: Id,
        *,
        repeat: Repeat | Mapping[str, Any] | str,
        active: bool | str,
        repeat_pattern: RepeatPattern | int | str | None = None,
        **schedule: Unpack[ScheduleFields],
    ) -> None:
        """Replace all of a schedule but its template (source: "Update schedule").

        The docs do not say whether assignees, hint and dates that are left out are kept or cleared: read the schedule
        with :meth:`get` and give all that is to stay.

        :param schedule_id: Id of the schedule.
        :param repeat: How it repeats: ``OneTime``, ``Daily``, ``MultipleWeeks``, ``Monthly`` or ``Weekly`` of
            :mod:`~airflow_qa_provider.vendors.monitorqa.client.repeats`, or the vendor's JSON with ``repeat_pattern``.
        :param active: Whether it makes audits. It has to be said: MonitorQA takes an update without it for yes, and so
            switches a paused schedule on. Ignored for a one-time schedule.
        :param repeat_pattern: What ``repeat`` is, when it is JSON.
        :param schedule: Fields of :class:`ScheduleFields`.
        """
        how = repeat_of(repeat, repeat_pattern)
        body = {
            **_body(ScheduleFields, schedule),
            "active": check.flag(active, "active"),
            "repeatPattern": int(how.pattern),
            "repeat": how.wire(),
        }
        self._client.call("schedules.update", {"scheduleId": schedule_id}, body=body)

    def delete(self, schedule_ids: Ids) -> None:
        """Delete schedules, and those of their audits that nobody has started (source: "Delete schedules").

        :param schedule_ids: Ids of the schedules.
        """
        self._delete("schedules.delete", schedule_ids, "schedule_ids")

    def _make(self, operation: str, repeat: Repeat, schedule: Mapping[str, Any]) -> str:
        return self._create(operation, {**_body(NewSchedule, schedule), **repeat.wire()}, "schedules.list")


def _body(family: type, schedule: Mapping[str, Any]) -> dict[str, Any]:
    body = check.wire(family, schedule)
    if not body.get("auditObjectIds") and not body.get("auditObjectGroupIds"):
        raise check.refused("audit_object_ids or audit_object_group_ids must name at least one id", 'Give ["the-id"]')
    check.in_order_on_wire(body, "start_from_date", "stop_by_date")
    return body
