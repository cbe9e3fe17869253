"""Rules that smartQ documents for its fields, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import Timestamp, to_utc

Id = int | str
"""An id: a number in the docs' lists of properties, a string of digits in their answers."""

_WALL_CLOCK = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?")


def required(value: object, field: str) -> str:
    """Return a text that must not be empty.

    :param value: The value.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty.
    """
    text = "" if value is None else str(value)
    if not text.strip():
        raise refused(f"{field} is required, got {value!r}")
    return text


def secret(value: str, field: str) -> str:
    """Return a secret that must not be empty, without ever showing it.

    :param value: The value.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty.
    """
    if not value:
        raise refused(f"{field} is required")
    return value


def one_of(value: str | None, allowed: Collection[str], field: str) -> str | None:
    """Return a word of a documented list.

    :param value: The word; ``None`` when it is not given.
    :param allowed: The list.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is another word.
    """
    if value is not None and value not in allowed:
        raise refused(f"{field} must be one of {list(allowed)}, got {value!r}")
    return value


def whole(value: int, field: str, low: int | None = None, high: int | None = None) -> int:
    """Return a whole number within limits.

    :param value: The number.
    :param field: Name of the argument, for the message.
    :param low: Least value.
    :param high: Greatest value.
    :raises QAValidationError: It is not a whole number, or outside the limits.
    """
    span = "" if low is None else f" from {low} to {high}" if high is not None else f" of {low} or more"
    too_low, too_high = (low is not None and value < low), (high is not None and value > high)
    if isinstance(value, bool) or not isinstance(value, int) or too_low or too_high:
        raise refused(f"{field} must be a whole number{span}, got {value!r}")
    return int(value)


def flag(value: bool | None, field: str) -> bool | None:
    """Return a truth value; a text such as ``"False"``, which a template makes, is refused, for PHP takes it for true.

    :param value: The truth value; ``None`` when it is not given.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is something else.
    """
    if value not in (None, True, False):
        raise refused(f"{field} must be True or False, got {value!r}")
    return value


def known(fields: Mapping[str, Any], names: Collection[str], what: str) -> None:
    """Check that an object has no fields that are not documented: smartQ would drop them without a word.

    :param fields: The fields.
    :param names: The documented ones.
    :param what: What has the fields, for the message.
    :raises QAValidationError: There are others.
    """
    unknown = sorted(set(fields) - set(names))
    if unknown:
        raise refused(f"{', '.join(unknown)}: {what} has no such field; it has {sorted(names)}")


def ids(values: Iterable[Id] | Id | None, field: str) -> list[str] | None:
    """Return a list of ids that a form can carry.

    :param values: The ids; a single one counts as a list of one, ``None`` as not given.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: The list is empty, which a form cannot say, or one id is.
    """
    if values is None:
        return None
    listed = [values] if isinstance(values, (int, str)) else list(values)
    if not listed:
        raise refused(f"{field} is an empty list, which a form cannot carry; leave it out to change nothing")
    return [_id(value, field) for value in listed]


def optional_id(value: Id | None, field: str) -> str | None:
    """Return an id that need not be given.

    :param value: The id; ``None`` means not given.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty.
    """
    return None if value is None else _id(value, field)


def _id(value: Id, field: str) -> str:
    text = required(value, field)
    if text.strip() == "None":  # PHP would read 0
        raise refused(f"{field} is 'None', which a template makes of a result that is not there")
    return text


def comma_separated(values: Iterable[str] | str | None, field: str) -> str | None:
    """Return words as smartQ takes them, separated by commas.

    :param values: The words; a string goes as it is, ``None`` means not given.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: A word is empty, or has a comma and would become two.
    """
    if values is None or isinstance(values, str):
        return values
    words = [required(value, field) for value in values]
    for word in words:
        if "," in word:
            raise refused(f"{field}: {word!r} has a comma, which would make two of it")
    return ",".join(words)


def wall_clock(value: Timestamp | None, timezone: str, field: str) -> str | None:
    """Return a moment as smartQ writes it: ``YYYY-MM-DD HH:MM:SS``, without a zone.

    The docs print the format as ``2017=12-31 08:30:00``; the ``=`` is taken for a typing error.

    :param value: An aware ``datetime`` or ISO 8601 with a zone, which is brought to the account's zone; or a string in
        smartQ's own form, with or without the time, which goes as it is. ``None`` means not given.
    :param timezone: The account's zone, see :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect`.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: Not a date, or neither a zone nor smartQ's form.
    """
    if value is None:
        return None
    if isinstance(value, str) and _WALL_CLOCK.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            raise refused(f"{field} must be a date, got {value!r}") from None
        return value
    return to_utc(value, field).astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M:%S")


def refused(problem: str) -> QAValidationError:
    """Return the error for input that was not sent.

    :param problem: What is wrong; names the argument.
    """
    return QAValidationError(problem, vendor="smartq", outcome="Nothing was sent")
