"""Connections that fail, on real sockets: each becomes an error that says what the vendor has seen."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.exceptions import (
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QAResponseError,
    QATimeoutError,
    QATLSError,
)
from tests.unit.acme import ROUTES, acme, failures
from tests.unit.broken_connections.answers import MAYBE, say_nothing_is_there
from tests.unit.peers import hear, peer


def reset(connection: socket.socket) -> None:
    hear(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket) -> None:
    hear(connection)


def stay_silent(connection: socket.socket) -> None:
    hear(connection)
    while connection.recv(65536):  # until the client has given up
        pass


def cut_off(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{"id": 1}, ')


def compress_badly(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")


def cut_off_chunks(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n[{"id": 1}, ')


def stall(connection: socket.socket) -> None:
    cut_off(connection)
    connection.recv(1)


def cut_off_an_error(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{"message": "the na')


def talk_nonsense(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


@pytest.mark.parametrize(
    ("behave", "kind", "message"),
    [
        (reset, QAConnectionLostError, "the connection to 127.0.0.1:{port} broke: "),
        (hang_up, QAConnectionLostError, "the connection to 127.0.0.1:{port} broke: "),
        (talk_nonsense, QAConnectionLostError, "the connection to 127.0.0.1:{port} broke: "),
        (cut_off, QAConnectionLostError, "the connection to 127.0.0.1:{port} broke: "),
        (cut_off_chunks, QAConnectionLostError, "the connection to 127.0.0.1:{port} broke: "),
        (cut_off_an_error, QAConnectionLostError, "the connection to 127.0.0.1:{port} broke: "),
        (compress_badly, QAResponseError, "the answer of 127.0.0.1:{port} could not be read: "),
        (stay_silent, QATimeoutError, "127.0.0.1:{port} sent nothing for 0.2 s."),
        (stall, QATimeoutError, "127.0.0.1:{port} sent nothing for 0.2 s."),
    ],
)
@pytest.mark.parametrize("operation", ["parts.list", "parts.create", "parts.link", "parts.file"])
def test_a_connection_that_breaks(
    operation: str, behave: Callable[[socket.socket], None], kind: type[QAError], message: str
) -> None:
    with peer(behave) as port, pytest.raises(kind) as failed:
        acme(base_url=f"http://127.0.0.1:{port}", read_timeout=0.2, retries=0).ask(operation)

    assert type(failed.value) is kind
    text = str(failed.value)
    assert message.format(port=port) in text
    assert (MAYBE in text) is (operation in ("parts.create", "parts.link"))
    if kind is QAConnectionLostError:
        assert failed.value.hint == {
            "parts.create": "Look at the vendor before you repeat it",
            "parts.link": "A retry with the same arguments is harmless",
        }.get(operation, "A retry is harmless")


@pytest.mark.parametrize("operation", ["parts.list", "parts.create", "parts.file"])
def test_nobody_listens(operation: str, closed_port: int) -> None:
    with pytest.raises(QAConnectError) as failed:
        acme(base_url=f"http://127.0.0.1:{closed_port}", retries=0).ask(operation)

    assert f"could not connect to 127.0.0.1:{closed_port}: " in str(failed.value)
    assert "refused" in str(failed.value)
    assert "Nothing was sent." in str(failed.value)
    assert "0x" not in str(failed.value), "addresses of Python objects say nothing"


def test_a_host_that_does_not_exist() -> None:
    with pytest.raises(QAConnectError, match=r"could not connect to nowhere\.invalid: .*nowhere\.invalid"):
        acme(base_url="https://nowhere.invalid", retries=0).ask("parts.list")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_certificate_that_is_not_trusted_stops_the_request(host: str, tls: ssl.SSLContext, certificate: Path) -> None:
    trusted: Any = {"localhost": True, "127.0.0.1": str(certificate)}[host]  # unknown authority, wrong name
    with peer(say_nothing_is_there, tls) as port, pytest.raises(QATLSError) as failed:
        acme(base_url=f"https://{host}:{port}", verify=trusted).ask("parts.create")

    assert f"the TLS certificate of {host}:{port} was not accepted: " in str(failed.value)
    assert "Nothing was sent." in str(failed.value)
    assert "set ca_path in the connection's extra" in str(failed.value)


@pytest.mark.parametrize("trusted", ["the bundle", False])
def test_a_private_authority_or_none(trusted: Any, tls: ssl.SSLContext, certificate: Path) -> None:
    with peer(say_nothing_is_there, tls) as port:
        client = acme(base_url=f"https://localhost:{port}", verify=trusted and str(certificate))
        with pytest.warns() if not trusted else pytest.MonkeyPatch.context():
            assert client.ask("parts.list") == []


def test_a_tls_connection_that_breaks_may_have_carried_the_request(tls: ssl.SSLContext, certificate: Path) -> None:
    with peer(hang_up, tls) as port, pytest.raises(QAConnectionLostError) as failed:
        acme(base_url=f"https://localhost:{port}", verify=str(certificate)).ask("parts.create")

    assert MAYBE in str(failed.value)


def test_a_server_without_tls_is_told_from_a_bad_certificate() -> None:
    def answer_in_the_clear(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with peer(answer_in_the_clear) as port, pytest.raises(QAError) as failed:
        acme(base_url=f"https://127.0.0.1:{port}", retries=0).ask("parts.list")

    # OpenSSL before 3.2 says "wrong version number", which settles it; later ones say "record layer failure"
    assert isinstance(failed.value, (QATLSError, QAConnectionLostError))
    assert "certificate" not in str(failed.value)


@pytest.mark.parametrize("what", failures())
def test_the_made_up_failures_of_these_tests_are_the_real_ones(what: str) -> None:
    """The failures that other tests hand to ``responses`` must be told apart like those of real sockets."""
    made_up = acme().transport.translated(failures()[what], ROUTES["parts.create"])

    assert (made_up.outcome == "Nothing was sent") is (
        what
        in {
            "refused",
            "unknown host",
            "connect time-out",
            "proxy refused",
            "certificate refused",
        }
    )
