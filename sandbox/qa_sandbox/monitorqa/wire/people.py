"""Users and roles on the wire."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from qa_sandbox.monitorqa.wire.base import Answer, Ref, RequiredText, Wire

PHONE_LIMIT = 50
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise PydanticCustomError("email", "must be an email address")
    return value


Phone = Annotated[str, Field(max_length=PHONE_LIMIT)]
# 0 Admin, 1 Auditor, 2 Auditee, 3 Observer.
RoleType = Literal[0, 1, 2, 3]


class CreateUser(Wire):
    email: Annotated[str, Field(max_length=320), AfterValidator(_email)]
    full_name: RequiredText
    role_id: RequiredText
    phone: Phone | None = None


class UpdateUser(Wire):
    """Update user; without ``roleId`` the role stays."""

    full_name: RequiredText
    role_id: str | None = None
    phone: Phone | None = None


class UserRow(Ref):
    email: str


class RoleRow(Ref):
    """One role. ``roleType`` 0 Admin, 1 Auditor, 2 Auditee, 3 Observer."""

    role_type: int


class UserDetails(UserRow):
    role: RoleRow


class RoleBody(Wire):
    """Create or update a role; without ``permissions`` it has none."""

    role_type: RoleType
    name: RequiredText
    description: str | None = None
    permissions: list[str] | None = None


class RoleDetails(Answer):
    id: str
    name: str
    description: str | None
    role_type: int
    permissions: list[str]
