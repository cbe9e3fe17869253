"""
The objects on the wire.

Documented by example: the user and the project. Taken from an old public client: ``items``, the ticket's
``id, project_id, name, description, insert_time, update_time, custom_fields``, the note's ``text, owner_id,
insert_time``. Named in parameters only: ``deadline_date``, ``move_time``, ``pos``, and what can be sent. All else
is our choice, in the same style: ids are text, flags 0 or 1, times ``2026-12-31 08:30:00`` in UTC.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class TokenAnswer(BaseModel):
    """The docs promise "authorization and refresh token" and name no member; a setting renames them."""

    model_config = {"extra": "allow"}


class UserAnswer(BaseModel):
    """Documented by the answer to "add new user"."""

    id: str
    email: str
    is_account_administrator: int
    can_manage_projects: int
    can_view_profiles: int
    can_manage_profiles: int
    name: str
    company: str
    title: str
    address: str
    work_phone: str
    home_phone: str
    cell_phone: str
    comments: str
    avatar_url: str


class ProjectAnswer(BaseModel):
    """Documented by the answer to "add new project"."""

    id: str
    name: str
    description: str
    owner_id: str
    active: bool


class RoleAnswer(BaseModel):
    """Not documented: the properties that can be sent, plus ids."""

    id: str
    project_id: str
    name: str
    access_level: int
    max_step: str | None
    can_edit_project: int
    can_manage_people_notes: int
    can_see_private_notes: int
    is_default: int


class StepAnswer(BaseModel):
    """Not documented: the properties that can be sent, plus ids."""

    id: str
    project_id: str
    name: str
    description: str
    limit: int | None
    pos: int


class ValueAnswer(BaseModel):
    """Not documented: the properties that can be sent, plus the id that tickets hold."""

    id: str
    title: str
    is_default: int
    pos: int


class FieldOptions(BaseModel):
    """Not documented: those of ``field[options]`` that the type has."""

    choiceType: str | None = None
    min: float | None = None
    max: float | None = None
    fieldLayout: str | None = None


class FieldAnswer(BaseModel):
    """Not documented, except that choice fields come with their available values."""

    name: str
    project_id: str
    type: str
    label: str
    hint: str
    required: int
    pos_type: str
    options: FieldOptions
    values: list[ValueAnswer] | None = None


class PersonAnswer(BaseModel):
    """Not documented: an assigned user."""

    id: str
    name: str
    email: str


class FileAnswer(BaseModel):
    """Not documented."""

    id: str
    note_id: str
    name: str
    size: int
    content_type: str
    owner_id: str
    insert_time: str


class CoverAnswer(BaseModel):
    """Not documented: the ticket's first image; its ids are those of the download call."""

    file_id: str
    note_id: str
    name: str


class NoteAnswer(BaseModel):
    """``text, owner_id, insert_time`` are known from an old public client, the rest is not documented."""

    id: str
    project_id: str
    ticket_id: str
    owner_id: str
    text: str
    parent_id: str | None
    top_parent_id: str | None
    private: int
    insert_time: str
    update_time: str
    files: list[FileAnswer] | None = None


class TaskAnswer(BaseModel):
    """Not documented: the properties that can be sent, plus ids."""

    id: str
    ticket_id: str
    text: str
    done: int
    owner_id: str
    insert_time: str


class TicketAnswer(BaseModel):
    """Every member may be absent: lists can be narrowed by ``fields``, extras are asked for by name."""

    id: str | None = None
    project_id: str | None = None
    step_id: str | None = None
    name: str | None = None
    description: str | None = None
    tags: str | None = None
    deadline_date: str | None = None
    pos: int | None = None
    owner_id: str | None = None
    archived: int | None = None
    insert_time: str | None = None
    update_time: str | None = None
    move_time: str | None = None
    custom_fields: dict[str, Any] | None = None
    assigned_to: list[PersonAnswer] | None = None
    cover: CoverAnswer | None = None
    notes: list[NoteAnswer] | None = None
