"""Rules that MonitorQA documents for its fields, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.clients.timestamps import Timestamp, to_utc
from airflow_qa_provider.exceptions import QAValidationError

MAX_HINT = 2000


def required(value: object, field: str) -> str:
    """Return a text that must not be empty.

    :param value: The value.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty.
    """
    text = "" if value is None else str(value).strip()
    if not text:
        raise QAValidationError(f"{field} is required, got {value!r}", vendor="monitorqa", outcome="Nothing was sent")
    return text


def at_most(value: str | None, limit: int, field: str) -> str | None:
    """Return a text that has a documented longest length.

    :param value: The text.
    :param limit: Most characters.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is longer.
    """
    if value is not None and len(value) > limit:
        raise QAValidationError(
            f"{field} has {len(value)} characters, MonitorQA takes at most {limit}",
            vendor="monitorqa",
            outcome="Nothing was sent",
        )
    return value


def ids(values: Iterable[str] | str, field: str) -> list[str]:
    """Return a non-empty list of ids.

    :param values: The ids; a single string counts as one id.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: There is none, or one is empty.
    """
    listed = [values] if isinstance(values, str) else list(values)
    if not listed:
        raise QAValidationError(f"{field} names no id", vendor="monitorqa", outcome="Nothing was sent")
    return [required(value, field) for value in listed]


def in_order(start: Timestamp | None, end: Timestamp, start_field: str, end_field: str) -> None:
    """Check that a period does not end before it starts.

    :param start: Start, if there is one.
    :param end: End.
    :param start_field: Name of the argument, for the message.
    :param end_field: Name of the argument, for the message.
    :raises QAValidationError: It does, or a date cannot be read.
    """
    end_at = to_utc(end, end_field)
    if start is not None and to_utc(start, start_field) >= end_at:
        raise QAValidationError(
            f"{end_field} {end!s} must be after {start_field} {start!s}",
            vendor="monitorqa",
            outcome="Nothing was sent",
        )
