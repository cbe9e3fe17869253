"""What starts the tasks of Qalyptus Cloud: schedules, and external events such as a reload of a Qlik app."""

from __future__ import annotations

from typing import Annotated, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.parameters import FreeText, Id, Ids, Moment, Text, Wire
from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource, Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Int32, check


class ScheduleFields(TypedDict, total=False):
    """What a schedule has. Words and ranges come from Qalyptus Server and are not checked.

    :param name: Name of the schedule.
    :param time_zone: Time zone that its hours are in; the docs do not say how it is written.
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
    """

    name: Required[Text]
    frequency: FreeText | None
    execution: FreeText | None
    priority: Int32 | None
    time_zone: Required[Text]
    day: Int32 | None
    month: Int32 | None
    at_hour: Int32 | None
    # the vendor's spelling, here and below
    at_minute: Annotated[Int32 | None, Wire("atMinut")]
    every_hours: Int32 | None
    from_hour: Int32 | None
    from_minute: Annotated[Int32 | None, Wire("fromMinut")]
    to_hour: Int32 | None
    to_minute: Annotated[Int32 | None, Wire("toMinut")]
    weekly_days: FreeText | None
    start_date: Moment | None
    end_date: Moment | None


class EventFields(TypedDict, total=False):
    """What an external event has. Words and ranges come from Qalyptus Server and are not checked.

    :param name: Name of the event.
    :param execution: Parallel or Serial, presumably spelt so.
    :param priority: From 1, the highest, to 100.
    :param qlik_event: What happens in Qlik. Qalyptus Server knows "App Successful Reload" only; the word on the wire is
        not public.
    :param app_id: Id of the Qlik app that it happens to.
    :param start_date: From when it holds, an aware ``datetime`` or ISO 8601 with a zone; sent in UTC.
    :param end_date: Until when it holds; the same.
    :param time_zone: Time zone; the docs do not say how it is written.
    :param description: Text for people.
    """

    name: Required[Text]
    execution: Required[Text]
    priority: Required[Int32]
    description: FreeText | None
    app_id: Id | None
    qlik_event: Required[Text]
    start_date: Moment | None
    end_date: Moment | None
    time_zone: FreeText | None


class TaskTriggers(QalyptusResource):
    """The part of tasks that deals with their schedules and external events, together called triggers."""

    def upsert_schedule(
        self, task_id: Id, *, task_schedule_id: str | None = None, **schedule: Unpack[ScheduleFields]
    ) -> Record:
        """Add a schedule to a task, or change one (source: "Add or update a schedule").

        :meth:`list_triggers` shows those that are set.

        :param task_id: UUID of the task.
        :param task_schedule_id: UUID of the schedule to change; a new one is added when unset.
        :param schedule: Fields of :class:`ScheduleFields`.
        """
        body = check.wire(ScheduleFields, schedule)
        return self._upserted("tasks.upsert_schedule", task_id, "task_schedule_id", task_schedule_id, body)

    def get_schedule(self, task_id: Id, task_schedule_id: Id) -> Record:
        """Return one schedule of a task (source: "Get task schedule").

        :param task_id: UUID of the task.
        :param task_schedule_id: UUID of the schedule.
        """
        return self._record("tasks.get_schedule", {"id": task_id, "taskScheduleID": task_schedule_id})

    def list_schedules(self, task_id: Id) -> Records:
        """Return the schedules of a task (source: "Get task schedules").

        :param task_id: UUID of the task.
        """
        return self._records("tasks.list_schedules", {"id": task_id})

    def delete_schedules(self, task_id: Id, task_schedule_ids: Ids) -> None:
        """Delete schedules of a task (source: "Delete task schedules").

        :param task_id: UUID of the task.
        :param task_schedule_ids: UUIDs of the schedules, at least one.
        """
        body = check.uuids(task_schedule_ids, "task_schedule_ids")
        self._client.call("tasks.delete_schedules", {"id": task_id}, body=body)

    def upsert_external_event(
        self, task_id: Id, *, task_external_event_id: str | None = None, **event: Unpack[EventFields]
    ) -> Record:
        """Let an event start a task, or change one (source: "Add or update external event").

        :meth:`list_triggers` shows those that are set.

        :param task_id: UUID of the task.
        :param task_external_event_id: UUID of the event to change; a new one is added when unset.
        :param event: Fields of :class:`EventFields`.
        """
        body = check.wire(EventFields, event)
        name = "task_external_event_id"
        return self._upserted("tasks.upsert_external_event", task_id, name, task_external_event_id, body)

    def get_external_event(self, task_id: Id, task_external_event_id: Id) -> Record:
        """Return one external event of a task (source: "Get external event").

        :param task_id: UUID of the task.
        :param task_external_event_id: UUID of the event.
        """
        path = {"id": task_id, "taskExternalEventID": task_external_event_id}
        return self._record("tasks.get_external_event", path)

    def list_external_events(self, task_id: Id) -> Records:
        """Return the external events of a task (source: "Get task external event").

        :param task_id: UUID of the task.
        """
        return self._records("tasks.list_external_events", {"id": task_id})

    def delete_external_events(self, task_id: Id, external_event_ids: Ids) -> None:
        """Delete external events of a task (source: "Delete external events").

        :param task_id: UUID of the task.
        :param external_event_ids: UUIDs of the events, at least one.
        """
        body = check.uuids(external_event_ids, "external_event_ids")
        self._client.call("tasks.delete_external_events", {"id": task_id}, body=body)

    def delete_external_event(self, task_id: Id, external_event_id: Id) -> None:
        """Delete one external event of a task (source: "Delete external event").

        :param task_id: UUID of the task.
        :param external_event_id: UUID of the event.
        """
        path = {"id": task_id, "externalEventId": external_event_id}
        self._client.call("tasks.delete_external_event", path)

    def list_triggers(self, task_id: Id) -> Records:
        """Return the schedules and external events of a task (source: "Get triggers").

        :param task_id: UUID of the task.
        :return: Records with ``id``, ``name``, ``type``, ``frequency``, ``execution``, ``timeZone``, ``atMinut`` (the
            vendor's spelling), ``nextExecutionDate``, and more.
        """
        return self._records("tasks.list_triggers", {"id": task_id})

    def delete_triggers(self, task_id: Id, trigger_ids: Ids) -> None:
        """Delete schedules and external events of a task (source: "Delete triggers").

        :param task_id: UUID of the task.
        :param trigger_ids: UUIDs of the triggers, at least one.
        """
        body = check.uuids(trigger_ids, "trigger_ids")
        self._client.call("tasks.delete_triggers", {"id": task_id}, body=body)
