"""What all request bodies share: plain JSON, strict types, dates in UTC."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from typing import Annotated, Any
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
    """Where a duplicate goes."""

    projectID: Ref
    organizationID: Ref
