"""Qalyptus' envelope: ``{data, isSuccess, error, errorDetails}`` on every JSON answer, errors too."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from qa_sandbox.context import SandboxContext
from qa_sandbox.web import Refused, Responses, clean


class Envelope(BaseModel):
    """Every JSON answer. The vendor documents no more than these four members."""

    data: Any = None
    isSuccess: bool
    error: str | None = None
    errorDetails: str | None = None


# By name: a model for each of the seven answers of 176 routes would take half a second at every start.
_ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope"}}}
RESPONSES: Responses = {
    200: {"model": Envelope, "description": "Success"},
    400: {"content": _ERROR, "description": "The request is not valid"},
    401: {"content": _ERROR, "description": "Missing, unknown or expired API key"},
    403: {"content": _ERROR, "description": "Not allowed"},
    404: {"content": _ERROR, "description": "There is no such object"},
    409: {"content": _ERROR, "description": "The object is in the wrong state"},
    "4XX": {"content": _ERROR, "description": "Any other refusal"},
}
NO_KEY = Refused(401, "Unauthorized", "The API key is missing, unknown or expired.")


class Success(JSONResponse):
    """An answer with data, which may be anything that JSON can hold."""

    def render(self, content: Any) -> bytes:
        return super().render({"data": content, "isSuccess": True, "error": None, "errorDetails": None})


def missing(noun: str, object_id: str) -> Refused:
    return Refused(404, f"{noun[0].upper()}{noun[1:]} not found", f"There is no {noun} with the id {object_id}.")


def answer(context: SandboxContext, error: Refused) -> JSONResponse:
    """Errors may all be sent with HTTP 200; a missing or wrong key stays 401."""
    always_200 = context.settings.qalyptus.errors_as_200 and error is not NO_KEY
    body = {"data": None, "isSuccess": False, "error": error.message, "errorDetails": error.details}
    return JSONResponse(body, status_code=200 if always_200 else error.status)


def invalid(problems: list[Any]) -> Refused:
    named = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in problems]
    return Refused(400, "One or more validation errors occurred.", clean("; ".join(named)))
