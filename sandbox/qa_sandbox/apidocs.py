"""Touches to the published OpenAPI: ids that exist as examples, and a complete ``Allow`` header."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Scope

Examples = Mapping[tuple[str, str], Mapping[str, Any]]


def add_examples(app: FastAPI, examples: Examples) -> None:
    """
    Show values that work in the published OpenAPI, so that "Try it out" and fuzzers meet real objects.

    :param examples: method in lower case and path -> parameter name, or ``body``, -> example
    """
    plain: Callable[[], dict[str, Any]] = app.openapi

    def with_examples() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            for (method, path), values in examples.items():
                _place(schema["paths"][path][method], values)
        return app.openapi_schema or {}

    app.openapi = with_examples  # type: ignore[method-assign]


def _place(operation: dict[str, Any], values: Mapping[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
    if "body" in values:
        operation["requestBody"]["content"]["application/json"]["example"] = values["body"]


def allowed_methods(app: FastAPI, scope: Scope) -> str:
    """List every method of the path that was asked for; Starlette lists only those of one route."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    template = next((route.path for route in routes if route.path_regex.match(scope["path"])), None)
    methods = {method for route in routes if route.path == template for method in route.methods or ()}
    return ", ".join(sorted(methods))
