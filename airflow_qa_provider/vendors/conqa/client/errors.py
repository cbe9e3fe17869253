"""Errors of CONQA: their shape, and what the docs say about their causes.

The docs promise "a JSON body with an error message and details when applicable" and name two members only, for 422:
the message and ``skipReason``. Everything else is read under the names that such bodies commonly use.
"""

from __future__ import annotations

import json
import re
from typing import Any

from airflow_qa_provider.rest.client import VendorError
from airflow_qa_provider.rest.routes import Route

_SAME_ANSWER = "A retry will get the same answer"

SKIP_REASONS = {
    "ambiguousExternalId": "Several milestones have this external id: change or delete the others in CONQA",
    "missingFields": "A new milestone needs every field that decides its checklist template and its folder",
    "noChecklistTemplate": "No checklist template is configured for the given product type field value",
    "noFolderNaming": "The milestone configuration of the project defines no folder structure",
    "noFolder": "The folder that the field values lead to does not exist: create it in CONQA, or correct the values",
    "noData": "The milestone exists and nothing was given to change: give a name, a status or fields",
}
"""Values of ``skipReason`` (source: "Upsert Milestone", Error Responses) and what to do about each."""

_HINTS = {
    ("milestones.upsert", 400): (
        "Check field names and values against the project's milestone configuration: a field or value is unknown, or "
        "an option is inactive. createNew adds an unknown option to a project's own option fields only"
    ),
    ("milestones.upsert", 404): "The project has no milestone configuration, or the project id is wrong",
    ("milestones.delete", 404): "The project has no milestone with this external id; it may be deleted already",
    ("milestones.delete", 422): SKIP_REASONS["ambiguousExternalId"],
}

_URL = re.compile(r"(https?://[^\s/\"'\\]+)/[^\s\"'\\]*", re.IGNORECASE)


def hint(route: Route, status: int, code: str | None) -> str | None:
    """Return what to change after an error; ``None`` where CONQA documents nothing special.

    :param route: What was asked.
    :param status: HTTP status of the answer.
    :param code: ``skipReason`` of the answer.
    """
    if status >= 500:
        return "A retry with the same timestamp is harmless" if route.idempotent else None
    cause = SKIP_REASONS.get(code or "") or _HINTS.get((route.operation, status))
    return f"{cause}. {_SAME_ANSWER}" if cause else None


def read(answer: Any) -> VendorError:
    """Return the message and the skip reason of an error body.

    :param answer: JSON of the answer, or ``None``.
    """
    if not isinstance(answer, dict):
        return VendorError()
    nested = answer.get("error")
    body = {**answer, **nested} if isinstance(nested, dict) else answer
    text = next((body[name] for name in ("message", "error", "errorMessage") if isinstance(body.get(name), str)), "")
    details = next((body[name] for name in ("details", "errors") if body.get(name)), None)
    code = body.get("skipReason") or body.get("code")
    parts = [text, details if isinstance(details, str) else json.dumps(details) if details else ""]
    return VendorError(_masked(" ".join(part for part in parts if part)), None if code is None else str(code))


def _masked(text: str) -> str:
    # a callback URL carries the receiver's secret in its path; CONQA itself masks it as "example.com/***"
    return _URL.sub(r"\1/***", text)
