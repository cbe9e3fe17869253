"""CONQA's errors: JSON with a message, details when applicable, and ``skipReason`` on a 422."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from qa_sandbox.apidocs import allowed_methods


class ErrorAnswer(BaseModel):
    """Any error. The vendor documents "an error message and details when applicable", but no names."""

    message: str
    details: dict[str, str] | None = None


class SkippedAnswer(ErrorAnswer):
    """Answer with status 422."""

    skipReason: str


RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "Bad Request"},
    401: {"model": ErrorAnswer, "description": "Unauthorized (invalid or missing API token)"},
    403: {"model": ErrorAnswer, "description": "Forbidden"},
    404: {"model": ErrorAnswer, "description": "Not Found"},
}
SKIPPED: dict[int | str, dict[str, Any]] = {422: {"model": SkippedAnswer, "description": "Unprocessable Entity"}}


class Refused(Exception):
    def __init__(
        self, status: int, message: str, details: dict[str, str] | None = None, skip_reason: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details
        self.skip_reason = skip_reason


def error_response(member: str, error: Refused) -> JSONResponse:
    body: dict[str, Any] = {member: error.message}
    if error.details:
        body["details"] = error.details
    if error.skip_reason is not None:
        body["skipReason"] = error.skip_reason
    return JSONResponse(body, status_code=error.status)


def install_error_handlers(app: FastAPI, member: str) -> None:
    """Make an app answer errors the vendor's way."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return error_response(member, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        details = {
            ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]): str(item["msg"])
            for item in error.errors()
        }
        clean = {name.encode("utf-8", "replace").decode(): text for name, text in details.items()}
        return error_response(member, Refused(400, "The request failed validation", clean))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        response = error_response(member, Refused(error.status_code, str(error.detail)))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["allow"] = allowed_methods(app, request.scope)
        return response
