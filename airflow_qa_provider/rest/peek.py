"""Looking into answers that count as good by their HTTP status, for errors that a vendor puts into the body."""

from __future__ import annotations

from typing import Any

import requests

from airflow_qa_provider.rest.answer import Answer, announced_length
from airflow_qa_provider.rest.clean_json import read_json

# an error comes with hardly anything, so what is larger is an answer or a file
_LARGEST_ERROR = 64 * 1024


def possible_error(response: requests.Response, *, file: bool) -> Any:
    """Return the JSON of an answer that may be an error, whatever its content type; ``None`` for all others.

    :param response: An answer.
    :param file: Whether a file was asked for; then the body is left unread unless it may well be an error.
    """
    try:
        if not file:
            return response.json()  # an error may stand beside any amount of content
        return _small_json(response) if _may_be_error(response) else None
    except ValueError:
        return None


def _small_json(response: requests.Response) -> Any:
    body = response.peek(_LARGEST_ERROR) if isinstance(response, Answer) else response.content
    return None if body is None or len(body) > _LARGEST_ERROR else read_json(body, _LARGEST_ERROR)


def _may_be_error(response: requests.Response) -> bool:
    """Tell an error from a file by the headers: a file is an attachment, or large, or not JSON."""
    if "attachment" in response.headers.get("Content-Disposition", "").lower():
        return False
    length = announced_length(response.headers)
    return "json" in response.headers.get("Content-Type", "") if length is None else length <= _LARGEST_ERROR
