"""smartQ's envelope: ``{error, data}`` on every JSON answer; the error is ``{type, code, message}``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from qa_sandbox.apidocs import allowed_methods

BASE_PATH = "/api/v1"
T = TypeVar("T")


class Problem(BaseModel):
    """Documented; ``type`` is null in every example. Codes other than 401 and 405 are our choice."""

    type: str | None = None
    code: int
    message: str


class Answer(BaseModel, Generic[T]):
    """Documented: ``error`` is null if no error occurred, ``data`` is null if one did."""

    error: Problem | None
    data: T | None


class Items(BaseModel, Generic[T]):
    """A list. Not documented; taken from an old public client."""

    items: list[T]


RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {"model": Answer[None], "description": "An error, when errors are not sent with HTTP 200"}
}


class Refused(Exception):
    """An error answer."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def success(data: Any) -> dict[str, Any]:
    """Wrap data."""
    return {"error": None, "data": data}


def listing(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Wrap a list."""
    return success({"items": list(rows)})


def failure(code: int, message: str, *, status: int) -> JSONResponse:
    """Build an error answer."""
    clean = message.encode("utf-8", "replace").decode()
    body = {"error": {"type": None, "code": code, "message": clean}, "data": None}
    return JSONResponse(body, status_code=status)


def install_error_handlers(app: FastAPI, always_200: bool, sign_in: Callable[[Request], Awaitable[object]]) -> None:
    """
    Make an app answer errors in the envelope.

    :param always_200: whether errors are sent with HTTP 200
    """

    def answer(code: int, message: str) -> JSONResponse:
        return failure(code, message, status=200 if always_200 else code)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        return answer(error.code, error.message)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return answer(400, "; ".join(f"{item['loc'][-1]}: {item['msg']}" for item in error.errors()))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code not in (404, 405):
            return answer(error.status_code, str(error.detail))
        # The docs know one error for a wrong path and for a wrong method; strangers do not get that far.
        try:
            await sign_in(request)
        except Refused as refusal:
            return answer(refusal.code, refusal.message)
        resource = request.url.path.removeprefix(BASE_PATH).strip("/")
        response = answer(405, f'method "{request.method}" not found for resource "{resource}"')
        if error.status_code == 405:
            response.headers["allow"] = allowed_methods(app, request.scope)
        return response
