"""Dates in the forms that the vendors use."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pendulum

from airflow_qa_provider.exceptions import QAValidationError

Timestamp = datetime | str
"""An aware ``datetime`` (pendulum's too) or an ISO 8601 string with a time and an offset or ``Z``."""

_LONGEST = 100
_HAS_DATE = re.compile(r"\d{4}-?[\dW]\d")
_HAS_ZONE = re.compile(r"\d{2}:?\d{2}.*(Z|[+-]\d{2}:?(\d{2})?)$")


def to_utc(value: Timestamp, field: str) -> datetime:
    """Read a moment in time.

    :param value: An aware ``datetime``, or an ISO 8601 string with a zone; ``+0100`` without a colon is read too.
    :param field: Name of the field, for the message.
    :return: The same moment in UTC.
    :raises QAValidationError: Not a date, or a date without a time zone, which would be off by hours.
    """
    moment = value if isinstance(value, datetime) else _parse(value, field)
    if moment.utcoffset() is None:
        raise QAValidationError(
            f"{field} {value!s} has no time zone",
            outcome="Nothing was sent",
            hint="Give an aware datetime, or end the string with Z or an offset such as +02:00",
        )
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:  # the first or last hours of the calendar
        raise _no_moment(value, field) from None


def _parse(value: object, field: str) -> datetime:
    text = value.strip().upper() if isinstance(value, str) and len(value) < _LONGEST else ""
    try:
        moment: object = pendulum.parse(text, tz=None) if text else None
    except (ValueError, OverflowError):
        moment = None
    if not isinstance(moment, datetime) or not _HAS_DATE.match(text):  # a bare time would mean today
        raise _no_moment(value, field)
    return moment if _HAS_ZONE.search(text) else moment.replace(tzinfo=None)


def _no_moment(value: object, field: str) -> QAValidationError:
    return QAValidationError(
        f"{field} must be a date and time such as 2026-01-31T18:00:00Z, got {value!r}", outcome="Nothing was sent"
    )


def utc_milliseconds(value: Timestamp, field: str) -> str:
    """Write a moment in UTC with milliseconds, ``yyyy-MM-ddTHH:mm:ss.fffZ``.

    :param value: See :func:`to_utc`.
    :param field: Name of the field, for the message.
    """
    moment = to_utc(value, field)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
