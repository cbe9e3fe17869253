"""Audit objects and their attributes, audit templates and score systems on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from qa_sandbox.monitorqa.wire.base import Answer, Flag, Number, Ref, RequiredText, Wire

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company
    from qa_sandbox.monitorqa.state.objects import Site

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
    attribute_id: str
    option_id: str


class Assignments(Wire):
    attributes: list[Assignment]


class ObjectAttribute(Answer):
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
    is_default: bool
    name: str
    id: str


class AttributeDetails(Answer):
    options: list[OptionDetails]
    name: str
    id: str


def object_details(company: Company, site: Site) -> AuditObjectDetails:
    users = company.people.users
    return AuditObjectDetails.of(
        site,
        participant_users=[user for user in site.participant_users if users.find(user.id)],
        audit_object_group_ids=[group.id for group in company.objects.groups if site.id in group.member_ids],
        attributes=[_attribute(company, *pair) for pair in site.assigned],
    )


def _attribute(company: Company, attribute_id: str, option_id: str) -> ObjectAttribute:
    attribute, option = company.objects.attributes.get(attribute_id), company.objects.option(attribute_id, option_id)
    return ObjectAttribute(
        attribute_id=attribute.id,
        attribute_name=attribute.name,
        option_id=option_id,
        option_name=option.name if option else "",
    )


class CopyTemplate(Wire):
    template_id: RequiredText
    target_company_id: RequiredText
    copy_score_system: Flag


class TemplateCopied(Answer):
    template_id: str


class TemplateRow(Ref):
    template_type: int


class ScoreLabelBody(Wire):
    min: Number
    max: Number
    label: RequiredText
    color: RequiredText


class UpdateScoreSystem(Wire):
    """Update score system; its type cannot change."""

    name: RequiredText
    description: str | None = None
    passed_threshold: Number
    labels: Annotated[list[ScoreLabelBody], Field(min_length=1)]


class CreateScoreSystem(UpdateScoreSystem):
    """Create score system. ``scoreSystemType`` 0 ProportionToMaxScorePoints, 1 CountNotApplicableAsPositive."""

    score_system_type: Literal[0, 1]


class ScoreLabelDetails(Answer):
    id: str
    label: str
    min: int | float
    max: int | float
    color: str


class ScoreSystemDetails(Answer):
    id: str
    name: str
    description: str | None
    passed_threshold: int | float | None
    score_system_type: int
    is_sample: bool
    labels: list[ScoreLabelDetails]
