"""CONQA's errors: JSON with a message, details when applicable, and ``skipReason`` on a 422."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused, Responses, clean


class ErrorAnswer(BaseModel):
    """Any error. The vendor documents "an error message and details when applicable", but no names."""

    message: str
    details: dict[str, str] | None = None


class SkippedAnswer(ErrorAnswer):
    skipReason: str


RESPONSES: Responses = {
    400: {"model": ErrorAnswer, "description": "Bad Request"},
    401: {"model": ErrorAnswer, "description": "Unauthorized (invalid or missing API token)"},
    403: {"model": ErrorAnswer, "description": "Forbidden"},
    404: {"model": ErrorAnswer, "description": "Not Found"},
}
SKIPPED: Responses = {422: {"model": SkippedAnswer, "description": "Unprocessable Entity"}}


class Skipped(Refused):
    """A 422 with its documented reason."""

    def __init__(self, reason: str, message: str, details: dict[str, str] | None = None) -> None:
        super().__init__(422, message, details)
        self.reason = reason


def answer(context: SandboxContext, error: Refused) -> JSONResponse:
    body: dict[str, Any] = {context.settings.conqa.error_member: error.message}
    if error.details:
        body["details"] = error.details
    if isinstance(error, Skipped):
        body["skipReason"] = error.reason
    return JSONResponse(body, status_code=error.status)


def invalid(problems: list[Any]) -> Refused:
    named = {".".join(map(str, item["loc"][1:])) or str(item["loc"][0]): str(item["msg"]) for item in problems}
    return Refused(400, "The request failed validation", {clean(name): text for name, text in named.items()})
