"""What several of these tests answer and expect."""

from __future__ import annotations

import socket

from tests.unit.peers import hear

MAYBE = "The request may have been carried out: the answer was lost."

OK = b"HTTP/1.1 200 OK\r\n"


def say_nothing_is_there(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
