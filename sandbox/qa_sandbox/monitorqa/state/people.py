"""Users, groups of users, and roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.errors import BusinessError, not_valid
from qa_sandbox.monitorqa.state.base import Shelf
from qa_sandbox.monitorqa.state.permissions import PERMISSIONS
from qa_sandbox.monitorqa.wire.people import CreateUser, RoleBody, RoleDetails, UpdateUser

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company


@dataclass(eq=False)
class User:
    id: str
    name: str
    email: str
    role: RoleDetails
    phone: str | None = None


@dataclass
class Group:
    """A group of users or of audit objects; ids of deleted members do no harm."""

    id: str
    name: str
    member_ids: frozenset[str]


class People:
    def __init__(self, company: Company) -> None:
        self._company = company
        self.users: Shelf[User] = Shelf("User", "user")
        self.groups: Shelf[Group] = Shelf("User group", "user-group")
        self.roles: Shelf[RoleDetails] = Shelf("Role", "role")

    def by_email(self, email: str) -> User | None:
        return next((user for user in self.users if user.email.casefold() == email.casefold()), None)

    def create_user(self, wanted: CreateUser) -> User:
        """Create a user; the invitation is not sent."""
        (role,) = self.roles.known([wanted.role_id])
        if self.by_email(wanted.email) is not None:
            raise BusinessError("user/email-already-exists")
        return self.add_user(wanted.full_name, wanted.email, role, wanted.phone)

    def add_user(self, name: str, email: str, role: RoleDetails, phone: str | None = None) -> User:
        return self.users.add(User(self._company.new_id("user"), name, email, role, phone))

    def update_user(self, user_id: str, wanted: UpdateUser) -> None:
        """Change a user; without a role the role stays."""
        user = self.users.get(user_id)
        role = user.role if wanted.role_id is None else self.roles.known([wanted.role_id])[0]
        user.name, user.role, user.phone = wanted.full_name, role, wanted.phone

    def delete_users(self, user_ids: Iterable[str]) -> None:
        """Delete users, all or none. What they did and were assigned to keeps their names."""
        self.users.remove(self.users.known(user_ids))

    def add_role(self, name: str, role_type: int, description: str | None = None) -> RoleDetails:
        """Add a role that may do everything that its type can."""
        role = {"name": name, "role_type": role_type, "description": description}
        return self.create_role(RoleBody.model_validate({**role, "permissions": PERMISSIONS[role_type]}))

    def create_role(self, wanted: RoleBody) -> RoleDetails:
        permissions = _permissions(wanted)
        return self.roles.add(RoleDetails.of(wanted, id=self._company.new_id("role"), permissions=permissions))

    def update_role(self, role_id: str, wanted: RoleBody) -> None:
        role = self.roles.get(role_id)
        if wanted.role_type != role.role_type:
            raise not_valid({"roleType": f"must match the type of the role, {role.role_type}"})
        permissions = _permissions(wanted)
        role.name, role.description, role.permissions = wanted.name, wanted.description, permissions

    def delete_roles(self, role_ids: Iterable[str]) -> None:
        """Delete roles, all or none. The docs do not say what becomes of their users, so none may have any."""
        roles = self.roles.known(role_ids)
        used = [role.id for role in roles if any(user.role is role for user in self.users)]
        if used:
            raise BusinessError(f"role/has-users:{','.join(used)}")
        self.roles.remove(roles)


def _permissions(wanted: RoleBody) -> list[str]:
    allowed = PERMISSIONS[wanted.role_type]
    wrong = [name for name in wanted.permissions or () if name not in allowed]
    if wrong:
        raise not_valid({"permissions": f"not valid for role type {wanted.role_type}: {', '.join(wrong)}"})
    chosen = set(wanted.permissions or ())
    return [name for name in allowed if name in chosen]
