"""Connections that fail, on real sockets: each becomes an error that says what the vendor has seen."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QAResponseError,
    QATimeoutError,
    QATLSError,
    may_be_done,
    was_accepted,
)
from airflow_qa_provider.rest import wire
from tests.unit.acme import ROUTES, acme, failures
from tests.unit.peers import drip, flood, give, hear, peer

MAYBE = "The request may have been carried out: the answer was lost."


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, kept so."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # for any clock: OpenSSL goes by that of the machine, whatever the tests have
        .not_valid_before(datetime(2000, 1, 1, tzinfo=timezone.utc))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=timezone.utc))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def say_nothing_is_there(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")


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


# After the request has left, an error that nobody has thought of means: perhaps

OK = b"HTTP/1.1 200 OK\r\n"
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
if tuple(map(int, urllib3.__version__.split(".")[:2])) < (2, 7):
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


# Answers without an end

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
