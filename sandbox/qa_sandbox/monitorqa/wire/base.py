"""What all bodies and answers are made of."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from qa_sandbox.clock import iso_milliseconds

DATE_FORMAT = "yyyy-MM-ddTHH:mm:ss.fffZ"
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})Z", re.ASCII)
_DATE_SCHEMA = (
    r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$"
)
HINT_LIMIT = 2000
NOBODY = "00000000-0000-0000-0000-000000000000"
Row = TypeVar("Row")


def parse_date(value: Any) -> datetime:
    """Read a date in the documented format."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError("date_format", f"must be a date in the format {DATE_FORMAT}")
    try:
        return datetime.strptime(match.group(1), "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=timezone.utc)
    except ValueError:
        raise PydanticCustomError("date_format", "is not a day of the calendar or a time of the day") from None


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "must not be empty")
    return value


WireDate = Annotated[
    datetime,
    BeforeValidator(parse_date),
    PlainSerializer(iso_milliseconds, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _DATE_SCHEMA, "examples": ["2024-01-15T08:00:00.000Z"]}),
]
SentDate = Annotated[
    datetime,
    PlainSerializer(iso_milliseconds, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2024-01-15T08:00:00.000Z"]}),
]
RequiredText = Annotated[str, Field(min_length=1), AfterValidator(_not_blank)]
Hint = Annotated[str, Field(max_length=HINT_LIMIT)]
# Strict: JSON has numbers and booleans of its own, "3" and true are not integers.
Integer = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]


class Wire(BaseModel):
    """Base of all request bodies: camelCase names outside, snake_case inside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Answer(Wire):
    """Base of all answers; reads the state's records by attribute."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, record: object, **others: object) -> Self:
        """Describe a record: the others are given, the rest are its attributes of the same name."""
        names = (name for name in cls.model_fields if name not in others)
        return cls.model_validate({**{name: getattr(record, name) for name in names}, **others})


class Ref(Answer):
    id: str
    name: str


class Created(Answer):
    id: str


class Meta(Answer):
    page_number: int
    page_size: int
    total_count: int


class Page(Answer, Generic[Row]):
    data: list[Row]
    meta: Meta


class Ids(Wire):
    ids: Annotated[list[str], Field(min_length=1)]
