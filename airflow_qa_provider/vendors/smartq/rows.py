"""What the lookups of smartQ have in common: lists that are read to an end, and the age of what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QANotSupportedError
from airflow_qa_provider.kinds.lookup import Search

Row = Mapping[str, Any]

PAGE_SIZE = 100
_CLOCK_SECONDS = 120.0
# the tries of one request, with all pauses that the client may make between them
_REQUEST_SECONDS = 900.0
ZONES_SECONDS = 26 * 3600.0
"""Dates have no zone: further apart than any two time zones."""


def no_more_than(most: int, rows: Iterable[Row], what: str, operation: str) -> Iterator[Row]:
    """Yield rows, and refuse to go on where there are more than are read: what is looked for may be among the rest.

    :param most: Most rows.
    :param rows: The rows, asked for with a limit of one more.
    :param what: The rows in words, for the message.
    :param operation: What lists them, for the message.
    :raises QANotSupportedError: There are more.
    """
    for number, row in enumerate(rows):
        if number == most:
            raise QANotSupportedError(
                f"there are more than {most} {what}, and no more are read", vendor="smartq", operation=operation
            )
        yield row


def may_be_ours(search: Search, created: float | None) -> bool | None:
    """Judge an object by its age: whether it can be the one of the request; ``None`` when it cannot.

    :param search: What is looked for.
    :param created: When it was created, in seconds since the epoch, perhaps in another time zone; ``None`` if unknown.
    """
    if search.since is None:
        return True
    if created is not None and created < search.since - ZONES_SECONDS:
        return None
    if search.compared:
        return True
    return created is not None and search.since - _CLOCK_SECONDS <= created <= search.sent_at + _REQUEST_SECONDS
