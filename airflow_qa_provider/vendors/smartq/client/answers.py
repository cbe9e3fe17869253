"""Reading what smartQ answers: ``{"error", "data"}`` around everything, whatever the HTTP status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import requests

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.rest.client import VendorError
from airflow_qa_provider.rest.peek import possible_error
from airflow_qa_provider.rest.shapes import rows_in

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient

Record = dict[str, Any]
Records = list[Record]

_ENVELOPE = frozenset({"error", "data"})
_STATUS = re.compile(r"[45][0-9]{2}")


def failed(response: requests.Response, *, file: bool = False) -> Record | None:
    """Return the answer if it is an error in smartQ's envelope, whatever its HTTP status and content type.

    :param response: An answer.
    :param file: Whether a file was asked for; then the body is left unread unless it may well be an error.
    """
    answer = possible_error(response, file=file)
    if not isinstance(answer, dict) or not answer.get("error"):
        return None
    # whatever stands beside it; but a file may be JSON with an error of its own
    return answer if not file or answer.keys() <= _ENVELOPE or not answer.get("data", True) else None


def error_in(answer: Any) -> VendorError:
    """Read the envelope's ``error``: ``{"type", "code", "message"}``.

    :param answer: JSON of an answer.
    """
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, Mapping):
        return VendorError(str(error or ""))
    code = error.get("code")
    text = "" if code is None else str(code)
    status = int(text) if _STATUS.fullmatch(text) else None
    return VendorError(str(error.get("message") or error.get("type") or ""), text or None, status)


def data_of(answer: Any) -> Any:
    """Take the envelope off.

    :param answer: JSON of a good answer.
    """
    return answer["data"] if isinstance(answer, Mapping) and answer.keys() >= _ENVELOPE else answer


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
    return rows_in(listed, "smartq", operation)
