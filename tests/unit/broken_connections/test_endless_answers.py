"""Answers and files without an end: they end at a total time or at the lowest rate."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from airflow_qa_provider.exceptions import QAConnectError, QAConnectionLostError, QATimeoutError, may_be_done
from airflow_qa_provider.rest import wire
from tests.unit.acme import acme
from tests.unit.broken_connections.answers import MAYBE, OK
from tests.unit.peers import drip, flood, hear, peer

DRIPS: dict[str, tuple[bytes, bytes]] = {
    "status line": (b"HTTP", b"x"),
    "header line": (OK + b"X-Slow: ", b"x"),
    "go on": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (OK + b"Content-Length: 100000\r\n\r\n[", b" "),
    "body without a length": (OK + b"\r\n[", b" "),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk line": (OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n", b"x: y\r\n"),
    "an error": (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 100000\r\n\r\n{", b" "),
}


@pytest.mark.parametrize("how", DRIPS)
@pytest.mark.parametrize("operation", ["parts.list", "parts.create"])
def test_an_answer_that_drips_ends_at_the_total_time(how: str, operation: str) -> None:
    with peer(drip(*DRIPS[how])) as port:
        began = time.monotonic()
        with pytest.raises(QATimeoutError) as failed:
            acme(base_url=f"http://127.0.0.1:{port}", read_timeout=30, total_timeout=0.4, retries=3).ask(operation)
        # it drips for ever, and the limit from one byte to the next is 30 s
        assert time.monotonic() - began < 30

    assert f"127.0.0.1:{port} did not complete its answer within 0.4 s." in str(failed.value)
    assert "total_timeout" in str(failed.value)
    assert (MAYBE in str(failed.value)) is (operation == "parts.create")


def test_a_tls_answer_that_drips_ends_as_well(tls: ssl.SSLContext, certificate: Path) -> None:
    with peer(drip(*DRIPS["header line"]), tls) as port, pytest.raises(QATimeoutError, match="did not complete"):
        acme(base_url=f"https://localhost:{port}", verify=str(certificate), total_timeout=0.4).ask("parts.create")


def test_a_tunnel_that_drips_has_passed_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with peer(drip(*DRIPS["header line"])) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(QAConnectError) as failed:
            acme(retries=0, total_timeout=0.4).ask("parts.create")

    assert not may_be_done(failed.value)


@pytest.mark.parametrize("how", ["body", "body without a length", "chunks", "chunk line", "trailers"])
def test_a_file_that_drips_ends_at_the_lowest_rate(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "FILE_SECONDS", 0.4)
    with peer(drip(*DRIPS[how])) as port, pytest.raises(QATimeoutError) as failed:
        acme(base_url=f"http://127.0.0.1:{port}", read_timeout=30, retries=0).ask("parts.file")

    assert f"127.0.0.1:{port} sent less than 60 KiB of the file in " in str(failed.value)


def test_a_file_that_keeps_the_rate_may_take_longer_than_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "FILE_SECONDS", 0.3)
    monkeypatch.setattr(wire, "FILE_BYTES", 4)
    pieces = 30

    def behave(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(OK + f"Content-Length: {pieces * 4}\r\n\r\n".encode())
        for _ in range(pieces):
            connection.sendall(b"part")
            time.sleep(0.02)

    with peer(behave) as port:
        got = acme(base_url=f"http://127.0.0.1:{port}", total_timeout=0.3, retries=0).ask("parts.file")

    assert got == b"part" * pieces


def test_the_time_of_the_reader_is_not_the_vendor_s(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(wire, "time", SimpleNamespace(monotonic=lambda: now[0]))
    exchange = wire.Exchange(read_timeout=60, total_timeout=300)
    exchange.expect_file()
    for _ in exchange.paced(iter([b"a", b"b", b"c"])):
        now[0] += 3600  # to store it
        assert exchange.late
    assert not exchange.late
    assert exchange.patience() == 60


def test_headers_and_trailers_without_an_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_FRUITLESS_BYTES", 1024 * 1024)
    start = OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n"
    with peer(flood(start, b"x: y\r\n" * 10000)) as port, pytest.raises(QAConnectionLostError) as failed:
        acme(base_url=f"http://127.0.0.1:{port}", retries=0).ask("parts.file")

    assert "without any content" in str(failed.value)


def test_an_upload_may_take_longer_than_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def listen_slowly(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        time.sleep(0.5)
        tail = b""
        while not tail.endswith(b"end"):
            tail = tail[-3:] + connection.recv(1024 * 1024)
        connection.sendall(OK + b"Content-Length: 2\r\n\r\n{}")

    with peer(listen_slowly) as port:
        client = acme(base_url=f"http://127.0.0.1:{port}", connect_timeout=0.2, retries=0)
        assert client.call("parts.create", data=b"x" * 16 * 1024 * 1024 + b"end") == {}
