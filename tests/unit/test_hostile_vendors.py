"""Every vendor's client, asked through its own error shapes and envelopes, on answers that nobody should send."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from tests.unit.peers import flood, give, peer

KINDS: tuple[type[VendorClient], ...] = (ConqaClient, MonitorQAClient, QalyptusClient, SimploClient, SmartQClient)
DEEP = b"[" * 30000 + b"]" * 30000
STRANGE_CODE, STRANGE_ERROR = b'{"code": "\xb2\xb3"}', b'{"error": {"code": "\\u00b2\\u00b3"}}'
LONG_CODE = b'{"error": {"code": "%b"}}' % (b"9" * 5000)
DEEP_ERROR = b'{"isSuccess": false, "data": null, "error": ' + b'{"error":' * 20000 + b"1" + b"}" * 20001


def client_of(kind: type[VendorClient], port: int) -> VendorClient:
    options = {"smartq": {"login": "ann@example.com", "client_id": "an-access-key", "authentication": "basic"}}
    url = f"http://127.0.0.1:{port}"
    return kind(
        ClientSettings(url, "a-key-0123456789", retries=0, total_timeout=10, options=options.get(kind.vendor, {}))
    )


def answer(
    body: bytes, status: bytes = b"200 OK", kind: bytes = b"application/json"
) -> Callable[[socket.socket], None]:
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body))
    return give(head + body)


@pytest.mark.parametrize("status", [b"200 OK", b"400 Bad Request", b"500 Oops"])
@pytest.mark.parametrize("body", [DEEP, DEEP_ERROR, STRANGE_CODE, STRANGE_ERROR, LONG_CODE, b"\x00"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.vendor)
def test_what_nobody_should_send_is_an_error_of_ours(kind: type[VendorClient], body: bytes, status: bytes) -> None:
    with peer(answer(body, status)) as port, client_of(kind, port) as client, pytest.raises(QAError) as failed:
        client.ping()

    assert str(failed.value).encode()


@pytest.mark.parametrize("length", [b"Content-Length: \xb2\xb3\r\n", b"", b"Content-Length: " + b"9" * 25 + b"\r\n"])
@pytest.mark.parametrize("kind", [SmartQClient, QalyptusClient], ids=lambda kind: kind.vendor)
def test_a_file_of_a_strange_length(kind: type[VendorClient], length: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n" + length + b"\r\n"
    operation = {"smartq": "files.download", "qalyptus": "status.download_report_stream"}[kind.vendor]
    with peer(give(head + b'[{"a": 1}]')) as port, client_of(kind, port) as client:
        path = dict.fromkeys(client.route_table[operation].placeholders, "7")
        if b"99" in length:
            with pytest.raises(QAError), client.stream(operation, path) as download:
                b"".join(download.chunks())
            return
        with client.stream(operation, path) as download:
            assert b"".join(download.chunks()) == b'[{"a": 1}]'


@pytest.mark.parametrize("rows", [10, 200_000])
def test_a_json_report_is_looked_into_for_an_error_and_still_whole(rows: int) -> None:
    body = json.dumps([{"row": number} for number in range(rows)]).encode()
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    with peer(flood(start, body, 1)) as port, client_of(QalyptusClient, port) as client:
        download = client.stream("status.download_report_stream", {"id": "7"})
        assert b"".join(download.chunks(1000)) == body


SAYS_NO: dict[type[VendorClient], dict[str, object]] = {
    QalyptusClient: {"isSuccess": False, "data": [], "error": "no licence"},
    SmartQClient: {"error": {"code": 3, "message": "no licence"}, "data": {"items": []}},
}


@pytest.mark.parametrize("filler", [0, 100_000], ids=["small", "large"])
@pytest.mark.parametrize("kind", SAYS_NO, ids=lambda kind: kind.vendor)
def test_an_error_is_one_whatever_stands_beside_it(kind: type[VendorClient], filler: int) -> None:
    body = json.dumps({**SAYS_NO[kind], "trace": "x" * filler}).encode()
    with peer(answer(body)) as port, client_of(kind, port) as client, pytest.raises(QAError, match="no licence"):
        client.ping()


@pytest.mark.parametrize("said", [False, None, 0, "false", "False", "no", {}])
def test_what_is_not_called_a_success_is_none(said: object) -> None:
    body = json.dumps({"isSuccess": said, "data": [], "error": "no licence"}).encode()
    with (
        peer(answer(body)) as port,
        client_of(QalyptusClient, port) as client,
        pytest.raises(QAError, match="no licence"),
    ):
        client.ping()


def test_an_error_in_place_of_a_json_report_is_one() -> None:
    body = b'{"isSuccess": false, "data": null, "error": "no such report"}'
    with (
        peer(answer(body)) as port,
        client_of(QalyptusClient, port) as client,
        pytest.raises(QAError, match="no such report"),
    ):
        client.stream("status.download_report_stream", {"id": "7"})
