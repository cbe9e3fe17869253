"""From what the account holds to what goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from qa_sandbox.smartq import models
from qa_sandbox.smartq.models import ACCOUNT_RIGHTS, PROJECT_RIGHTS
from qa_sandbox.smartq.properties import DATE_FORMAT
from qa_sandbox.smartq.store import SmartQStore

Wire = dict[str, Any]


def date(moment: datetime) -> str:
    return moment.strftime(DATE_FORMAT)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _ids(**numbers: int | None) -> Wire:
    return {name: _id(number) for name, number in numbers.items()}


def _same(item: object, names: str) -> Wire:
    return {name: getattr(item, name) for name in names.split()}


def user(store: SmartQStore, item: models.User) -> Wire:
    """Describe a user; an account administrator has every right, as in the documented example."""
    rights = {name: int(item.is_account_administrator or getattr(item, name)) for name in ACCOUNT_RIGHTS}
    return {
        **_ids(id=item.id),
        **_same(item, "email name company title address work_phone home_phone cell_phone comments"),
        "is_account_administrator": int(item.is_account_administrator),
        **rights,
        "avatar_url": f"{store.context.base_url}/img/big_avatar.gif",
    }


def project(item: models.Project) -> Wire:
    return {**_ids(id=item.id, owner_id=item.owner_id), **_same(item, "name description active")}


def role(project: models.Project, item: models.Role) -> Wire:
    return {
        **_ids(id=item.id, project_id=project.id, max_step=item.max_step),
        **_same(item, "name access_level"),
        **{name: int(getattr(item, name)) for name in (*PROJECT_RIGHTS, "is_default")},
    }


def step(project: models.Project, item: models.Step) -> Wire:
    place = project.rank(item.id)
    return {**_ids(id=item.id, project_id=project.id), **_same(item, "name description limit"), "pos": place}


def choice(choices: models.CustomField, item: models.Choice) -> Wire:
    place = choices.values.index(item) + 1
    return {"id": str(item.id), "title": item.title, "is_default": int(item.is_default), "pos": place}


def custom_field(project: models.Project, item: models.CustomField) -> Wire:
    """Describe a custom field, with its values if it has any."""
    options: Wire = {"min": item.low, "max": item.high} if item.type == "float" else {}
    if item.is_choice:
        layout = "\n".join(value.title for value in item.values)
        options = {"choiceType": item.choice_type, "fieldLayout": layout}
    described = {
        **_ids(project_id=project.id),
        **_same(item, "name type label hint pos_type"),
        "required": int(item.required),
        "options": options,
    }
    return {**described, "values": [choice(item, value) for value in item.values]} if item.is_choice else described


def ticket(project: models.Project, item: models.Ticket) -> Wire:
    return {
        **_ids(id=item.id, project_id=project.id, step_id=item.step_id, owner_id=item.owner_id),
        **_same(item, "name description pos"),
        "tags": ",".join(item.tags),
        "deadline_date": date(item.deadline) if item.deadline else None,
        "archived": int(item.archived),
        "insert_time": date(item.inserted),
        "update_time": date(item.updated),
        "move_time": date(item.moved),
    }


def field_values(project: models.Project, item: models.Ticket) -> Wire:
    """Describe a ticket's custom fields: value ids for choice fields, an array where several may be chosen."""
    return {name: _field_value(field, item.values.get(name)) for name, field in project.fields.items()}


def _field_value(field: models.CustomField, held: Any) -> Any:
    if not field.is_choice:
        return held
    ids = [str(value_id) for value_id in held or ()]
    return ids if field.holds_many else next(iter(ids), None)


def people(item: models.Ticket, users: Mapping[int, models.User]) -> list[Wire]:
    assigned = (users[user_id] for user_id in item.assigned_to)
    return [{"id": str(person.id), "name": person.name, "email": person.email} for person in assigned]


def cover(notes: Iterable[models.Note]) -> Wire | None:
    for item in notes:
        for attached in item.files.values():
            if attached.content_type.startswith("image/"):
                return {"file_id": str(attached.id), "note_id": str(item.id), "name": attached.name}
    return None


def note(project: models.Project, ticket: models.Ticket, item: models.Note) -> Wire:
    top = item
    while top.parent_id is not None:
        top = ticket.notes[top.parent_id]
    return {
        **_ids(id=item.id, project_id=project.id, ticket_id=ticket.id, owner_id=item.owner_id),
        **_ids(parent_id=item.parent_id, top_parent_id=None if top is item else top.id),
        "text": item.text,
        "private": int(item.private),
        "insert_time": date(item.inserted),
        "update_time": date(item.updated),
        "files": [file(item, attached) for attached in item.files.values()],
    }


def task(ticket: models.Ticket, item: models.Task) -> Wire:
    done, made = int(item.done), date(item.inserted)
    ids = _ids(id=item.id, ticket_id=ticket.id, owner_id=item.owner_id)
    return {**ids, "text": item.text, "done": done, "insert_time": made}


def file(note: models.Note, item: models.File) -> Wire:
    return {
        **_ids(id=item.id, note_id=note.id, owner_id=item.owner_id),
        **_same(item, "name content_type"),
        "size": len(item.content),
        "insert_time": date(item.inserted),
    }
