"""No answer, however hostile, takes a client more than 256 MiB: measured in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest

from tests.unit.peers import drip, flood, hear, peer

MIB = 1024 * 1024
ALLOWED = 256 * MIB
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ERROR = b"HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\n"

# For each line of its input: asks, reads a file to its end, and prints the error and the peak of the memory in bytes.
# What asks is a fork of what has everything imported, so that each peak is that of one answer.
CLIENTS = r"""
import os, re, sys
from pathlib import Path
from airflow_qa_provider.exceptions import QAError
from tests.unit.acme import acme

def ask(url, operation, seconds):
    try:
        client = acme(base_url=url, retries=0, total_timeout=float(seconds))
        if operation == "parts.file":
            sum(map(len, client.stream("parts.file", {"id": "7"}).chunks()))
        else:
            client.ask(operation)
        error = "no error"
    except QAError as failed:
        error = type(failed).__name__
    # the peak of this program alone: getrusage() also counts the process that it was forked from
    peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
    print(error, peak, flush=True)

for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            ask(*line.split())
        except BaseException as error:
            print("defect:", repr(error), 0, flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print("ended", status, 0, flush=True)
"""


@pytest.fixture(scope="module")
def clients() -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", CLIENTS]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        yield running


def compressed(pieces: Iterator[bytes]) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(piece) for piece in pieces) + packer.flush()


@lru_cache
def bombs() -> tuple[bytes, bytes]:
    """A MiB that becomes 256 MiB, and the same once more compressed."""
    once = compressed(b" " * MIB for _ in range(256))
    return once, compressed(iter([once]))


def bomb(head: bytes) -> Callable[[socket.socket], None]:
    def behave(connection: socket.socket) -> None:
        body = bombs()["gzip, gzip" in head.decode()]
        hear(connection)
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return behave


def filled(piece: bytes, size: int = 64 * MIB) -> Callable[[socket.socket], None]:
    """A list of so many pieces as fit into a size."""
    times = (size - 16) // len(piece)

    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(OK + b"\r\n[")
        for _ in range(times // 10000):
            connection.sendall(piece * 10000)
        connection.sendall(piece * (times % 10000) + b"1]")

    return behave


def one_text(piece: bytes, size: int = 64 * MIB) -> Callable[[socket.socket], None]:
    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(OK + b'\r\n"')
        for _ in range((size - 2 * MIB) // MIB):
            connection.sendall(piece * (MIB // len(piece)))
        connection.sendall(b'"')

    return behave


GZIP, TWICE = b"Content-Encoding: gzip\r\n", b"Content-Encoding: gzip, gzip\r\n"
HOSTILE: dict[str, tuple[Callable[[socket.socket], None], str, str]] = {
    "gzip bomb": (bomb(OK + GZIP), "parts.list", "QAResponseError"),
    "gzip bomb as an error": (bomb(ERROR + GZIP), "parts.list", "QAServerError"),
    "gzip bomb as a file": (bomb(OK + GZIP), "parts.file", "no error"),
    "a large file": (flood(OK + b"\r\n", b"%" * MIB, 300), "parts.file", "no error"),
    "gzip twice": (bomb(OK + TWICE), "parts.create", "QAResponseError"),
    "a GiB that is announced": (
        flood(OK + b"Content-Length: 1073741824\r\n\r\n", b" " * MIB, 1024),
        "parts.list",
        "QAResponseError",
    ),
    "a GiB that is not": (flood(OK + b"\r\n[", b"1," * MIB, 512), "parts.create", "QAResponseError"),
    "a GiB of chunks": (
        flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + b" " * MIB + b"\r\n", 1024),
        "parts.list",
        "QAResponseError",
    ),
    "a GiB of an error": (flood(ERROR + b"\r\n", b"x" * MIB, 1024), "parts.list", "QAServerError"),
    "arrays": (filled(b"[],"), "parts.list", "QAResponseError"),
    "objects": (filled(b'{"a":1},'), "parts.list", "QAResponseError"),
    "numbers": (filled(b"1234567,"), "parts.list", "QAResponseError"),
    "texts": (filled(b'"ab",'), "parts.list", "QAResponseError"),
    "wide texts": (filled('"\N{GRINNING FACE}",'.encode()), "parts.list", "QAResponseError"),
    "one wide text": (one_text("\N{GRINNING FACE}".encode()), "parts.list", "QAResponseError"),
    "one text": (one_text(b"x"), "parts.list", "no error"),
    "escapes": (one_text(b"\\u0000\\ud800xxxx", 30 * MIB), "parts.list", "no error"),
    "records, as much as may be": (filled(b'{"name":"' + b"x" * 400 + b'"},', 55 * MIB), "parts.list", "no error"),
    "small values, as much as may be": (filled(b"1.5,", 8 * MIB), "parts.list", "no error"),
    "small objects, as much as may be": (filled(b'{"a":1.5},', 4 * MIB), "parts.list", "no error"),
    "wide texts, as much as may be": (
        filled(b'"' + b"x" * 400 + "\N{GRINNING FACE}".encode() + b'",', 19 * MIB),
        "parts.list",
        "no error",
    ),
    "one wide escape": (one_text(b"\\ud83d\\ude00" + b"x" * 52), "parts.list", "QAResponseError"),
    "deep": (flood(OK + b"\r\n", b"[" * MIB, 60), "parts.list", "QAResponseError"),
    "not so deep": (flood(OK + b"\r\n", b"[" * 900000, 1), "parts.list", "QAResponseError"),
    "headers": (flood(OK, b"X-A: " + b"x" * 60000 + b"\r\n"), "parts.list", "QAConnectionLostError"),
    "a drip": (drip(OK + b"Content-Length: 1000\r\n\r\n[", b" "), "parts.create", "QATimeoutError"),
    "interim answers": (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 9000), "parts.list", "QATimeoutError"),
}


FAST = {"gzip bomb", "gzip bomb as an error", "a GiB that is not", "objects", "deep", "interim answers"}


@pytest.mark.parametrize("how", [pytest.param(how, marks=() if how in FAST else pytest.mark.slow) for how in HOSTILE])
def test_a_hostile_answer_takes_little_memory(how: str, clients: subprocess.Popen[str]) -> None:
    behave, operation, kind = HOSTILE[how]
    total = "0.5" if kind == "QATimeoutError" else "30"
    assert clients.stdin is not None
    assert clients.stdout is not None
    with peer(behave) as port:
        print(f"http://127.0.0.1:{port}", operation, total, file=clients.stdin, flush=True)
        error, _, peak = clients.stdout.readline().strip().rpartition(" ")

    assert error.startswith(kind), error
    assert 0 < int(peak) < ALLOWED, f"{int(peak) / MIB:.0f} MiB"
