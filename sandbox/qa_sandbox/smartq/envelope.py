"""smartQ's envelope: ``{error, data}`` on every JSON answer; the error is ``{type, code, message}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from starlette.responses import JSONResponse

from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused, Responses, clean

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


RESPONSES: Responses = {
    "default": {"model": Answer[None], "description": "An error, when errors are not sent with HTTP 200"}
}


def success(data: Any) -> dict[str, Any]:
    return {"error": None, "data": data}


def listing(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return success({"items": list(rows)})


def answer(context: SandboxContext, error: Refused) -> JSONResponse:
    body = {"error": {"type": None, "code": error.status, "message": clean(error.message)}, "data": None}
    return JSONResponse(body, status_code=200 if context.settings.smartq.errors_as_200 else error.status)


def invalid(problems: list[Any]) -> Refused:
    return Refused(400, "; ".join(f"{item['loc'][-1]}: {item['msg']}" for item in problems))
