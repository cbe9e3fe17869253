"""Webhooks: what a vendor tells becomes an event of an asset once, whatever happens on the way, and nobody else's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.utils.session import create_session
from sqlalchemy import delete
from sqlalchemy.event import listen, remove

from airflow_qa_provider.assets.conqa import conqa_event
from airflow_qa_provider.assets.monitorqa import monitorqa_event
from airflow_qa_provider.compat import PARTITIONS
from airflow_qa_provider.events import keeping, receiver
from airflow_qa_provider.exceptions import QAValidationError
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.plugin import QAPlugin
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import register
from tests.dags.receiving import TOKEN, called, events_of, forget_events, mounted, served, with_token

CONFIG = "AIRFLOW__AIRFLOW_QA_PROVIDER__WEBHOOK_CONNECTIONS"
AUDIT = "8a1f0c1e-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def telling() -> Iterator[Sandbox]:
    """CONQA and MonitorQA, quick; what they tell twice, they tell at once."""
    with run_sandbox(["conqa", "monitorqa"], SandboxSettings(audit_seconds=0, report_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def address(airflow_db: None, telling: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the receiver listens; the sandbox and the events are as new."""
    telling.reset()
    forget_events()
    for name, connection in telling.connections().items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", with_token(connection))
    monkeypatch.setenv(CONFIG, "conqa_default, monitorqa_default,short, absent")
    monkeypatch.setenv("AIRFLOW_CONN_SHORT", with_token(telling.connections()["conqa_default"], "short"))
    with served(mounted()) as url:
        yield f"{url}/qa/webhooks"


def told(event: str, **data: Any) -> dict[str, Any]:
    return {"event": event, "data": data, "company": {"id": "c", "name": "Company"}}


def call(address: str, body: Any, conn_id: str = "monitorqa_default", token: str = TOKEN) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{address}/{conn_id}/{token}", data=data, timeout=10)


def test_nothing_listens_unless_connections_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONFIG, raising=False)
    assert QAPlugin().fastapi_apps == []


def test_monitorqa_tells_of_an_audit(address: str, telling: Sandbox) -> None:
    store = telling.app("monitorqa").state.store
    store.set_webhook(f"{address}/monitorqa_default/{TOKEN}")
    audit = _create_audit(telling.connections()["monitorqa_default"]["extra"])
    telling.advance(1)
    assert {result for result, _ in called(telling, "monitorqa")} == {"delivered"}
    (event,) = events_of("monitorqa://monitorqa_default/audit_completed")
    assert event["object_id"] == event["call"]["data"]["auditId"] == audit
    data = event["call"]["data"]
    assert event["key"] == f"{audit} {data.get('audit', data)['completeDate']}"
    assert event["partition"] == (event["key"] if PARTITIONS else None)


def _create_audit(ids: dict[str, Any]) -> str:
    with MonitorQAHook().get_conn() as client:
        created: str = client.audits.create(
            name="Walk",
            template_id=ids["template_id"],
            audit_object_id=ids["audit_object_id"],
            end_date="2099-01-01T00:00:00.000Z",
        )
    return created


def test_what_is_told_twice_is_stored_once(address: str) -> None:
    """The vendor repeats what it got no answer to; a completion after a reopening is another one."""
    done = told("AUDIT_COMPLETED", auditId=AUDIT, completeDate="2026-01-31T12:00:00.000Z")
    again = told("AUDIT_COMPLETED", auditId=AUDIT, completeDate="2026-02-28T12:00:00.000Z")
    results = [call(address, body).json()["result"] for body in (done, done, again, again, done)]
    assert results == ["stored", "stored before", "stored", "stored before", "stored before"]
    assert len(events_of("monitorqa://monitorqa_default/audit_completed")) == 2


def test_what_comes_twice_at_the_same_time_is_stored_once(address: str) -> None:
    done = told("AUDIT_COMPLETED", auditId=AUDIT, completeDate="2026-01-31T12:00:00.000Z")
    with ThreadPoolExecutor(8) as pool:
        results = [one.json()["result"] for one in pool.map(lambda _: call(address, done), range(8))]
    assert sorted(results) == ["stored", *["stored before"] * 7]


