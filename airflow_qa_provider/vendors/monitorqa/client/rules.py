"""Rules that MonitorQA documents for its fields, checked before anything is sent.

Every function here raises :class:`~airflow_qa_provider.exceptions.QAValidationError` with the name of the argument.
Ids are not checked for being UUIDs: MonitorQA's own examples are not all valid ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import Timestamp, to_utc, utc_milliseconds

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_HINT = 2000
MAX_NOTES = 800
MAX_PHONE = 50

T = TypeVar("T", bound="DataclassInstance")


def refused(message: str, hint: str | None = None) -> QAValidationError:
    """Return the error for an argument that breaks a rule.

    :param message: What is wrong; names the argument.
    :param hint: What to give in its place.
    """
    return QAValidationError(message, vendor="monitorqa", outcome="Nothing was sent", hint=hint)


def required(value: object, field: str) -> str:
    """Return a text that must not be empty, without the spaces around it.

    :param value: The value.
    :param field: Name of the argument, for the message.
    """
    text = "" if value is None else str(value).strip()
    if not text:
        raise refused(f"{field} is required, got {value!r}")
    return text


def present(value: Timestamp | None, field: str) -> Timestamp:
    """Return a moment that must be given.

    :param value: The moment.
    :param field: Name of the argument, for the message.
    """
    if value is None:
        raise refused(f"{field} is required, got None")
    return value


def at_most(value: str | None, limit: int, field: str) -> str | None:
    """Return a text that has a documented longest length.

    :param value: The text.
    :param limit: Most characters.
    :param field: Name of the argument, for the message.
    """
    if value is not None and len(value) > limit:
        raise refused(f"{field} has {len(value)} characters, MonitorQA takes at most {limit}")
    return value


def whole(value: int | str, field: str, low: int, high: int | None = None, unit: str = "") -> int:
    """Return a whole number in a range.

    :param value: The number; a text of digits is read too.
    :param field: Name of the argument, for the message.
    :param low: Smallest.
    :param high: Largest; ``None`` for no limit.
    :param unit: Unit, for the message.
    """
    try:
        number = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None or number < low or (high is not None and number > high):
        span = f"from {low} to {high}" if high is not None else f"of at least {low}"
        raise refused(f"{field} must be a whole number{' of ' + unit if unit else ''} {span}, got {value!r}")
    return number


def number(value: float | str, field: str) -> float:
    """Return a finite number as it is, a text of digits read.

    :param value: The number.
    :param field: Name of the argument, for the message.
    """
    parsed: float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        parsed = value
    elif isinstance(value, str):
        with suppress(ValueError):
            parsed = float(value) if "." in value else int(value)
    if parsed is None or (isinstance(parsed, float) and not math.isfinite(parsed)):
        raise refused(f"{field} must be a number, got {value!r}")
    return parsed


def flag(value: bool, field: str) -> bool:
    """Return a truth value; a text is refused, for ``"false"`` would count as true.

    :param value: The truth value.
    :param field: Name of the argument, for the message.
    """
    if not isinstance(value, bool):
        raise refused(f"{field} must be True or False, got {value!r}")
    return value


def choice(kind: type[IntEnum], value: int | str, field: str) -> int:
    """Return the number of one of MonitorQA's enumerations.

    :param kind: The enumeration.
    :param value: A member, its number, or either as a text; case, spaces and hyphens do not matter.
    :param field: Name of the argument, for the message.
    """
    numbers = {_letters(member.name): member.value for member in kind} | {str(int(m)): m.value for m in kind}
    text = str(int(value)) if isinstance(value, int) and not isinstance(value, bool) else _letters(str(value))
    if text not in numbers:
        known = ", ".join(f"{member.value} ({member.name.lower()})" for member in kind)
        raise refused(f"{field} must be one of {known}, got {value!r}")
    return int(numbers[text])


def ids(values: Iterable[str] | str, field: str) -> list[str]:
    """Return a non-empty list of ids.

    :param values: The ids; a single string counts as one id.
    :param field: Name of the argument, for the message.
    """
    listed = [values] if isinstance(values, str) else list(values or [])
    if not listed:
        raise refused(f"{field} names no id")
    return [required(value, field) for value in listed]


def optional_ids(values: Iterable[str] | str | None, field: str) -> list[str] | None:
    """Return a list of ids that may be empty, or ``None``.

    :param values: The ids; a single string counts as one id.
    :param field: Name of the argument, for the message.
    """
    if values is None:
        return None
    return [required(value, field) for value in ([values] if isinstance(values, str) else values)]


def new_assignees(values: Iterable[str] | str | None, remove: bool) -> list[str] | None:
    """Return who is to have something from now on: nobody for an empty list, ``None`` for whoever has it.

    :param values: Ids of users.
    :param remove: Whether it is taken from all; an empty ``values`` alone is refused, since it would do that.
    """
    listed = optional_ids(values, "assignees_ids")
    if remove and listed:
        raise refused("assignees_ids and remove_assignees contradict each other")
    if listed == [] and not remove:
        raise refused(
            "assignees_ids is empty, which would take the audit from all assignees",
            "Leave assignees_ids unset to keep them, or say remove_assignees=True",
        )
    return [] if remove else listed


def moment(value: Timestamp | None, field: str) -> str | None:
    """Return a moment as MonitorQA writes it, or ``None``.

    :param value: An aware ``datetime`` or ISO 8601 with a zone.
    :param field: Name of the argument, for the message.
    """
    return None if value is None else utc_milliseconds(value, field)


def in_order(start: Timestamp | None, end: Timestamp | None, start_field: str, end_field: str) -> None:
    """Check that a period ends after it starts.

    :param start: Start, if there is one.
    :param end: End, if there is one.
    :param start_field: Name of the argument, for the message.
    :param end_field: Name of the argument, for the message.
    """
    if start is not None and end is not None and to_utc(start, start_field) >= to_utc(end, end_field):
        raise refused(f"{end_field} {end!s} must be after {start_field} {start!s}")


def period(start: Timestamp | None, end: Timestamp) -> dict[str, str | None]:
    """Return ``startDate`` and ``endDate`` of an audit.

    :param start: Start, if there is one.
    :param end: Due date.
    """
    in_order(start, present(end, "end_date"), "start_date", "end_date")
    return {"startDate": moment(start, "start_date"), "endDate": moment(end, "end_date")}


def read(kind: type[T], value: T | Mapping[str, Any], field: str, ignoring: Iterable[str] = ()) -> T:
    """Return a value of one of this package's types, also from a mapping with the vendor's names.

    :param kind: The type.
    :param value: A value of it, or a mapping of its fields in the vendor's spelling (``isDefault``) or ours.
    :param field: Name of the argument, for the message.
    :param ignoring: Keys that the vendor's answers have and its requests have not.
    """
    if isinstance(value, kind):
        return value
    known = {one.name: one.default is MISSING for one in fields(kind)}
    if not isinstance(value, Mapping):
        raise refused(f"{field} must be a {kind.__name__} or a mapping of {', '.join(known)}, got {value!r}")
    given = {_snake(name): item for name, item in value.items() if name not in ignoring}
    missing = [name for name, needed in known.items() if needed and given.get(name) is None]
    if missing:
        raise refused(f"{field} lacks {', '.join(missing)}: all of {', '.join(known)} belong to a {kind.__name__}")
    if given.keys() - known.keys():
        unknown = ", ".join(sorted(given.keys() - known.keys()))
        raise refused(f"{field} has {unknown}, which a {kind.__name__} has not; it has {', '.join(known)}")
    return kind(**given)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
