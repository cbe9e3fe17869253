"""MonitorQA's two error shapes: ``{error: {message, code, details}}`` and, for business errors, ``{message}``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused, Responses, clean

_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    422: "VALIDATION_ERROR",
}
# The request is well formed but says something impossible: 422. Everything else about a body is 400.
_MEANING_ERRORS = frozenset({"string_too_long", "value_error", "greater_than_equal", "less_than_equal"})

# Members whose variants are told apart by a number, which then shows up in the place of an error.
_TAGGED = frozenset({"body", "startRule", "endRule"})


class ErrorDetail(BaseModel):
    """Inside of :class:`ErrorAnswer`."""

    message: str
    code: str
    details: dict[str, str]


class ErrorAnswer(BaseModel):
    """Answer to a wrong request: status page of the vendor docs."""

    error: ErrorDetail


class BusinessErrorAnswer(BaseModel):
    """Answer with status 409; ``message`` is ``area/code``."""

    message: str


RESPONSES: Responses = {
    400: {"model": ErrorAnswer, "description": "Malformed JSON, missing required fields, invalid parameter values"},
    401: {"model": ErrorAnswer, "description": "Missing or invalid X-API-KEY header"},
    404: {"model": ErrorAnswer, "description": "Invalid endpoint URL or resource ID doesn't exist"},
    409: {"model": BusinessErrorAnswer, "description": "Business logic error, area/code"},
    422: {"model": ErrorAnswer, "description": "Request format is correct but contains invalid data"},
}


class BusinessError(Refused):
    """A 409; its code is ``area/code``, for instance ``template/not-found``."""

    def __init__(self, code: str) -> None:
        super().__init__(409, code)


def answer(context: SandboxContext, error: Refused) -> JSONResponse:
    if isinstance(error, BusinessError):
        return JSONResponse({"message": error.message}, status_code=409)
    code, details = _CODES.get(error.status, "ERROR"), error.details or {}
    body = {"error": {"message": error.message, "code": code, "details": details}}
    return JSONResponse(body, status_code=error.status)


def invalid(problems: list[Any]) -> Refused:
    details = {clean(field): problem for field, problem in map(_field_and_problem, problems)}
    if all(item["type"] in _MEANING_ERRORS and item["loc"][0] == "body" for item in problems):
        return senseless(details)
    return not_valid(details)


def not_valid(details: dict[str, str]) -> Refused:
    return Refused(400, "The request is not valid", details)


def senseless(details: dict[str, str]) -> Refused:
    return Refused(422, "The request contains invalid data", details)


def _field_and_problem(error: Mapping[str, Any]) -> tuple[str, str]:
    """Name the member that is wrong, without the tags by which the variants of a body are told apart."""
    where, context = error["loc"], error.get("ctx", {})
    parts = [str(part) for before, part in pairwise(where) if not (isinstance(part, int) and before in _TAGGED)]
    if "discriminator" not in context:
        return ".".join(parts) or "body", str(error["msg"])
    # Shown as 'name_inside' | 'nameOnTheWire', or just 'name' where both are the same.
    parts.append(context["discriminator"].split("'")[-2])
    tags = context.get("expected_tags")
    return ".".join(parts), f"must be one of {tags}" if tags else "Field required"
