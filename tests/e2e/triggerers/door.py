"""At the door of a sandbox: requests that are held until somebody lets them in."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

_LOOK_SECONDS = 0.05


class Held:
    """What is held, and what has come; used from several threads."""

    def __init__(self) -> None:
        self._ends: set[str] = set()
        self._came: list[str] = []

    def hold(self, part: str) -> None:
        """Hold writes from now on.

        :param part: Part of their path.
        """
        self._ends.add(part)

    def let_in(self, part: str) -> None:
        """Let in what was held, and hold no more.

        :param part: As before.
        """
        self._ends.discard(part)

    def has_come(self, part: str) -> int:
        """Tell how many stand before the door.

        :param part: As before.
        """
        return sum(part in path for path in self._came)

    async def wait(self, path: str) -> None:
        """Wait until a write may pass.

        :param path: Its path.
        """
        if any(part in path for part in self._ends):
            self._came.append(path)
        while any(part in path for part in self._ends):
            await asyncio.sleep(_LOOK_SECONDS)


class Door:
    """ASGI middleware around a vendor's app.

    :param app: The vendor's app.
    :param held: What is held.
    """

    def __init__(self, app: ASGIApp, held: Held) -> None:
        self._app = app
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, now or later."""
        if scope["type"] == "http" and scope["method"] == "POST":
            await self._held.wait(scope["path"])
        await self._app(scope, receive, send)
