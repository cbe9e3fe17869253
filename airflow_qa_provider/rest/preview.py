"""Requests that a previewing client shows in place of sending them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.rest.redaction import MASK, redact
from airflow_qa_provider.rest.routes import Route

_SECRET_NAME = re.compile(r"(api[_-]?key|token|password|secret|authorization|hash|callback_?url)\]?$", re.IGNORECASE)
_SIGN_IN = "auth.get_token"


class RequestWithheld(Exception):
    """A previewing client was about to change something at the vendor.

    :param request: The request that was not sent, see :func:`rehearsed`.

    :ivar changes: What would be different, ``{field: {"from": ..., "to": ...}}``, where somebody has compared.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        super().__init__("{vendor} {operation}: {method} {url} was not sent".format(**request))
        self.request = request
        self.changes: Mapping[str, Any] = {}


def rehearsed(route: Route, url: str, request: Mapping[str, Any], secrets: Iterable[str] = ()) -> dict[str, Any]:
    """Return a request as it would go over the wire, without its secrets.

    :param route: What is asked.
    :param url: Absolute URL.
    :param request: ``params``, ``json``, ``data``, ``files`` as in ``requests``.
    :param secrets: Values that must not be seen.
    """
    known = list(secrets)
    files = request.get("files") or {}
    pairs = files.items() if isinstance(files, Mapping) else files
    return {
        "vendor": route.vendor,
        "operation": route.operation,
        "method": route.method,
        "url": redact(url, known),
        "query": _shown(request.get("params") or {}, known),
        "body": _shown(request.get("json") if "json" in request else _readable(request.get("data")), known),
        "files": {str(name): _file(value) for name, value in pairs},
    }


def is_withheld(route: Route) -> bool:
    """Tell whether a previewing client keeps a request back: all that change something; it still signs in.

    :param route: What is asked.
    """
    return not route.safe and route.operation != _SIGN_IN


def _shown(value: Any, secrets: list[str], name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {str(key): _shown(one, secrets, str(key)) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(one, secrets, name) for one in value]
    if value and _SECRET_NAME.search(name):
        return MASK
    return redact(value, secrets) if isinstance(value, str) else value


def _readable(data: Any) -> Any:
    if data is None or isinstance(data, (str, Mapping)):
        return data
    return f"a body of type {type(data).__name__}"


def _file(value: Any) -> str:
    name, content = (value[0], value[1]) if isinstance(value, (list, tuple)) else (None, value)
    size = f"{len(content)} bytes" if isinstance(content, (bytes, str)) else "a file"
    return f"{name} ({size})" if name else size
