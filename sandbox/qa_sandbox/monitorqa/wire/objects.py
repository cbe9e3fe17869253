"""Audit objects and their attributes on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from qa_sandbox.monitorqa.wire.base import Answer, Flag, Ref, RequiredText, Wire

NOTES_LIMIT = 800


class GeoAddress(Wire):
    """Where an audit object is; all members or none."""

    lat: str
    lng: str
    name: str
    address: str


class AuditObjectBody(Wire):
    """Create or update an audit object; the docs do not say so, but an update replaces all three."""

    name: RequiredText
    notes: Annotated[str, Field(max_length=NOTES_LIMIT)] | None = None
    geo_address: GeoAddress | None = None


class Assignment(Wire):
    """One option of one attribute."""

    attribute_id: str
    option_id: str


class Assignments(Wire):
    """Options to assign to an audit object or to take away from it."""

    attributes: list[Assignment]


class ObjectAttribute(Answer):
    """An attribute of an audit object."""

    attribute_id: str
    attribute_name: str
    option_id: str
    option_name: str


class AuditObjectDetails(Ref):
    notes: str | None
    participant_user_groups: list[Ref]
    participant_users: list[Ref]
    audit_object_group_ids: list[str]
    attributes: list[ObjectAttribute]
    geo_address: GeoAddress | None


class NewOption(Wire):
    """An option of a new attribute."""

    name: RequiredText
    is_default: Flag | None = None


class ChangedOption(NewOption):
    """An option of a changed attribute; without an id it is new."""

    id: str | None = None


class CreateAttribute(Wire):
    """Create audit object attribute; of the options marked as default, the first is."""

    name: RequiredText
    options: Annotated[list[NewOption], Field(min_length=1)]


class UpdateAttribute(Wire):
    """Update audit object attribute; options left out are deleted with their assignments."""

    name: RequiredText
    options: Annotated[list[ChangedOption], Field(min_length=1)]


class OptionDetails(Answer):
    """An option of an attribute."""

    is_default: bool
    name: str
    id: str


class AttributeDetails(Answer):
    """An attribute with its options."""

    options: list[OptionDetails]
    name: str
    id: str
