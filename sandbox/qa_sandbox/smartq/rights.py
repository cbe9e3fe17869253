"""
What a user may do. The docs name the rights and say what they are for, but not how people get a role.

So an account administrator and the owner of a project may do everything in it, and everybody else has the project's
default role. The meaning of ``access_level`` is not documented; it is kept and has no effect.
"""

from __future__ import annotations

from qa_sandbox.smartq.models import Note, Project, User
from qa_sandbox.web import Refused


def require_account_right(user: User, right: str) -> None:
    if not (user.is_account_administrator or getattr(user, right)):
        raise Refused(403, f"The user {user.email} lacks the right {right}.")


def require_project_right(user: User, project: Project, right: str) -> None:
    if not (_rules(user, project) or getattr(project.default_role, right)):
        raise Refused(403, f"The user {user.email} lacks the right {right} in project {project.id}.")


def require_step(user: User, project: Project, step_id: int) -> None:
    last = project.default_role.max_step
    if last is not None and not _rules(user, project) and project.rank(step_id) > project.rank(last):
        raise Refused(403, f"The role of {user.email} moves tickets up to step {last}, not to step {step_id}.")


def may_see(user: User, project: Project, note: Note) -> bool:
    own = note.owner_id == user.id
    return not note.private or own or _rules(user, project) or project.default_role.can_see_private_notes


def _rules(user: User, project: Project) -> bool:
    return user.is_account_administrator or project.owner_id == user.id
