"""Errors that nobody has thought of: before a request has left nothing was sent, after that perhaps."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import urllib3

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectError,
    QAError,
    QATLSError,
    may_be_done,
    was_accepted,
)
from tests.unit.acme import acme
from tests.unit.broken_connections.answers import OK, say_nothing_is_there
from tests.unit.peers import give, hear, peer

# After the request has left, an error that nobody has thought of means: perhaps

SPOILT: dict[str, bytes] = {
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "two lengths in one": OK + b"Content-Length: 2, 3\r\n\r\n{}",
    "two lengths in a good status": b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}",
    "no chunk length": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "negative chunk length": OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n{}\r\n0\r\n\r\n",
    "huge chunk length": OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
    "long chunk line": OK + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * 70000 + b"\r\n{}\r\n0\r\n\r\n",
    "no end of chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "long header": OK + b"X: " + b"x" * 70000 + b"\r\n\r\n{}",
    "many headers": OK + b"X: y\r\n" * 200 + b"\r\n{}",
    "no header": b"HTTP/1.1 200",
    "half of the headers": OK + b"Content-Type: applic",
    "no end of the headers": OK + b"Connection: close\r\n",
    "interim only": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n{}",
    "no number": b"HTTP/1.1 2x0 OK\r\n\r\n{}",
    "other protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "binary": bytes(range(256)),
    "gzip cut off": OK + b"Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + bytes.fromhex("1f8b0800000000"),
    "compressed twice": OK + b"Content-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\n{}",
    "compressed as nobody asked": OK + b"Content-Encoding: zstd\r\nContent-Length: 2\r\n\r\n{}",
    "not compressed": OK + b"Content-Encoding: deflate\r\nContent-Length: 2\r\n\r\n{}",
    "cut off": OK + b"Content-Length: 500\r\n\r\n[",
    "408 of a gateway": b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    "460 of a gateway": b"HTTP/1.1 460 Client Closed\r\nContent-Length: 0\r\n\r\n",
    "520 of a gateway": b"HTTP/1.1 520 Unknown\r\nContent-Length: 0\r\n\r\n",
    "599": b"HTTP/1.1 599 Network\r\nContent-Length: 0\r\n\r\n",
    "switching": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "not modified": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "several": b"HTTP/1.1 300 Multiple Choices\r\nContent-Length: 0\r\n\r\n",
    "303": b"HTTP/1.1 303 See Other\r\nLocation: /parts/9\r\nContent-Length: 0\r\n\r\n",
}
if tuple(map(int, urllib3.__version__.split(".")[:2])) < (2, 8):
    del SPOILT["long chunk line"]  # read to its end, however long


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_answer_leaves_open_what_was_done(how: str) -> None:
    with peer(give(SPOILT[how])) as port, pytest.raises(QAError) as failed:
        acme(base_url=f"http://127.0.0.1:{port}", read_timeout=5, retries=0).ask("parts.create")

    assert may_be_done(failed.value), failed.value
    assert not was_accepted(failed.value)
    text = str(failed.value)
    assert "Nothing was" not in text
    assert "may have been carried out" in text or "not known whether the change was made" in text


def test_interim_answers_are_passed_over() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    answer = interim + OK + b'Content-Length: 11\r\n\r\n{"id": "p"}'
    with peer(give(answer)) as port:
        assert acme(base_url=f"http://127.0.0.1:{port}", retries=0).ask("parts.create") == {"id": "p"}


@pytest.mark.parametrize("how", sorted(SPOILT.keys() - {"not compressed"}))
@pytest.mark.parametrize("operation", ["parts.list", "parts.file"])
def test_a_spoilt_answer_to_a_read_is_an_error_of_ours(how: str, operation: str) -> None:
    with peer(give(SPOILT[how])) as port, pytest.raises(QAError) as failed:
        acme(base_url=f"http://127.0.0.1:{port}", read_timeout=5, retries=0).ask(operation)

    assert failed.value.outcome is None or "not followed" in failed.value.outcome


@pytest.mark.parametrize("length", ["²³".encode("latin-1"), b"abc", b"-5", b"9" * 40, b"", b"0x10", b"1e3", b"+"])
def test_a_length_that_is_no_number(length: bytes) -> None:
    answer = OK + b"Connection: close\r\nContent-Length: " + length + b"\r\n\r\n[]"
    with peer(give(answer)) as port:
        client = acme(base_url=f"http://127.0.0.1:{port}", read_timeout=5, retries=0)
        if length == b"9" * 40:
            with pytest.raises(QAError):
                client.ask("parts.list")
            return
        assert client.ask("parts.list") == []
        with client.stream("parts.file", {"id": "7"}) as download:
            assert download.length is None
            assert b"".join(download.chunks()) == b"[]"


# Before it has left, nothing was sent, whatever the error


def never_shake_hands(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def shake_badly(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x50")  # alert: internal error


def hang_up_at_once(connection: socket.socket) -> None:
    connection.recv(1)


@pytest.mark.parametrize("behave", [never_shake_hands, shake_badly, hang_up_at_once])
def test_without_a_tls_handshake_nothing_was_sent(behave: Callable[[socket.socket], None]) -> None:
    with peer(behave) as port, pytest.raises((QAConnectError, QATLSError)) as failed:
        acme(base_url=f"https://127.0.0.1:{port}", connect_timeout=0.3, retries=0).ask("parts.create")

    assert not may_be_done(failed.value)
    assert "Nothing was sent." in str(failed.value)


def test_a_ca_bundle_without_a_certificate_sends_nothing(tls: ssl.SSLContext, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with peer(say_nothing_is_there, tls) as port, pytest.raises(QAError) as failed:
        acme(base_url=f"https://localhost:{port}", verify=str(tmp_path / "ca.pem")).ask("parts.create")

    assert not may_be_done(failed.value)
    assert "Nothing was sent." in str(failed.value)


def test_garbage_within_tls_comes_after_the_request(tls: ssl.SSLContext, certificate: Path) -> None:
    def garble(connection: socket.socket) -> None:
        hear(connection)
        with socket.socket(fileno=connection.detach()) as plain:  # past the encryption
            plain.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with peer(garble, tls) as port, pytest.raises(QAError) as failed:
        acme(base_url=f"https://localhost:{port}", verify=str(certificate)).ask("parts.create")

    assert may_be_done(failed.value), failed.value


@pytest.mark.parametrize(
    "proxy",
    [
        "http://[::1",
        "htp://proxy:3128",
        "http://proxy:port",
        "http://",
        "::::",
        "http://us er@:1",
        "http://a..b:1",
        "http://:3128",
    ],
)
def test_a_bad_address_of_a_proxy_is_a_wrong_setting(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises((QAConfigurationError, QAConnectError)) as failed:
        acme(base_url="http://api.example.com", retries=0).ask("parts.create")

    assert not may_be_done(failed.value)
    assert "Nothing was sent." in str(failed.value)
    assert "proxy" in str(failed.value).lower()


def test_a_proxy_that_makes_no_tunnel_has_passed_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with peer(give(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        with pytest.raises(QAConnectError) as failed:
            acme(retries=0).ask("parts.create")

    assert not may_be_done(failed.value)
