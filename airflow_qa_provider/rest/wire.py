"""The sockets below ``requests``: how far a request got, and until when its answer has to be here.

``requests`` knows a time-out for each receive only, so that a vendor that sends a byte now and then is waited for
without an end; and it does not tell whether a request that failed had left. Here both are known: the connections tell
an :class:`Exchange` what they do, and ask it before each receive how long that may take.
"""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

FILE_SECONDS = 60.0
"""A file has to bring :data:`FILE_BYTES` in each of these spans; the time that its reader takes does not count."""
FILE_BYTES = 60 * 1024
_FRUITLESS_BYTES = 64 * 1024 * 1024
_SHORTEST = 0.001  # a time-out of 0 would mean not to wait


Stage = Literal["connecting", "sent"]
"""How far a request got."""


class Exchange:
    """One request and its answer.

    :param read_timeout: Longest silence, in seconds.
    :param total_timeout: Until when the answer has to be here, in seconds from now; of a file, its headers.
    :param secrets: Values of the request that must not be logged.

    :ivar stage: How far the request got; ``None`` when it cannot be told.
    :ivar status: HTTP status of the answer, once there is one.
    :ivar host: Who was asked, where it was not the vendor.
    :ivar is_file: Whether the lowest rate of files holds, in place of the total time.
    """

    def __init__(self, read_timeout: float, total_timeout: float, secrets: tuple[str, ...] = ()) -> None:
        self.secrets = secrets
        self.stage: Stage | None = None
        self.is_file = False
        self.status: int | None = None
        self.host = ""
        self._read_timeout = read_timeout
        self._ends = time.monotonic() + total_timeout
        self._missing = 0  # bytes of a file until the next span begins
        self._fruitless = 0

    @property
    def late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._ends

    def remaining(self) -> float:
        """Return the seconds that are left.

        :raises TimeoutError: None.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the answer is over")
        return max(left, _SHORTEST)

    def patience(self) -> float:
        """Return the seconds that the next receive may take.

        :raises TimeoutError: The time is over.
        """
        return min(self._read_timeout, self.remaining())

    @contextmanager
    def sending(self, sock: Any, data: Any) -> Iterator[None]:
        """Give a piece of the request the time that it may take; a large file may be on its way for long.

        :param sock: Where it goes.
        :param data: The piece.
        """
        size = len(data) if isinstance(data, (bytes, bytearray, memoryview, str)) else 0
        # urllib3 would allow connect_timeout, which says nothing of a body
        sock.settimeout(self._read_timeout + size * FILE_SECONDS / FILE_BYTES)
        began = time.monotonic()
        yield
        self._ends += time.monotonic() - began

    def received(self, count: int) -> None:
        """Note what came over the wire.

        :param count: Number of bytes.
        :raises OSError: Very much came without anything of the answer's content in it.
        """
        self._fruitless += count
        if self._fruitless > _FRUITLESS_BYTES:
            raise OSError("the answer goes on without any content")
        self._missing -= count
        if self.is_file and self._missing <= 0:
            self._begin_span()

    def expect_file(self) -> None:
        """From now on the answer has no end but the lowest rate."""
        self.is_file = True
        self._begin_span()

    def paced(self, chunks: Iterator[Any]) -> Iterator[Any]:
        """Yield the chunks of the content; the time that their reader takes is not the vendor's.

        :param chunks: What is read.
        """
        if self.is_file:
            self._begin_span()  # whoever opened it may have had other things to do first
        for chunk in chunks:
            self._fruitless = 0
            left = time.monotonic()
            yield chunk
            if self.is_file:
                self._ends += time.monotonic() - left
            else:
                self.remaining()  # for connections that do not ask: those through a SOCKS proxy

    def _begin_span(self) -> None:
        self._ends = time.monotonic() + FILE_SECONDS
        self._missing = FILE_BYTES


_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def current_exchange() -> Exchange | None:
    """Return the exchange of the request that is being sent here; ``None`` when none of ours is."""
    return _CURRENT.get()


@contextmanager
def exchanging(exchange: Exchange) -> Iterator[None]:
    """Let the connections tell an exchange what they do; exchanges may be in each other, such as a sign-in."""
    token = _CURRENT.set(exchange)
    try:
        yield
    finally:
        _CURRENT.reset(token)


class _Stream(io.RawIOBase):
    """What a connection receives, each piece in the time that the exchange leaves."""

    def __init__(self, sock: Any, exchange: Exchange) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._exchange = exchange
        self.ended = False

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._exchange.patience())
        count = int(self._raw.readinto(buffer) or 0)
        self._exchange.received(count)
        self.ended = self.ended or count == 0
        return count

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        # all that http.client asks of a socket
        return io.BufferedReader(self)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that is read under the rules of the exchange that asked for it."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        exchange = current_exchange()
        self._stream = _Stream(sock, exchange) if exchange else None
        super().__init__(self._stream or sock, *args, **kwargs)  # type: ignore[arg-type]

    def begin(self) -> None:
        """Read the status and the headers; http.client takes half of them, or an interim answer, for the whole."""
        super().begin()
        while 101 < self.status < 200:
            self.headers = None  # type: ignore[assignment]
            super().begin()
        if self._stream and self._stream.ended:
            raise http.client.RemoteDisconnected("Remote end closed connection within the headers")


class _Telling:
    """Mixin of connections: tells the exchange how far it is."""

    sock: Any

    def connect(self) -> None:
        exchange = current_exchange()
        if exchange:
            exchange.stage = "connecting"
        super().connect()  # type: ignore[misc]

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:  # http.client connects when the first byte is to be sent, which is not yet sent then
            self.connect()
        exchange = current_exchange()
        if exchange:
            exchange.stage = "sent"
        super().endheaders(*args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        exchange = current_exchange()
        if exchange and exchange.stage == "sent":
            with exchange.sending(self.sock, data):
                super().send(data)  # type: ignore[misc]
        else:
            super().send(data)  # type: ignore[misc]


class _HTTP(_Telling, HTTPConnection):
    response_class = _Answer


class _HTTPS(_Telling, HTTPSConnection):
    response_class = _Answer


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
"""Pools of such connections, for ``PoolManager.pool_classes_by_scheme``."""
