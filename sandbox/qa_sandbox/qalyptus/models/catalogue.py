"""Request bodies of everything but tasks and users."""

from __future__ import annotations

from typing import Literal

from qa_sandbox.qalyptus.models.base import (
    Body,
    Bool,
    DateTime,
    FreeForm,
    InProject,
    Int32,
    NameAndDescription,
    Ref,
)


class ApiKeyCreate(NameAndDescription):
    expiryDate: DateTime
    organizationID: Ref


class ConditionRuleValueRequestDto(FreeForm):
    """A value of a rule. The documentation shows no members."""


class ConditionRule(Body):
    """A rule of a condition; new without ``id``."""

    id: Ref | None = None
    name: str
    qlikAppID: Ref
    values: list[ConditionRuleValueRequestDto]


class FilterVariable(Body):
    """A variable of a filter; new without ``id``."""

    id: Ref | None = None
    qlikVariableID: Ref
    variableValue: str


class FilterBookmark(Body):
    """A bookmark of a filter; new without ``id``."""

    id: Ref | None = None
    qlikBookmarkID: Ref


class FilterField(Body):
    """Values of a field of a filter; new without ``id``."""

    id: Ref | None = None
    qlikFieldID: Ref
    filterItemFieldValues: list[str]


class FilterOrder(Body):
    """Which item of a filter moves, and where."""

    id: Ref
    direction: Literal["Up", "Down"]


class GroupCreate(NameAndDescription):
    organizationID: Ref


class _IdentityProvider(NameAndDescription):
    clientID: str
    authorizationEndpoint: str
    accessTokenEndpoint: str
    userinfoEndpoint: str
    logoutEndpoint: str | None = None
    postLogoutRedirectUrl: str | None = None


class IdentityProviderCreate(_IdentityProvider):
    type: str
    clientSecret: str


class IdentityProviderUpdate(_IdentityProvider):
    """An identity provider; without a secret the old one stays."""

    clientSecret: str | None = None


class OrganizationUpdate(Body):
    displayName: str
    description: str | None = None
    themeID: Ref


class OrganizationCreate(OrganizationUpdate):
    name: str | None = None


class Authentications(Body):
    """How the members of an organization sign in."""

    qalyptusAuth: Bool
    identityProvider: Ref | None = None


class ReportCreate(InProject):
    type: str | None = None


class IterationFieldRequestDto(FreeForm):
    """A field to iterate over. The documentation shows no members."""


class DynamicNameRequestDto(FreeForm):
    """A part of a file name. The documentation shows no members."""


class ReportUpdate(NameAndDescription):
    isIteration: Bool
    iterationFields: list[IterationFieldRequestDto] | None = None
    dynamicNameSeparator: str | None = None
    dynamicNames: list[DynamicNameRequestDto] | None = None


class StorageServiceUpdate(NameAndDescription):
    """A storage service; without a password the old one stays."""

    type: str | None = None
    host: str | None = None
    username: str | None = None
    password: str | None = None
    passiveMode: Bool | None = None
    ftpTestDirectoryPath: str | None = None
    sftpPort: Int32 | None = None
