"""Errors that arrive as documents: the answer in place of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SAYS_ERROR = (
    "error", "errors", "errorMessage", "error_message", "error_description", "errorDetails", "exception", "fault",
)  # fmt: skip
_SAYS_WHY = ("message", "detail", "details")
_TELLS_MORE = ("title", "description", "reason")
_FLAGS = ("isSuccess", "success", "succeeded", "ok")
# what stands beside an error without being the content of a report
_BESIDE = frozenset(
    {
        *_SAYS_ERROR,
        *_SAYS_WHY,
        *_TELLS_MORE,
        *_FLAGS,
        *("code", "errorCode", "error_code", "status", "statusCode", "status_code", "type", "instance", "path", "url"),
        *("data", "items", "result", "results", "timestamp", "time", "version", "traceId", "trace_id", "requestId"),
        *("request_id", "correlationId", "help", "documentation_url"),
    }
)
_CONTENT = frozenset({"data", "items", "result", "results"})


def error_in(document: Any) -> str | None:
    """Return what a JSON answer that is an error says, ``None`` when it is none.

    An error is an object whose ``isSuccess`` is false; or one that says ``error``, ``message`` or the like, has nothing
    beside it but what goes with errors (a code, a status, a time), and no content: ``{"error": {...}, "data": null}``.
    A report may have a member ``error`` or ``message`` of its own.
    """
    if not isinstance(document, Mapping):
        return None
    if document.get("isSuccess") is True:
        return None
    if document.get("isSuccess") is not False:
        content = [name for name, value in document.items() if value and (name in _CONTENT or name not in _BESIDE)]
        failed = any(document.get(flag) is False for flag in _FLAGS)
        said = any(document.get(name) for name in (*_SAYS_ERROR, *_SAYS_WHY))
        if content or not (failed or said) or any(document.get(flag) is True for flag in _FLAGS):
            return None
    parts = [_words(document.get(name)) for name in (*_SAYS_ERROR, *_SAYS_WHY, *_TELLS_MORE)]
    return " ".join(dict.fromkeys(part for part in parts if part)) or "no reason given"


def _words(value: Any) -> str:
    """Return the words in an error, which may be a text, an object or a list of such."""
    if isinstance(value, Mapping):
        named = next(
            (value[name] for name in (*_SAYS_WHY, *_TELLS_MORE, "code", *_SAYS_ERROR) if value.get(name)), None
        )
        return (
            _words(named) if named is not None else ", ".join(f"{name}: {_words(part)}" for name, part in value.items())
        )
    if isinstance(value, (list, tuple)):
        return "; ".join(_words(part) for part in value[:5])
    return str(value) if value else ""