def test_what_cannot_be_told_from_another_is_stored_each_time(address: str) -> None:
    """An audit may be assigned twice, with the same words: losing the second is worse than a repeat."""
    for _ in range(2):
        assert call(address, told("AUDIT_ASSIGNED", auditId=AUDIT)).json()["result"] == "stored"
    events = events_of("monitorqa://monitorqa_default/audit_assigned")
    assert [event["key"] for event in events] == [None, None]
    assert len({event["partition"] for event in events}) == (2 if PARTITIONS else 1)


@pytest.mark.parametrize(
    ("conn_id", "token"),
    [
        ("monitorqa_default", "wrong-token-of-some-length"),
        ("monitorqa_default", TOKEN[:-1]),
        ("monitorqa_default", f"{TOKEN}%00"),
        ("qalyptus_default", TOKEN),
        ("absent", TOKEN),
        ("short", "short"),
    ],
)
def test_calls_of_others_are_refused(address: str, conn_id: str, token: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = call(address, told("AUDIT_ASSIGNED", auditId=AUDIT), conn_id, token)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert not events_of("monitorqa://monitorqa_default/audit_assigned")
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"\xff\xfe\xff", 400),
        (b'{"event": "AUDIT_ASSIGNED", "data": ' + b"[" * 200 + b"]" * 200 + b"}", 413),
        (b'{"event": "AUDIT_ASSIGNED", "data": {"auditId": "' + b"x" * receiver.LARGEST_CALL + b'"}}', 413),
        (told("AUDIT_PAINTED", auditId=AUDIT), 200),
        ({"event": None}, 200),
        ({}, 200),
    ],
)
def test_odd_calls_are_refused_or_let_go(address: str, body: Any, status: int) -> None:
    answer = call(address, body)
    assert answer.status_code == status
    assert answer.json().get("result", "not known") == "not known"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        {"auditId": None},
        {"auditId": 7},
        {"auditId": "x\x00y\ud800z"},
        {"auditId": AUDIT, "score": float("nan"), "long": 10**30},
        {"auditId": "a" * 5000},
        {"auditId": AUDIT, "completeDate": "né 2026"},
        {"auditId": AUDIT, "completeDate": "x" * 500},
    ],
)
def test_odd_data_is_kept_as_far_as_it_can_be(address: str, data: Any) -> None:
    answer = call(address, {"event": "AUDIT_COMPLETED", "data": data})
    assert answer.json() == {"event": "audit_completed", "result": "stored"}
    (event,) = events_of("monitorqa://monitorqa_default/audit_completed")
    assert event["call"]["event"] == "AUDIT_COMPLETED"
    assert len(event["partition"] or "") < 250


def test_a_call_that_is_too_large_to_be_handed_to_tasks_is_kept_without_its_details(address: str) -> None:
    data = {"auditId": AUDIT, "completeDate": "2026-01-31T12:00:00.000Z", "items": ["x" * 100] * 200}
    assert call(address, {"event": "AUDIT_COMPLETED", "data": data}).status_code == 200
    (event,) = events_of("monitorqa://monitorqa_default/audit_completed")
    assert (event["call"], event["object_id"]) == (None, AUDIT)


