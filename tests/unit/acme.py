"""A made-up vendor with one operation of each sort, for tests of what all clients share, and the ways to fail."""

from __future__ import annotations

import ssl
from typing import Any

import requests
import responses
from requests.auth import AuthBase
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    IncompleteRead,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.routes import route_table
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.transport import HeaderAuth

BASE_URL = "https://api.example.com/v1"
KEY = "k3y+S/cret=0123456789"

ROUTES = route_table(
    "acme",
    [
        ("parts.list", "GET", "/parts", "List parts"),
        ("parts.get", "GET", "/parts/{id}", "Get a part", "inferred"),
        ("parts.file", "GET", "/parts/{id}/file", "Download a part"),
        ("parts.issue", "GET", "/parts/{id}/issue", "Issue a part"),
        ("parts.create", "POST", "/parts", "Create a part"),
        ("parts.link", "POST", "/parts/{id}/link", "Link a part"),
        ("parts.replace", "PUT", "/parts/{id}", "Replace a part"),
        ("parts.change", "PATCH", "/parts/{id}", "Change a part"),
        ("parts.delete", "DELETE", "/parts/{id}", "Delete a part"),
    ],
    unsafe_gets=["parts.issue"],
    idempotent=["parts.link"],
)


class AcmeClient(VendorClient):
    """Errors are ``{"message": ..., "code": ...}``."""

    vendor = "acme"
    title = "Acme"
    routes = ROUTES

    def ping(self) -> str:
        return f"{len(self.call('parts.list'))} parts visible"

    def ask(self, operation: str, **request: Any) -> Any:
        """Call an operation with an id where its path wants one; read a file to its end."""
        path = dict.fromkeys(self.route_table[operation].placeholders, "7")
        if operation != "parts.file":
            return self.call(operation, path, **request)
        with self.stream(operation, path, **request) as download:
            return b"".join(download.chunks())

    def _auth(self) -> AuthBase:
        return HeaderAuth({"X-Api-Key": self.settings.token})

    def _vendor_error(self, answer: Any) -> VendorError:
        if not isinstance(answer, dict):
            return VendorError("" if answer is None else str(answer))
        return VendorError(str(answer.get("message", "")), answer.get("code"))


def acme(**settings: Any) -> AcmeClient:
    return AcmeClient(ClientSettings(**{"base_url": BASE_URL, "token": KEY, **settings}))


def failures() -> dict[str, Exception]:
    """The errors of ``requests`` as it builds them, by what has happened."""
    pool, connection = HTTPSConnectionPool("api.example.com"), HTTPSConnection("api.example.com")

    def gave_up(reason: Exception) -> MaxRetryError:
        return MaxRetryError(pool, "/v1/parts", reason)

    refused = NewConnectionError(connection, "Failed to establish a new connection: [Errno 111] Connection refused")
    too_slow = ConnectTimeoutError(connection, "Connection to api.example.com timed out. (connect timeout=10.0)")
    unverified = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
    cut_in_tls = ssl.SSLEOFError(8, "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol")
    reset = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
    silent = ReadTimeoutError(pool, "/v1/parts", "Read timed out. (read timeout=60.0)")
    return {
        "refused": requests.ConnectionError(gave_up(refused)),
        "unknown host": requests.ConnectionError(
            gave_up(NameResolutionError("api.example.com", connection, OSError()))
        ),
        "connect time-out": requests.ConnectTimeout(gave_up(too_slow)),
        "proxy refused": requests.exceptions.ProxyError(gave_up(refused)),
        "certificate refused": requests.exceptions.SSLError(gave_up(SSLError(unverified))),
        "cut in TLS": requests.exceptions.SSLError(gave_up(SSLError(cut_in_tls))),
        "reset": requests.ConnectionError(reset),
        "silent": requests.ReadTimeout(silent),
        "silent in the body": requests.ConnectionError(silent),
        "cut off": requests.exceptions.ChunkedEncodingError(
            ProtocolError("Connection broken: IncompleteRead(2 bytes read, 8 more expected)", IncompleteRead(2, 8))
        ),
    }


def answer(vendor: responses.RequestsMock, operation: str, **content: Any) -> None:
    """Add the answer to an operation's request; the last one added is given again and again."""
    route = ROUTES[operation]
    vendor.add(route.method, BASE_URL + route.path.replace("{id}", "7"), **content)
