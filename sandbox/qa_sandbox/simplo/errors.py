"""Simplo's errors: ``{type, message, id}``, and ``errors [{field, message}]`` on a 422."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from qa_sandbox.apidocs import allowed_methods

_TYPES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    422: "ValidationError",
}
NOT_FOUND = "Required model was not found."
INVALID = "The given data was invalid."


class FieldError(BaseModel):
    field: str
    message: str


class ErrorAnswer(BaseModel):
    """Any error. The vendor shows the types NotFound and ValidationError."""

    type: str
    message: str
    id: str


class ValidationAnswer(ErrorAnswer):
    """Answer with status 422."""

    errors: list[FieldError]


RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "Not logged in"},
    404: {"model": ErrorAnswer, "description": "Not found"},
    422: {"model": ValidationAnswer, "description": "Validation error occurred"},
}
HASH_RESPONSES: dict[int | str, dict[str, Any]] = {403: {"model": ErrorAnswer, "description": "Incorrect hash given"}}


class Refused(Exception):
    def __init__(self, status: int, message: str, errors: list[tuple[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


def invalid(field: str, message: str) -> Refused:
    """Build a 422 about one field."""
    return Refused(422, INVALID, [(field, message)])


def error_response(error: Refused) -> JSONResponse:
    """Build the documented error answer; every one has an id of its own."""
    body: dict[str, Any] = {
        "type": _TYPES.get(error.status, "Error"),
        "message": error.message,
        "id": str(uuid4()),
    }
    if error.errors is not None:
        body["errors"] = [{"field": field, "message": message} for field, message in error.errors]
    return JSONResponse(body, status_code=error.status)


def install_error_handlers(app: FastAPI) -> None:
    """Make an app answer errors the vendor's way."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return error_response(error)

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = error.errors()
        if any(item["loc"][0] == "path" for item in problems):
            return error_response(Refused(404, NOT_FOUND))
        return error_response(Refused(422, INVALID, [_problem(item) for item in problems]))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        response = error_response(Refused(error.status_code, str(error.detail)))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["allow"] = allowed_methods(app, request.scope)
        return response


def _problem(item: Any) -> tuple[str, str]:
    field = ".".join(str(part) for part in item["loc"][1:] if isinstance(part, str)) or "body"
    field = field.encode("utf-8", "replace").decode()
    label, kind = field.replace("_", " "), item["type"]
    if kind == "missing":
        return field, f"The {label} field is required."
    if kind.startswith("int_"):
        return field, f"The {label} must be an integer."
    if kind == "enum":
        return field, f"The selected {label} is invalid."
    return field, f"The {label} is not valid: {item['msg']}."
