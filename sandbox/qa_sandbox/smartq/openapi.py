"""The published OpenAPI: forms as request bodies, credentials in their documented combinations, ids that exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_sandbox.smartq.auth import KEY_HEADER, TOKEN_HEADER, TOKEN_SCHEME
from qa_sandbox.smartq.properties import Form

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": KEY_HEADER, "description": "API access key"},
    "login": {"type": "http", "scheme": "basic", "description": "user email and password"},
    "token": {"type": "apiKey", "in": "header", "name": TOKEN_HEADER, "description": f"{TOKEN_SCHEME} <token>"},
}
_SECURITY: list[dict[str, list[str]]] = [{"key": [], "login": []}, {"key": [], "token": []}]
_UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "one file per request"},
        "is_last_file": {"type": "integer", "enum": [0, 1], "description": "releases the note's notification"},
    },
}


def form_body(form: Form, *, partial: bool = False) -> dict[str, Any]:
    return _body(URLENCODED, form.schema(partial=partial))


def task_body() -> dict[str, Any]:
    """Describe the two documented ways to add a task: plain text, or an array."""
    array = {"task[text]": {"type": "string"}, "task[done]": {"type": "integer", "enum": [0, 1]}}
    plain = {"task": {"type": "string", "description": "task text"}}
    return _body(
        URLENCODED,
        {
            "oneOf": [
                {"type": "object", "properties": plain, "required": ["task"]},
                {"type": "object", "properties": array, "required": ["task[text]"]},
            ]
        },
    )


def upload_body() -> dict[str, Any]:
    return _body(MULTIPART, _UPLOAD)


def _body(content_type: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {content_type: {"schema": schema}}}}


def complete(schema: dict[str, Any], examples: Mapping[str, str]) -> None:
    """Add the credentials, and for each parameter of a path an id that exists."""
    schema.setdefault("components", {})["securitySchemes"] = _SCHEMES
    for operation in (item for path in schema["paths"].values() for item in path.values()):
        operation["security"] = _SECURITY
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in examples:
                parameter["example"] = examples[parameter["name"]]
