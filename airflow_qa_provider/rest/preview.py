"""Requests that a previewing client shows in place of sending them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from airflow_qa_provider.rest.redaction import MASK, redact
from airflow_qa_provider.rest.routes import Route

_SECRET_NAME = re.compile(r"(api[_-]?key|token|password|secret|authorization|hash|callback_?url)\]?$", re.IGNORECASE)
_SIGN_IN = "auth.get_token"


@dataclass(frozen=True)
class Rehearsed:
    """A request as it would go over the wire, without its secrets.

    :param vendor: Vendor in lower case.
    :param operation: Client operation.
    :param method: HTTP method.
    :param url: Absolute URL, without the query.
    :param query: Query parameters.
    :param body: JSON body, or form fields by name; ``None`` when there is none.
    :param files: Field to file name and bytes, of a multipart body.
    """

    vendor: str
    operation: str
    method: str
    url: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, route: Route, url: str, request: Mapping[str, Any], secrets: Iterable[str] = ()) -> Rehearsed:
        """Describe a request.

        :param route: What is asked.
        :param url: Absolute URL.
        :param request: ``params``, ``json``, ``data``, ``files`` as in ``requests``.
        :param secrets: Values that must not be seen.
        """
        known = list(secrets)
        files = request.get("files") or {}
        pairs = files.items() if isinstance(files, Mapping) else files
        return cls(
            route.vendor,
            route.operation,
            route.method,
            redact(url, known),
            _shown(request.get("params") or {}, known),
            _shown(request.get("json") if "json" in request else _readable(request.get("data")), known),
            {str(name): _file(value) for name, value in pairs},
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


class RequestWithheld(Exception):
    """A previewing client was about to change something at the vendor.

    :param request: The request that was not sent.

    :ivar changes: What would be different, ``{field: {"from": ..., "to": ...}}``, where somebody has compared.
    """

    def __init__(self, request: Rehearsed) -> None:
        super().__init__(f"{request.vendor} {request.operation}: {request.method} {request.url} was not sent")
        self.request = request
        self.changes: Mapping[str, Any] = {}


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
