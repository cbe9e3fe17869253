"""Projects and their settings: roles, steps, custom fields and the values of choice fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from qa_sandbox.smartq.forms import FIELD, PROJECT, ROLE, STEP, VALUE
from qa_sandbox.smartq.models import Choice, CustomField, Project, Role, Step, User
from qa_sandbox.smartq.rights import require_account_right, require_project_right
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.web import Refused

MOST_FIELDS = 25
_FIELD_ATTRIBUTES = {
    "label": "label",
    "hint": "hint",
    "required": "required",
    "pos_type": "pos_type",
    "choiceType": "choice_type",
    "min": "low",
    "max": "high",
}
T = TypeVar("T")


def create_project(store: SmartQStore, caller: User, sent: Mapping[str, Any]) -> Project:
    """Add a project. It has a default role, which the docs take for granted, and no steps yet."""
    require_account_right(caller, "can_manage_projects")
    project = Project(id=store.next_id("project"), owner_id=caller.id, **PROJECT.read(sent, partial=False))
    default = Role(store.next_id("role"), "Member", is_default=True)
    project.roles[default.id] = default
    store.projects[project.id] = project
    return project


def update_project(caller: User, project: Project, sent: Mapping[str, Any]) -> Project:
    require_project_right(caller, project, "can_edit_project")
    return _assign(project, PROJECT.read(sent, partial=True))


def delete_project(store: SmartQStore, caller: User, project: Project) -> None:
    require_project_right(caller, project, "can_edit_project")
    del store.projects[project.id]


def create_role(store: SmartQStore, project: Project, sent: Mapping[str, Any]) -> Role:
    role = Role(id=store.next_id("role"), **_role(project, sent, partial=False))
    project.roles[role.id] = role
    return role


def update_role(project: Project, role: Role, sent: Mapping[str, Any]) -> Role:
    return _assign(role, _role(project, sent, partial=True))


def update_default_role(project: Project, sent: Mapping[str, Any]) -> Role:
    return update_role(project, project.default_role, sent)


def delete_role(project: Project, role: Role) -> None:
    if role.is_default:
        raise Refused(400, f"Role {role.id} is the default role of project {project.id} and cannot be deleted.")
    del project.roles[role.id]


def _role(project: Project, sent: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
    given = ROLE.read(sent, partial=partial)
    if "access_level" in given and not 0 <= given["access_level"] <= 5:
        raise Refused(400, "role[access_level] must be between 0 and 5.")
    last = given.get("max_step")
    if last is not None and project.step(last) is None:
        raise Refused(400, f"role[max_step]: project {project.id} has no step {last}.")
    return given


def create_step(store: SmartQStore, project: Project, sent: Mapping[str, Any]) -> Step:
    given = _step(sent, partial=False)
    place = given.pop("pos", None)
    step = Step(id=store.next_id("step"), **given)
    _put(project.steps, step, place)
    return step


def update_step(project: Project, step: Step, sent: Mapping[str, Any]) -> Step:
    given = _step(sent, partial=True)
    place = given.pop("pos", None)
    if place is not None:
        project.steps.remove(step)
        _put(project.steps, step, place)
    return _assign(step, given)


def delete_step(project: Project, step: Step) -> None:
    held = sum(ticket.step_id == step.id for ticket in project.tickets.values())
    if held:
        raise Refused(400, f"Step {step.id} holds {held} tickets; move or delete them first.")
    project.steps.remove(step)
    for role in project.roles.values():
        if role.max_step == step.id:
            role.max_step = None


def _step(sent: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
    given = STEP.read(sent, partial=partial)
    if (given.get("limit") or 0) < 0:
        raise Refused(400, "step[limit] must not be negative.")
    return given


def create_field(store: SmartQStore, project: Project, sent: Mapping[str, Any]) -> CustomField:
    """Add a custom field under the lowest free name, ``f1`` to ``f25``."""
    given = FIELD.read(sent, partial=False)
    names = (f"f{number}" for number in range(1, MOST_FIELDS + 1))
    name = next((name for name in names if name not in project.fields), None)
    if name is None:
        raise Refused(400, f"Project {project.id} has {MOST_FIELDS} custom fields already.")
    field = CustomField(name, given["type"], given["label"])
    _set_field(store, field, given)
    project.fields[name] = field
    return field


def update_field(store: SmartQStore, field: CustomField, sent: Mapping[str, Any]) -> CustomField:
    given = FIELD.read(sent, partial=True)
    if given.get("type", field.type) != field.type:
        raise Refused(400, f"field[type]: {field.name} is of type {field.type} and stays so.")
    _set_field(store, field, given)
    return field


def delete_field(project: Project, field: CustomField) -> None:
    """Delete a custom field with what tickets hold in it."""
    del project.fields[field.name]
    for ticket in project.tickets.values():
        ticket.values.pop(field.name, None)


def _set_field(store: SmartQStore, field: CustomField, given: Mapping[str, Any]) -> None:
    numeric = [name for name in ("min", "max") if name in given]
    if numeric and field.type != "float":
        raise Refused(400, f"field[options][{numeric[0]}] is for float type fields only.")
    choosing = [name for name in ("choiceType", "fieldLayout") if name in given]
    if choosing and not field.is_choice:
        raise Refused(400, f"field[options][{choosing[0]}] is for choice type fields only.")
    low, high = given.get("min", field.low), given.get("max", field.high)
    if low is not None and high is not None and low > high:
        raise Refused(400, "field[options][min] must not be greater than field[options][max].")
    _assign(field, {own: given[name] for name, own in _FIELD_ATTRIBUTES.items() if name in given})
    titles = [title.strip() for title in re.split(r"\r?\n|,", given.get("fieldLayout", "")) if title.strip()]
    known = {value.title for value in field.values}
    field.values += [Choice(store.next_id("value"), title) for title in dict.fromkeys(titles) if title not in known]


def create_value(store: SmartQStore, choices: CustomField, sent: Mapping[str, Any]) -> Choice:
    """Add a value to a choice choices, at its position or at the end."""
    given = VALUE.read(sent, partial=False)
    value = Choice(store.next_id("value"), given["title"])
    _put(choices.values, value, given.get("pos"))
    return _set_default(choices, value, given.get("is_default"))


def update_value(choices: CustomField, value: Choice, sent: Mapping[str, Any]) -> Choice:
    given = VALUE.read(sent, partial=True)
    if given.get("pos") is not None:
        choices.values.remove(value)
        _put(choices.values, value, given["pos"])
    value.title = given.get("title", value.title)
    return _set_default(choices, value, given.get("is_default"))


def delete_value(project: Project, choices: CustomField, value: Choice) -> None:
    """Delete a value; tickets that hold it lose it."""
    choices.values.remove(value)
    for ticket in project.tickets.values():
        held = ticket.values.get(choices.name)
        if held:
            ticket.values[choices.name] = tuple(value_id for value_id in held if value_id != value.id)


def _set_default(choices: CustomField, value: Choice, is_default: bool | None) -> Choice:
    if is_default and not choices.holds_many:
        for other in choices.values:
            other.is_default = False
    if is_default is not None:
        value.is_default = is_default
    return value


def _put(items: list[T], item: T, place: int | None) -> None:
    items.insert(len(items) if place is None else max(0, place - 1), item)


def _assign(item: T, values: Mapping[str, Any]) -> T:
    for name, value in values.items():
        setattr(item, name, value)
    return item
