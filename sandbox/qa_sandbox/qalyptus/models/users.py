"""Request bodies of users."""

from __future__ import annotations

from typing import Any

from qa_sandbox.qalyptus.models.base import Body, Bool, FreeForm, Ref


class UserCreate(Body):
    """A new recipient."""

    firstName: str
    lastName: str
    email: str | None = None
    organizations: list[Ref]


class UserUpdate(Body):
    """One attribute of a user, and its new value."""

    type: str
    value: Any


class UserTransfer(Body):
    """What goes over to another user."""

    newUserID: Ref
    transferContent: Bool
    transferPermissions: Bool


class OrganizationRoleDto(FreeForm):
    """A role in an organization. The documentation shows no members."""


class UserInvite(Body):
    emails: list[str]
    tenantAdminRole: str | None = None
    organizations: list[OrganizationRoleDto] | None = None
