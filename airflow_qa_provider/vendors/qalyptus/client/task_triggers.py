"""What starts the tasks of Qalyptus Cloud: schedules, and external events such as a reload of a Qlik app."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.timestamps import Timestamp
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource, Record, Records


class TaskTriggers(QalyptusResource):
    """The part of tasks that deals with their schedules and external events, together called triggers."""

    def upsert_schedule(
        self,
        task_id: str,
        *,
        name: str,
        time_zone: str,
        task_schedule_id: str | None = None,
        frequency: str | None = None,
        execution: str | None = None,
        priority: int | None = None,
        day: int | None = None,
        month: int | None = None,
        at_hour: int | None = None,
        at_minute: int | None = None,
        every_hours: int | None = None,
        from_hour: int | None = None,
        from_minute: int | None = None,
        to_hour: int | None = None,
        to_minute: int | None = None,
        weekly_days: str | None = None,
        start_date: Timestamp | None = None,
        end_date: Timestamp | None = None,
    ) -> Record:
        """Add a schedule to a task, or change one (source: "Add or update a schedule").

        Words and ranges come from Qalyptus Server and are not checked; :meth:`list_triggers` shows those that are set.

        :param task_id: UUID of the task.
        :param name: Name of the schedule.
        :param time_zone: Time zone that its hours are in; the docs do not say how it is written.
        :param task_schedule_id: UUID of the schedule to change; a new one is added when unset.
        :param frequency: Once, Hourly, Daily, Weekly, Monthly or Yearly, presumably spelt so.
        :param execution: Parallel or Serial, presumably spelt so.
        :param priority: From 1, the highest, to 100.
        :param day: Day of the month.
        :param month: Month of the year.
        :param at_hour: Hour of the day at which it runs.
        :param at_minute: Minute of that hour.
        :param every_hours: Hours between two runs of an hourly schedule.
        :param from_hour: Hour of the day from which an hourly schedule runs.
        :param from_minute: Minute of that hour.
        :param to_hour: Hour of the day until which an hourly schedule runs.
        :param to_minute: Minute of that hour.
        :param weekly_days: Days of the week as one text; how they are written is not public.
        :param start_date: From when it holds, an aware ``datetime`` or ISO 8601 with a zone; sent in UTC.
        :param end_date: Until when it holds; the same.
        :return: The vendor's answer, with the ``id`` of the schedule when it holds one.
        :raises QAValidationError: A field is of the wrong kind, or a date has no time zone.
        :raises QANotFoundError: There is no such task or schedule.
        """
        body = given(
            name=rules.required(name, "name"),
            frequency=frequency,
            execution=execution,
            priority=rules.int32(priority, "priority"),
            timeZone=rules.required(time_zone, "time_zone"),
            day=rules.int32(day, "day"),
            month=rules.int32(month, "month"),
            atHour=rules.int32(at_hour, "at_hour"),
            atMinut=rules.int32(at_minute, "at_minute"),  # the vendor's spelling, here and below
            everyHours=rules.int32(every_hours, "every_hours"),
            fromHour=rules.int32(from_hour, "from_hour"),
            fromMinut=rules.int32(from_minute, "from_minute"),
            toHour=rules.int32(to_hour, "to_hour"),
            toMinut=rules.int32(to_minute, "to_minute"),
            weeklyDays=weekly_days,
            **_period(start_date, end_date),
        )
        params = {"taskScheduleID": rules.uuid_or_none(task_schedule_id, "task_schedule_id")}
        return self._created("tasks.upsert_schedule", {"id": task_id}, params=params, body=body)

    def get_schedule(self, task_id: str, task_schedule_id: str) -> Record:
        """Return one schedule of a task (source: "Get task schedule").

        :param task_id: UUID of the task.
        :param task_schedule_id: UUID of the schedule.
        :raises QANotFoundError: There is no such task or schedule.
        """
        return self._record("tasks.get_schedule", {"id": task_id, "taskScheduleID": task_schedule_id})

    def list_schedules(self, task_id: str) -> Records:
        """Return the schedules of a task (source: "Get task schedules").

        :param task_id: UUID of the task.
        :raises QANotFoundError: There is no such task.
        """
        return self._records("tasks.list_schedules", {"id": task_id})

    def delete_schedules(self, task_id: str, task_schedule_ids: Iterable[str] | str) -> None:
        """Delete schedules of a task (source: "Delete task schedules").

        :param task_id: UUID of the task.
        :param task_schedule_ids: UUIDs of the schedules, at least one.
        :raises QAValidationError: There is none, or one is not a UUID.
        :raises QANotFoundError: There is no such task.
        """
        body = rules.uuids(task_schedule_ids, "task_schedule_ids")
        self._client.call("tasks.delete_schedules", {"id": task_id}, body=body)

    def upsert_external_event(
        self,
        task_id: str,
        *,
        name: str,
        execution: str,
        priority: int,
        qlik_event: str,
        task_external_event_id: str | None = None,
        app_id: str | None = None,
        start_date: Timestamp | None = None,
        end_date: Timestamp | None = None,
        time_zone: str | None = None,
        description: str | None = None,
    ) -> Record:
        """Let an event start a task, or change one (source: "Add or update external event").

        Words and ranges come from Qalyptus Server and are not checked; :meth:`list_triggers` shows those that are set.

        :param task_id: UUID of the task.
        :param name: Name of the event.
        :param execution: Parallel or Serial, presumably spelt so.
        :param priority: From 1, the highest, to 100.
        :param qlik_event: What happens in Qlik. Qalyptus Server knows "App Successful Reload" only; the word on
            the wire is not public.
        :param task_external_event_id: UUID of the event to change; a new one is added when unset.
        :param app_id: Id of the Qlik app that it happens to.
        :param start_date: From when it holds, an aware ``datetime`` or ISO 8601 with a zone; sent in UTC.
        :param end_date: Until when it holds; the same.
        :param time_zone: Time zone; the docs do not say how it is written.
        :param description: Text for people.
        :return: The vendor's answer, with the ``id`` of the event when it holds one.
        :raises QAValidationError: A field breaks a documented rule.
        :raises QANotFoundError: There is no such task or event.
        """
        if priority is None:
            raise rules.refusal("priority is required, got None")
        body = given(
            name=rules.required(name, "name"),
            execution=rules.required(execution, "execution"),
            priority=rules.int32(priority, "priority"),
            description=description,
            appID=app_id,
            qlikEvent=rules.required(qlik_event, "qlik_event"),
            **_period(start_date, end_date),
            timeZone=time_zone,
        )
        params = {"taskExternalEventID": rules.uuid_or_none(task_external_event_id, "task_external_event_id")}
        return self._created("tasks.upsert_external_event", {"id": task_id}, params=params, body=body)

    def get_external_event(self, task_id: str, task_external_event_id: str) -> Record:
        """Return one external event of a task (source: "Get external event").

        :param task_id: UUID of the task.
        :param task_external_event_id: UUID of the event.
        :raises QANotFoundError: There is no such task or event.
        """
        path = {"id": task_id, "taskExternalEventID": task_external_event_id}
        return self._record("tasks.get_external_event", path)

    def list_external_events(self, task_id: str) -> Records:
        """Return the external events of a task (source: "Get task external event").

        :param task_id: UUID of the task.
        :raises QANotFoundError: There is no such task.
        """
        return self._records("tasks.list_external_events", {"id": task_id})

    def delete_external_events(self, task_id: str, external_event_ids: Iterable[str] | str) -> None:
        """Delete external events of a task (source: "Delete external events").

        :param task_id: UUID of the task.
        :param external_event_ids: UUIDs of the events, at least one.
        :raises QAValidationError: There is none, or one is not a UUID.
        :raises QANotFoundError: There is no such task.
        """
        body = rules.uuids(external_event_ids, "external_event_ids")
        self._client.call("tasks.delete_external_events", {"id": task_id}, body=body)

    def delete_external_event(self, task_id: str, external_event_id: str) -> None:
        """Delete one external event of a task (source: "Delete external event").

        :param task_id: UUID of the task.
        :param external_event_id: UUID of the event.
        :raises QANotFoundError: There is no such task or event.
        """
        path = {"id": task_id, "externalEventId": external_event_id}
        self._client.call("tasks.delete_external_event", path)

    def list_triggers(self, task_id: str) -> Records:
        """Return the schedules and external events of a task (source: "Get triggers").

        :param task_id: UUID of the task.
        :return: Records with ``id``, ``name``, ``type``, ``frequency``, ``execution``, ``timeZone``, ``atMinut`` (the
            vendor's spelling), ``nextExecutionDate``, and more.
        :raises QANotFoundError: There is no such task.
        """
        return self._records("tasks.list_triggers", {"id": task_id})

    def delete_triggers(self, task_id: str, trigger_ids: Iterable[str] | str) -> None:
        """Delete schedules and external events of a task (source: "Delete triggers").

        :param task_id: UUID of the task.
        :param trigger_ids: UUIDs of the triggers, at least one.
        :raises QAValidationError: There is none, or one is not a UUID.
        :raises QANotFoundError: There is no such task.
        """
        body = rules.uuids(trigger_ids, "trigger_ids")
        self._client.call("tasks.delete_triggers", {"id": task_id}, body=body)


def _period(start: Timestamp | None, end: Timestamp | None) -> dict[str, str | None]:
    return {
        "startDate": rules.date_time_or_none(start, "start_date"),
        "endDate": rules.date_time_or_none(end, "end_date"),
    }
