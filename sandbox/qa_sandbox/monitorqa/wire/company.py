"""The company account and time zones on the wire."""

from __future__ import annotations

from typing import Literal

from qa_sandbox.monitorqa.wire.base import Answer, RequiredText, Wire

OTHER = 6
# 0 Locations, 1 Stores, 2 Sites, 3 Machines, 4 Plants, 5 Vehicles, 6 Other, 7 Processes.
UsagePurpose = Literal[0, 1, 2, 3, 4, 5, 6, 7]


class CompanyAdmin(Wire):
    """First user of a new company."""

    full_name: RequiredText
    phone: str | None = None


class CompanyBody(Wire):
    """What a company is created and updated with; ``usagePurposeObjectName`` is needed with purpose 6 Other."""

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
    """Basic information about the company."""

    id: str
    name: str
    logo_file_id: str | None
    icon_file_id: str | None
    usage_purpose: int | None
    custom_audit_object_name: str | None


class TimeZone(Answer):
    iana_name: str
    text: str
