"""Secrets in what vendors send back: none of them reaches a message."""

from __future__ import annotations

import html
import json
import logging
import socket
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.rest.preview import RequestWithheld
from airflow_qa_provider.rest.redaction import MASK, UrlFilter, excerpt, redact, secret_values
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.simplo.client import SimploClient
from tests.unit.acme import acme
from tests.unit.peers import hear, peer

KEY = "k3y+S/ecr et&1"
TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=._-", min_size=12, max_size=60)


@pytest.mark.parametrize("form", [KEY, "k3y%2BS%2Fecr%20et%261", "k3y%2BS%2Fecr+et%261"])
def test_a_known_secret_is_masked_in_every_encoding(form: str) -> None:
    assert redact(f"no such key {form}, sorry", [KEY]) == f"no such key {MASK}, sorry"


def test_the_longer_secret_goes_first() -> None:
    assert redact("abcd1234 and abcd", ["abcd", "abcd1234"]) == f"{MASK} and {MASK}"


def test_what_is_too_short_to_be_a_secret_leaves_the_text_readable() -> None:
    assert redact("the id is 12", ["12", "", "the"]) == "the id is 12"


@pytest.mark.parametrize(
    "text",
    [
        "X-API-KEY: s3cr3t-value",
        "api_key=s3cr3t-value&page=2",
        '{"apiKey": "s3cr3t-value"}',
        '{"secretAccessKey": "s3cr3t-value"}',
        "AccountKey=s3cr3t-value;EndpointSuffix=core.example.net",
        "private_key: s3cr3t-value",
        "{'api-key': 's3cr3t-value'}",
        '"password":"s3cr3t-value"',
        "clientSecret=s3cr3t-value",
        '"refresh_token" : "s3cr3t-value"',
        "fileOpenPassword: s3cr3t-value",
        "Authorization: s3cr3t-value",
        "Authorization: Bearer s3cr3t-value",
        "authorization: Basic s3cr3t-value",
        "Authorization: Token s3cr3t-value",
        "X-Authorization: OAuth2 s3cr3t-value",
        "x-auth-client-id: s3cr3t-value",
        "https://blob.example.com/r.pdf?se=2026&sig=s3cr3t-value",
        "Signature=s3cr3t-value",
        "s3://AKIA:s3cr3t-value@reports/door.jpg",
        "proxy http://kim:s3cr3t-value@proxy.example.com:3128",
    ],
)
def test_a_value_that_is_named_like_a_secret_is_masked(text: str) -> None:
    masked = redact(text)

    assert "s3cr3t" not in masked
    assert MASK in masked
    assert masked.startswith(text[:5])


@pytest.mark.parametrize(
    "text",
    [
        "The API key is missing, unknown or expired.",
        "design=new&signal=5",
        "templateId: 4f1c",
        "tokens are not accepted here",
        "s3://site@reports/door.jpg",
        "http://proxy.example.com:3128/mail/kim@example.com",
        '{"message": "template/not-found"}',
    ],
)
def test_a_text_without_a_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_an_excerpt_is_one_short_line() -> None:
    assert excerpt("  a\n\tb  c ") == "a b c"
    assert excerpt("word " * 200, limit=20) == "word word word word …"
    assert excerpt("x" * 300) == "x" * 300


@given(secret=TOKEN, before=st.integers(0, 700), blanks=st.integers(0, 700), limit=st.integers(1, 30))
@example(secret="A" * 40, before=0, blanks=580, limit=30)
def test_no_cut_leaves_a_piece_of_a_secret(secret: str, before: int, blanks: int, limit: int) -> None:
    text = "," * before + " " * blanks + secret + " end" * 300
    shown = excerpt(text, [secret], limit)

    assert len(shown) <= limit + 1
    assert not any(secret[start : start + 5] in shown for start in range(len(secret) - 4))


@pytest.mark.parametrize("secret", [KEY, "k3y+S/cret=0123456789", "Ünï¢ode-secret", 'quo"te\\d<&>secret'])
@pytest.mark.parametrize(
    "encode",
    [
        str.lower,
        str.upper,
        str.swapcase,
        lambda secret: quote(secret, safe="").lower(),
        lambda secret: b64encode(secret.encode()).decode(),
        lambda secret: urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        lambda secret: b64encode(f"api:{secret}".encode()).decode(),
        lambda secret: b64encode(f"user:{secret}:x".encode()).decode(),
        lambda secret: b64encode(f"me:{secret}".encode()).decode().lower(),
        lambda secret: quote(b64encode(secret.encode()).decode(), safe=""),
        lambda secret: secret.encode().hex(),
        lambda secret: secret.encode().hex().upper(),
        lambda secret: json.dumps({"k": secret}),
        lambda secret: json.dumps({"k": secret}).replace("/", "\\/"),
        html.escape,
    ],
)  # fmt: skip
def test_a_secret_is_masked_in_all_its_disguises(encode: Callable[[str], str], secret: str) -> None:
    disguised = encode(secret)
    shown = redact(f"no such thing: <{disguised}>, sorry", [secret])

    assert MASK in shown
    start = disguised.removeprefix('{"k": "')
    assert start[4:-6] not in shown
    assert all(start[at : at + 8] not in shown for at in range(4, len(start) - 12))


