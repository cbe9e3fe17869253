"""Reading the fields of CONQA, before anything is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow_qa_provider.rest.fields import Fields

check = Fields("conqa")
"""Reads the values of all fields."""


def callback_url(value: object, field: str = "callback_url") -> str:
    """Return an absolute http(s) URL. It is a secret, so no message repeats it.

    :param value: The URL.
    :param field: Name of the argument, for the message.
    :raises QAValidationError: It is not a valid URL.
    """
    problem = _problem_of_url(value)
    if problem:
        raise check.refused(
            f"{field} must be an absolute http(s) URL: {problem}", "Give one such as https://example.com/hook"
        )
    return str(value)


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
