"""Routes as data: filling in paths, and overriding them per connection."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAConfigurationError, QAValidationError
from airflow_qa_provider.rest.routes import RouteTable, route_table
from tests.registered import VENDORS, routes_of

TABLE = route_table(
    "acme",
    [
        ("parts.list", "GET", "/parts", "List parts"),
        ("parts.get", "GET", "/parts/{id}", "Get a part", "inferred"),
        ("parts.rename", "PUT", "/parts/{id}/names/{language}", "Rename a part"),
        ("parts.issue", "GET", "/parts/{id}/issue", "Issue a part"),
        ("parts.link", "POST", "/parts/{id}/link", "Link a part"),
    ],
    unsafe_gets=["parts.issue"],
    idempotent=["parts.link"],
)


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("4f1c", "4f1c"),
        (17, "17"),
        (0, "0"),
        ("../", "..%2F"),
        ("../../users", "..%2F..%2Fusers"),
        ("a/b", "a%2Fb"),
        ("a?admin=1", "a%3Fadmin%3D1"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("a;b&c=d", "a%3Bb%26c%3Dd"),
        ("Prüfung Süd", "Pr%C3%BCfung%20S%C3%BCd"),
        ("検査", "%E6%A4%9C%E6%9F%BB"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil%3A%201"),
        ("{language}", "%7Blanguage%7D"),
    ],
)
def test_a_value_is_one_encoded_segment(value: object, segment: str) -> None:
    assert TABLE["parts.get"].url_path({"id": value}) == f"/parts/{segment}"


@pytest.mark.parametrize("value", [None, "", "   ", "\n", ".", ".."])
def test_a_value_that_would_mean_another_url_is_refused(value: object) -> None:
    with pytest.raises(QAValidationError) as refused:
        TABLE["parts.rename"].url_path({"id": "7", "language": value})

    assert str(refused.value) == (
        f"acme parts.rename: language must be a non-empty id, got {value!r}. Nothing was sent."
    )


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(QAValidationError, match="language must be a non-empty id, got None"):
        TABLE["parts.rename"].url_path({"id": "7"})


def test_only_reads_are_safe() -> None:
    assert {name for name, route in TABLE.items() if route.safe} == {"parts.list", "parts.get"}
    assert {name for name, route in TABLE.items() if route.idempotent} == {"parts.link"}


def test_the_public_description() -> None:
    assert TABLE["parts.get"].as_dict() == {
        "vendor": "acme",
        "operation": "parts.get",
        "method": "GET",
        "path": "/parts/{id}",
        "title": "Get a part",
        "source": "inferred",
    }


def test_an_operation_cannot_be_listed_twice() -> None:
    with pytest.raises(ValueError, match=r"acme: operation parts.list is listed twice"):
        RouteTable("acme", [TABLE["parts.list"], TABLE["parts.list"]])


@pytest.mark.parametrize(
    ("override", "method", "path"),
    [
        ("GET /v2/parts/{id}", "GET", "/v2/parts/{id}"),
        ("  post   /part/{id}/read ", "POST", "/part/{id}/read"),
        ({"method": "post", "path": "/v2/{id}"}, "POST", "/v2/{id}"),
        ({"path": "/v2/{id}"}, "GET", "/v2/{id}"),
        ({"method": "POST"}, "POST", "/parts/{id}"),
        ("GET /{id}/parts/{id}", "GET", "/{id}/parts/{id}"),
    ],
)
def test_an_override_replaces_method_and_path_only(override: Any, method: str, path: str) -> None:
    table = TABLE.overridden({"parts.get": override})
    changed = table["parts.get"]

    assert (changed.method, changed.path, changed.source) == (method, path, "override")
    assert (changed.title, changed.safe) == ("Get a part", True)
    assert {name: route for name, route in table.items() if name != "parts.get"} == {
        name: route for name, route in TABLE.items() if name != "parts.get"
    }
    assert TABLE["parts.get"].path == "/parts/{id}"


@pytest.mark.parametrize("nothing", [None, {}])
def test_without_overrides_the_table_is_the_same(nothing: Any) -> None:
    assert TABLE.overridden(nothing) is TABLE


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"parts.fetch": "GET /parts/{id}"}, r"names the operation 'parts.fetch', which does not exist"),
        ({"parts.get": "GET /parts/{part_id}"}, r"must use the placeholders \['id'\], got '/parts/\{part_id\}'"),
        ({"parts.get": "GET /parts"}, r"must use the placeholders \['id'\]"),
        ({"parts.list": "GET /parts/{id}"}, r"must use the placeholders \[\]"),
        ({"parts.get": "/parts/{id}"}, r"must look like 'GET /parts/\{id\}', got '/parts/\{id\}'"),
        ({"parts.get": "GET parts/{id}"}, "must look like"),
        ({"parts.get": "FETCH /parts/{id}"}, "must look like"),
        ({"parts.get": "GET https://evil.example/{id}"}, "must look like"),
        ({"parts.get": ""}, "must look like"),
        ({"parts.get": None}, "must look like"),
        ({"parts.get": 7}, "must look like"),
        ({"parts.get": {"path": "v2/{id}"}}, "must look like"),
        ("parts.get=/v2", r"extra\.routes must be an object of operation to route"),
        (["parts.get"], r"extra\.routes must be an object of operation to route"),
    ],
)
def test_an_override_that_cannot_work_is_refused(overrides: Any, message: str) -> None:
    with pytest.raises(QAConfigurationError, match=message) as refused:
        TABLE.overridden(overrides)

    assert refused.value.vendor == "acme"


def test_an_unknown_operation_says_where_all_are_listed() -> None:
    with pytest.raises(QAConfigurationError, match="`airflow-qa routes list --vendor acme` shows all operations"):
        TABLE.overridden({"parts.fetch": "GET /x"})


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_tables_of_the_vendors_are_well_formed(vendor: str) -> None:
    table = routes_of(vendor)

    assert len(table) > 0
    for operation, route in table.items():
        assert route.vendor == vendor
        assert route.operation == operation
        assert route.path.startswith("/")
        assert route.method in {"GET", "POST", "PUT", "PATCH", "DELETE"}
        assert route.title.strip() == route.title != ""
        assert route.source in {"documented", "public", "inferred"}
        assert not (route.safe and route.method != "GET")
        # every table can be given back as overrides
        assert table.overridden({operation: f"{route.method} {route.path}"})[operation].path == route.path
