"""Credentials are checked before anything else, as a gateway does."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_DOCS = "/docs(/.*)?|/openapi.json|/redoc"


def same_secret(given: str, expected: str) -> bool:
    """Compare a secret in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def bearer_token(headers: Headers, header: str = "Authorization", scheme: str = "Bearer") -> str:
    """Return what a header holds after a scheme, in any case; empty without it."""
    given, _, token = headers.get(header, "").partition(" ")
    return token.strip() if given.lower() == scheme.lower() else ""


@dataclass
class RequireCredentials:
    """
    Answers for the app when credentials are missing or wrong.

    :param accepts: says whether the headers carry valid credentials
    :param refuse: builds the vendor's own 401 answer
    :param open_paths: paths that need none, besides the API documentation: a regular expression for the whole path
    """

    app: ASGIApp
    accepts: Callable[[Headers], bool]
    refuse: Callable[[], Response]
    open_paths: str | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_open(scope["path"]) and not self.accepts(Headers(scope=scope)):
            await self.refuse()(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return any(re.fullmatch(pattern, path) for pattern in (_DOCS, self.open_paths) if pattern is not None)
