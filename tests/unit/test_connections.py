"""Connections of all vendors: what the hooks read, what cannot work, and secrets stay out of sight."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import Connection
from airflow.sdk.log import redact

from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.rest.common_fields import COMMON_FIELDS
from airflow_qa_provider.vendors import vendor_named
from airflow_qa_provider.vendors.connect import client_of
from tests.registered import VENDORS
from tests.unit.connecting import KEY, TYPES, connection, settings


def refused(vendor: str, extra: Any = None, **fields: Any) -> QAConfigurationError:
    with pytest.raises(QAConfigurationError) as raised:
        settings(vendor, extra, **fields)
    assert KEY not in str(raised.value)
    assert raised.value.hint
    return raised.value


# What the hooks read


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_common_field_arrives(vendor: str, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    operation = next(iter(vendor_named(vendor).client.routes))
    route = vendor_named(vendor).client.routes[operation]
    path = "/other" + "".join(f"/{{{name}}}" for name in route.placeholders)
    extra = {
        "connect_timeout": "2.5",
        "read_timeout": 7,
        "retries": 1,
        "max_retry_wait": 30,
        "poll_interval": 9,
        "requests_per_minute": "120",
        "page_size": 50,
        "ca_path": str(bundle),
        "routes": {operation: f"{route.method} {path}"},
    }
    found = settings(vendor, extra)

    assert (found.connect_timeout, found.read_timeout, found.poll_interval) == (2.5, 7.0, 9.0)
    assert (found.retries, found.max_retry_wait, found.requests_per_minute, found.page_size) == (1, 30.0, 120, 50)
    assert found.verify == str(bundle)
    assert dict(found.routes) == extra["routes"]
    assert found.connection_id == f"{vendor}_one"


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_a_form_leaves_empty_is_a_default(vendor: str) -> None:
    empty: dict[str, Any] = dict.fromkeys([*COMMON_FIELDS, vendor])

    assert settings(vendor, empty) == settings(vendor)


@pytest.mark.parametrize(("written", "verify"), [("false", False), (False, False), ("on", True), (1, True), (0, False)])
def test_spellings_of_verify(written: Any, verify: bool) -> None:
    assert settings("monitorqa", {"verify": written}).verify is verify


@pytest.mark.parametrize(
    ("vendor", "fields", "extra", "base_url"),
    [
        ("conqa", {"host": None}, {}, "https://api-oceania.con.qa/api-v1"),
        ("conqa", {"host": ""}, {"region": "Europe"}, "https://api-europe.con.qa/api-v1"),
        ("conqa", {"host": "api-europe.con.qa"}, {"region": "oceania"}, "https://api-europe.con.qa/api-v1"),
        ("conqa", {"host": "https://gateway.example.com/conqa/"}, {}, "https://gateway.example.com/conqa"),
        ("monitorqa", {"host": None}, {}, "https://api-external.monitorqa.com"),
        ("monitorqa", {"host": "http://localhost", "port": 8080}, {}, "http://localhost:8080"),
        ("qalyptus", {"host": None}, {"tenant": "tenant"}, "https://tenant.qalyptus.net/api/v1"),
        ("qalyptus", {"host": "https://q.example.com/api/v1/"}, {"tenant": "tenant"}, "https://q.example.com/api/v1"),
        ("simplo", {"host": "is.example.com"}, {}, "https://is.example.com/api/v0"),
        ("simplo", {"host": "http://is.example.com/api/v0/"}, {}, "http://is.example.com/api/v0"),
        (
            "simplo",
            {"host": "is.example.com", "port": 8443, "schema": "https"},
            {},
            "https://is.example.com:8443/api/v0",
        ),
        ("smartq", {"host": None}, {"account": "account"}, "https://account.smartqweb.com/api/v1"),
        ("smartq", {"host": "https://account.smartqweb.com/"}, {}, "https://account.smartqweb.com/api/v1"),
        ("smartq", {"host": "https://account.smartqweb.com/api/v1/"}, {}, "https://account.smartqweb.com/api/v1"),
    ],
)
def test_base_urls(vendor: str, fields: dict[str, Any], extra: dict[str, Any], base_url: str) -> None:
    assert settings(vendor, extra, **fields).base_url == base_url


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_connection_survives_being_written_as_a_uri(vendor: str) -> None:
    # Airflow's own test of a connection goes this way
    options = {"qalyptus": {"qalyptus": {"succeeded": ["done"]}}, "simplo": {"simplo": {"auth_scheme": "Token"}}}
    original = connection(vendor, {"read_timeout": 9, **options.get(vendor, {})}, password="p@ss/w:rd?#%&=+")
    again = Connection.from_uri(original.get_uri(), conn_id=original.conn_id)

    assert client_of(vendor, again).settings == client_of(vendor, original).settings


@pytest.mark.parametrize(
    ("vendor", "options"),
    [
        ("conqa", {"external_id_fields": ["externalRef"]}),
        ("qalyptus", {"succeeded": ["done"], "task_runs": "on_demand"}),
        ("simplo", {"auth_header": "X-Api-Key", "auth_scheme": ""}),
        ("smartq", {"timezone": "Europe/Prague", "token_lifetime": 60}),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_options_reach_the_dialect(vendor: str, options: dict[str, Any], as_text: bool) -> None:
    written = json.dumps(options) if as_text else options
    client = client_of(vendor, connection(vendor, {vendor: written}))

    for name, value in options.items():
        assert getattr(client.dialect, name) == (tuple(value) if isinstance(value, list) else value)


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("::1", 8443, "https://[::1]:8443"),
        ("[::1]", 8443, "https://[::1]:8443"),
        ("[::1]:8080", 8443, "https://[::1]:8080"),
        ("https://[2001:db8::1]/api", 8443, "https://[2001:db8::1]:8443/api"),
        ("2001:db8::1", None, "https://[2001:db8::1]"),
    ],
)
def test_an_ipv6_host_and_its_port(host: str, port: int | None, url: str) -> None:
    assert settings("monitorqa", host=host, port=port).base_url == url


@pytest.mark.parametrize(
    "written",
    [
        ["files.example.net", ".blob.example.net"],
        "files.example.net, .blob.example.net",
        '["files.example.net", ".blob.example.net"]',
    ],
)
def test_hosts_of_downloads_may_be_a_list_or_a_text(written: Any) -> None:
    assert settings("simplo", {"download_hosts": written}).download_hosts == ("files.example.net", ".blob.example.net")


@pytest.mark.parametrize("written", [None, "", [], " "])
def test_no_host_of_downloads_is_allowed_by_itself(written: Any) -> None:
    assert settings("simplo", {"download_hosts": written}).download_hosts == ()


def test_times_and_sizes_reach_the_client() -> None:
    found = settings("simplo", {"total_timeout": "90", "settle_time": 40, "max_json_bytes": "1048576"})
    assert (found.total_timeout, found.settle_time, found.max_json_bytes) == (90.0, 40.0, 1048576)
    default = settings("simplo")
    assert (default.total_timeout, default.settle_time, default.max_json_bytes) == (300.0, 15.0, 64 * 1024 * 1024)


# Credentials


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "smartq"])
def test_blanks_around_a_copied_key_are_left_off(vendor: str) -> None:
    assert settings(vendor, password=f" {KEY}\n").token == KEY


def test_blanks_in_a_password_of_smartq_are_part_of_it() -> None:
    client = client_of("smartq", connection("smartq", password=" pass word "))

    assert client.credentials.password == " pass word "
    assert client.credentials.login == "me@example.com"


@pytest.mark.parametrize(
    "extra",
    [
        {"api_key": KEY},
        {"api_key": f" {KEY} "},
        {"smartq": {"client_id": KEY}},
        {"smartq": {"api_key": KEY}},
        {"api_key": "another", "smartq": {"client_id": KEY, "timezone": "UTC"}},
        {"smartq": json.dumps({"client_id": KEY})},
    ],
)
def test_the_api_access_key_of_smartq_may_stand_in_several_places(extra: dict[str, Any]) -> None:
    client = client_of("smartq", connection("smartq", {"api_key": None, **extra}))

    assert client.credentials.client_id == KEY


def test_the_api_access_key_of_smartq_is_masked_wherever_it_stands() -> None:
    secret = "an-access-key-of-this-test-alone"
    assert redact(f"sent {secret}") == f"sent {secret}"
    settings("smartq", {"api_key": None, "smartq": {"client_id": secret}})

    assert redact(f"sent {secret}") == "sent ***"


@pytest.mark.parametrize("vendor", VENDORS)
def test_airflow_masks_the_secret_fields_of_the_forms(vendor: str) -> None:
    secret_fields = {
        name for name, entry in TYPES[vendor]["conn-fields"].items() if entry["schema"].get("format") == "password"
    }

    assert secret_fields == {"smartq": {"api_key"}, "conqa": {"webhook_token"}, "monitorqa": {"webhook_token"}}.get(
        vendor, set()
    )
    for name in secret_fields:
        assert redact({name: "a-value-nobody-knows"}) == {name: "***"}


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_secret_in_repr(vendor: str) -> None:
    client = client_of(vendor, connection(vendor))

    assert KEY not in repr(client) + repr(client.settings)


# What cannot work


@pytest.mark.parametrize(
    ("vendor", "extra", "fields", "code", "words"),
    [
        ("qalyptus", {}, {"host": None}, "missing_host", "normally https://{tenant}.qalyptus.net/api/v1"),
        ("simplo", {}, {"host": " "}, "missing_host", "normally https://{host}/api/v0"),
        ("smartq", {}, {"host": None}, "missing_host", "normally https://{account}.smartqweb.com/api/v1"),
        ("monitorqa", {}, {"password": None}, "missing_key", "Put it into the password field"),
        ("conqa", {}, {"password": "  "}, "missing_key", "Put it into the password field"),
        ("smartq", {}, {"password": None}, "missing_key", "there is no password"),
        ("smartq", {"api_key": None}, {}, "missing_key", "put it into extra.api_key"),
        ("smartq", {}, {"login": None}, "missing_login", "the e-mail address of a user"),
        ("monitorqa", "{'verify': false}", {}, "bad_extra", "the extra is not a JSON object"),
        ("monitorqa", "[1]", {}, "bad_extra", "the extra is not a JSON object"),
        ("monitorqa", {"Read-Timeout2": 1}, {}, "unknown_option", "Did you mean 'read_timeout'?"),
        ("conqa", {"regions": "x"}, {}, "unknown_option", "Did you mean 'region'?"),
        ("simplo", {"auth_header": "X-Key"}, {}, "unknown_option", 'Write {"simplo": {"auth_header": ...}}'),
        ("smartq", {"smartq": {"time_zone": "UTC"}}, {}, "unknown_option", "Did you mean 'timezone'?"),
        ("qalyptus", {"qalyptus": {"colour": "red"}}, {}, "unknown_option", "Known are ['active',"),
        ("monitorqa", {"monitorqa": {"colour": "red"}}, {}, "unknown_option", "monitorqa has no options"),
        ("smartq", {"smartq": f"client_id={KEY}"}, {}, "bad_option", "must be an object of names and values"),
        ("smartq", {"smartq": [KEY]}, {}, "bad_option", "must be an object of names and values"),
        ("simplo", {"download_hosts": {"a": 1}}, {}, "bad_option", "extra.download_hosts must be a list of words"),
        ("simplo", {"download_hosts": ["a", 1]}, {}, "bad_option", "extra.download_hosts must be a list of words"),
        ("simplo", {"total_timeout": "long"}, {}, "bad_option", "extra.total_timeout must be a number"),
        ("simplo", {"page_size": 0}, {}, "bad_option", "extra.page_size must be at least 1"),
        ("simplo", {"retries": "many"}, {}, "bad_option", "extra.retries must be a number, got 'many'"),
        ("simplo", {"retries": float("inf")}, {}, "bad_option", "extra.retries must be a number"),
        ("conqa", {"verify": "/etc/ca.pem"}, {}, "bad_option", "goes into extra.ca_path"),
        ("conqa", {"ca_path": "/no/such/ca.pem"}, {}, "bad_ca_path", "does not exist on this machine"),
        ("conqa", {"region": "a/b"}, {}, "bad_host", "api-{region}.con.qa"),
        ("smartq", {"account": "https://x"}, {}, "bad_host", "{account}.smartqweb.com"),
        ("simplo", {"routes": "GET /x"}, {}, "bad_route", "extra.routes must be an object"),
        ("simplo", {"routes": {"reports.read": "GET /x"}}, {}, "bad_route", "which does not exist"),
        ("simplo", {"routes": {"reports.get": "GET /x"}}, {}, "bad_route", "placeholders ['report_id']"),
    ],
)
def test_a_field_that_cannot_work_is_named(
    vendor: str, extra: Any, fields: dict[str, Any], code: str, words: str
) -> None:
    error = refused(vendor, extra, **fields)

    assert isinstance(error, QAConfigurationError)
    assert error.code == code
    assert words in str(error)
    assert f"connection '{vendor}_one': " in str(error) or code == "bad_route"
    assert "Nothing was sent" in str(error)


def test_the_words_of_a_dialect_are_checked_too() -> None:
    assert "auth_header must be the name of a header" in str(refused_option("simplo", {"auth_header": "two words"}))
    assert "task_runs must be 'scheduled' or 'on_demand'" in str(refused_option("qalyptus", {"task_runs": "both"}))


def refused_option(vendor: str, options: dict[str, Any]) -> QAConfigurationError:
    with pytest.raises(QAConfigurationError) as raised:
        settings(vendor, {vendor: options})
    return raised.value


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_dag_author_may_keep_names_of_his_own_in_the_extra(vendor: str) -> None:
    own = {"template_id": "1", "notes": {"owner": "data team"}, "timeout_policy": "x"}
    near = dict.fromkeys(("tenant_id", "account_id", "region_id", "page", "timeout", "route_id", "project_id"), "1")

    assert settings(vendor, {**own, **near}) == settings(vendor)
