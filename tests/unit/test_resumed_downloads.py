"""A download that breaks off goes on where it did, and only where it is certain that it is the same file."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from airflow_qa_provider.exceptions import QAConnectionLostError
from tests.unit.acme import acme
from tests.unit.peers import peer

FILE = bytes(range(256)) * 4096
SOME = 700_000
SIZE = 256 * 1024
"""Of a chunk: what is lost of one that had begun is asked for again."""
GOT = SOME // SIZE * SIZE
TAG = '"v1"'


def head(status: str, length: int, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def rest(start: int = GOT, status: str = "206 Partial Content", total: int = len(FILE), tag: str = TAG) -> bytes:
    content_range = f"bytes {start}-{len(FILE) - 1}/{total}"
    return head(status, len(FILE) - start, ETag=tag, Content_Range=content_range) + FILE[start:]


@contextmanager
def breaking(*answers: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that hangs up after each of these answers; gives its URL, and what it was asked."""
    asked: list[str] = []

    def behave(connection: socket.socket) -> None:
        request = connection.recv(65536)
        asked.append(request.decode())
        connection.sendall(answers[len(asked) - 1])

    with peer(behave) as port:
        yield f"http://127.0.0.1:{port}", asked


def beginning(tag: str = TAG, **headers: str) -> bytes:
    return head("200 OK", len(FILE), ETag=tag, **headers) + FILE[:SOME]


def test_the_rest_is_asked_for_and_nothing_twice() -> None:
    with breaking(beginning(), rest()) as (url, asked), acme(base_url=url).stream("parts.file", {"id": 7}) as download:
        assert b"".join(download.chunks(SIZE)) == FILE

    assert "Range:" not in asked[0]
    assert f"\r\nRange: bytes={GOT}-\r\n" in asked[1]
    assert f"\r\nIf-Range: {TAG}\r\n" in asked[1]


def test_it_may_break_off_again() -> None:
    further = GOT + SIZE
    halted = rest()[: -(len(FILE) - further) or None]
    server = breaking(beginning(), halted, rest(further))
    with server as (url, asked), acme(base_url=url).stream("parts.file", {"id": 7}) as download:
        assert b"".join(download.chunks(SIZE)) == FILE

    assert len(asked) == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(beginning(), rest(0, "200 OK"), id="the whole file, which may be another one"),
        pytest.param(beginning(), rest(tag='"v2"'), id="another file"),
        pytest.param(beginning(), rest(GOT + 1), id="another part"),
        pytest.param(beginning(), rest(total=len(FILE) + 1), id="a file of another length"),
        pytest.param(beginning(), head("416 Range Not Satisfiable", 0), id="no such part"),
        pytest.param(beginning('W/"v1"'), b"", id="a weak tag"),
        pytest.param(beginning(""), b"", id="no tag"),
        pytest.param(beginning(Accept_Ranges="none"), b"", id="no parts at all"),
        pytest.param(head("200 OK", len(FILE), ETag=TAG) + FILE[:100], b"", id="nothing that could go on"),
    ],
)
def test_anything_else_is_a_broken_download(first: bytes, second: bytes) -> None:
    got: list[bytes] = []
    server = breaking(first, second)
    with server as (url, asked), acme(base_url=url) as client, pytest.raises(QAConnectionLostError):
        got.extend(client.stream("parts.file", {"id": 7}).chunks(SIZE))

    assert FILE.startswith(b"".join(got))
    assert len(asked) == 1 + bool(second)
