"""Qalyptus' envelope: ``{data, isSuccess, error, errorDetails}`` on every JSON answer, errors too."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from qa_sandbox.apidocs import allowed_methods


class Envelope(BaseModel):
    """Every JSON answer. The vendor documents no more than these four members."""

    data: Any = None
    isSuccess: bool
    error: str | None = None
    errorDetails: str | None = None


# By name: a model for each of the seven answers of 176 routes would take half a second at every start.
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Envelope, "description": "Success"},
    400: {"content": _ERROR, "description": "The request is not valid"},
    401: {"content": _ERROR, "description": "Missing, unknown or expired API key"},
    403: {"content": _ERROR, "description": "Not allowed"},
    404: {"content": _ERROR, "description": "There is no such object"},
    409: {"content": _ERROR, "description": "The object is in the wrong state"},
    "4XX": {"content": _ERROR, "description": "Any other refusal"},
}


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, error: str, details: str | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.details = details


def missing(noun: str, object_id: str) -> Refused:
    """Make the error for an object that does not exist."""
    return Refused(404, f"{noun[0].upper()}{noun[1:]} not found", f"There is no {noun} with the id {object_id}.")


class Success(JSONResponse):
    """An answer with data, which may be anything that JSON can hold."""

    def render(self, content: Any) -> bytes:
        """Put the data in the envelope."""
        return super().render({"data": content, "isSuccess": True, "error": None, "errorDetails": None})


def failure(status: int, error: str, details: str | None = None) -> JSONResponse:
    body = {"data": None, "isSuccess": False, "error": error, "errorDetails": details}
    return JSONResponse(body, status_code=status)


def install_error_handlers(app: FastAPI, always_200: bool) -> None:
    """
    Make an app answer errors in the envelope.

    :param always_200: whether errors are sent with HTTP 200; a missing or wrong key stays 401
    """

    def answer(status: int, error: str, details: str | None = None) -> JSONResponse:
        return failure(200 if always_200 else status, error, details)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return answer(error.status, error.error, error.details)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        details = "; ".join(problems).encode("utf-8", "replace").decode()
        return answer(400, "One or more validation errors occurred.", details)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        response = answer(error.status_code, str(error.detail))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["allow"] = allowed_methods(app, request.scope)
        return response
