"""At the door of a sandbox: stops a request at its point, and has the process that sent it struck."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.e2e.kills.boundary import MEET, MEETING_PLACE, PID, TASK, TRY
from tests.e2e.kills.script import Book, Deed, Key, Point, Step, Strike, Visit

_WRITTEN_SECONDS = 10.0

Striker = Callable[[Step, Visit], Strike]
"""Does what a step says, and returns when the process of the visit is gone."""


class Gate:
    """ASGI middleware around a vendor's app, inside of the sandbox's own faults and log.

    :param app: The vendor's app.
    :param vendor: Its name.
    :param book: The scripts.
    :param strike: Does what a step says.
    """

    def __init__(self, app: ASGIApp, vendor: str, book: Book, strike: Striker) -> None:
        self._app = app
        self._vendor = vendor
        self._book = book
        self._strike = strike
        self._meetings: dict[Key, Step] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or make it the moment of a strike."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _visit(scope)
        if visit is None:
            self._book.note_poll(self._vendor)
            await self._app(scope, receive, send)
        elif scope["path"] == MEETING_PLACE:
            await self._struck(self._meetings.pop(visit.key), visit, send)
        else:
            step = self._book.take(visit, scope["method"], scope["path"])
            await self._disturbed(step, visit, scope, receive, send)

    async def _disturbed(self, step: Step | None, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        point = step.point if step else None
        if step is None:
            await self._carry_out(visit, scope, receive, send)
        elif point is Point.COMMITTED:
            status = await self._carry_out(visit, scope, receive, _nowhere)
            if not 200 <= status < 300:
                self._book.complain(f"{visit.key}: {scope['method']} {scope['path']} was answered {status}")
            await self._struck(step, visit, send)
        elif point is Point.ANSWERED:
            self._meetings[visit.key] = step
            await self._carry_out(visit, scope, receive, send, (MEET.encode(), b"1"))
        elif point is Point.DOWNLOADING:
            await self._carry_out(visit, scope, receive, _Half(send))
            await self._halfway(visit.key)
            await self._struck(step, visit, _nowhere)
        elif step.deed is Deed.KILL_SUPERVISOR:
            await self._struck(step, visit, _nowhere)
            await self._carry_out(visit, scope, receive, send)
        else:
            await _read(receive)
            await self._struck(step, visit, send)

    async def _carry_out(
        self, visit: Visit, scope: Scope, receive: Receive, send: Send, extra: tuple[bytes, bytes] | None = None
    ) -> int:
        answer = _Answer(send, extra)
        await self._app(scope, receive, answer)
        if 200 <= answer.status < 300:
            self._book.accept(visit.key, scope["method"], scope["path"])
        return answer.status

    async def _halfway(self, key: Key) -> None:
        """Wait until the first bytes are in a file, and see that it is not the final one."""
        part = self._book.parts[key]
        if part.final is None:
            return
        deadline = time.monotonic() + _WRITTEN_SECONDS
        # those of the attempts before stay behind, for nobody can tidy up after SIGKILL
        while len(list(part.final.parent.glob(f".{part.final.name}.*.part"))) <= len(part.strikes):
            if time.monotonic() > deadline:
                self._book.complain(f"{key}: nothing was written of the first half of its file")
                break
            await asyncio.sleep(0.02)
        if part.final.exists():
            self._book.complain(f"{key}: half a file stands under its final name")

    async def _struck(self, step: Step, visit: Visit, send: Send) -> None:
        try:
            self._book.enter(await asyncio.to_thread(self._strike, step, visit))
        except Exception as error:
            self._book.complain(f"{visit.key}: {step.title} did not happen: {type(error).__name__}: {error}")
        # whoever was killed does not read it
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Answer:
    """Passes an answer on and remembers its status.

    :param send: Where to.
    :param extra: One more header.
    """

    def __init__(self, send: Send, extra: tuple[bytes, bytes] | None = None) -> None:
        self._send = send
        self._extra = extra
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._extra:
                message = {**message, "headers": [*message.get("headers", ()), self._extra]}
        await self._send(message)


class _Half:
    """Passes on the first half of a body, and nothing after it.

    :param send: Where to.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._left: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {name.lower(): value for name, value in message.get("headers", ())}
            self._left = int(headers.get(b"content-length", b"2")) // 2
            await self._send(message)
        elif message["type"] == "http.response.body" and self._left:
            piece = message.get("body", b"")[: self._left]
            self._left -= len(piece)
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})


def _visit(scope: Scope) -> Visit | None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if TASK not in headers:
        return None
    dag_id, task_id, map_index = headers[TASK].rsplit("/", 2)
    return Visit(Key(dag_id, task_id, int(map_index)), int(headers[TRY]), int(headers[PID]))


async def _read(receive: Receive) -> None:
    message = await receive()
    while message["type"] == "http.request" and message.get("more_body", False):
        message = await receive()


async def _nowhere(message: Message) -> None:
    return None
