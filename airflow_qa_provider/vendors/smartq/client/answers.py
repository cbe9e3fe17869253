"""Reading what smartQ answers: ``{"error", "data"}`` around everything, whatever the HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import requests

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.answer import announced_length
from airflow_qa_provider.rest.clean_json import read_json
from airflow_qa_provider.rest.client import VendorError
from airflow_qa_provider.rest.paging import Page, Paged
from airflow_qa_provider.vendors.smartq.client import rules

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient

Record = dict[str, Any]
Records = list[Record]

PAGE_SIZE = 20
"""Rows that a list answers with by default."""
PAGE_SIZE_OF_USERS = 1000
"""The same for the list of users."""

_ENVELOPE = frozenset({"error", "data"})
# an error comes with empty data, so what is larger is an answer or a file
_LARGEST_ERROR = 64 * 1024


def failed(response: requests.Response, *, file: bool = False) -> Record | None:
    """Return the answer if it is an error in smartQ's envelope, whatever its HTTP status and content type.

    :param response: An answer.
    :param file: Whether a file was asked for; then the body is left unread unless it may well be an error.
    """
    if file and not _may_be_error(response):
        return None
    if len(response.content) > _LARGEST_ERROR:
        return None
    try:
        answer = read_json(response.content, _LARGEST_ERROR)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and answer.keys() <= _ENVELOPE and answer.get("error") else None


def _may_be_error(response: requests.Response) -> bool:
    """Tell an error from a file by the headers: a file is an attachment, or large, or not JSON."""
    if "attachment" in response.headers.get("Content-Disposition", ""):
        return False
    length = announced_length(response.headers)
    return "json" in response.headers.get("Content-Type", "") if length is None else length <= _LARGEST_ERROR


def error_in(answer: Any) -> VendorError:
    """Read the envelope's ``error``: ``{"type", "code", "message"}``.

    :param answer: JSON of an answer.
    """
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, Mapping):
        return VendorError(str(error or ""))
    code = error.get("code")
    text = "" if code is None else str(code)
    status = int(text) if text.isdecimal() and 400 <= int(text) <= 599 else None
    return VendorError(str(error.get("message") or error.get("type") or ""), text or None, status)


def data_of(answer: Any) -> Any:
    """Take the envelope off.

    :param answer: JSON of a good answer.
    """
    return answer.get("data") if isinstance(answer, Mapping) and answer.keys() >= _ENVELOPE else answer


def record(answer: Any, operation: str) -> Record:
    """Return the object of an answer; empty when the vendor sent none.

    :param answer: An answer without its envelope.
    :param operation: What was asked, for the message.
    :raises QAResponseError: The answer is something else.
    """
    if answer is None:
        return {}
    if isinstance(answer, Mapping):
        return dict(answer)
    raise QAResponseError(
        f"the answer should be an object, got {type(answer).__name__}",
        vendor="smartq",
        operation=operation,
        outcome="The request was carried out",
    )


def rows(client: SmartQClient, answer: Any, operation: str) -> Records:
    """Return the rows of a list answer, ``data.items[]``.

    :param client: Knows the dialect.
    :param answer: An answer without its envelope; a bare list is taken too.
    :param operation: What was asked, for the message.
    :raises QAResponseError: There are no rows where they should be.
    """
    name = client.dialect.items_field
    listed = answer.get(name) if isinstance(answer, Mapping) else answer
    if not isinstance(listed, list):
        seen = sorted(answer) if isinstance(answer, Mapping) else type(answer).__name__
        raise QAResponseError(
            f"the answer should hold a list in {name!r}, got {seen}",
            vendor="smartq",
            operation=operation,
            hint='If the rows have another name, set it in the connection\'s extra: {"smartq": {"items_field": "..."}}',
        )
    return listed


def pages(
    client: SmartQClient,
    operation: str,
    path: Mapping[str, Any],
    params: Mapping[str, Any],
    offset: int,
    page_size: int | None,
    limit: int | None,
    *,
    default_size: int = PAGE_SIZE,
) -> Paged:
    """Return a lazy list of an operation that takes ``count`` and ``offset``.

    :param client: The client.
    :param operation: Name of the list operation.
    :param path: Values of the path's placeholders.
    :param params: Its filters, in wire form.
    :param offset: Rows to leave out at the start.
    :param page_size: Rows per request; the connection's, then the vendor's default when unset.
    :param limit: Most rows in all.
    :param default_size: Rows that the vendor documents to answer with when it is not told how many.
    :raises QAValidationError: A negative offset, or pages without rows.
    """
    rules.whole(offset, "offset", 0)
    size = client.settings.page_size if page_size is None else rules.whole(page_size, "page_size", 1)

    def fetch(start: int) -> Page:
        answer = client.call(operation, path, params={"count": size, "offset": start or None, **params})
        found = rows(client, answer, operation)
        # no total is sent. A short page ends the list, unless a cap on count that is not documented made it short:
        # a cap cannot be lower than the default
        last = len(found) < min(size or default_size, default_size)
        return Page(found, None if last else start + len(found))

    return Paged(fetch, offset, limit)
