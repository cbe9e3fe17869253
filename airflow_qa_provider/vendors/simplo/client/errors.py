"""Errors of Simplo IS: ``{type, message, id}``, with ``errors`` by field for HTTP 422, and what to do about them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from airflow_qa_provider.rest.client import VendorError
from airflow_qa_provider.rest.redaction import excerpt, redact
from airflow_qa_provider.rest.routes import Route

_BY_HASH = frozenset({"reports.download_pdf", "reports.approve", "reports.get_public"})
_PERMISSIONS = {
    "list": "access",
    "get": "read",
    "update": "update",
    "patch": "update",
    "delete": "delete",
    "issue_invoice": "update",
}
_HASH = re.compile(r"\b[A-Za-z0-9]{40,}\b")


def hint(route: Route, status: int) -> str | None:
    """Return what to change after an error; ``None`` where the docs say nothing special.

    :param route: What was asked.
    :param status: HTTP status of the answer.
    """
    resource, _, method = route.operation.partition(".")
    if status == 401 and route.operation == "reports.approve":
        return (
            "A report is approved by a logged-in user or by a known client user agent: check the token, or set "
            'user_agent in the connection\'s extra, {"simplo": {"user_agent": "..."}}'
        )
    if status == 401:
        return (
            "The docs do not say how to authenticate: check the token, and how it is sent, in the connection's extra, "
            '{"simplo": {"auth_header": "Authorization", "auth_scheme": "Bearer"}}'
        )
    if status == 403 and route.operation in _BY_HASH:
        return "The hash is not the one of this report: take the hash property that reports.get returns"
    if status == 403 and method in _PERMISSIONS:
        permission = f"{_PERMISSIONS[method]} on {resource.replace('_', '-')}"
        return f"The user of the token needs the permission {permission}. A retry will get the same answer"
    if status >= 500 and route.operation == "reports.issue_invoice":
        return "Look at invoiced_at of the report, and into iDoklad, before you repeat it: a repeat may invoice twice"
    return None


def read(answer: Any, secrets: Iterable[str]) -> VendorError:
    """Return the message, the messages by field, and the type of an error body.

    :param answer: JSON of the answer, or ``None``.
    :param secrets: Values that must not be seen.
    """
    if not isinstance(answer, dict):
        return VendorError()
    listed = answer.get("errors")
    fields = [error for error in listed if isinstance(error, dict)] if isinstance(listed, list) else []
    by_field = "; ".join(f"{error.get('field')}: {error.get('message')}" for error in fields)
    text = " ".join(part for part in (str(answer.get("message") or ""), by_field) if part)
    code = answer.get("type")
    # the hash of a report opens it to anyone; secrets first, or a part that looks like a hash would hide the rest
    return VendorError(_HASH.sub("***", redact(text, secrets)), None if code is None else str(code))


def reference(answer: Any, secrets: Iterable[str]) -> str | None:
    """Return the id under which Simplo IS keeps the error.

    :param answer: JSON of the answer, or ``None``.
    :param secrets: Values that must not be seen.
    """
    found = answer.get("id") if isinstance(answer, dict) else None
    return excerpt(found, secrets) if isinstance(found, str) and found else None
