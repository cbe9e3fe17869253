"""Simplo's errors: ``{type, message, id}``, and ``errors [{field, message}]`` on a 422."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from pydantic import BaseModel
from starlette.responses import JSONResponse

from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused, Responses, clean

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
    errors: list[FieldError]


RESPONSES: Responses = {
    401: {"model": ErrorAnswer, "description": "Not logged in"},
    404: {"model": ErrorAnswer, "description": "Not found"},
    422: {"model": ValidationAnswer, "description": "Validation error occurred"},
}
HASH_RESPONSES: Responses = {403: {"model": ErrorAnswer, "description": "Incorrect hash given"}}


def wrong(field: str, message: str) -> Refused:
    return Refused(422, INVALID, [(field, message)])


def answer(context: SandboxContext, error: Refused) -> JSONResponse:
    body: dict[str, Any] = {"type": _TYPES.get(error.status, "Error"), "message": error.message, "id": str(uuid4())}
    if error.details is not None:
        body["errors"] = [{"field": field, "message": message} for field, message in error.details]
    return JSONResponse(body, status_code=error.status)


def invalid(problems: list[Any]) -> Refused:
    if any(item["loc"][0] == "path" for item in problems):
        return Refused(404, NOT_FOUND)
    return Refused(422, INVALID, [_problem(item) for item in problems])


def _problem(item: Any) -> tuple[str, str]:
    field = clean(".".join(str(part) for part in item["loc"][1:] if isinstance(part, str)) or "body")
    label, kind = field.replace("_", " "), item["type"]
    if kind == "missing":
        return field, f"The {label} field is required."
    if kind.startswith("int_"):
        return field, f"The {label} must be an integer."
    if kind == "enum":
        return field, f"The selected {label} is invalid."
    return field, f"The {label} is not valid: {item['msg']}."
