"""At the door of a sandbox: in the middle of a bulk write, requests are kept until somebody lets them go."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.e2e.triggerers.door import Held


class Midway:
    """ASGI middleware around a vendor's app. Of the requests that it keeps, every other one is not carried out yet; of
    the others, which are, only the answer is kept.

    :param app: The vendor's app.
    :param held: What keeps them.
    :param path: End of the path of those that count; they are POST requests.
    :param passed: How many of them pass before.
    """

    def __init__(self, app: ASGIApp, held: Held, path: str, passed: int) -> None:
        self._app = app
        self._held = held
        self._path = path
        self._passed = passed
        self._came = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or keep it or its answer."""
        counts = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(self._path)
        self._came += counts
        if not counts or self._came <= self._passed:
            await self._app(scope, receive, send)
        elif self._came % 2:
            await self._held.wait(scope["path"])
            await self._app(scope, receive, send)
        else:
            answer: list[Message] = []
            await self._app(scope, receive, _keeping(answer))
            await self._held.wait(scope["path"])
            for message in answer:
                await send(message)


def _keeping(answer: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        answer.append(message)

    return keep
