"""What was documented, out of an answer that may be anything: or an error that says what came instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAResponseError


def record_in(answer: Any, vendor: str, operation: str, outcome: str | None = None) -> dict[str, Any]:
    """Return an answer that is an object.

    :param answer: The answer, or what stands in it.
    :param vendor: Vendor in lower case, for the message.
    :param operation: What was asked, for the message.
    :param outcome: What happened at the vendor, for the message.
    :raises QAResponseError: It is something else.
    """
    if isinstance(answer, Mapping):
        return dict(answer)
    raise _other("an object", answer, vendor, operation, outcome)


def rows_in(answer: Any, vendor: str, operation: str) -> list[dict[str, Any]]:
    """Return an answer that is a list of objects.

    :param answer: The answer, or what stands in it.
    :param vendor: Vendor in lower case, for the message.
    :param operation: What was asked, for the message.
    :raises QAResponseError: It is something else, or there is something else in it.
    """
    if not isinstance(answer, list):
        raise _other("a list", answer, vendor, operation)
    odd = next((row for row in answer if not isinstance(row, dict)), answer)
    if odd is not answer:
        raise _other("a list of objects", odd, vendor, operation)
    return answer


def part_in(answer: Any, name: str) -> Mapping[str, Any]:
    """Return an object that stands in an answer beside what was asked for; an empty one where there is none."""
    part = answer.get(name) if isinstance(answer, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def count_in(answer: Mapping[str, Any], name: str) -> int | None:
    """Return a number of rows or pages, also from a text of digits; ``None`` for anything else.

    :param answer: Where it stands.
    :param name: Its name.
    """
    value = answer.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def first_in(record: Mapping[str, Any], names: Iterable[str]) -> Any:
    """Return the value under the first of some names that a record has one under; ``None`` where there is none.

    :param record: The record.
    :param names: Names under which it may stand, in order of preference.
    """
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)


def text_in(record: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Return the same as a text.

    :param record: The record.
    :param names: Names under which it may stand, in order of preference.
    """
    value = first_in(record, names)
    return None if value is None else str(value)


def _other(wanted: str, got: Any, vendor: str, operation: str, outcome: str | None = None) -> QAResponseError:
    seen = "nothing" if got is None else f"JSON of type {type(got).__name__}"
    return QAResponseError(
        f"the answer should be {wanted} but holds {seen}",
        vendor=vendor,
        operation=operation,
        outcome=outcome,
        hint="Check the base URL of the connection; if it is right, the vendor's answer has changed",
    )
