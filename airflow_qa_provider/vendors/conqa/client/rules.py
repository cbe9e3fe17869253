"""Rules that CONQA documents for its arguments, checked before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from airflow_qa_provider.exceptions import QAValidationError

E = TypeVar("E", bound=Enum)


def refused(message: str, hint: str | None = None) -> QAValidationError:
    """Return the error for bad input.

    :param message: What is wrong; names the argument.
    :param hint: What to change.
    """
    return QAValidationError(message, vendor="conqa", outcome="Nothing was sent", hint=hint)


def required(value: object, field: str) -> str:
    """Return a text that must not be empty.

    :param value: The text.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is empty, or no text.
    """
    if not isinstance(value, str) or not value.strip():
        raise refused(f"{field} must be a non-empty string, got {value!r}")
    return value


def one_of(value: E | str, kinds: type[E], field: str) -> E:
    """Return the member of an enumeration, whatever its case.

    :param value: A member, or its value.
    :param kinds: The enumeration.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is none of them.
    """
    word = str(value.value if isinstance(value, Enum) else value).strip().lower()
    for kind in kinds:
        if str(kind.value).lower() == word:
            return kind
    raise refused(f"{field} must be one of {', '.join(str(kind.value) for kind in kinds)}, got {value!r}")


def page_size(value: int | None, field: str = "page_size") -> int | None:
    """Return a number of rows per page.

    :param value: The number; ``None`` for the vendor's default, 300.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a whole number from 1.
    """
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise refused(f"{field} must be a whole number from 1, got {value!r}")
    return value


def callback_url(value: str, field: str = "callback_url") -> str:
    """Return an absolute http(s) URL. It is a secret, so no message repeats it.

    :param value: The URL.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a valid URL.
    """
    problem = _problem_of_url(value)
    if problem:
        raise refused(f"{field} must be an absolute http(s) URL: {problem}")
    return value


def _problem_of_url(value: object) -> str | None:
    if not isinstance(value, str) or not value:
        return "it is empty" if not value else f"it is of type {type(value).__name__}"
    if any(sign.isspace() or not sign.isprintable() for sign in value):
        return "it has white space or control characters"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "its host or port cannot be read"
    if parts.scheme.lower() not in ("http", "https"):
        return "it does not start with https://"
    return None if host else "it has no host"


def json_object(value: Mapping[str, Any] | None, field: str) -> dict[str, Any] | None:
    """Return an object that can be sent as JSON.

    :param value: The object; ``None`` when there is none.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is no object, or holds something that JSON has not.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise refused(f"{field} must be an object (a dict), got {type(value).__name__}")
    try:
        json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise refused(f"{field} cannot be sent as JSON: {error}") from None
    return dict(value)
