"""Tasks with their mail, recipients, triggers and reports."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from qa_sandbox.qalyptus.models import tasks as models
from qa_sandbox.qalyptus.models.base import Body, InProject
from qa_sandbox.qalyptus.routes.crud import Ids, crud
from qa_sandbox.qalyptus.routes.operation import Endpoint, Id, Operation, Store, path_id, taking
from qa_sandbox.qalyptus.routes.permissions import Titles, permissions
from qa_sandbox.qalyptus.state.parts import Parts

_TASK = "/tasks/{id}"
TaskReportId = Annotated[str, Depends(path_id("taskReportID"))]


async def duplicate_task(store: Store, task_id: Id) -> Any:
    return store.tasks.duplicate_here(task_id)


async def run_task(store: Store, task_id: Id) -> Any:
    record = store.runs.run_task(task_id)
    return {"id": record.id} if store.context.settings.qalyptus.task_run_returns_id else None


async def get_email(store: Store, task_id: Id) -> Any:
    return store.tasks.get(task_id)["email"]


async def set_email(store: Store, task_id: Id, body: models.TaskEmail) -> Any:
    return store.tasks.set_email(task_id, body)


async def set_recipients(store: Store, task_id: Id, body: list[models.TaskRecipient]) -> Any:
    store.tasks.recipients.set_members(store.tasks.get(task_id)["id"], body)
    return store.tasks.recipients.views(task_id)


async def list_triggers(store: Store, task_id: Id) -> Any:
    return store.tasks.triggers(task_id)


async def delete_triggers(store: Store, task_id: Id, body: Ids) -> None:
    store.tasks.remove_triggers(task_id, body)


async def get_report(store: Store, task_id: Id, part_id: TaskReportId) -> Any:
    reports = store.tasks.reports
    return reports.detail(reports.get(store.tasks.get(task_id)["id"], part_id))


async def save_report(
    store: Store,
    task_id: Id,
    body: models.TaskReport,
    part_id: Annotated[UUID | None, Query(alias="taskReportID")] = None,
) -> Any:
    return store.tasks.save_report(task_id, str(part_id) if part_id else None, body)


def _parts(store: Store, name: str) -> Parts:
    parts: Parts = getattr(store.tasks, name)
    return parts


def _list(name: str) -> Endpoint:
    async def list_parts(store: Store, task_id: Id) -> Any:
        return _parts(store, name).views(store.tasks.get(task_id)["id"])

    return list_parts


def _get(name: str, parameter: str) -> Endpoint:
    async def get_part(store: Store, task_id: Id, part_id: Any) -> Any:
        parts = _parts(store, name)
        return parts.view(parts.get(store.tasks.get(task_id)["id"], part_id))

    get_part.__annotations__["part_id"] = Annotated[str, Depends(path_id(parameter))]
    return get_part


def _save(name: str, parameter: str, model: type[Body]) -> Endpoint:
    async def save_part(store: Store, task_id: Id, body: Any, part_id: Any = None) -> Any:
        parts, task, fields = _parts(store, name), store.tasks.get(task_id), body.model_dump()
        return parts.view(parts.save(task["id"], str(part_id) if part_id else None, fields))

    save_part.__annotations__["part_id"] = Annotated[UUID | None, Query(alias=parameter)]
    return taking(model, save_part)


def _delete(name: str, parameter: str) -> Endpoint:
    async def delete_part(store: Store, task_id: Id, part_id: Any) -> None:
        _parts(store, name).remove(store.tasks.get(task_id)["id"], [part_id])

    delete_part.__annotations__["part_id"] = Annotated[str, Depends(path_id(parameter))]
    return delete_part


def _delete_many(name: str) -> Endpoint:
    async def delete_parts(store: Store, task_id: Id, body: Ids) -> None:
        _parts(store, name).remove(store.tasks.get(task_id)["id"], body)

    return delete_parts


_TRIGGERS = (
    Operation(
        "POST",
        f"{_TASK}/schedule",
        "Add or update a schedule",
        _save("schedules", "taskScheduleID", models.TaskSchedule),
    ),
    Operation("GET", _TASK + "/schedules/{taskScheduleID}", "Get task schedule", _get("schedules", "taskScheduleID")),
    Operation("GET", f"{_TASK}/schedules", "Get task schedules", _list("schedules")),
    Operation("DELETE", f"{_TASK}/schedules", "Delete task schedules", _delete_many("schedules")),
    Operation(
        "POST",
        f"{_TASK}/external-event",
        "Add or update external event",
        _save("events", "taskExternalEventID", models.TaskExternalEvent),
    ),
    Operation(
        "GET",
        _TASK + "/external-events/{taskExternalEventID}",
        "Get external event",
        _get("events", "taskExternalEventID"),
    ),
    Operation("GET", f"{_TASK}/external-events", "Get task external event", _list("events")),
    Operation("GET", f"{_TASK}/triggers", "Get triggers", list_triggers),
    Operation("POST", f"{_TASK}/external-events/delete", "Delete external events", _delete_many("events")),
    Operation(
        "DELETE",
        _TASK + "/external-events/{externalEventId}",
        "Delete external event",
        _delete("events", "externalEventId"),
    ),
    Operation("POST", f"{_TASK}/triggers/delete", "Delete triggers", delete_triggers),
)
TASKS = (
    *crud(
        "/tasks",
        create=("Create task", InProject),
        list_all="Get tasks",
        update=("Update task", models.TaskUpdate),
        get="Get task",
        delete="Delete task",
        delete_many="Delete tasks.",
    ),
    Operation("POST", f"{_TASK}/duplicate", "Duplicate task", duplicate_task),
    *permissions("/tasks", Titles()),
    Operation("GET", f"{_TASK}/email", "Get task email", get_email),
    Operation("PUT", f"{_TASK}/email", "Update task email", set_email),
    Operation("GET", f"{_TASK}/recipients", "Get task recipients", _list("recipients")),
    Operation("PUT", f"{_TASK}/recipients", "Update task recipients", set_recipients),
    Operation("DELETE", f"{_TASK}/recipients", "Delete task recipients", _delete_many("recipients")),
    *_TRIGGERS,
    Operation("GET", f"{_TASK}/reports", "Get task reports", _list("reports")),
    Operation("GET", _TASK + "/reports/{taskReportID}", "Get task report", get_report),
    Operation("POST", f"{_TASK}/report", "Add or update report", save_report),
    Operation("POST", f"{_TASK}/reports/delete", "Delete task reports", _delete_many("reports")),
    Operation("POST", f"{_TASK}/run", "Run", run_task),
)
