"""Hooks as tasks use them: an Airflow connection in the environment, a vendor on a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowNotFoundException
from airflow.sdk import Connection

import airflow_qa_provider
from airflow_qa_provider.events.receiver import TOKEN
from airflow_qa_provider.exceptions import QAConfigurationError
from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.rest.client import VendorClient
from airflow_qa_provider.vendors import vendor_named
from airflow_qa_provider.vendors.connect import client_for, client_of, polling_client
from qa_sandbox import ManualClock, Sandbox, run_sandbox
from qa_sandbox.vendors import VENDORS as SERVED
from tests.registered import hook_class_of

FORMS = {entry["connection-type"]: entry["conn-fields"] for entry in get_provider_info()["connection-types"]}


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with run_sandbox(clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


def connect(monkeypatch: pytest.MonkeyPatch, vendor: str, value: dict[str, Any] | str) -> VendorClient:
    """Put a connection into the environment and return what its hook makes of it."""
    text = value if isinstance(value, str) else json.dumps({"conn_type": vendor, **value})
    monkeypatch.setenv("AIRFLOW_CONN_UNDER_TEST", text)
    client: VendorClient = client_for(vendor, "under_test")
    return client


# Connections of the environment


@pytest.mark.parametrize(
    ("vendor", "value", "base_url"),
    [
        ("monitorqa", {}, "https://api-external.monitorqa.com"),
        ("monitorqa", {"host": "https://qa.example.com/"}, "https://qa.example.com"),
        ("monitorqa", {"host": "qa.example.com"}, "https://qa.example.com"),
        ("monitorqa", {"host": "http://qa.example.com", "port": 8080}, "http://qa.example.com:8080"),
        ("monitorqa", {"host": "qa.example.com", "schema": "http", "port": 8080}, "http://qa.example.com:8080"),
        ("monitorqa", {"host": "qa.example.com/api", "port": 8443}, "https://qa.example.com:8443/api"),
        ("monitorqa", {"host": "https://qa.example.com:8443", "port": 8443}, "https://qa.example.com:8443"),
        ("qalyptus", {"extra": {"tenant": "acme"}}, "https://acme.qalyptus.net/api/v1"),
        ("qalyptus", {"host": "q.example.com/api/v1", "extra": {"tenant": "acme"}}, "https://q.example.com/api/v1"),
        ("qalyptus", {"host": "https://q.example.com/api/v1"}, "https://q.example.com/api/v1"),
    ],
)
def test_the_base_url_of_a_connection_in_json(
    vendor: str, value: dict[str, Any], base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(monkeypatch, vendor, {"password": "key-0123456789", **value})

    assert client.settings.base_url == base_url
    assert client.settings.token == "key-0123456789"
    assert client.settings.connection_id == "under_test"


@pytest.mark.parametrize(
    ("vendor", "uri", "base_url"),
    [
        ("monitorqa", "monitorqa://:key-0123456789@", "https://api-external.monitorqa.com"),
        ("monitorqa", "monitorqa://:key-0123456789@qa.example.com", "https://qa.example.com"),
        ("monitorqa", "monitorqa://:key-0123456789@qa.example.com:8080/http", "http://qa.example.com:8080"),
        ("monitorqa", "monitorqa://:key-0123456789@https%3A%2F%2Fqa.example.com%2Fapi", "https://qa.example.com/api"),
        ("qalyptus", "qalyptus://:key-0123456789@/?tenant=acme", "https://acme.qalyptus.net/api/v1"),
    ],
)
def test_the_base_url_of_a_connection_uri(
    vendor: str, uri: str, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(monkeypatch, vendor, uri)

    assert (client.settings.base_url, client.settings.token) == (base_url, "key-0123456789")


def test_settings_of_a_uri_are_texts_and_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    uri = "monitorqa://:k3y%2B%2Fsecret@qa.example.com/?read_timeout=7.5&retries=1&verify=false&poll_interval=5"
    settings = connect(monkeypatch, "monitorqa", uri).settings

    assert (settings.token, settings.read_timeout, settings.retries) == ("k3y+/secret", 7.5, 1)
    assert (settings.verify, settings.poll_interval) == (False, 5.0)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"connect_timeout": "soon"}, "extra.connect_timeout must be a number, got 'soon'"),
        ({"connect_timeout": 0}, "connect_timeout must be more than 0"),
        ({"read_timeout": [60]}, "extra.read_timeout must be a number, got [60]"),
        ({"read_timeout": "inf"}, "read_timeout must be more than 0 and at most 86400 seconds"),
        ({"retries": "many"}, "extra.retries must be a number, got 'many'"),
        ({"poll_interval": -1}, "poll_interval must be more than 0"),
        ({"requests_per_minute": 0}, "requests_per_minute must be at least 1"),
        ({"page_size": "all"}, "extra.page_size must be a number, got 'all'"),
        ({"verify": "perhaps"}, "extra.verify must be true or false, got 'perhaps'"),
        ({"ca_path": "/nowhere/ca.pem"}, "extra.ca_path '/nowhere/ca.pem' does not exist"),
        ({"routes": "GET /parts"}, "extra.routes must be an object"),
        ({"routes": {"audits.fetch": "GET /audit"}}, "names the operation 'audits.fetch', which does not exist"),
        ({"routes": {"audits.get": "GET /audit"}}, "must use the placeholders ['auditId'], got '/audit'"),
    ],
)
def test_an_extra_of_the_wrong_kind_is_named(
    extra: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(QAConfigurationError) as refused:
        connect(monkeypatch, "monitorqa", {"password": "key-0123456789", "extra": extra})

    assert message in str(refused.value)
    assert "connection 'under_test': " in str(refused.value)
    assert "Nothing was sent." in str(refused.value)
    assert "key-0123456789" not in str(refused.value)


@pytest.mark.parametrize("tenant", ["acme.qalyptus.net", "https://acme", "acme/evil", "evil.example.com#", "a b"])
def test_a_tenant_is_one_word(tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(QAConfigurationError, match=r"extra\.tenant must be one word of a host name"):
        connect(monkeypatch, "qalyptus", {"password": "key-0123456789", "extra": {"tenant": tenant}})


def test_the_words_of_a_tenant_reach_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"tenant": "acme", "qalyptus": {"succeeded": ["fertig"], "task_runs": "on_demand"}}
    client: Any = connect(monkeypatch, "qalyptus", {"password": "key-0123456789", "extra": extra})

    assert (client.dialect.succeeded, client.dialect.task_runs) == (("fertig",), "on_demand")


def test_a_hook_keeps_its_client_and_a_polling_client_does_not_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", '{"conn_type": "monitorqa", "password": "key-0123456789"}')
    hook = MonitorQAHook()

    assert hook.get_conn() is hook.get_conn()
    assert hook.get_conn().settings.retries > 0
    assert polling_client("monitorqa", "monitorqa_default").settings.retries == 0


def test_a_connection_that_does_not_exist_is_named() -> None:
    with pytest.raises(AirflowNotFoundException, match="no_such_connection"):
        QalyptusHook("no_such_connection").get_conn()


# The form


class Asked(dict[str, Any]):
    """An extra that keeps for which names it was asked."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)


