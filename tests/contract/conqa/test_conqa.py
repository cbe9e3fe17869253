"""What the cases cannot say: the time of a call, region hosts, reading milestones."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectionLostError,
    QAResponseError,
    QATimeoutError,
)
from airflow_qa_provider.rest.retrying import may_repeat
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.timestamps import to_utc
from airflow_qa_provider.vendors.conqa.client import ConqaClient
from airflow_qa_provider.vendors.conqa.client.client import base_url
from airflow_qa_provider.vendors.conqa.client.dialect import Dialect
from airflow_qa_provider.vendors.conqa.client.resource import _MOST_EMPTY_PAGES
from tests.contract.recorder import Answer, RecordingServer


def _client(server: RecordingServer, retries: int = 0) -> ConqaClient:
    return ConqaClient(ClientSettings(f"{server.url}/api-v1", "contract-key", retries=retries))


def test_the_default_timestamp_is_the_time_of_the_call_and_survives_a_retry(server: RecordingServer) -> None:
    server.expect([Answer(503), Answer(202)])
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
    with _client(server, retries=1) as client:
        sent = client.milestones.delete("p1", "m1")
    assert before <= to_utc(sent, "timestamp") <= datetime.now(timezone.utc)
    assert [request.query for request in server.requests] == [{"timestamp": sent}] * 2


@pytest.mark.parametrize("lost", [QAConnectionLostError("lost"), QATimeoutError("silent")])
def test_only_changes_with_a_timestamp_are_repeated_after_a_lost_answer(lost: Exception) -> None:
    repeated = {route.operation for route in ConqaClient.routes.values() if may_repeat(route, lost, 60)}
    reads = {route.operation for route in ConqaClient.routes.values() if route.method == "GET"}
    assert repeated == reads | {"milestones.upsert", "milestones.delete"}


def test_a_cursor_that_leads_nowhere_ends_in_an_error(server: RecordingServer) -> None:
    empty = Answer(200, {}, b'{"data": {"count": 0, "lastEvaluatedKey": "again", "webhooks": []}}')
    server.expect([empty] * (_MOST_EMPTY_PAGES + 1))
    with _client(server) as client, pytest.raises(QAResponseError, match="empty pages in a row"):
        list(client.project_webhooks.list("p1"))
    assert len(server.requests) == _MOST_EMPTY_PAGES


def test_the_region_is_part_of_the_host() -> None:
    assert base_url() == "https://api-oceania.con.qa/api-v1"
    assert base_url("North-1") == "https://api-north-1.con.qa/api-v1"


@pytest.mark.parametrize("region", ["", "oceania.evil.example", "a/b", "-a", "a b"])
def test_a_region_that_would_lead_to_another_host_is_refused(region: str) -> None:
    with pytest.raises(QAConfigurationError, match="region must be a word such as 'oceania'"):
        base_url(region)


@pytest.mark.parametrize(
    ("milestone", "external_id", "status"),
    [
        ({"externalId": "m1", "status": "planned"}, "m1", "planned"),
        ({"externalId": 7, "status": {"value": "planned", "display": "Planned"}}, "7", "planned"),
        ({"externalID": "m1", "status": {"display": "Planned"}}, "m1", "Planned"),
        ({"externalId": "", "status": None}, None, ""),
    ],
)
def test_milestones_are_read_tolerantly(milestone: dict[str, object], external_id: str | None, status: str) -> None:
    dialect = Dialect()
    assert (dialect.external_id_of(milestone), dialect.status_of(milestone)) == (external_id, status)


def test_names_of_the_connection_replace_the_defaults() -> None:
    dialect = Dialect.from_options({"external_id_fields": "ref", "status_fields": ["state", "status"]})
    assert dialect.external_id_of({"externalId": "m1", "ref": "r1"}) == "r1"
    assert dialect.status_of({"status": "open", "state": "closed"}) == "closed"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"statuses": ["x"]}, r"extra.conqa has unknown names \['statuses'\]"),
        ({"status_fields": []}, "extra.conqa.status_fields must be a list of words"),
        ({"status_fields": [1]}, "extra.conqa.status_fields must be a list of words"),
        ([], "extra.conqa must be an object"),
    ],
)
def test_options_that_cannot_work_are_named(options: object, says: str) -> None:
    with pytest.raises(QAConfigurationError, match=says):
        Dialect.from_options(options)  # type: ignore[arg-type]
