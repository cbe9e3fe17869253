"""What each answer becomes: data, an error in the vendor's words, or a redirect that is refused."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
import responses

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAError,
    QANotFoundError,
    QARateLimitError,
    QAResponseError,
    QAServerError,
    error_class_for,
    may_be_done,
)
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from tests.unit.acme import BASE_URL, KEY, ROUTES, acme, answer

OTHER_HOST = "https://login.example.org"


# Answers


@pytest.mark.parametrize(("status", "body"), [(204, ""), *product((200, 201, 202), ("", "  \n", "null"))])
def test_an_empty_answer_is_nothing(status: int, body: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.create", status=status, body=body)

    assert acme().ask("parts.create") is None


@pytest.mark.parametrize("body", ['{"id": "a1", "na', '{"id": "a1"', "[1, 2", "{'id': 1}", "OK"])
@pytest.mark.parametrize("operation", ["parts.list", "parts.create"])
def test_json_that_is_cut_off_or_none_is_no_answer(operation: str, body: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, operation, body=body.encode(), content_type="application/json; charset=utf-8")
    with pytest.raises(QAResponseError) as failed:
        acme(retries=0).ask(operation)

    route = ROUTES[operation]
    assert f"the answer to {route.method} {route.path} is not JSON but application/json." in str(failed.value)
    assert ("The request may have been carried out." in str(failed.value)) is (operation == "parts.create")


@pytest.mark.parametrize("operation", ["parts.list", "parts.create"])
def test_a_login_page_in_place_of_json_says_so(operation: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, operation, body="<html><title>Sign in</title></html>", content_type="text/html; charset=utf-8")
    with pytest.raises(QAResponseError) as failed:
        acme(retries=0).ask(operation)

    assert "is not JSON but text/html." in str(failed.value)
    assert "A login page, a proxy or a wrong base URL answers like this" in str(failed.value)
    assert failed.value.status_code == 200


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 409, 418, 422, 423, 425, 429, 499, 500, 501, 503, 520, 530]
)
@pytest.mark.parametrize("operation", ["parts.list", "parts.create", "parts.file"])
def test_an_error_status_is_a_typed_error_with_the_vendor_s_words(
    operation: str, status: int, vendor: responses.RequestsMock
) -> None:
    answer(
        vendor,
        operation,
        status=status,
        json={"message": "The part is\n out of  stock", "code": "parts/none"},
        headers={"X-Request-Id": "req-17"},
    )
    with pytest.raises(QAError) as failed:
        acme(retries=0).ask(operation)

    error, route = failed.value, ROUTES[operation]
    assert type(error) is error_class_for(status)
    assert (error.vendor, error.operation, error.status_code) == ("acme", operation, status)
    assert (error.code, error.request_id) == ("parts/none", "req-17")
    assert f"for {route.method} {route.path}: The part is out of stock (parts/none)." in str(error)
    assert str(error).endswith("Request id req-17.")
    if operation == "parts.create":
        assert error.outcome == (
            "It is not known whether the change was made" if may_be_done(error) else "Nothing was changed"
        )
    else:
        assert error.outcome is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"body": "<html>Bad Gateway</html>", "content_type": "text/html"}, "for GET /parts: text/html."),
        ({"body": "", "headers": {"Content-Length": "0"}}, "for GET /parts: no text."),
        ({"body": '{"message": "half', "content_type": "application/json"}, "for GET /parts: application/json."),
        ({"json": {"message": "m" * 900}}, f"for GET /parts: {'m' * 300}…"),
        ({"json": {"message": "no such part", "code": 4711}}, "no such part (4711)."),
        ({"json": {"message": "parts/none", "code": "parts/none"}}, "for GET /parts: parts/none."),
        ({"json": ["first", "second"]}, "for GET /parts: ['first', 'second']."),
    ],
)
def test_an_error_without_the_documented_shape_is_described(
    content: dict[str, Any], said: str, vendor: responses.RequestsMock
) -> None:
    answer(vendor, "parts.list", status=502, **content)
    with pytest.raises(QAServerError) as failed:
        acme(retries=0).ask("parts.list")

    assert said in str(failed.value)
    assert failed.value.code is None or isinstance(failed.value.code, str)


def test_a_rate_limit_keeps_the_wish_of_the_vendor(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", status=429, headers={"Retry-After": "33"})
    with pytest.raises(QARateLimitError) as failed:
        acme(retries=0).ask("parts.list")

    assert failed.value.retry_after == 33
    assert "The vendor asks to wait 33 s." in str(failed.value)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("operation", ["parts.list", "parts.create", "parts.file"])
def test_a_redirect_is_refused_and_the_key_stays_here(
    operation: str, status: int, vendor: responses.RequestsMock
) -> None:
    answer(vendor, operation, status=status, headers={"Location": f"{OTHER_HOST}/v1/parts?session=s3cr3t"})
    vendor.add(responses.GET, re.compile(f"{OTHER_HOST}/.*"), json=[])
    vendor.add(responses.POST, re.compile(f"{OTHER_HOST}/.*"), json=[])
    with pytest.raises(QAConfigurationError) as refused:
        acme().ask(operation)

    assert [call.request.url.split("?")[0] for call in vendor.calls] == [
        BASE_URL + ROUTES[operation].path.replace("{id}", "7")
    ]
    assert f"HTTP {status}: the host redirects to {OTHER_HOST}/v1/parts." in str(refused.value)
    assert "The redirect was not followed: the key goes to the configured host only." in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/login", "redirects to https://api.example.com/login."),
        ("//login.example.org/", "redirects to https://login.example.org/."),
        ("https://me:s3cr3t@login.example.org/#s3cr3t", "redirects to https://login.example.org/."),
        (None, "redirects to an address that it does not tell."),
    ],
)
def test_any_redirect_is_told(location: str | None, shown: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", status=302, headers={"Location": location} if location else {})
    with pytest.raises(QAConfigurationError) as refused:
        acme().ask("parts.list")

    assert shown in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


@pytest.mark.parametrize("location", ["http://[::1", "http://api.example.com:port/", "//:0"])
def test_a_redirect_to_nowhere_is_told(location: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.create", status=302, headers={"Location": location})
    with pytest.raises(QAConfigurationError, match="redirects to an address that it does not tell"):
        acme().ask("parts.create")


@pytest.mark.parametrize(("status", "maybe"), [(301, False), (302, True), (303, True), (307, False), (308, False)])
def test_a_redirect_may_follow_a_change(status: int, maybe: bool, vendor: responses.RequestsMock) -> None:
    for operation in ("parts.create", "parts.list"):
        answer(vendor, operation, status=status, headers={"Location": "/parts/8"})
    with pytest.raises(QAConfigurationError) as refused:
        acme().ask("parts.create")
    with pytest.raises(QAConfigurationError) as read:
        acme().ask("parts.list")

    assert may_be_done(refused.value) is maybe
    assert ("The request may have been carried out." in str(refused.value)) is maybe
    assert "may have been" not in str(read.value)


# Routes that nobody published


def test_a_404_on_an_inferred_route_says_how_to_override_it(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.get", status=404, json={"message": "no such path"})
    with pytest.raises(QANotFoundError) as failed:
        acme().ask("parts.get")

    assert "GET /parts/{id} is inferred and may differ at your tenant" in str(failed.value)
    assert '{"routes": {"parts.get": "GET /the/real/path"}}' in str(failed.value)


@pytest.mark.parametrize(("operation", "status"), [("parts.list", 404), ("parts.get", 403), ("parts.get", 500)])
def test_other_errors_do_not_blame_the_route(operation: str, status: int, vendor: responses.RequestsMock) -> None:
    answer(vendor, operation, status=status)
    with pytest.raises(QAError) as failed:
        acme(retries=0).ask(operation)

    assert "inferred" not in str(failed.value)


def test_an_overridden_route_is_asked_and_not_blamed(vendor: responses.RequestsMock) -> None:
    vendor.add(responses.POST, f"{BASE_URL}/v2/part/7/read", status=404)
    with pytest.raises(QANotFoundError) as failed:
        acme(routes={"parts.get": "POST /v2/part/{id}/read"}).ask("parts.get")

    assert "for POST /v2/part/{id}/read" in str(failed.value)
    assert "inferred" not in str(failed.value)


def test_the_hint_of_a_real_vendor_works_when_it_is_followed(vendor: responses.RequestsMock) -> None:
    settings = ClientSettings("https://acme.qalyptus.net/api/v1", KEY, retries=0)
    with QalyptusClient(settings) as client:
        route = client.route_table["status.get_on_demand"]
        vendor.add(route.method, settings.base_url + route.path.replace("{id}", "r1"), status=404)
        with pytest.raises(QANotFoundError) as failed:
            client.status.get_on_demand("r1")
    (hint,) = re.findall(r'\{"routes": \{"[^}]*\}\}', str(failed.value))
    overrides = {"status.get_on_demand": "GET /requests/{id}"}
    assert hint == '{"routes": {"status.get_on_demand": "GET /the/real/path"}}'

    vendor.add(responses.GET, f"{settings.base_url}/requests/r1", json={"isSuccess": True, "data": {"id": "r1"}})
    with QalyptusClient(ClientSettings(settings.base_url, KEY, routes=overrides)) as client:
        assert client.status.get_on_demand("r1") == {"id": "r1"}
