"""Tasks with their mail, recipients, triggers and reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from qa_sandbox.qalyptus import models, task_models
from qa_sandbox.qalyptus.routes.operation import (
    Endpoint,
    Id,
    Ids,
    Operation,
    Store,
    calling,
    crud,
    path_id,
    permissions,
    sent,
)
from qa_sandbox.qalyptus.state.collection import Parts
from qa_sandbox.qalyptus.store import QalyptusStore

_TASK = "/tasks/{id}"


def _run(store: QalyptusStore, task_id: str) -> Any:
    record = store.runs.run_task(task_id)
    return {"id": record.id} if store.context.settings.qalyptus.task_run_returns_id else None


def _set_recipients(store: QalyptusStore, task_id: str, body: list[task_models.TaskRecipient]) -> Any:
    store.tasks.recipients.set_members(store.tasks.get(task_id)["id"], body)
    return store.tasks.recipients.views(task_id)


async def save_report(
    store: Store,
    task_id: Id,
    body: task_models.TaskReport,
    part_id: Annotated[UUID | None, Query(alias="taskReportID")] = None,
) -> Any:
    return store.tasks.save_report(task_id, str(part_id) if part_id else None, body)


def _on_parts(name: str, call: Callable[..., Any], **parameters: Any) -> Endpoint:
    """Make a handler that calls a function with parts, the id of their task, and what the request holds."""

    def on_store(store: QalyptusStore, task_id: str, *given: Any) -> Any:
        return call(getattr(store.tasks, name), store.tasks.get(task_id)["id"], *given)

    return calling(on_store, task_id=Id, **parameters)


def _list(name: str) -> Endpoint:
    return _on_parts(name, Parts.views)


def _get(name: str, parameter: str) -> Endpoint:
    return _on_parts(name, Parts.show, part_id=Annotated[str, Depends(path_id(parameter))])


def _save(name: str, parameter: str, model: Any) -> Endpoint:
    async def save_part(store: Store, task_id: Id, body: Any, part_id: Any = None) -> Any:
        parts, task, fields = getattr(store.tasks, name), store.tasks.get(task_id), body.model_dump()
        return parts.view(parts.save(task["id"], str(part_id) if part_id else None, fields))

    save_part.__annotations__["body"] = sent(model)
    save_part.__annotations__["part_id"] = Annotated[UUID | None, Query(alias=parameter)]
    return save_part


def _delete_many(name: str) -> Endpoint:
    return _on_parts(name, lambda parts, task_id, body: parts.remove(task_id, body), body=sent(Ids))


_EVENTS = f"{_TASK}/external-events"
_ScheduleId, _EventId = "taskScheduleID", "taskExternalEventID"
_save_schedule = _save("schedules", _ScheduleId, task_models.TaskSchedule)
_save_event = _save("events", _EventId, task_models.TaskExternalEvent)
_delete_event = _on_parts(
    "events",
    lambda parts, task_id, part_id: parts.remove(task_id, [part_id]),
    part_id=Annotated[str, Depends(path_id("externalEventId"))],
)
_delete_triggers = calling(lambda store, one, body: store.tasks.remove_triggers(one, body), one=Id, body=sent(Ids))
_TRIGGERS = (
    Operation("POST", f"{_TASK}/schedule", "Add or update a schedule", _save_schedule),
    Operation("GET", _TASK + "/schedules/{taskScheduleID}", "Get task schedule", _get("schedules", _ScheduleId)),
    Operation("GET", f"{_TASK}/schedules", "Get task schedules", _list("schedules")),
    Operation("DELETE", f"{_TASK}/schedules", "Delete task schedules", _delete_many("schedules")),
    Operation("POST", f"{_TASK}/external-event", "Add or update external event", _save_event),
    Operation("GET", _EVENTS + "/{taskExternalEventID}", "Get external event", _get("events", _EventId)),
    Operation("GET", _EVENTS, "Get task external event", _list("events")),
    Operation(
        "GET", f"{_TASK}/triggers", "Get triggers", calling(lambda store, one: store.tasks.triggers(one), one=Id)
    ),
    Operation("POST", f"{_EVENTS}/delete", "Delete external events", _delete_many("events")),
    Operation("DELETE", _EVENTS + "/{externalEventId}", "Delete external event", _delete_event),
    Operation("POST", f"{_TASK}/triggers/delete", "Delete triggers", _delete_triggers),
)
_duplicate = calling(lambda store, one: store.tasks.duplicate_here(one), one=Id)
_get_email = calling(lambda store, one: store.tasks.get(one)["email"], one=Id)
_set_email = calling(
    lambda store, one, body: store.tasks.set_email(one, body), one=Id, body=sent(task_models.TaskEmail)
)
_recipients = calling(_set_recipients, one=Id, body=sent(list[task_models.TaskRecipient]))
_get_report = _on_parts(
    "reports",
    lambda parts, task_id, part_id: parts.detail(parts.get(task_id, part_id)),
    part_id=Annotated[str, Depends(path_id("taskReportID"))],
)
TASKS = (
    *crud(
        "/tasks",
        create=("Create task", models.InProject),
        list_all="Get tasks",
        update=("Update task", task_models.TaskUpdate),
        get="Get task",
        delete="Delete task",
        delete_many="Delete tasks.",
    ),
    Operation("POST", f"{_TASK}/duplicate", "Duplicate task", _duplicate),
    *permissions("/tasks"),
    Operation("GET", f"{_TASK}/email", "Get task email", _get_email),
    Operation("PUT", f"{_TASK}/email", "Update task email", _set_email),
    Operation("GET", f"{_TASK}/recipients", "Get task recipients", _list("recipients")),
    Operation("PUT", f"{_TASK}/recipients", "Update task recipients", _recipients),
    Operation("DELETE", f"{_TASK}/recipients", "Delete task recipients", _delete_many("recipients")),
    *_TRIGGERS,
    Operation("GET", f"{_TASK}/reports", "Get task reports", _list("reports")),
    Operation("GET", _TASK + "/reports/{taskReportID}", "Get task report", _get_report),
    Operation("POST", f"{_TASK}/report", "Add or update report", save_report),
    Operation("POST", f"{_TASK}/reports/delete", "Delete task reports", _delete_many("reports")),
    Operation("POST", f"{_TASK}/run", "Run", calling(_run, one=Id)),
)
