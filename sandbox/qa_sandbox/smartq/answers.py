"""
The objects on the wire.

Documented by example: the user and the project. Taken from an old public client: ``items``, the ticket's
``id, project_id, name, description, insert_time, update_time, custom_fields``, the note's ``text, owner_id,
insert_time``. Named in parameters only: ``deadline_date``, ``move_time``, ``pos``, and what can be sent. All else
is our choice, in the same style: ids are text, flags 0 or 1, times ``2026-12-31 08:30:00`` in UTC.
"""

from __future__ import annotations

from typing import Any

from pydantic import create_model as typed_create_model

# What it makes is known at run time only.
create_model: Any = typed_create_model
# Ids are numbers in the account.
_CONFIG = {"coerce_numbers_to_str": True}


def _shape(name: str, about: str, members: str, **others: Any) -> Any:
    """Make a model: the members that are text, and the others with their types; None means null or text."""
    fields: dict[str, Any] = {member: (str, ...) for member in members.split()}
    return create_model(
        name, __doc__=about, __config__=_CONFIG, **fields, **{member: (kind, ...) for member, kind in others.items()}
    )


def _many(shape: Any) -> Any:
    return list[shape]


def _flags(members: str) -> dict[str, Any]:
    return dict.fromkeys(members.split(), int)


_OPEN = "Not documented: the properties that can be sent, plus ids."
_TEXT = str | None

TokenAnswer = create_model(
    "TokenAnswer",
    __doc__='The docs promise "authorization and refresh token" and name no member; a setting renames them.',
    __config__={"extra": "allow"},
)
UserAnswer = _shape(
    "UserAnswer",
    'Documented by the answer to "add new user".',
    "id email name company title address work_phone home_phone cell_phone comments avatar_url",
    **_flags("is_account_administrator can_manage_projects can_view_profiles can_manage_profiles"),
)
ProjectAnswer = _shape(
    "ProjectAnswer",
    'Documented by the answer to "add new project".',
    "id name description owner_id",
    active=bool,
)
RoleAnswer = _shape(
    "RoleAnswer",
    _OPEN,
    "id project_id name",
    access_level=int,
    max_step=_TEXT,
    **_flags("can_edit_project can_manage_people_notes can_see_private_notes is_default"),
)
StepAnswer = _shape("StepAnswer", _OPEN, "id project_id name description", limit=int | None, pos=int)
ValueAnswer = _shape("ValueAnswer", _OPEN, "id title", is_default=int, pos=int)
FieldOptions = create_model(
    "FieldOptions",
    __doc__="Not documented: those of ``field[options]`` that the type has.",
    choiceType=(_TEXT, None),
    min=(float | None, None),
    max=(float | None, None),
    fieldLayout=(_TEXT, None),
)
FieldAnswer = create_model(
    "FieldAnswer",
    __doc__="Not documented, except that choice fields come with their available values.",
    __base__=_shape("_Field", "", "name project_id type label hint pos_type", required=int, options=FieldOptions),
    values=(_many(ValueAnswer) | None, None),
)
PersonAnswer = _shape("PersonAnswer", "Not documented: an assigned user.", "id name email")
FileAnswer = _shape("FileAnswer", "Not documented.", "id note_id name content_type owner_id insert_time", size=int)
CoverAnswer = _shape(
    "CoverAnswer",
    "Not documented: the ticket's first image; its ids are those of the download call.",
    "file_id note_id name",
)
NoteAnswer = _shape(
    "NoteAnswer",
    "``text, owner_id, insert_time`` are known from an old public client, the rest is not documented.",
    "id project_id ticket_id owner_id text insert_time update_time",
    parent_id=_TEXT,
    top_parent_id=_TEXT,
    private=int,
    files=_many(FileAnswer),
)
TaskAnswer = _shape("TaskAnswer", _OPEN, "id ticket_id text owner_id insert_time", done=int)
TicketMembers = create_model(
    "TicketMembers",
    __config__=_CONFIG,
    **dict.fromkeys(["id", "project_id", "step_id", "name", "description", "tags"], (_TEXT, None)),
    **dict.fromkeys(["deadline_date", "owner_id", "insert_time", "update_time", "move_time"], (_TEXT, None)),
    **dict.fromkeys(["pos", "archived"], (int | None, None)),
)
TicketAnswer = create_model(
    "TicketAnswer",
    __doc__="Every member may be absent: lists can be narrowed by ``fields``, extras are asked for by name.",
    __base__=TicketMembers,
    custom_fields=(dict[str, Any] | None, None),
    assigned_to=(_many(PersonAnswer) | None, None),
    cover=(CoverAnswer | None, None),
    notes=(_many(NoteAnswer) | None, None),
)
