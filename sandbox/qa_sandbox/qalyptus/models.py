"""Qalyptus' request bodies, with the names that its documentation prints: plain JSON, strict types, dates in UTC."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    WithJsonSchema,
    create_model,
    model_validator,
)

from qa_sandbox.qalyptus.records import wire_date

# The limit of System.Text.Json.
MAX_DEPTH = 64
UUID_LENGTH = 36


def _refuse_odd_json(value: Any, depth: int = 0) -> None:
    """Python's parser takes more than JSON is: NaN, half characters, any depth."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("text with half of a surrogate pair") from None
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number that is not finite")
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_odd_json(key, depth + 1)
            _refuse_odd_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _refuse_odd_json(item, depth + 1)


def _canonical(value: str) -> str:
    if len(value) != UUID_LENGTH:
        raise ValueError("not a UUID")
    return str(UUID(value))


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a date is text in ISO 8601")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError("out of the calendar") from None


Bool = StrictBool
Int32 = Annotated[StrictInt, Field(ge=-(2**31), le=2**31 - 1, json_schema_extra={"format": "int32"})]
Ref = Annotated[str, AfterValidator(_canonical), Field(json_schema_extra={"format": "uuid"})]
DateTime = Annotated[
    datetime, BeforeValidator(_text_only), AfterValidator(_in_utc), PlainSerializer(wire_date, return_type=str)
]
# May be left out, but not be null.
OptionalDateTime = Annotated[
    datetime | None,
    BeforeValidator(_text_only),
    AfterValidator(_in_utc),
    PlainSerializer(wire_date, return_type=str | None),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Body(BaseModel):
    """A request body. Members that it does not name are ignored, as ASP.NET does."""

    @model_validator(mode="before")
    @classmethod
    def _plain_json(cls, raw: Any) -> Any:
        _refuse_odd_json(raw)
        return raw


class FreeForm(Body):
    """An object whose members the documentation does not show; they are kept as sent."""

    model_config = ConfigDict(extra="allow")


class Linked(FreeForm):
    """An object that names another by ``id``, as the answers of ``/tasks/{id}/reports/{taskReportID}`` do."""

    id: Ref


class NameAndDescription(Body):
    name: str
    description: str | None = None


class InProject(NameAndDescription):
    projectID: Ref


class Duplicate(Body):
    projectID: Ref
    organizationID: Ref


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


class UserCreate(Body):
    firstName: str
    lastName: str
    email: str | None = None
    organizations: list[Ref]


class UserUpdate(Body):
    type: str
    value: Any


class UserTransfer(Body):
    newUserID: Ref
    transferContent: Bool
    transferPermissions: Bool


class OrganizationRoleDto(FreeForm):
    """A role in an organization. The documentation shows no members."""


class UserInvite(Body):
    emails: list[str]
    tenantAdminRole: str | None = None
    organizations: list[OrganizationRoleDto] | None = None


Value = str | int | Annotated[float, Field(allow_inf_nan=False)] | bool


class FieldSelection(BaseModel):
    """Values of one Qlik field. The members are those of Qalyptus Server v1; Cloud documents none."""

    fieldName: str | None = None
    selectedCount: int | None = None
    selectedValues: list[Value] | None = None
    isNumeric: bool | None = None

    def values(self) -> tuple[str, ...]:
        return tuple(str(value) for value in self.selectedValues or ())


class OnDemand(BaseModel):
    selections: list[FieldSelection] | None = None
    appId: str | None = None
    bookmarkId: str | None = None


_VERBS = {
    "Project": "view",
    "Report": "view create use edit subscribe run delete setPermissions duplicate move",
    "Filter": "view create use edit delete duplicate move setPermissions",
    "Condition": "view create use edit delete setPermissions duplicate move",
    "Task": "view create edit run delete setPermissions duplicate move",
    "FolderContent": "view create edit download delete duplicate move",
}
PERMISSIONS = tuple(f"{verb}{kind}" for kind, verbs in _VERBS.items() for verb in verbs.split())
_FLAGS: dict[str, Any] = {name: (Bool, False) for name in PERMISSIONS}
_ABOUT = "What a member may do. What is not given is not allowed."
PermissionDto: Any = create_model("PermissionDto", __base__=Body, __doc__=_ABOUT, **_FLAGS)


class MemberRequestDto(Linked):
    """A user or a group. The documentation shows no members; these are those of a task's recipients."""

    type: str | None = None


class PermissionsRequest(Body):
    members: list[MemberRequestDto]
    permissions: PermissionDto
