"""The state of one smartQ account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from qa_sandbox.context import SandboxContext
from qa_sandbox.smartq.models import Notification, Project, Ticket, User
from qa_sandbox.smartq.tokens import TokenBook
from qa_sandbox.web import Refused, Store

_FIRST_IDS = {
    "user": 480,
    "value": 1200,
    "project": 4800,
    "role": 9100,
    "ticket": 12_300,
    "task": 33_000,
    "file": 55_000,
    "step": 88_800,
    "note": 1_405_800,
}
_ID = re.compile(r"[0-9]{1,18}")
T = TypeVar("T")


def find(items: Mapping[int, T], object_id: str, kind: str) -> T:
    found = items.get(int(object_id)) if _ID.fullmatch(object_id) else None
    if found is None:
        raise Refused(404, f"{kind} {object_id[:40]!r} not found")
    return found


class SmartQStore(Store):
    """Users, projects, tokens and the notifications that would have been sent; empty until it is seeded."""

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self.wire = context.settings.smartq
        self.users: dict[int, User] = {}
        self.projects: dict[int, Project] = {}
        self.notifications: list[Notification] = []
        self.tokens = TokenBook(self.wire, context.clock)
        shift = context.settings.seed % 1000 * 10
        self._next_ids = {kind: first + shift for kind, first in _FIRST_IDS.items()}

    def next_id(self, kind: str) -> int:
        self._next_ids[kind] += 1
        return self._next_ids[kind]

    def user_by_email(self, email: str) -> User | None:
        return next((user for user in self.users.values() if user.email.lower() == email.strip().lower()), None)

    def check_users(self, name: str, user_ids: Iterable[int]) -> None:
        unknown = [str(user_id) for user_id in user_ids if user_id not in self.users]
        if unknown:
            raise Refused(400, f"{name} names users that do not exist: {', '.join(unknown)}.")

    def notify(self, ticket: Ticket, user_ids: Iterable[int], note_id: int | None = None) -> None:
        """Note down that people would have been told."""
        if told := tuple(user_id for user_id in user_ids if user_id in self.users):
            self.notifications.append(Notification(self.now, ticket.id, note_id, told))

    def archive(self, ticket_id: int, archived: bool = True) -> None:
        """Archive a ticket, as people do in the web interface; the API has no call for it."""
        project = next((board for board in self.projects.values() if ticket_id in board.tickets), None)
        if project is None:
            raise KeyError(f"No ticket {ticket_id} in the smartQ sandbox.")
        project.tickets[ticket_id].archived = archived

    def snapshot(self) -> dict[str, Any]:
        return {
            "users": [{"id": user.id, "email": user.email} for user in self.users.values()],
            "projects": [_project(project) for project in self.projects.values()],
            "notifications": [
                {
                    "at": sent.at.isoformat(),
                    "ticket_id": sent.ticket_id,
                    "note_id": sent.note_id,
                    "user_ids": list(sent.user_ids),
                }
                for sent in self.notifications
            ],
        }


def _project(project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "active": project.active,
        "roles": {role.id: role.name for role in project.roles.values()},
        "steps": {step.id: step.name for step in project.steps},
        "fields": {field.name: field.label for field in project.fields.values()},
        "tickets": [
            {
                "id": ticket.id,
                "name": ticket.name,
                "step_id": ticket.step_id,
                "archived": ticket.archived,
                "notes": {note.id: [file.name for file in note.files.values()] for note in ticket.notes.values()},
                "tasks": {task.id: task.done for task in ticket.tasks.values()},
            }
            for ticket in project.tickets.values()
        ],
    }
