"""What the contract cases of Qalyptus cannot show: secrets out of Airflow's reach, and names as data."""

from __future__ import annotations

import inspect
import json
from datetime import date

import pytest

from airflow_qa_provider.exceptions import QAConfigurationError, QAValidationError
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.api_keys import NewApiKey
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect
from airflow_qa_provider.vendors.qalyptus.client.permissions import WIRE_NAMES, permissions_body
from airflow_qa_provider.vendors.qalyptus.client.routes import ROUTES
from airflow_qa_provider.vendors.qalyptus.client.selections import as_field_selections

try:
    from airflow.sdk.serde import serialize
except ImportError:  # Airflow 3.1
    from airflow.serialization.serde import serialize

SECRET = "qak_1f0c5b7d93e84c2a"


@pytest.fixture
def key() -> NewApiKey:
    return NewApiKey(SECRET, {"id": "0d3a1c52-6a0e-4c1b-9f9f-2b8f1f6c0a11"})


def test_a_new_key_does_not_show_its_secret(key: NewApiKey) -> None:
    for shown in (repr(key), str(key), f"{key}", f"{[key]}"):
        assert SECRET not in shown
        assert "0d3a1c52" in shown
    assert "without an id" in repr(NewApiKey(SECRET, {}))
    assert key.secret == SECRET


def test_a_new_key_does_not_fit_into_an_xcom(key: NewApiKey) -> None:
    with pytest.raises(TypeError):
        json.dumps(key)
    with pytest.raises(TypeError):
        serialize(key)


def test_new_keys_are_equal_by_what_they_hold(key: NewApiKey) -> None:
    assert key == NewApiKey(SECRET, dict(key.record))
    assert key != NewApiKey("another", dict(key.record))
    assert key != SECRET


def test_every_permission_of_the_docs_has_a_name() -> None:
    assert len(WIRE_NAMES) == len(set(WIRE_NAMES.values())) == 42
    assert WIRE_NAMES["set_permissions_condition"] == "setPermissionsCondition"
    assert WIRE_NAMES["download_folder_content"] == "downloadFolderContent"
    assert permissions_body({}) == {}


def test_permissions_are_taken_in_the_vendors_spelling_too() -> None:
    assert permissions_body({"viewReport": True, "run_report": "False"}) == {"viewReport": True, "runReport": False}
    assert permissions_body('{"viewReport": true}') == {"viewReport": True}
    with pytest.raises(QAValidationError, match="Did you mean 'viewReport'"):
        permissions_body({"viewReprt": True})


@pytest.mark.parametrize(
    "answer", [{"id": "1", "name": "Ada", "viewReport": True}, {"id": "1", "permissions": {"viewReport": True}}]
)
def test_what_the_vendor_answers_about_permissions_can_be_sent_back(answer: dict[str, object]) -> None:
    assert permissions_body(answer) == {"viewReport": True}


def test_inherited_methods_name_their_own_resource_only() -> None:
    client = QalyptusClient(ClientSettings("https://tenant.example.com/api/v1", "key-0123456789"))
    titles = {name: ROUTES[name].title for name in ("groups.delete", "projects.delete", "users.list")}
    for operation, title in titles.items():
        resource, _, name = operation.partition(".")
        method = getattr(getattr(client, resource), name)
        docstring = inspect.getdoc(method) or ""
        assert f'(source: "{title}")' in docstring
        assert not [other for other in titles.values() if other != title and f'"{other}"' in docstring]
        assert method.__qualname__.lower() == operation
    client.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"import_field": ""}, "import_field must not be empty"),
        ({"import_field": ["file"]}, "import_field must be a string"),
        ({"task_runs": "both"}, "'scheduled' or 'on_demand'"),
        ({"secret_fields": []}, "secret_fields must be a list of words"),
        ({"secrets": "key"}, "unknown names"),
    ],
)
def test_a_dialect_that_cannot_work_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(QAConfigurationError, match=message):
        Dialect.from_options(options)


@pytest.mark.parametrize("value", [date(2026, 1, 31), None, {"from": 1}])
def test_a_selection_of_what_qlik_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(QAValidationError, match=r"selections\['Day'\] holds a .*Write dates as the field shows them"):
        as_field_selections({"Day": ["2026-01-30", value]})