def test_another_api_server_that_makes_the_asset_at_the_same_moment_costs_nothing(address: str) -> None:
    """Only an asset that is there locks the others out: the first two calls of its kind meet before it is."""
    from airflow.models.asset import AssetModel

    uri = "conqa://conqa_default/issue_report_failed"
    made: list[str] = []
    with create_session(scoped=False) as session:
        session.execute(delete(AssetModel).where(AssetModel.name == uri))

    def make_it_first(asset: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if not made:
            made.append(kwargs["name"])
            with create_session(scoped=False) as session:
                session.add(AssetModel(**kwargs))

    listen(AssetModel, "init", make_it_first)
    try:
        answer = call(address, {"data": {"reportType": "ISSUES", "status": "failed"}}, "conqa_default")
    finally:
        remove(AssetModel, "init", make_it_first)
    assert made == [uri]
    assert (answer.status_code, answer.json().get("result")) == (200, "stored")
    assert len(events_of(uri)) == 1


def test_a_call_that_never_ends_is_given_up(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "READ_SECONDS", 0.1)
    where = urlsplit(address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as sock:
        head = f"POST {where.path}/monitorqa_default/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{"
        sock.sendall(head.encode())
        assert sock.recv(64).startswith(b"HTTP/1.1 408")


def test_what_the_database_does_not_take_is_told_again(
    address: str, telling: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor gets an error, and repeats the call."""
    store = telling.app("monitorqa").state.store
    store.set_webhook(f"{address}/monitorqa_default/{TOKEN}")
    kept, broken = receiver.keep, [OSError("no database"), OSError("no database")]

    def keep(told: Any) -> Any:
        if broken and told.event.name == "audit_completed":
            raise broken.pop()
        return kept(told)

    monkeypatch.setattr(receiver, "keep", keep)
    _create_audit(telling.connections()["monitorqa_default"]["extra"])
    for _ in range(4):
        telling.advance(15)
        telling.deliveries("monitorqa")
    assert ("delivered", [503, 503, 200]) in called(telling, "monitorqa")
    assert len(events_of("monitorqa://monitorqa_default/audit_completed")) == 1


def test_a_token_that_is_changed_counts_soon(address: str, monkeypatch: pytest.MonkeyPatch, telling: Sandbox) -> None:
    monkeypatch.setattr(receiver, "_REMEMBERED_SECONDS", -1.0)
    new = "another-token-of-some-length"
    monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", with_token(telling.connections()["monitorqa_default"], new))
    assert call(address, told("AUDIT_ASSIGNED", auditId=AUDIT)).status_code == 404
    assert call(address, told("AUDIT_ASSIGNED", auditId=AUDIT), token=new).status_code == 200


def test_the_asset_of_an_event_names_the_connection() -> None:
    assert monitorqa_event("audit_completed", "plant/7").uri == "monitorqa://plant%2F7/audit_completed"
    assert conqa_event("report_failed").name == "conqa://conqa_default/report_failed"
    with pytest.raises(QAValidationError, match=r"no event .audit_done.*audit_completed"):
        monitorqa_event("audit_done")


def test_repeats_are_looked_for_among_the_latest(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_LATEST", 1)
    first, second = (told("AUDIT_COMPLETED", auditId=AUDIT, completeDate=f"2026-0{n}-01T00:00:00.000Z") for n in (1, 2))
    assert [call(address, body).json()["result"] for body in (first, second, second)] == [
        "stored",
        "stored",
        "stored before",
    ]


def test_each_dag_is_started_in_its_own_way(address: str) -> None:
    """One with a run for each event, one that is scheduled on the plain asset: both are queued by one call."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import select

    asset = monitorqa_event("audit_expired")
    with DAG("plain", schedule=asset, is_paused_upon_creation=False) as plain:
        EmptyOperator(task_id="read")
    dags = [plain]
    if PARTITIONS:
        from airflow.sdk import PartitionedAssetTimetable

        each_one = PartitionedAssetTimetable(assets=asset)
        with DAG("each", schedule=each_one, is_paused_upon_creation=False) as each:
            EmptyOperator(task_id="read")
        dags.append(each)
    register(*dags)
    assert call(address, told("AUDIT_EXPIRED", auditId=AUDIT)).json()["result"] == "stored"
    with create_session() as session:
        assert list(session.scalars(select(AssetDagRunQueue.target_dag_id))) == ["plain"]
        if PARTITIONS:
            from airflow.models.asset import AssetPartitionDagRun

            (queued,) = session.execute(select(AssetPartitionDagRun.target_dag_id, AssetPartitionDagRun.partition_key))
            partitions = {event["partition"] for event in events_of(asset.uri)}
            assert (queued[0], {queued[1], None}) == ("each", partitions)
