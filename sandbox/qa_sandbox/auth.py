"""Credentials are checked before anything else, as a gateway does."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_DOCS = ("/docs", "/openapi.json", "/redoc")


def same_secret(given: str, expected: str) -> bool:
    """Compare a secret in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


class RequireCredentials:
    """
    Answers for the app when credentials are missing or wrong.

    :param accepts: says whether the headers carry valid credentials
    :param refuse: builds the vendor's own 401 answer
    :param open_prefixes: paths that need none, besides the API documentation
    :param open_path: the same, as a regular expression for the whole path
    """

    def __init__(
        self,
        app: ASGIApp,
        accepts: Callable[[Headers], bool],
        refuse: Callable[[], Response],
        open_prefixes: tuple[str, ...] = (),
        open_path: str | None = None,
    ) -> None:
        self.app = app
        self.accepts = accepts
        self.refuse = refuse
        self.open_prefixes = open_prefixes
        self.open_path = open_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_open(scope["path"]) and not self.accepts(Headers(scope=scope)):
            await self.refuse()(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        if self.open_path is not None and re.fullmatch(self.open_path, path):
            return True
        return path in _DOCS or path.startswith(("/docs/", *self.open_prefixes))
