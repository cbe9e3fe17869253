"""One session per client: what goes out with every request, at which pace, by which settings."""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from airflow_qa_provider.exceptions import QAConfigurationError, QAConnectError, QAValidationError
from tests.contract.recorder import Answer, RecordingServer
from tests.unit.acme import BASE_URL, KEY, ROUTES, AcmeClient, acme, answer


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody listens on, kept so."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


# What goes out


@pytest.mark.parametrize("operation", ROUTES)
def test_every_request_has_time_outs_credentials_and_a_name(operation: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, operation, json=[])
    acme(connect_timeout=3.0, read_timeout=7.0, verify="/etc/ca.pem").ask(operation)

    sent: Any = vendor.calls[0].request
    assert sent.req_kwargs["timeout"] == (3.0, 7.0)
    assert sent.req_kwargs["verify"] == "/etc/ca.pem"
    assert sent.headers["X-Api-Key"] == KEY
    assert sent.headers["User-Agent"].startswith("airflow-qa-provider/")


def test_the_default_time_outs(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", json=[])
    acme().ask("parts.list")

    assert vendor.calls[0].request.req_kwargs["timeout"] == (10.0, 60.0)  # type: ignore[attr-defined]


def test_parameters_and_body_go_out_in_json_spelling(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.create", json={})
    acme().ask("parts.create", params={"dry": True, "wet": False, "page": 2, "unset": None}, body={"name": "Türe"})

    sent = vendor.calls[0].request
    assert sent.url == f"{BASE_URL}/parts?dry=true&wet=false&page=2"
    assert sent.body == b'{"name": "T\\u00fcre"}'
    assert sent.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("body", [{}, [], 0, False, ""])
def test_an_empty_body_is_a_body(body: Any, vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.create", json={})
    acme().ask("parts.create", body=body)

    assert vendor.calls[0].request.headers["Content-Type"] == "application/json"


def test_a_file_is_asked_for_uncompressed(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.file", body=b"%PDF")
    assert acme().ask("parts.file") == b"%PDF"

    assert vendor.calls[0].request.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("base_url", [BASE_URL, BASE_URL + "/", BASE_URL + "//"])
def test_slashes_at_the_end_of_the_base_url_do_not_matter(base_url: str, vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", json=[])
    acme(base_url=base_url).ask("parts.list")

    assert vendor.calls[0].request.url == f"{BASE_URL}/parts"


def test_a_path_value_stays_one_segment_on_the_wire() -> None:
    with RecordingServer() as server:
        server.expect([Answer(body=b"{}")] * 3)
        client = acme(base_url=server.url)
        for value in ("../users", "a?b#c", "Prüfung"):
            client.call("parts.get", {"id": value})

    assert [sent.target for sent in server.requests] == [
        "/parts/..%2Fusers",
        "/parts/a%3Fb%23c",
        "/parts/Pr%C3%BCfung",
    ]


@pytest.mark.parametrize("value", ["", " ", None, "..", "."])
def test_an_empty_path_value_is_refused_before_sending(value: Any, vendor: responses.RequestsMock) -> None:
    with pytest.raises(QAValidationError, match=r"id must be a non-empty id, got .*\. Nothing was sent\."):
        acme().call("parts.delete", {"id": value})

    assert len(vendor.calls) == 0


def test_netrc_does_not_replace_the_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vendor: responses.RequestsMock
) -> None:
    netrc = "machine api.example.com login someone password else\ndefault login any password any\n"
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text(netrc)
        (tmp_path / name).chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    assert requests.utils.get_netrc_auth(BASE_URL) == ("someone", "else"), "the file would be used by anybody else"

    answer(vendor, "parts.list", json=[])
    acme().ask("parts.list")

    sent = vendor.calls[0].request.headers
    assert sent["X-Api-Key"] == KEY
    assert "Authorization" not in sent


@pytest.fixture
def no_proxy_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("no_proxy_settings")
def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with RecordingServer() as proxy:
        proxy.expect([Answer(body=b"[]")])
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert acme(base_url="http://api.example.com/v1").ask("parts.list") == []

    (sent,) = proxy.requests
    assert sent.target == "http://api.example.com/v1/parts"
    assert sent.headers["x-api-key"] == KEY


@pytest.mark.usefixtures("no_proxy_settings")
def test_a_host_that_needs_no_proxy_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    with RecordingServer() as proxy, RecordingServer() as server:
        server.expect([Answer(body=b"[]")])
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        acme(base_url=server.url).ask("parts.list")

    assert (len(proxy.requests), len(server.requests)) == (0, 1)


@pytest.mark.usefixtures("no_proxy_settings")
def test_a_proxy_that_is_away_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:s3cr3t-pw@127.0.0.1:{closed_port}")
    with pytest.raises(QAConnectError) as failed:
        acme(retries=0).ask("parts.create")

    assert "could not connect to api.example.com" in str(failed.value)
    assert "Nothing was sent." in str(failed.value)
    assert "proxy settings" in str(failed.value)
    assert "s3cr3t-pw" not in "".join(traceback.format_exception(failed.value))


# Pace


def test_requests_leave_at_the_pace_of_the_account(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", json=[])
    account = {"token": "paced-account", "requests_per_minute": 1200}
    clients = [acme(**account), acme(**account), acme(**account).without_retries()]
    left: list[float] = []

    def ask(client: AcmeClient) -> None:
        client.ask("parts.list")
        left.append(time.monotonic())

    began = time.monotonic()
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(ask, clients * 2))

    assert len(vendor.calls) == 6
    assert max(left) - began >= 5 * 0.05 - 0.005, "six requests at 1200 a minute need five gaps of 50 ms"


def test_every_try_counts(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", status=429, headers={"Retry-After": "0"})
    answer(vendor, "parts.list", json=[])
    client = acme(token="paced-retries", requests_per_minute=60)
    client.transport._pacer._next = 0.0  # type: ignore[union-attr]
    began = time.monotonic()
    client.ask("parts.list")

    assert time.monotonic() - began >= 0.99


def test_other_accounts_have_a_pace_of_their_own(vendor: responses.RequestsMock) -> None:
    answer(vendor, "parts.list", json=[])
    began = time.monotonic()
    for account in ("paced-one", "paced-two", "paced-three"):
        acme(token=account, requests_per_minute=1).ask("parts.list")
    acme(token="not-paced").ask("parts.list")

    assert time.monotonic() - began < 30


# Settings that cannot work


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_url": ""}, "host '' is not an absolute http(s) URL"),
        ({"base_url": "api.example.com"}, "host 'api.example.com' is not an absolute http(s) URL"),
        ({"base_url": "ftp://api.example.com"}, "is not an absolute http(s) URL"),
        ({"base_url": "https:///v1"}, "is not an absolute http(s) URL"),
        ({"base_url": "http://[::1"}, "is not an absolute http(s) URL"),
        ({"base_url": "http://api.example.com:port"}, "is not an absolute http(s) URL"),
        ({"base_url": f"https://me:{KEY}@api.example.com"}, "the host URL carries a user name or password"),
        ({"base_url": f"ftp://me:{KEY}@api.example.com"}, "the host URL carries a user name or password"),
        ({"base_url": f"https://api.example.com?key={KEY}"}, "the host URL has a query or a fragment"),
        ({"base_url": "https://api.example.com#parts"}, "the host URL has a query or a fragment"),
        ({"token": ""}, "there is no API key or token"),
        ({"token": "two words"}, "other characters that no header can carry"),
        ({"token": "broken\nin-two"}, "other characters that no header can carry"),
        ({"token": "schlüssel"}, "other characters that no header can carry"),
        ({"connect_timeout": 0.0}, "connect_timeout must be more than 0 and at most 86400 seconds"),
        ({"read_timeout": -1.0}, "read_timeout must be more than 0"),
        ({"read_timeout": float("inf")}, "read_timeout must be more than 0 and at most 86400 seconds"),
        ({"total_timeout": 0.0}, "total_timeout must be more than 0 and at most 86400 seconds"),
        ({"total_timeout": float("inf")}, "total_timeout must be more than 0 and at most 86400 seconds"),
        ({"settle_time": -1.0}, "settle_time must be 0 to 86400 seconds"),
        ({"settle_time": float("nan")}, "settle_time must be 0 to 86400 seconds"),
        ({"max_json_bytes": 1000}, "max_json_bytes must be at least 1024"),
        ({"base_url": "https://::1"}, "is not an absolute http(s) URL"),
        ({"base_url": "https://[::1]:²³"}, "is not an absolute http(s) URL"),
        ({"poll_interval": float("nan")}, "poll_interval must be more than 0"),
        ({"requests_per_minute": 0}, "requests_per_minute must be at least 1"),
        ({"retries": -1}, "retries must be 0 or more"),
        ({"max_retry_wait": -0.1}, "max_retry_wait must be 0 or more"),
        ({"max_retry_wait": float("nan")}, "max_retry_wait must be 0 or more"),
        ({"routes": {"parts.fetch": "GET /x"}}, "which does not exist"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(QAConfigurationError) as refused:
        acme(connection_id="acme_default", **settings)

    assert message in str(refused.value)
    assert KEY not in str(refused.value)
    assert settings.get("token", KEY) in ("", KEY) or settings["token"] not in str(refused.value)
    if "routes" not in settings:
        assert str(refused.value).startswith("acme: connection 'acme_default': ")
        assert "Nothing was sent." in str(refused.value)


@pytest.mark.parametrize(
    ("base_url", "reason"),
    [("http://.example.com", "label"), ("http://host name", "host name")],
)
def test_a_host_that_is_none_is_a_wrong_setting(base_url: str, reason: str) -> None:
    with pytest.raises(QAConfigurationError, match=reason) as failed:
        acme(base_url=base_url).ask("parts.create")

    assert "Nothing was sent. Check the host of the connection." in str(failed.value)


def test_a_ca_bundle_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(QAConfigurationError) as failed:
        acme(verify=str(tmp_path / "ca.pem")).ask("parts.create")

    assert str(tmp_path / "ca.pem") in str(failed.value)
    assert "Nothing was sent. Check ca_path in the connection's extra." in str(failed.value)
