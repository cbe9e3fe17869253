"""No text that a person or a program gets from an error holds a secret, whatever a vendor sends back."""

from __future__ import annotations

import logging
import pickle
import re
import ssl
import traceback
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import requests
import responses

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.smartq.client import SmartQClient
from tests.unit.acme import BASE_URL, KEY, acme, answer, failures

OTHER_HOST = "https://login.example.org"

ECHOES: dict[str, Any] = {
    "documented shape": {"message": f"bad key {KEY}", "code": f"key/{KEY}"},
    "nested shape": {"error": {"message": f"bad key {KEY}", "code": KEY, "details": {KEY: [KEY]}}, "message": KEY},
    "envelope": {"isSuccess": False, "error": {"code": KEY, "message": KEY}, "errorDetails": KEY, "data": None},
    "other envelope": {"error": KEY, "errors": [KEY], "errorId": KEY, "reference": KEY, "id": KEY, "data": None},
    "field errors": {"errors": {"apiKey": [f"{KEY} is not valid"]}, "title": KEY, "type": KEY, "detail": KEY},
    "list": [KEY, {"x": KEY}],
    "text": KEY,
    "percent-encoded": {"message": f"no such page /login?k={quote(KEY, safe='')}&q={quote_plus(KEY)}"},
    "headers": {"message": f"got headers X-Api-Key: {KEY}; Authorization: Bearer {KEY}"},
    "at the cut": {"message": "x" * 290 + KEY, "code": "x" * 290 + KEY},
}
ECHO_HEADERS = {"X-Request-Id": f"req {KEY}", "Content-Type": f"application/json; key={KEY}"}


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def every_form(secret: str) -> set[str]:
    halves = {secret[:12], secret[-12:]}
    return {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], *halves}


def assert_secret_is_kept(error: QAError, log: str, secret: str = KEY) -> None:
    """No text that a person or a program gets from an error may hold the secret."""
    shown = {
        "str": str(error),
        "repr": repr(error),
        "facts": repr(vars(error)),
        "traceback": "".join(traceback.format_exception(error)),
        "pickle": repr(pickle.dumps(error)),
        "log": log,
    }
    leaks = {where for where, text in shown.items() for form in every_form(secret) if form in text}
    assert leaks == set(), str(error)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422, 429, 500, 503])
@pytest.mark.parametrize("operation", ["parts.get", "parts.create", "parts.file"])
def test_an_error_that_echoes_the_key_is_shown_without_it(
    operation: str, status: int, echo: str, vendor: responses.RequestsMock, log: pytest.LogCaptureFixture
) -> None:
    answer(vendor, operation, status=status, json=ECHOES[echo], headers=ECHO_HEADERS)
    with pytest.raises(QAError) as failed:
        acme(retries=0).ask(operation)

    assert_secret_is_kept(failed.value, log.text)


@pytest.mark.parametrize(
    "content",
    [
        {"body": f"<html>{KEY}</html>", "content_type": "text/html"},
        {"body": f'{{"key": "{KEY}', "content_type": "application/json"},
        {"body": f"{KEY}", "headers": {"Content-Type": f"text/{KEY}", "X-Request-Id": KEY}},
        {"status": 302, "headers": {"Location": f"{OTHER_HOST}/{KEY}/{quote(KEY, safe='')}?key={KEY}#{KEY}"}},
        {"status": 503, "body": KEY, "headers": {"Content-Type": KEY, "Retry-After": KEY}},
        {"body": requests.ConnectionError(f"broken: {KEY}")},
        {"body": requests.Timeout(KEY)},
        {"body": requests.exceptions.InvalidHeader(f"Invalid character in header value: {KEY!r}")},
        {"body": requests.exceptions.ChunkedEncodingError(ValueError(f"{KEY}"))},
        {"body": requests.exceptions.InvalidURL(f"{BASE_URL}?key={quote(KEY, safe='')}")},
        {"body": requests.exceptions.SSLError(ssl.SSLError(1, f"[SSL] {KEY}"))},
        {"body": OSError(f"no such bundle: {KEY}")},
    ],
    ids=lambda content: next(iter(content.values())).__class__.__name__,
)
@pytest.mark.parametrize("operation", ["parts.list", "parts.create"])
def test_no_other_failure_shows_the_key(
    operation: str, content: dict[str, Any], vendor: responses.RequestsMock, log: pytest.LogCaptureFixture
) -> None:
    answer(vendor, operation, **content)
    with pytest.raises(QAError) as failed:
        acme(retries=1, max_retry_wait=0).ask(operation)

    assert_secret_is_kept(failed.value, log.text)


@pytest.mark.parametrize("what", failures())
def test_no_failed_connection_shows_the_key(
    what: str, vendor: responses.RequestsMock, log: pytest.LogCaptureFixture
) -> None:
    answer(vendor, "parts.create", body=failures()[what])
    with pytest.raises(QAError) as failed:
        acme(retries=0).ask("parts.create")

    assert_secret_is_kept(failed.value, log.text)


def every_vendor() -> list[VendorClient]:
    options = {"smartq": {"login": "ann@example.com", "client_id": f"c-{KEY}", "authentication": "basic"}}
    kinds = (ConqaClient, MonitorQAClient, QalyptusClient, SimploClient, SmartQClient)
    return [kind(ClientSettings(BASE_URL, KEY, retries=0, options=options.get(kind.vendor, {}))) for kind in kinds]


@pytest.mark.parametrize("client", every_vendor(), ids=lambda client: client.vendor)
@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("status", [200, 400, 401, 404, 409, 500])
def test_no_vendor_s_error_shape_shows_the_key(
    status: int, echo: str, client: VendorClient, vendor: responses.RequestsMock, log: pytest.LogCaptureFixture
) -> None:
    # without a request id in the header, one in the body may be taken
    headers = {} if status == 404 else ECHO_HEADERS
    vendor.add(responses.GET, re.compile(f"{BASE_URL}/.*"), status=status, json=ECHOES[echo], headers=headers)
    try:
        client.ping()
    except QAError as error:
        assert_secret_is_kept(error, log.text)
    else:
        assert status == 200, "an error status must raise"
        assert not any(form in log.text for form in every_form(KEY))


@pytest.mark.parametrize("client", every_vendor(), ids=lambda client: client.vendor)
def test_no_repr_shows_the_key(client: VendorClient) -> None:
    shown = (
        client,
        client.settings,
        client.transport,
        client.transport.session,
        client.transport.session.auth,
        client.routes,
    )

    assert not any(form in repr(thing) for thing in shown for form in every_form(KEY))
    assert "api.example.com" in repr(client)