@given(secret=TOKEN, name=st.text("abcdefghij", max_size=5), after=st.text("xyz", max_size=5))
def test_no_place_in_base64_shows_a_secret(secret: str, name: str, after: str) -> None:
    encoded = b64encode(f"{name}:{secret}{after}".encode()).decode()
    assert MASK in redact(f"Basic-like {encoded}!", [secret])


def test_a_control_character_does_not_reach_a_message() -> None:
    assert excerpt("a\x00b \ud83d") == "a\ufffdb \ufffd"


def test_the_secret_parameters_of_a_request_are_found_in_all_its_parts() -> None:
    found = secret_values(
        ["hash", "pin"],
        {"hash": "path-value", "id": 7},
        {"filter[hash]": "one,two", "sort": "hash", "hash[eq]": ["three"]},
        [("pin", "four"), ("x", "y")],
        {"report": [{"hash": "five", "name": "n"}], "hashes": "no", "pin": None},
        b"raw",
        None,
    )
    assert {"path-value", "one,two", "one", "two", "three", "five"} <= set(found)
    assert not {"7", "hash", "y", "n", "no", "None"} & set(found)
    assert secret_values([], {"hash": "x"}) == []


HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"


@pytest.fixture
def simplo() -> Iterator[tuple[SimploClient, list[bytes]]]:
    """A client of a server that echoes what it was asked for in an error; and what it was asked for."""
    asked: list[bytes] = []

    def echo(connection: socket.socket) -> None:
        sent = b""
        while HASH.encode() not in sent:
            sent += connection.recv(65536)
        asked.append(sent)
        body = json.dumps({"type": "error", "message": f"bad hash {HASH.upper()}"}).encode()
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nX-Request-Id: %b\r\n" % HASH.encode())
        connection.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    with peer(echo) as port, SimploClient(ClientSettings(f"http://127.0.0.1:{port}", "t0ken-of-simplo")) as client:
        yield client, asked


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.reports.download_pdf(7, HASH),
        lambda client: client.reports.approve(7, HASH),
        lambda client: client.reports.get_public(7, HASH),
        lambda client: list(client.reports.list(filters={"hash": [HASH, "0" * 48]})),
    ],
)
def test_the_hash_of_a_report_is_not_shown(
    call: Callable[[SimploClient], Any],
    simplo: tuple[SimploClient, list[bytes]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    client, asked = simplo
    with caplog.at_level(logging.DEBUG), pytest.raises(QAError) as failed:
        call(client)

    assert HASH.encode() in asked[0], "it was sent"
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    shown = f"{failed.value} {vars(failed.value)} {caplog.text}".lower()
    assert HASH not in shown
    assert "t0ken-of-simplo" not in shown
    assert "0" * 48 not in shown


def test_a_header_that_cannot_be_read_is_logged_without_it(caplog: pytest.LogCaptureFixture) -> None:
    # urllib3 warns of such a header with the whole URL, and with what it could not read
    def answer(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nno header %b\r\n\r\n" % HASH.encode())

    with (
        peer(answer) as port,
        SimploClient(ClientSettings(f"http://127.0.0.1:{port}", "t0ken-of-simplo")) as client,
        pytest.raises(QAError),
    ):
        client.reports.get_public(7, HASH)

    assert "urllib3.connection" in {record.name for record in caplog.records if record.levelno == logging.WARNING}
    assert HASH not in caplog.text.lower()
    assert "unparsed data" in caplog.text, "what is wrong with the answer is still said"


def test_a_preview_does_not_show_it_either() -> None:
    client = SimploClient(ClientSettings("https://is.example.com/api/v0", "t0ken-of-simplo")).previewing()
    with pytest.raises(RequestWithheld) as withheld:
        client.reports.approve(7, HASH)

    assert HASH not in str(withheld.value.request)


def test_the_log_of_other_requests_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    def say_yes(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    with peer(say_yes) as port, caplog.at_level(logging.DEBUG):
        acme(base_url=f"http://127.0.0.1:{port}").ask("parts.list")
        requests.get(f"http://127.0.0.1:{port}/other?token=of-somebody-else", timeout=5)

    assert "/other?token=of-somebody-else" in caplog.text


def test_the_filter_is_there_once() -> None:
    for _ in range(3):
        acme()
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
        assert sum(isinstance(one, UrlFilter) for one in logging.getLogger(name).filters) == 1
