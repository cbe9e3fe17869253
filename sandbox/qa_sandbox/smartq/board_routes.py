"""smartQ's routes, part two: steps, custom fields and the values of choice fields."""

from __future__ import annotations

from typing import Any

from qa_sandbox.smartq import answers, board, views
from qa_sandbox.smartq.depends import (
    Caller,
    ChoiceField,
    Field,
    Project,
    Sent,
    Step,
    Store,
    Value,
    resource,
)
from qa_sandbox.smartq.envelope import Answer, Items, listing, success
from qa_sandbox.smartq.forms import FIELD, STEP, VALUE
from qa_sandbox.smartq.openapi import form_body
from qa_sandbox.smartq.rights import require_project_right

Json = dict[str, Any]

steps = resource("Project Steps (Stages)", "/projects/{project_id}/steps")
fields = resource("Project Custom Fields", "/projects/{project_id}/custom_fields")
values = resource("Project Custom Field Values", "/projects/{project_id}/custom_fields/{field_name}/values")

_NEW_FIELD, _CHANGED_FIELD = form_body(FIELD), form_body(FIELD, partial=True)
_STEP, _FIELD, _VALUE = Answer[answers.StepAnswer], Answer[answers.FieldAnswer], Answer[answers.ValueAnswer]


@steps.get("", summary="returns the list of project steps", response_model=Answer[Items[answers.StepAnswer]])
async def list_steps(project: Project) -> Json:
    return listing(views.step(project, step) for step in project.steps)


@steps.post("", summary="adds a new project step", response_model=_STEP, openapi_extra=form_body(STEP))
async def create_step(store: Store, caller: Caller, project: Project, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.step(project, board.create_step(store, project, sent)))


@steps.get("/{step_id}", summary="returns project step details", response_model=_STEP)
async def get_step(project: Project, step: Step) -> Json:
    return success(views.step(project, step))


@steps.put(
    "/{step_id}",
    summary="updates project step details",
    response_model=_STEP,
    openapi_extra=form_body(STEP, partial=True),
)
async def update_step(caller: Caller, project: Project, step: Step, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.step(project, board.update_step(project, step, sent)))


@steps.delete("/{step_id}", summary="deletes project step", response_model=Answer[Any])
async def delete_step(store: Store, caller: Caller, project: Project, step: Step) -> Json:
    require_project_right(caller, project, "can_edit_project")
    board.delete_step(project, step)
    return success(store.wire.deleted)


@fields.get(
    "",
    summary="returns the list of project custom fields",
    response_model=Answer[Items[answers.FieldAnswer]],
    response_model_exclude_unset=True,
)
async def list_fields(project: Project) -> Json:
    return listing(views.custom_field(project, field) for field in project.fields.values())


@fields.post(
    "",
    summary="adds a new custom field to the project",
    response_model=_FIELD,
    response_model_exclude_unset=True,
    openapi_extra=_NEW_FIELD,
)
async def create_field(store: Store, caller: Caller, project: Project, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.custom_field(project, board.create_field(store, project, sent)))


@fields.get(
    "/{field_name}",
    summary="returns field properties",
    response_model=_FIELD,
    response_model_exclude_unset=True,
)
async def get_field(project: Project, field: Field) -> Json:
    return success(views.custom_field(project, field))


@fields.put(
    "/{field_name}",
    summary="updates custom field details",
    response_model=_FIELD,
    response_model_exclude_unset=True,
    openapi_extra=_CHANGED_FIELD,
)
async def update_field(store: Store, caller: Caller, project: Project, field: Field, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.custom_field(project, board.update_field(store, field, sent)))


@fields.delete("/{field_name}", summary="deletes custom field", response_model=Answer[Any])
async def delete_field(store: Store, caller: Caller, project: Project, field: Field) -> Json:
    require_project_right(caller, project, "can_edit_project")
    board.delete_field(project, field)
    return success(store.wire.deleted)


@values.get("", summary="returns the list of custom field values", response_model=Answer[Items[answers.ValueAnswer]])
async def list_values(field: ChoiceField) -> Json:
    return listing(views.choice(field, value) for value in field.values)


@values.post("", summary="adds a new value to the custom field", response_model=_VALUE, openapi_extra=form_body(VALUE))
async def create_value(store: Store, caller: Caller, project: Project, field: ChoiceField, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.choice(field, board.create_value(store, field, sent)))


@values.get("/{value_id}", summary="returns field value properties", response_model=_VALUE)
async def get_value(field: ChoiceField, value: Value) -> Json:
    return success(views.choice(field, value))


@values.put(
    "/{value_id}",
    summary="updates custom field value details",
    response_model=_VALUE,
    openapi_extra=form_body(VALUE, partial=True),
)
async def update_value(caller: Caller, project: Project, field: ChoiceField, value: Value, sent: Sent) -> Json:
    require_project_right(caller, project, "can_edit_project")
    return success(views.choice(field, board.update_value(field, value, sent)))


@values.delete("/{value_id}", summary="deletes custom field value", response_model=Answer[Any])
async def delete_value(store: Store, caller: Caller, project: Project, field: ChoiceField, value: Value) -> Json:
    require_project_right(caller, project, "can_edit_project")
    board.delete_value(project, field, value)
    return success(store.wire.deleted)
