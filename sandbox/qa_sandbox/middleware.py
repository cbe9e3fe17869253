"""Outermost layer of every vendor app: logs each request and injects the faults of the scenario."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_sandbox.clock import later
from qa_sandbox.context import SandboxContext
from qa_sandbox.lag import made_ids, without
from qa_sandbox.requestlog import MAX_LOGGED_BODY, TOKEN_HEADERS, RequestEntry, visible_headers
from qa_sandbox.scenario import FIRST_PAGE, Fault

CONTROL_PREFIX = "/__sandbox__"
_SIGN_IN_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head>"
    b"<body><h1>Sign in to continue</h1><form method='post'><input name='user'></form></body></html>\n"
)
_SLICES_PER_SECOND = 20


class ScenarioMiddleware:
    """Wraps a vendor app. What is below ``/__sandbox__`` is served by ``control``: no faults, no log."""

    def __init__(self, app: ASGIApp, context: SandboxContext, control: ASGIApp) -> None:
        self.app = app
        self.context = context
        self.control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.context.touch()
        path = scope["path"]
        if path == CONTROL_PREFIX or path.startswith(CONTROL_PREFIX + "/"):
            await self.control(scope, receive, send)
            return
        await _Exchange(self.app, self.context, scope, receive, send).run()


class _Exchange:
    def __init__(self, app: ASGIApp, context: SandboxContext, scope: Scope, receive: Receive, send: Send) -> None:
        self.app, self.context, self.scope = app, context, scope
        self._receive, self._send = receive, send
        self._body = bytearray()
        rule = context.scenario.pick(context.vendor, scope["method"], scope["path"])
        self.fault = rule.fault if rule else Fault()
        self.entry = RequestEntry(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b"").decode("latin-1"),
            headers=visible_headers(scope["headers"]),
            time=time.time(),
            clock=context.clock.now().isoformat(),
            fault=rule.id if rule else None,
        )
        self._sent = 0
        self._closed = False

    async def run(self) -> None:
        self.context.requests.add(self.entry)
        fault = self.fault
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.reset_before:
            await self._read_request()
            await self._reset()
        elif fault.replaces_answer:
            if fault.commit_late is not None:
                await self._commit_later(fault.commit_late)
            elif fault.commit:
                await self.app(self._altered_scope(), self.receive, _discard)
            await self._answer_instead()
        elif fault.reset_after:
            await self._whole_answer()
            await self._reset()
        elif fault.list_lag is not None or fault.duplicate_content_length or self._hidden():
            await self._answer_whole()
        else:
            await self.app(self._altered_scope(), self.receive, self.send)

    async def _commit_later(self, seconds: float) -> None:
        body = await self._read_request()
        scope = self._altered_scope()

        async def carry_out() -> None:
            messages = iter([{"type": "http.request", "body": body, "more_body": False}])

            async def receive() -> Message:
                return next(messages, {"type": "http.disconnect"})

            await self.app(scope, receive, _discard)

        self.context.callbacks.at(later(self.context.clock.now(), seconds), carry_out)

    def _hidden(self) -> set[str]:
        lagging, now = self.context.lagging, self.context.clock.now()
        for made_id in [made_id for made_id, until in lagging.items() if until <= now]:
            del lagging[made_id]
        return set(lagging) if self.scope["method"] == "GET" else set()

    async def _whole_answer(self) -> tuple[Message, bytes]:
        """Let the app handle the request, and return its answer; lists lag behind where the fault says so."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(self._altered_scope(), self.receive, keep)
        start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        if self.fault.list_lag is not None:
            until = later(self.context.clock.now(), self.fault.list_lag)
            self.context.lagging.update(dict.fromkeys(made_ids(body), until))
        return start, body

    async def _answer_whole(self) -> None:
        """Answer in one piece, for what cannot be done to an answer as it streams by."""
        start, body = await self._whole_answer()
        body = without(body, self._hidden())
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        if self.fault.duplicate_content_length:
            await self._answer_raw(start["status"], [*headers, headers[-1]], body)
            return
        await self.send({**start, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    async def _answer_raw(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        # The server would send each header once.
        self.entry.status, self.entry.bytes_sent, self._closed = status, len(body), True
        lines = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
        lines += [name + b": " + value for name, value in [*headers, self._date(), (b"connection", b"close")]]
        transport = self._transport()
        transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        transport.close()
        await self._wait_until_closed()

    def _date(self) -> tuple[bytes, bytes]:
        return b"date", formatdate(time.time() + self.fault.date_skew, usegmt=True).encode()

    async def _read_request(self) -> bytes:
        # A connection dropped while the client still sends shows as a broken pipe, at random.
        message = await self.receive()
        body = bytearray(message.get("body", b""))
        while message["type"] == "http.request" and message.get("more_body", False):
            message = await self.receive()
            body += message.get("body", b"")
        return bytes(body)

    async def receive(self) -> Message:
        """Pass the request body on and keep its beginning for the log."""
        message = await self._receive()
        if message["type"] == "http.request" and len(self._body) < MAX_LOGGED_BODY:
            self._body += message.get("body", b"")[: MAX_LOGGED_BODY - len(self._body)]
            self.entry.body = self._body.decode("utf-8", "replace")
        return message

    async def send(self, message: Message) -> None:
        """Pass the answer on, shortened or slowed down where the fault says so."""
        if self._closed:
            return
        if message["type"] == "http.response.start":
            self.entry.status = message["status"]
            await self._send({**message, "headers": [*message.get("headers", ()), self._date()]})
        elif message["type"] == "http.response.body":
            await self._send_body(message.get("body", b""), message.get("more_body", False))
        else:
            await self._send(message)

    async def _send_body(self, body: bytes, more: bool) -> None:
        limit = self.fault.truncate
        cut = limit is not None and self._sent + len(body) > limit
        if cut and limit is not None:
            body = body[: limit - self._sent]
        if self.fault.drip is not None and body:
            await self._send_in_pieces(body, 1, self.fault.drip)
        elif self.fault.slow and body:
            step = max(1, int(self.fault.slow / _SLICES_PER_SECOND))
            await self._send_in_pieces(body, step, step / self.fault.slow)
        elif body:
            await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._sent += len(body)
        self.entry.bytes_sent = self._sent
        if cut:
            self._closed = True
            self._transport().close()
            await self._wait_until_closed()
        elif not more:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_in_pieces(self, body: bytes, step: int, seconds: float) -> None:
        for start in range(0, len(body), step):
            piece = body[start : start + step]
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(seconds * len(piece) / step)

    def _altered_scope(self) -> Scope:
        scope = self.scope
        if self.fault.expire_token:
            # What names the client and not the user does not expire.
            kept = [(name, value) for name, value in scope["headers"] if name.decode("latin-1") not in TOKEN_HEADERS]
            scope = {**scope, "headers": kept}
        if self.fault.duplicate_page:
            scope = {**scope, "query_string": _first_page(scope.get("query_string", b""))}
        return scope

    async def _answer_instead(self) -> None:
        body, content_type = _replacement_body(self.fault)
        headers = {"content-type": content_type, **{str(k).lower(): str(v) for k, v in self.fault.headers.items()}}
        if self.fault.retry_after is not None:
            headers["retry-after"] = f"{self.fault.retry_after:g}"
        if self.fault.retry_after_date is not None:
            headers["retry-after"] = formatdate(time.time() + self.fault.retry_after_date, usegmt=True)
        headers["content-length"] = str(len(body))
        status = self.fault.status or (200 if self.fault.commit_late is None else 502)
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body, "more_body": False})

    async def _reset(self) -> None:
        """Drop the connection so that the client sees a reset, not a clean end."""
        transport = self._transport()
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await self._wait_until_closed()

    async def _wait_until_closed(self) -> None:
        # Returning earlier makes the server answer 500 on a connection that is about to be gone.
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._disconnected(), timeout=5)

    async def _disconnected(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _transport(self) -> asyncio.Transport:
        transport = self.context.transport_of(self.scope)
        if transport is None:
            raise RuntimeError("This fault drops a TCP connection, so the app must run in a sandbox server.")
        return transport


async def _discard(message: Message) -> None:
    return None


def _replacement_body(fault: Fault) -> tuple[bytes, str]:
    if fault.body is None:
        return (_SIGN_IN_PAGE, "text/html; charset=utf-8") if fault.html else (b"", "text/plain; charset=utf-8")
    if isinstance(fault.body, str):
        return fault.body.encode(), "text/html; charset=utf-8" if fault.html else "text/plain; charset=utf-8"
    body: Any = fault.body
    return json.dumps(body).encode(), "application/json"


def _first_page(query: bytes) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(name, FIRST_PAGE.get(name, value)) for name, value in pairs]).encode()
