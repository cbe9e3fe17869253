"""From what the account holds to what goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from qa_sandbox.smartq.models import (
    ACCOUNT_RIGHTS,
    PROJECT_RIGHTS,
    Choice,
    CustomField,
    File,
    Note,
    Project,
    Role,
    Step,
    Task,
    Ticket,
    User,
)
from qa_sandbox.smartq.properties import DATE_FORMAT

Wire = dict[str, Any]


def date(moment: datetime) -> str:
    """Write a moment, in UTC."""
    return moment.strftime(DATE_FORMAT)


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def user(item: User, base_url: str) -> Wire:
    """Describe a user; an account administrator has every right, as in the documented example."""
    rights = {name: int(item.is_account_administrator or getattr(item, name)) for name in ACCOUNT_RIGHTS}
    details = ("name", "company", "title", "address", "work_phone", "home_phone", "cell_phone", "comments")
    return {
        "id": str(item.id),
        "email": item.email,
        "is_account_administrator": int(item.is_account_administrator),
        **rights,
        **{name: getattr(item, name) for name in details},
        "avatar_url": f"{base_url}/img/big_avatar.gif",
    }


def project(item: Project) -> Wire:
    return {
        "id": str(item.id),
        "name": item.name,
        "description": item.description,
        "owner_id": str(item.owner_id),
        "active": item.active,
    }


def role(board: Project, item: Role) -> Wire:
    return {
        "id": str(item.id),
        "project_id": str(board.id),
        "name": item.name,
        "access_level": item.access_level,
        "max_step": _id(item.max_step),
        **{name: int(getattr(item, name)) for name in PROJECT_RIGHTS},
        "is_default": int(item.is_default),
    }


def step(board: Project, item: Step) -> Wire:
    return {
        "id": str(item.id),
        "project_id": str(board.id),
        "name": item.name,
        "description": item.description,
        "limit": item.limit,
        "pos": board.rank(item.id),
    }


def choice(field: CustomField, item: Choice) -> Wire:
    """Describe a value of a choice field."""
    place = field.values.index(item) + 1
    return {"id": str(item.id), "title": item.title, "is_default": int(item.is_default), "pos": place}


def custom_field(board: Project, item: CustomField) -> Wire:
    """Describe a custom field, with its values if it has any."""
    options: Wire = {"min": item.low, "max": item.high} if item.type == "float" else {}
    if item.is_choice:
        layout = "\n".join(value.title for value in item.values)
        options = {"choiceType": item.choice_type, "fieldLayout": layout}
    described = {
        "name": item.name,
        "project_id": str(board.id),
        "type": item.type,
        "label": item.label,
        "hint": item.hint,
        "required": int(item.required),
        "pos_type": item.pos_type,
        "options": options,
    }
    return {**described, "values": [choice(item, value) for value in item.values]} if item.is_choice else described


def ticket(board: Project, item: Ticket) -> Wire:
    """Describe a ticket without extras."""
    return {
        "id": str(item.id),
        "project_id": str(board.id),
        "step_id": str(item.step_id),
        "name": item.name,
        "description": item.description,
        "tags": ",".join(item.tags),
        "deadline_date": date(item.deadline) if item.deadline else None,
        "pos": item.pos,
        "owner_id": str(item.owner_id),
        "archived": int(item.archived),
        "insert_time": date(item.inserted),
        "update_time": date(item.updated),
        "move_time": date(item.moved),
    }


def field_values(board: Project, item: Ticket) -> Wire:
    """Describe a ticket's custom fields: value ids for choice fields, an array where several may be chosen."""
    return {name: _field_value(field, item.values.get(name)) for name, field in board.fields.items()}


def _field_value(field: CustomField, held: Any) -> Any:
    if not field.is_choice:
        return held
    ids = [str(value_id) for value_id in held or ()]
    return ids if field.holds_many else next(iter(ids), None)


def people(item: Ticket, users: Mapping[int, User]) -> list[Wire]:
    """Describe the assigned users."""
    assigned = (users[user_id] for user_id in item.assigned_to)
    return [{"id": str(person.id), "name": person.name, "email": person.email} for person in assigned]


def cover(notes: Iterable[Note]) -> Wire | None:
    """Find the cover image among the files of notes."""
    for item in notes:
        for attached in item.files.values():
            if attached.content_type.startswith("image/"):
                return {"file_id": str(attached.id), "note_id": str(item.id), "name": attached.name}
    return None


def note(board: Project, owner: Ticket, item: Note) -> Wire:
    """Describe a note with its files."""
    top = item
    while top.parent_id is not None:
        top = owner.notes[top.parent_id]
    return {
        "id": str(item.id),
        "project_id": str(board.id),
        "ticket_id": str(owner.id),
        "owner_id": str(item.owner_id),
        "text": item.text,
        "parent_id": _id(item.parent_id),
        "top_parent_id": None if top is item else str(top.id),
        "private": int(item.private),
        "insert_time": date(item.inserted),
        "update_time": date(item.updated),
        "files": [file(item, attached) for attached in item.files.values()],
    }


def task(owner: Ticket, item: Task) -> Wire:
    return {
        "id": str(item.id),
        "ticket_id": str(owner.id),
        "text": item.text,
        "done": int(item.done),
        "owner_id": str(item.owner_id),
        "insert_time": date(item.inserted),
    }


def file(owner: Note, item: File) -> Wire:
    return {
        "id": str(item.id),
        "note_id": str(owner.id),
        "name": item.name,
        "size": len(item.content),
        "content_type": item.content_type,
        "owner_id": str(item.owner_id),
        "insert_time": date(item.inserted),
    }
