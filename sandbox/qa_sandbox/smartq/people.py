"""Users: adding, changing and deleting them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_sandbox.smartq.forms import USER
from qa_sandbox.smartq.models import ACCOUNT_RIGHTS, User
from qa_sandbox.smartq.rights import require_account_right
from qa_sandbox.smartq.store import SmartQStore
from qa_sandbox.web import Refused


def create(store: SmartQStore, caller: User, sent: Mapping[str, Any]) -> User:
    require_account_right(caller, "can_manage_profiles")
    given = _given(store, caller, sent, None)
    user = User(id=store.next_id("user"), **given)
    store.users[user.id] = user
    return user


def update(store: SmartQStore, caller: User, user: User, sent: Mapping[str, Any]) -> User:
    """Change a user; everybody may change their own details."""
    if caller is not user:
        require_account_right(caller, "can_manage_profiles")
    for name, value in _given(store, caller, sent, user).items():
        setattr(user, name, value)
    return user


def delete(store: SmartQStore, caller: User, user: User) -> None:
    """Delete a user: tokens and assignments go, tickets and notes stay."""
    require_account_right(caller, "can_manage_profiles")
    if caller is user:
        raise Refused(400, "You cannot delete the user that you are signed in with.")
    del store.users[user.id]
    store.tokens.revoke(user.id)
    for project in store.projects.values():
        for ticket in project.tickets.values():
            ticket.assigned_to = tuple(user_id for user_id in ticket.assigned_to if user_id != user.id)


def _given(store: SmartQStore, caller: User, sent: Mapping[str, Any], user: User | None) -> dict[str, Any]:
    given = USER.read(sent, partial=user is not None)
    namesake = store.user_by_email(given["email"]) if "email" in given else None
    if namesake is not None and namesake is not user:
        raise Refused(400, f"user[email] must be unique; {namesake.email} belongs to user {namesake.id}.")
    changed = [
        name
        for name in ("is_account_administrator", *ACCOUNT_RIGHTS)
        if name in given and given[name] != (user is not None and getattr(user, name))
    ]
    if changed and not caller.is_account_administrator:
        raise Refused(403, f"Only an account administrator may change {', '.join(changed)}.")
    return given
