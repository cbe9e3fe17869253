"""Looking into answers that count as good by their HTTP status, for errors that a vendor puts into the body."""

from __future__ import annotations

import json
from typing import Any

import requests

# an error comes with hardly anything, so what is larger is an answer or a file
_LARGEST_ERROR = 64 * 1024


def small_json(response: requests.Response, *, file: bool) -> Any:
    """Return the JSON of an answer that may be an error, whatever its content type; ``None`` for all others.

    :param response: An answer.
    :param file: Whether a file was asked for; then the body is left unread unless it may well be an error.
    """
    if file and not _may_be_error(response):
        return None
    if len(response.content) > _LARGEST_ERROR:
        return None
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _may_be_error(response: requests.Response) -> bool:
    """Tell an error from a file by the headers: a file is an attachment, or large, or not JSON."""
    if "attachment" in response.headers.get("Content-Disposition", "").lower():
        return False
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit():
        return int(length) <= _LARGEST_ERROR
    return "json" in response.headers.get("Content-Type", "")
