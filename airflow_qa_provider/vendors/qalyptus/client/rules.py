"""Rules that Qalyptus Cloud documents for its fields, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import Timestamp, to_utc

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def refusal(message: str, hint: str | None = None) -> QAValidationError:
    """Return the error for bad input.

    :param message: What is wrong; names the argument.
    :param hint: What to change.
    """
    return QAValidationError(message, vendor="qalyptus", outcome="Nothing was sent", hint=hint)


def required(value: object, field: str) -> str:
    """Return a text that must not be empty.

    :param value: The value.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty.
    """
    text = "" if value is None else str(value).strip()
    if not text:
        raise refusal(f"{field} is required, got {value!r}")
    return text


def secret(value: str, field: str) -> str:
    """Return a secret as it is, spaces included; a refusal does not show it.

    :param value: The secret.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty.
    """
    if not value:
        raise refusal(f"{field} is required, got nothing")
    return value


def uuid(value: object, field: str) -> str:
    """Return an id that goes into a body, where a wrong one makes the vendor refuse without naming it.

    :param value: The id.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a UUID.
    """
    text = required(value, field)
    if not _UUID.fullmatch(text):
        raise refusal(f"{field} must be a UUID, got {value!r}", "Give the id of the object, not its name")
    return text


def uuid_or_none(value: object | None, field: str) -> str | None:
    """Return an optional id.

    :param value: The id, or ``None``.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is given, and not a UUID.
    """
    return None if value is None else uuid(value, field)


def uuids(values: Iterable[str] | str, field: str) -> list[str]:
    """Return a non-empty list of ids.

    :param values: The ids; a single string counts as one id.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: There is none, or one is not a UUID.
    """
    listed = [values] if isinstance(values, str) else list(values)
    if not listed:
        raise refusal(f"{field} names no id")
    return [uuid(value, f"{field}[{index}]") for index, value in enumerate(listed)]


def choice(value: object, allowed: Iterable[str], field: str) -> str:
    """Return one of the documented words in the vendor's spelling.

    :param value: The word, in any case.
    :param allowed: The documented words.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not one of them.
    """
    known = {word.lower(): word for word in allowed}
    word = str(value or "").strip().lower()
    if word not in known:
        raise refusal(f"{field} must be one of {', '.join(known.values())}, got {value!r}")
    return known[word]


def boolean(value: object, field: str) -> bool:
    """Return a switch that must be set.

    :param value: The switch.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a boolean, such as the text that a template makes of one.
    """
    if not isinstance(value, bool):
        raise refusal(f"{field} must be true or false, got {value!r}")
    return value


def boolean_or_none(value: object, field: str) -> bool | None:
    """Return an optional switch.

    :param value: The switch, or ``None``.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is given, and not a boolean.
    """
    return None if value is None else boolean(value, field)


def int32(value: int | None, field: str) -> int | None:
    """Return an optional number that the docs give as ``integer <int32>``.

    :param value: The number, or ``None``.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: Not a whole number, or one that is out of range.
    """
    if value is not None and (type(value) is not int or not -(2**31) <= value < 2**31):
        raise refusal(f"{field} must be a whole number of 32 bits, got {value!r}")
    return value


def date_time(value: Timestamp, field: str) -> str:
    """Write a moment as the docs print it: UTC, ``2019-08-24T14:15:22Z``.

    :param value: An aware ``datetime``, or ISO 8601 with a zone.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: Not a date, or one without a time zone.
    """
    return f"{to_utc(value, field):%Y-%m-%dT%H:%M:%SZ}"


def date_time_or_none(value: Timestamp | None, field: str) -> str | None:
    """Write an optional moment.

    :param value: See :func:`date_time`, or ``None``.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is given, and not a date with a time zone.
    """
    return None if value is None else date_time(value, field)