def named_by_connections(vendor: str) -> set[str]:
    """The arguments of operators, sensors and transfers that a connection may name."""
    modules = [import_module(f"airflow_qa_provider.{room}.{vendor}") for room in ("operators", "sensors", "transfers")
               if (Path(airflow_qa_provider.__file__).parent / room / f"{vendor}.py").exists()]  # fmt: skip
    faces = [face for module in modules for face in vars(module).values() if isinstance(face, type)]
    # the folder is read where a file has a relative place, and its address where a link leads to the file
    return {"folder", "folder_url", *(name for face in faces for name in getattr(face, "connection_fields", ()))}


@pytest.mark.parametrize("vendor", FORMS)
def test_a_form_has_just_the_fields_that_its_hook_reads(vendor: str) -> None:
    asked = Asked({"api_key": "key-0123456789"} if vendor == "smartq" else {})

    class Recorded(Connection):
        @property
        def extra_dejson(self) -> Any:
            return asked

    connection = Recorded(
        conn_id="under_test",
        conn_type=vendor,
        host="https://qa.example.com",
        login="me@example.com",
        password="key",
        extra="{}",
    )
    client_of(vendor, connection)

    form = FORMS[vendor].keys()
    # an object of a vendor that has no options is read only to say so; the token is read by what receives webhooks
    of_webhooks = {TOKEN} if vendor_named(vendor).events else set()
    assert (asked.names - ({vendor} - form)) | named_by_connections(vendor) | of_webhooks == form


# The test button


@pytest.mark.parametrize("vendor", SERVED)
def test_a_good_connection(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_UNDER_TEST", json.dumps(sandbox.connections()[f"{vendor}_default"]))
    works, message = hook_class_of(vendor)("under_test").test_connection()

    assert works, message
    assert hook_class_of(vendor).hook_name in message
    assert {request.method for request in sandbox.requests(vendor)} <= {"GET", "POST"}
    assert all(request.status == 200 for request in sandbox.requests(vendor))


@pytest.mark.parametrize("vendor", SERVED)
def test_a_wrong_key(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {**sandbox.connections()[f"{vendor}_default"], "password": "not-the-key-of-this-account"}
    monkeypatch.setenv("AIRFLOW_CONN_UNDER_TEST", json.dumps(wrong))
    works, message = hook_class_of(vendor)("under_test").test_connection()

    assert not works
    assert "password" in message or "token" in message, "what to change"
    assert "not-the-key" not in message
    assert len(sandbox.requests(vendor)) == 1


@pytest.mark.parametrize("vendor", SERVED)
def test_a_wrong_host(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        wrong = {**sandbox.connections()[f"{vendor}_default"], "host": f"http://{address}"}
        monkeypatch.setenv("AIRFLOW_CONN_UNDER_TEST", json.dumps(wrong))
        works, message = hook_class_of(vendor)("under_test").test_connection()

    assert not works
    assert address in message
    assert "host" in message


@pytest.mark.parametrize("vendor", SERVED)
def test_a_host_that_serves_web_pages(vendor: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.add_fault("html", vendor=vendor)
    monkeypatch.setenv("AIRFLOW_CONN_UNDER_TEST", json.dumps(sandbox.connections()[f"{vendor}_default"]))
    works, message = hook_class_of(vendor)("under_test").test_connection()

    assert not works
    assert "web page" in message or "HTML" in message
    assert len(sandbox.requests(vendor)) == 1
