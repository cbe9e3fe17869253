"""The company account, its users and roles, and the webhook log on the wire."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from qa_sandbox.monitorqa.wire.base import Answer, Ref, RequiredText, SentDate, Wire

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


OTHER = 6
# 0 Locations, 1 Stores, 2 Sites, 3 Machines, 4 Plants, 5 Vehicles, 6 Other, 7 Processes.
UsagePurpose = Literal[0, 1, 2, 3, 4, 5, 6, 7]


class CompanyAdmin(Wire):
    full_name: RequiredText
    phone: str | None = None


class CompanyBody(Wire):
    company_name: RequiredText
    usage_purpose: UsagePurpose
    usage_purpose_object_name: str | None = None

    @property
    def object_name(self) -> str | None:
        """What audit objects are called; a company has a word of its own with purpose 6 Other only."""
        return self.usage_purpose_object_name if self.usage_purpose == OTHER else None


class CreateCompany(CompanyBody):
    company_admin: CompanyAdmin
    iana_time_zone: str | None = None


class UpdateCompany(CompanyBody):
    iana_time_zone: RequiredText


class CompanyCreated(Answer):
    """A new company and the one key to it; no other answer shows the key."""

    company_id: str
    api_key: str


class CompanyDetails(Answer):
    id: str
    name: str
    logo_file_id: str | None
    icon_file_id: str | None
    usage_purpose: int | None
    custom_audit_object_name: str | None


class TimeZone(Answer):
    iana_name: str
    text: str


class WebhookCall(Answer):
    """One call of a webhook. ``webhookCommandType`` 0 Audit, 1 Corrective Action, 2 Audit Template."""

    created_at_utc: SentDate
    error_message: str | None
    webhook_command_type: int
    http_status_code: int | None
    webhook_url: str
    webhook_event: str
