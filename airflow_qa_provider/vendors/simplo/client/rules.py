"""Rules that Simplo IS documents for its arguments, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.rest.timestamps import Timestamp, to_utc


def refused(message: str, hint: str | None = None) -> QAValidationError:
    """Return the error for bad input.

    :param message: What is wrong; names the argument.
    :param hint: What to change.
    """
    return QAValidationError(message, vendor="simplo", outcome="Nothing was sent", hint=hint)


def whole_number(value: object, field: str) -> int:
    """Return a whole number.

    :param value: The number.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise refused(f"{field} must be a whole number, got {value!r}")
    return value


def page_size(value: int | None, field: str = "page_size") -> int | None:
    """Return a number of rows per page.

    :param value: The number; ``None`` for the vendor's default.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a whole number from 1.
    """
    if value is not None and whole_number(value, field) < 1:
        raise refused(f"{field} must be a whole number from 1, got {value!r}")
    return value


def report_hash(value: object, field: str = "report_hash") -> str:
    """Return the hash of a report. It opens the report to anyone, so no message repeats it.

    :param value: The hash.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty, or no text.
    """
    if not isinstance(value, str) or not value.strip():
        raise refused(f"{field} must be the hash property of the report, a non-empty string", "reports.get returns it")
    return value


def names(values: Iterable[str] | str | None, known: Iterable[str] | None, field: str) -> list[str]:
    """Return names of fields.

    :param values: The names; a single string counts as one name.
    :param known: Names that the docs allow; ``None`` where the docs cannot be read.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: The docs do not allow one of them.
    """
    listed = [values] if isinstance(values, str) else list(values or ())
    allowed = None if known is None else tuple(known)
    for name in listed:
        if not isinstance(name, str) or not name.strip():
            raise refused(f"{field} has the name {name!r}; a name must be a non-empty string")
        if allowed is not None and name not in allowed:
            raise refused(f"{field} cannot be {name!r}; possible are {', '.join(allowed) or 'none'}")
    return listed


def offset_timestamp(value: Timestamp, field: str) -> str:
    """Write a moment as Simplo IS does: ``yyyy-MM-ddTHH:mm:ss+0000``, the offset without a colon; in UTC.

    :param value: An aware ``datetime``, or an ISO 8601 string with a zone.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: Not a date, or a date without a time zone.
    """
    return f"{to_utc(value, field):%Y-%m-%dT%H:%M:%S%z}"
