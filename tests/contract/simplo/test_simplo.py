"""What the cases cannot say: hosts, options, and that an invoice is never asked for twice."""

from __future__ import annotations

import pytest

from airflow_qa_provider.exceptions import QAConfigurationError, QAConnectionLostError, QATimeoutError
from airflow_qa_provider.rest.retrying import may_repeat
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.client.client import base_url
from airflow_qa_provider.vendors.simplo.client.dialect import Dialect


@pytest.mark.parametrize("lost", [QAConnectionLostError("lost"), QATimeoutError("silent")])
def test_only_reads_are_repeated_after_a_lost_answer(lost: Exception) -> None:
    repeated = {route.operation for route in SimploClient.routes.values() if may_repeat(route, lost, 60)}
    reads = {route.operation for route in SimploClient.routes.values() if route.method == "GET"}
    assert repeated == reads - {"reports.issue_invoice"}


@pytest.mark.parametrize(
    "host",
    [
        "simplo.example.com",
        " https://simplo.example.com/",
        "https://simplo.example.com/api/v0",
        "https://simplo.example.com/api/v0/",
    ],
)
def test_the_prefix_of_the_api_is_added_once(host: str) -> None:
    assert base_url(host) == "https://simplo.example.com/api/v0"


def test_dates_of_the_docs_can_be_read() -> None:
    assert to_utc("2023-01-01T00:00:00+0100", "from_at") == to_utc("2022-12-31T23:00:00.000000Z", "from_at")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"header": "X"}, r"extra.simplo has unknown names \['header'\]"),
        ({"auth_header": "X Api Key"}, "extra.simplo.auth_header must be the name of a header"),
        ({"auth_scheme": "Bearer\r\nX: y"}, "extra.simplo.auth_scheme must be one line"),
        ({"user_agent": "a\nb"}, "extra.simplo.user_agent must be one line"),
        ({"filter_param": "filter"}, r"extra.simplo.filter_param must be a text with \{field\}"),
        ({"page_param": ""}, "extra.simplo.page_param must be the name of a query parameter"),
        ({"separator": 1}, "extra.simplo.separator must be a string"),
    ],
)
def test_options_that_cannot_work_are_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(QAConfigurationError, match=says):
        Dialect.from_options(options)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("[::1]:8443", "https://[::1]:8443/api/v0"),
        ("http://[2001:db8::7]:8080", "http://[2001:db8::7]:8080/api/v0"),
        ("2001:db8::7", "https://[2001:db8::7]/api/v0"),
        ("localhost:8443", "https://localhost:8443/api/v0"),
    ],
)
def test_an_ipv6_host_keeps_its_port(host: str, url: str) -> None:
    assert base_url(host) == url
    with SimploClient(ClientSettings(base_url(host), "key")) as client:
        assert client.settings.base_url == url
