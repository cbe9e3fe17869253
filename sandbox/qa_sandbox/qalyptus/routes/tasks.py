"""Tasks with their mail, recipients, triggers and reports."""

from __future__ import annotations

from typing import Any

from qa_sandbox.qalyptus import models
from qa_sandbox.qalyptus.routes.operation import Ids, Operation, crud, permissions
from qa_sandbox.qalyptus.store import QalyptusStore
from qa_sandbox.qalyptus.task_models import (
    TaskEmail,
    TaskExternalEvent,
    TaskRecipient,
    TaskReport,
    TaskSchedule,
    TaskUpdate,
)

_TASK = "/tasks/{id}"
_EVENTS = f"{_TASK}/external-events"
_SCHEDULE, _EVENT, _REPORT = "taskScheduleID", "taskExternalEventID", "taskReportID"


def _run(store: QalyptusStore, task_id: str) -> Any:
    record = store.runs.run_task(task_id)
    return {"id": record.id} if store.context.settings.qalyptus.task_run_returns_id else None


_TRIGGERS = (
    Operation("POST", f"{_TASK}/schedule", "Add or update a schedule", "tasks.schedules.put", TaskSchedule, _SCHEDULE),
    Operation("GET", f"{_TASK}/schedules/{{{_SCHEDULE}}}", "Get task schedule", "tasks.schedules.show"),
    Operation("GET", f"{_TASK}/schedules", "Get task schedules", "tasks.schedules.views"),
    Operation("DELETE", f"{_TASK}/schedules", "Delete task schedules", "tasks.schedules.remove", Ids),
    Operation(
        "POST", f"{_TASK}/external-event", "Add or update external event", "tasks.events.put", TaskExternalEvent, _EVENT
    ),
    Operation("GET", f"{_EVENTS}/{{{_EVENT}}}", "Get external event", "tasks.events.show"),
    Operation("GET", _EVENTS, "Get task external event", "tasks.events.views"),
    Operation("GET", f"{_TASK}/triggers", "Get triggers", "tasks.triggers"),
    Operation("POST", f"{_EVENTS}/delete", "Delete external events", "tasks.events.remove", Ids),
    Operation("DELETE", _EVENTS + "/{externalEventId}", "Delete external event", "tasks.events.delete"),
    Operation("POST", f"{_TASK}/triggers/delete", "Delete triggers", "tasks.remove_triggers", Ids),
)
TASKS = (
    *crud("/tasks", "task", models.InProject, TaskUpdate, delete_many="Delete tasks."),
    Operation("POST", f"{_TASK}/duplicate", "Duplicate task", "tasks.duplicate_here"),
    *permissions("/tasks"),
    Operation("GET", f"{_TASK}/email", "Get task email", lambda store, one: store.tasks.get(one)["email"]),
    Operation("PUT", f"{_TASK}/email", "Update task email", "tasks.set_email", TaskEmail),
    Operation("GET", f"{_TASK}/recipients", "Get task recipients", "tasks.recipients.views"),
    Operation(
        "PUT", f"{_TASK}/recipients", "Update task recipients", "tasks.recipients.set_members", list[TaskRecipient]
    ),
    Operation("DELETE", f"{_TASK}/recipients", "Delete task recipients", "tasks.recipients.remove", Ids),
    *_TRIGGERS,
    Operation("GET", f"{_TASK}/reports", "Get task reports", "tasks.reports.views"),
    Operation("GET", f"{_TASK}/reports/{{{_REPORT}}}", "Get task report", "tasks.reports.show"),
    Operation("POST", f"{_TASK}/report", "Add or update report", "tasks.save_report", TaskReport, _REPORT),
    Operation("POST", f"{_TASK}/reports/delete", "Delete task reports", "tasks.reports.remove", Ids),
    Operation("POST", f"{_TASK}/run", "Run", _run),
)
