"""Connections of all vendors: what the forms promise is what the hooks read, prove and document."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from airflow import __version__ as airflow_version
from airflow.sdk import Connection
from packaging.version import Version

import airflow_qa_provider
from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.rest import diagnosis
from airflow_qa_provider.rest.common_fields import COMMON_FIELDS
from airflow_qa_provider.vendors import vendor_named
from airflow_qa_provider.vendors.connect import client_of
from tests.contract.recorder import Answer, RecordingServer
from tests.registered import VENDORS, hook_class_of
from tests.unit.connecting import KEY, TYPES, connection, settings

PACKAGE = Path(airflow_qa_provider.__file__).parent


# What Airflow reads


def test_all_five_vendors_have_a_type_a_hook_and_modules_that_exist() -> None:
    info = get_provider_info()
    titles = {hook_class_of(vendor).hook_name for vendor in VENDORS}

    assert set(TYPES) == set(VENDORS)
    assert {entry["integration-name"] for entry in info["integrations"]} == titles
    assert all(title in info["description"] for title in titles)
    assert {entry["integration-name"] for entry in info["hooks"]} == titles
    # delivery is by mail, whoever made the reports
    smtp = {"Simple Mail Transfer Protocol (SMTP)"}
    assert {entry["integration-name"] for entry in info["operators"]} == titles | smtp
    for kind in ("hooks", "operators", "sensors", "triggers"):
        for entry in info[kind]:
            assert entry["python-modules"]
            for module in entry["python-modules"]:
                import_module(module)
    for kind in ("hooks", "operators", "sensors"):
        listed = {module for entry in info[kind] for module in entry["python-modules"]}
        there = {f"airflow_qa_provider.{kind}.{v}" for v in VENDORS if (PACKAGE / kind / f"{v}.py").exists()}
        assert there <= listed
    transfers = {entry["python-module"] for entry in info["transfers"]}
    assert {f"airflow_qa_provider.transfers.{v}" for v in VENDORS if (PACKAGE / "transfers" / f"{v}.py").exists()} == (
        transfers
    )


def test_airflow_accepts_the_provider_info() -> None:
    schema = files("airflow").joinpath("provider_info.schema.json").read_text()

    jsonschema.validate(get_provider_info(), json.loads(schema))


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_hook_class_is_what_airflow_needs_for_a_test(vendor: str) -> None:
    entry = TYPES[vendor]
    module, _, name = entry["hook-class-name"].rpartition(".")
    hook_class = getattr(import_module(module), name)

    assert hook_class is hook_class_of(vendor)
    assert (hook_class.conn_type, hook_class.hook_name) == (vendor, entry["hook-name"])
    assert hook_class(**{hook_class.conn_name_attr: "some_id"}).conn_id == "some_id"
    assert hook_class().conn_id == hook_class.default_conn_name == f"{vendor}_default"


@pytest.mark.skipif(Version(airflow_version) < Version("3.2"), reason="forms that are data came with Airflow 3.2")
@pytest.mark.parametrize("vendor", VENDORS)
def test_airflow_offers_the_form(vendor: str) -> None:
    from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService

    form = next(entry for entry in HookMetaService.hook_meta_data() if entry.connection_type == vendor)

    assert set(form.extra_fields) == set(TYPES[vendor]["conn-fields"])
    assert form.hook_name == TYPES[vendor]["hook-name"]
    assert form.standard_fields.host.title.startswith("API base URL (")
    assert form.standard_fields.password.title.endswith(" (required)")
    assert not form.standard_fields.port.hidden, "Test compares it with what is stored"
    needed = [name for name, one in form.extra_fields.items() if "null" not in one["schema"]["type"]]
    assert needed == list(form.extra_fields)[: len(needed)], "what is required stands first"
    assert needed == (["api_key"] if vendor == "smartq" else [])
    assert form.standard_fields.login.hidden is (vendor != "smartq")
    assert not form.standard_fields.password.hidden


@pytest.mark.parametrize("vendor", VENDORS)
def test_each_field_of_the_form_is_read(vendor: str) -> None:
    form = vendor_named(vendor).form
    offered = set(TYPES[vendor]["conn-fields"])

    assert offered - {vendor} <= COMMON_FIELDS | set(form.own_fields)
    assert set(form.own_fields) <= offered
    assert (vendor in offered) is bool(form.option_names)
    assert {"connect_timeout", "read_timeout", "poll_interval", "page_size", "requests_per_minute"} <= offered
    assert {"verify", "ca_path", "routes"} <= offered


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_defaults_of_the_form_are_those_of_the_client(vendor: str) -> None:
    fields = TYPES[vendor]["conn-fields"]
    plain = settings(vendor)

    for name in ("connect_timeout", "read_timeout", "poll_interval", "verify"):
        assert getattr(plain, name) == fields[name]["schema"]["default"]


# Proof on the wire


@pytest.mark.parametrize(
    ("vendor", "answers", "message", "target", "headers"),
    [
        (
            "conqa",
            [b'{"projects": [{"projectId": "1"}, {"projectId": "2"}]}'],
            "CONQA answered: 2 projects visible",
            "/api-v1/projects",
            {"authorization": KEY},
        ),
        (
            "simplo",
            [b'{"_meta": {"page": 1, "total_pages": 3, "records": 3, "per_page": 1}, "items": [{"id": 1}]}'],
            "Simplo IS answered: 3 reports visible",
            "/api/v0/reports?per_page=1&page=1",
            {"authorization": f"Bearer {KEY}"},
        ),
        (
            "smartq",
            [
                b'{"error": null, "data": {"access_token": "a-session-token"}}',
                b'{"error": null, "data": {"id": "510", "email": "me@example.com"}}',
            ],
            "smartQ answered: signed in as user 510",
            "/api/v1/users/me",
            {"x-auth-client-id": KEY, "x-authorization": "OAUTH2 a-session-token"},
        ),
    ],
)
def test_the_test_of_a_connection_asks_as_the_vendor_documents(
    vendor: str,
    answers: list[bytes],
    message: str,
    target: str,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with RecordingServer() as server:
        server.expect([Answer(headers={"Content-Type": "application/json"}, body=body) for body in answers])
        found = connection(vendor, host=server.url)
        monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.upper()}_ONE", found.get_uri())
        outcome = hook_class_of(vendor)(f"{vendor}_one").test_connection()

    assert outcome == (True, message)
    sent = server.requests[-1]
    assert (sent.method, sent.target) == ("GET", target)
    assert {name: sent.headers.get(name) for name in headers} == headers


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_connection_that_is_not_there_is_said(vendor: str) -> None:
    assert hook_class_of(vendor)("nowhere").test_connection() == (
        False,
        "There is no connection 'nowhere'. Create it, or correct the id in the DAG",
    )


def test_the_usual_base_urls_are_those_of_the_forms() -> None:
    for vendor in VENDORS:
        url = vendor_named(vendor).client.usual_base_url
        assert TYPES[vendor]["ui-field-behaviour"]["placeholders"]["host"].partition(" ")[0] == url


# The documentation


def test_the_examples_of_the_documentation_work() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "connections.md").read_text()
    examples = re.findall(r"export AIRFLOW_CONN_(\w+)='(.+)'", page)
    made = {name: Connection.from_json(value, conn_id=name.lower()) for name, value in examples}

    assert {one.conn_type for one in made.values()} == set(VENDORS)
    for one in made.values():
        client_of(str(one.conn_type), one)


def test_the_documentation_explains_every_code() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "connections.md").read_text()
    codes = re.findall(r"^``(\w+)``", str(diagnosis.__doc__), re.MULTILINE)

    assert len(codes) > 25
    assert [code for code in codes if f"`{code}`" not in page] == []
