"""MonitorQA's two error shapes: ``{error: {message, code, details}}`` and, for business errors, ``{message}``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from qa_sandbox.apidocs import allowed_methods

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


RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "Malformed JSON, missing required fields, invalid parameter values"},
    401: {"model": ErrorAnswer, "description": "Missing or invalid X-API-KEY header"},
    404: {"model": ErrorAnswer, "description": "Invalid endpoint URL or resource ID doesn't exist"},
    409: {"model": BusinessErrorAnswer, "description": "Business logic error, area/code"},
    422: {"model": ErrorAnswer, "description": "Request format is correct but contains invalid data"},
}


class RequestRefused(Exception):
    def __init__(self, status: int, message: str, details: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details or {}


class BusinessError(Exception):
    """
    A 409.

    :param code: ``area/code``, for instance ``template/not-found``
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def not_found(kind: str, object_id: str) -> RequestRefused:
    """Build the 404 for an id in the path."""
    return RequestRefused(404, f"{kind} not found", {"id": object_id})


def error_response(status: int, message: str, details: dict[str, str] | None = None) -> JSONResponse:
    """Build the documented error answer."""
    code = _CODES.get(status, "ERROR")
    return JSONResponse({"error": {"message": message, "code": code, "details": details or {}}}, status_code=status)


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


def _clean(details: dict[str, str]) -> dict[str, str]:
    return {key.encode("utf-8", "replace").decode(): text for key, text in details.items()}


def install_error_handlers(app: FastAPI) -> None:
    """Make an app answer errors the vendor's way."""

    @app.exception_handler(RequestRefused)
    async def refused(request: Request, error: RequestRefused) -> JSONResponse:
        return error_response(error.status, error.message, error.details)

    @app.exception_handler(BusinessError)
    async def business(request: Request, error: BusinessError) -> JSONResponse:
        return JSONResponse({"message": error.code}, status_code=409)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = error.errors()
        details = dict(_field_and_problem(item) for item in problems)
        meaning_only = all(item["type"] in _MEANING_ERRORS and item["loc"][0] == "body" for item in problems)
        if meaning_only:
            return error_response(422, "The request contains invalid data", _clean(details))
        return error_response(400, "The request is not valid", _clean(details))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        response = error_response(error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["allow"] = allowed_methods(app, request.scope)
        return response
