"""Servers on real sockets that behave in one way, and that way may be bad."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def peer(behave: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that treats every connection in the same way; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        behave(tls.wrap_socket(connection, server_side=True) if tls else connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    assert not thread.is_alive(), "the client still holds its connection"


def hear(connection: socket.socket) -> None:
    while b"\r\n\r\n" not in connection.recv(65536):
        pass


def give(answer: bytes) -> Callable[[socket.socket], None]:
    """Return the behaviour of a server that gives one answer to every request."""

    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(answer)

    return behave


def drip(start: bytes, piece: bytes, pause: float = 0.02) -> Callable[[socket.socket], None]:
    """Return the behaviour of a server that starts an answer and then sends a piece now and then, until it is left."""

    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(start)
        connection.settimeout(pause)
        while True:
            connection.sendall(piece)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    return behave


def flood(start: bytes, piece: bytes, times: int | None = None) -> Callable[[socket.socket], None]:
    """Return the behaviour of a server that sends as fast as it can, for ever or so many pieces."""

    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(start)
        sent = 0
        while times is None or sent < times:
            connection.sendall(piece)
            sent += 1

    return behave
