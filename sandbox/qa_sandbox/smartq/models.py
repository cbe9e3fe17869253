"""What the account holds. Ids are numbers here and text on the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ACCOUNT_RIGHTS = ("can_manage_projects", "can_view_profiles", "can_manage_profiles")
PROJECT_RIGHTS = ("can_edit_project", "can_manage_people_notes", "can_see_private_notes")


@dataclass
class User:
    """A person, or a program with a login of its own."""

    id: int
    name: str
    email: str
    password: str = field(repr=False)
    is_account_administrator: bool = False
    can_manage_projects: bool = False
    can_view_profiles: bool = False
    can_manage_profiles: bool = False
    company: str = ""
    title: str = ""
    address: str = ""
    work_phone: str = ""
    home_phone: str = ""
    cell_phone: str = ""
    comments: str = ""


@dataclass
class Role:
    id: int
    name: str
    access_level: int = 2
    max_step: int | None = None
    can_edit_project: bool = False
    can_manage_people_notes: bool = False
    can_see_private_notes: bool = False
    is_default: bool = False


@dataclass
class Step:
    """A column of the board; ``limit`` is shown, not enforced."""

    id: int
    name: str
    description: str = ""
    limit: int | None = None


@dataclass
class Choice:
    """One value of a choice field."""

    id: int
    title: str
    is_default: bool = False


@dataclass
class CustomField:
    """A custom field ``f1`` to ``f25``; ``type`` is float, string, text or choice."""

    name: str
    type: str
    label: str
    hint: str = ""
    required: bool = False
    pos_type: str = "single"
    choice_type: str = "select"
    low: float | None = None
    high: float | None = None
    values: list[Choice] = field(default_factory=list)

    @property
    def is_choice(self) -> bool:
        return self.type == "choice"

    @property
    def holds_many(self) -> bool:
        return self.is_choice and self.choice_type == "checkbox"


@dataclass
class File:
    """An attachment; its content is made when it is first needed."""

    id: int
    name: str
    content_type: str
    owner_id: int
    inserted: datetime
    make: Callable[[], bytes] = field(repr=False)

    @property
    def content(self) -> bytes:
        data = self.make()
        self.make = lambda: data
        return data


@dataclass
class Note:
    """A note; ``held_for`` are the users told once the last attachment is there."""

    id: int
    text: str
    owner_id: int
    inserted: datetime
    updated: datetime
    parent_id: int | None = None
    private: bool = False
    held_for: tuple[int, ...] = ()
    files: dict[int, File] = field(default_factory=dict)


@dataclass
class Task:
    id: int
    text: str
    owner_id: int
    inserted: datetime
    done: bool = False


@dataclass
class Ticket:
    """A card on the board; ``pos`` is its place among all tickets that were put into its step."""

    id: int
    name: str
    step_id: int
    owner_id: int
    inserted: datetime
    updated: datetime
    moved: datetime
    pos: int = 1
    description: str = ""
    tags: tuple[str, ...] = ()
    deadline: datetime | None = None
    assigned_to: tuple[int, ...] = ()
    archived: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    notes: dict[int, Note] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)


@dataclass
class Project:
    """A board; ``steps`` are in the order of the columns."""

    id: int
    name: str
    owner_id: int
    description: str = ""
    active: bool = True
    roles: dict[int, Role] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    fields: dict[str, CustomField] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)

    @property
    def default_role(self) -> Role:
        return next(role for role in self.roles.values() if role.is_default)

    def step(self, step_id: int) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)

    def rank(self, step_id: int) -> int:
        """Return the place of a step, from 1; 0 for an unknown one."""
        return next((place for place, step in enumerate(self.steps, 1) if step.id == step_id), 0)


@dataclass(frozen=True)
class Notification:
    at: datetime
    ticket_id: int
    note_id: int | None
    user_ids: tuple[int, ...]
