"""Files that a vendor keeps elsewhere: fetched without its credentials, and only from hosts that are allowed."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import responses

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QAResponseError,
    QAServerError,
)
from tests.contract.recorder import Answer, RecordingServer
from tests.unit.acme import BASE_URL, KEY, acme, answer
from tests.unit.peers import give, peer

PDF = b"%PDF-1.7 the report"
STORED = "/container/report.pdf?sv=2026&sig=s3cr3t-signature%3D"


@contextmanager
def vendor_and_store() -> Iterator[tuple[RecordingServer, RecordingServer]]:
    with RecordingServer() as vendor, RecordingServer() as store:
        yield vendor, store


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(status, {"Location": to, "Set-Cookie": "session=of-the-vendor; Path=/"}, b"moved")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_file_is_fetched_where_the_vendor_keeps_it(status: int, caplog: pytest.LogCaptureFixture) -> None:
    with vendor_and_store() as (vendor, store), caplog.at_level(logging.DEBUG):
        vendor.expect([redirect(store.url + STORED, status)])
        store.expect([Answer(200, {"Content-Type": "application/pdf"}, PDF)])
        with acme(base_url=vendor.url, download_hosts=("127.0.0.1",)).stream("parts.file", {"id": "7"}) as download:
            assert download.content_type == "application/pdf"
            assert download.length == len(PDF)
            assert b"".join(download.chunks()) == PDF

    (asked,) = store.requests
    assert asked.target == STORED
    assert asked.headers["accept-encoding"] == "identity"
    assert KEY not in str(asked.headers)
    assert "x-api-key" not in asked.headers
    assert "authorization" not in asked.headers
    assert "cookie" not in asked.headers
    assert "s3cr3t-signature" not in caplog.text


@pytest.mark.parametrize("allowed", [(), ("files.example.net",), (".0.0.1",), ("127.0.0.1.example.net",)])
def test_any_other_host_is_refused_and_named(allowed: tuple[str, ...]) -> None:
    with vendor_and_store() as (vendor, store):
        vendor.expect([redirect(store.url.replace("127.0.0.1", "localhost") + STORED)])
        with pytest.raises(QAConfigurationError) as refused:
            acme(base_url=vendor.url, download_hosts=allowed).ask("parts.file")

    assert store.requests == []
    assert '{"download_hosts": ["localhost"]}' in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("allowed", "host", "followed"),
    [
        ("blob.example.net", "blob.example.net", True),
        ("blob.example.net", "BLOB.Example.Net.", True),
        ("blob.example.net", "my.blob.example.net", False),
        ("blob.example.net", "evilblob.example.net", False),
        (".blob.example.net", "my.blob.example.net", True),
        ("*.blob.example.net", "my.blob.example.net", True),
        (".blob.example.net", "blob.example.net", False),
        (".blob.example.net", "evilblob.example.net", False),
        (".blob.example.net", "blob.example.net.evil.example", False),
        ("blob.example.net", "user:pw@blob.example.net", True),
        ("blob.example.net", "blob.example.net@evil.example", False),
        ("::1", "[::1]", True),
        ("[::1]", "[::1]:8443", True),
    ],
)
def test_which_hosts_an_entry_means(allowed: str, host: str, followed: bool) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        answer(mock, "parts.file", status=302, headers={"Location": f"https://{host}/f"})
        mock.add_callback(responses.GET, ELSEWHERE, callback=lambda _: (200, {}, PDF))
        client = acme(download_hosts=(allowed,))
        if followed:
            assert client.ask("parts.file") == PDF
        else:
            with pytest.raises(QAConfigurationError, match="download_hosts"):
                client.ask("parts.file")


ELSEWHERE = re.compile(rf"(?!{BASE_URL})https?://.*")


@pytest.mark.parametrize("location", ["http://blob.example.net/f", "ftp://blob.example.net/f", "file:///etc/passwd"])
def test_a_file_does_not_travel_in_the_clear(location: str) -> None:
    with responses.RequestsMock() as mock:
        answer(mock, "parts.file", status=302, headers={"Location": location})
        with pytest.raises(QAConfigurationError, match="was not followed"):
            acme(download_hosts=("blob.example.net",)).ask("parts.file")


@pytest.mark.parametrize("operation", ["parts.list", "parts.create", "parts.issue"])
def test_only_downloads_are_followed(operation: str) -> None:
    with vendor_and_store() as (vendor, store):
        vendor.expect([redirect(store.url + STORED)])
        with pytest.raises(QAConfigurationError) as refused:
            acme(base_url=vendor.url, download_hosts=("127.0.0.1",)).ask(operation)

    assert store.requests == []
    assert "download_hosts" not in str(refused.value)


def test_a_second_hop_has_to_be_allowed_too() -> None:
    with vendor_and_store() as (vendor, store):
        vendor.expect([redirect(store.url + STORED)])
        store.expect([redirect("/other"), redirect(vendor.url.replace("127.0.0.1", "localhost") + "/x")])
        with pytest.raises(QAConfigurationError, match=r'"download_hosts": \["localhost"\]'):
            acme(base_url=vendor.url, download_hosts=("127.0.0.1",)).ask("parts.file")

    assert [asked.target for asked in store.requests] == [STORED, "/other"]


def test_a_circle_ends() -> None:
    with vendor_and_store() as (vendor, store):
        vendor.expect([redirect(store.url + "/a")])
        store.expect([redirect("/a")] * 20)
        with pytest.raises(QAResponseError, match="redirected again and again"):
            acme(base_url=vendor.url, download_hosts=("127.0.0.1",)).ask("parts.file")

    assert len(store.requests) < 10


@pytest.mark.parametrize(
    ("status", "kind"), [(403, QAResponseError), (404, QAResponseError), (410, QAResponseError), (503, QAServerError)]
)
def test_the_store_s_no_blames_no_key(status: int, kind: type[QAError]) -> None:
    with vendor_and_store() as (vendor, store):
        vendor.expect([redirect(store.url + STORED)])
        store.expect([Answer(status, {"Content-Type": "application/xml"}, b"<Error>expired</Error>")])
        with pytest.raises(kind) as failed:
            acme(base_url=vendor.url, download_hosts=("127.0.0.1",), retries=0).ask("parts.file")

    assert type(failed.value) is kind
    assert not failed.value.permanent
    assert f"HTTP {status} of {store.url.removeprefix('http://')}, where the vendor keeps the file" in str(failed.value)
    assert "s3cr3t" not in str(failed.value)


def test_a_store_that_fails_is_asked_by_way_of_the_vendor_again() -> None:
    with vendor_and_store() as (vendor, store):
        vendor.expect([redirect(store.url + "/first"), redirect(store.url + "/second")])
        store.expect([Answer(503), Answer(200, {}, PDF)])
        assert acme(base_url=vendor.url, download_hosts=("127.0.0.1",)).ask("parts.file") == PDF

    assert [asked.target for asked in store.requests] == ["/first", "/second"]


def cut_off(connection: socket.socket) -> None:
    give(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n%PDF")(connection)


@pytest.mark.parametrize(("behave", "kind"), [(cut_off, QAConnectionLostError), (None, QAConnectError)])
def test_who_broke_is_named(behave: Callable[[socket.socket], None] | None, kind: type[QAError]) -> None:
    with ExitStack() as stack:
        vendor = stack.enter_context(RecordingServer())
        if behave:
            port = stack.enter_context(peer(behave))
        else:
            closed = stack.enter_context(socket.socket())
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
        vendor.expect([redirect(f"http://127.0.0.1:{port}{STORED}")])
        with pytest.raises(kind) as failed:
            acme(base_url=vendor.url, download_hosts=("127.0.0.1",), retries=0).ask("parts.file")

    assert f"127.0.0.1:{port}" in str(failed.value)
    assert "s3cr3t" not in str(failed.value)


@pytest.mark.parametrize("host", ["https://files.example.net", "files.example.net/x", "a b", "", "*", "example.*"])
def test_what_is_no_host_is_refused_at_once(host: str) -> None:
    with pytest.raises(QAConfigurationError, match="is no host name"):
        acme(download_hosts=(host,))
