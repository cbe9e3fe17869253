"""How the properties of a form are read, checked and published."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from qa_sandbox.web import Refused

MAX_TEXT = 65_535
DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True)
class Kind:
    """
    A type of property.

    :param read: turns what was sent into a value, or raises ValueError with what it must be
    """

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > MAX_TEXT:
        raise ValueError(f"text of at most {MAX_TEXT} characters")
    return raw


def _integer(raw: Any) -> int | None:
    text = _text(raw).strip()
    if text and not _INTEGER.fullmatch(text):
        raise ValueError("a whole number")
    return int(text) if text else None


def _decimal(raw: Any) -> float | None:
    text = _text(raw).strip()
    if text and not _DECIMAL.fullmatch(text):
        raise ValueError("a number")
    return float(text) if text else None


def is_true(raw: Any) -> bool:
    """Read a flag as PHP does: everything but "" and "0" is true, "false" too."""
    return raw not in ("", "0", 0, None)


def _moment(raw: Any) -> datetime | None:
    text = _text(raw).strip()
    if not text:
        return None
    for pattern in (DATE_FORMAT, "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
    raise ValueError("a date such as 2017-12-31 08:30:00")


def _ids(raw: Any) -> tuple[int, ...]:
    sent = raw.values() if isinstance(raw, dict) else (raw,)
    try:
        found = [_integer(item) for item in sent]
    except ValueError:
        raise ValueError("an array of ids") from None
    return tuple(dict.fromkeys(item for item in found if item is not None))


def _tags(raw: Any) -> tuple[str, ...]:
    words = (word.strip() for word in _text(raw).split(","))
    return tuple(dict.fromkeys(word for word in words if word))


TEXT = Kind(_text, {"type": "string"})
INTEGER = Kind(_integer, {"type": "integer"})
DECIMAL = Kind(_decimal, {"type": "number"})
FLAG = Kind(is_true, {"type": "integer", "enum": [0, 1]})
MOMENT = Kind(_moment, {"type": "string", "example": "2026-12-31 08:30:00"})
IDS = Kind(_ids, {"type": "array", "items": {"type": "integer"}})
TAGS = Kind(_tags, {"type": "string", "example": "plaster,level 3"})


def one_of(*words: str) -> Kind:
    def read(raw: Any) -> str:
        if raw not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return str(raw)

    return Kind(read, {"type": "string", "enum": list(words)})


def read_moment(name: str, text: str) -> datetime:
    """Read a date of the query."""
    moment: datetime | None = read(MOMENT, name, text)
    if moment is None:
        raise Refused(400, f"{name} must be a date such as 2017-12-31 08:30:00.")
    return moment


def read_number(name: str, raw: Any, low: float | None, high: float | None) -> float | None:
    value: float | None = read(DECIMAL, name, raw)
    if value is not None and not (-math.inf if low is None else low) <= value <= (math.inf if high is None else high):
        raise Refused(400, f"{name} must be between {low} and {high}.")
    return value


@dataclass(frozen=True)
class Property:
    """
    One property of a form.

    :param required: must be there and not empty when an object is added
    :param group: name of the array inside the form that holds it, ``field[options][min]``
    """

    name: str
    kind: Kind
    text: str
    required: bool = False
    group: str = ""


@dataclass(frozen=True)
class Form:
    """The array that describes one object; what it holds besides its properties is ignored."""

    name: str
    properties: tuple[Property, ...]

    def wire_name(self, item: Property) -> str:
        """Return the bracketed name of a property."""
        group = f"[{item.group}]" if item.group else ""
        array = "[]" if item.kind is IDS else ""
        return f"{self.name}{group}[{item.name}]{array}"

    def array(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """Find the form's array in a body."""
        found = sent.get(self.name)
        if not isinstance(found, dict):
            raise Refused(400, f'Send the properties as a form with an array named "{self.name}".')
        return found

    def read(self, sent: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
        """Read the properties that were sent. In an update required ones may be missing; they may never be empty."""
        array = self.array(sent)
        values = {}
        for item in self.properties:
            group = array.get(item.group, {}) if item.group else array
            raw = group.get(item.name) if isinstance(group, dict) else None
            if raw is None and (partial or not item.required):
                continue
            if item.required and (raw is None or not str(raw).strip()):
                raise Refused(400, f"{self.wire_name(item)} is required.")
            values[item.name] = read(item.kind, self.wire_name(item), raw)
        return values

    def schema(self, *, partial: bool) -> dict[str, Any]:
        """Describe the form in OpenAPI's terms, under the names that go over the wire."""
        described = {self.wire_name(item): {**item.kind.schema, "description": item.text} for item in self.properties}
        required = [] if partial else [self.wire_name(item) for item in self.properties if item.required]
        return {"type": "object", "properties": described, **({"required": required} if required else {})}


def read(kind: Kind, name: str, raw: Any) -> Any:
    """Read a value that was sent under a name."""
    try:
        return kind.read(raw)
    except ValueError as error:
        raise Refused(400, f"{name} must be {error}.") from None
