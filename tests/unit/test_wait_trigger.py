"""How the trigger ends a task, or leaves that to a worker, as a triggerer sees it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import TaskDeferred
from airflow.sdk import DAG, Asset
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import GetTaskStates, GetXCom
from airflow.triggers.base import TaskSkippedEvent, TaskSuccessEvent, TriggerEvent

from airflow_qa_provider.bases.link import object_link_key
from airflow_qa_provider.exceptions import QAJobFailedError
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.triggers import wait
from airflow_qa_provider.triggers.wait import WaitTrigger
from airflow_qa_provider.vendors import connect
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.waiting.decisions import WaitPolicy
from airflow_qa_provider.waiting.verdict import Terms
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox

PATIENCE = 20.0
INTERVAL = 0.05
OUTLET = Asset("audits")
NO_AUDIT = "5f0c1d2e-0000-4000-8000-000000000000"


class Supervisor:
    """Stands where the triggerer's supervisor does, and keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.state: str | None = "deferred"
        self.remote_id: str | None = None
        self.phase: str | None = None

    async def asend(self, message: Any) -> Any:
        if isinstance(message, GetTaskStates):
            return SimpleNamespace(task_states={"r": {"t": self.state}} if self.state != "unknown" else {})
        if isinstance(message, GetXCom):
            return SimpleNamespace(value={"remote_id": self.remote_id, "phase": self.phase}[message.key])
        self.sent.append(message)
        return None


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    found = Supervisor()
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", found, raising=False)
    monkeypatch.setattr(wait, "_SECONDS_BEFORE_RESUME", 0.0)
    return found


@pytest.fixture(scope="module")
def quick_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], SandboxSettings(audit_pickup_seconds=0.05, audit_seconds=0.1)) as sandbox:
        yield sandbox


@pytest.fixture
def client(quick_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitorQAClient]:
    yield from connected(quick_sandbox, monkeypatch)


@pytest.fixture
def slow_sandbox() -> Iterator[Sandbox]:
    """One whose audits are not walked while a test looks."""
    with run_sandbox(["monitorqa"], SandboxSettings(audit_pickup_seconds=600.0, audit_seconds=600.0)) as sandbox:
        yield sandbox


@pytest.fixture
def slow_client(slow_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitorQAClient]:
    yield from connected(slow_sandbox, monkeypatch)


def connected(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[MonitorQAClient]:
    connection = sandbox.connections()["monitorqa_default"]
    monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", json.dumps(connection))
    with MonitorQAClient(ClientSettings(connection["host"], token=connection["password"])) as client:
        yield client


def audit(client: MonitorQAClient) -> str:
    template, site = client.audit_templates.list()[0]["id"], client.audit_objects.list()[0]["id"]
    end = datetime.now(timezone.utc) + timedelta(days=1)
    return client.audits.create(name="Audit", template_id=template, audit_object_id=site, end_date=end)


def fired(object_id: str, *, skip_on_failure: bool = False) -> TriggerEvent:
    """Return the event with which the wait for an audit ends."""
    now = time.time()
    trigger = WaitTrigger(
        kind="monitorqa.audit",
        conn_id="monitorqa_default",
        object_id=object_id,
        policy=WaitPolicy(INTERVAL, now, now + PATIENCE, not_found_grace=0.0).as_dict(),
        terms=Terms(skip_on_failure=skip_on_failure).as_dict(),
        end_task="with_xcoms",
        link_key=object_link_key(MonitorQAAuditSensor(task_id="t", audit_id=object_id)),
    )
    trigger.task_instance = SimpleNamespace(dag_id="d", run_id="r", task_id="t", map_index=-1)  # type: ignore[assignment]

    async def first() -> TriggerEvent:
        return await asyncio.wait_for(anext(trigger.run()), PATIENCE)

    return asyncio.run(first())


class TaskInstance:
    """Keeps what a task pushes."""

    def __init__(self) -> None:
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        if not key.startswith("_link"):  # those of the buttons, which Airflow stores, too
            self.pushed[key] = value


@pytest.mark.parametrize(("do_xcom_push", "pushed"), [(True, {"phase", "status", "message"}), (False, set())])
def test_without_xcoms_a_worker_stores_as_little_as_the_trigger(
    client: MonitorQAClient, do_xcom_push: bool, pushed: set[str]
) -> None:
    sensor = MonitorQAAuditSensor(task_id="t", audit_id=NO_AUDIT, poll_interval=INTERVAL, do_xcom_push=do_xcom_push)
    ti = TaskInstance()

    with pytest.raises(QAJobFailedError):
        sensor.execute({"ti": ti})

    assert ti.pushed.keys() == pushed


def test_a_success_ends_the_task_without_a_worker(client: MonitorQAClient, supervisor: Supervisor) -> None:
    audit_id = audit(client)

    event = fired(audit_id)

    assert isinstance(event, TaskSuccessEvent)
    sent = {message.key: message.value for message in supervisor.sent}
    assert (sent["return_value"], sent["phase"], sent["status"]) == (audit_id, "succeeded", "completed")
    button = sent.pop("_link_MonitorQAAuditLink")
    assert sent.keys() == {"return_value", *MonitorQAAuditSensor.xcom_keys()} - {"message"}
    assert button == sent["link"] == f"https://app.monitorqa.com/audits/archive/{audit_id}"


@pytest.mark.parametrize(
    ("state", "remote_id"), [("success", None), ("running", None), (None, None), ("deferred", "of another attempt")]
)
def test_a_trigger_of_an_earlier_attempt_stores_nothing(
    client: MonitorQAClient, supervisor: Supervisor, state: str | None, remote_id: str | None
) -> None:
    supervisor.state, supervisor.remote_id = state, remote_id
    event = fired(audit(client))

    assert type(event) is TriggerEvent, "Airflow drops the event of a trigger that nothing waits for"
    assert supervisor.sent == []


MADE = {"journal": {"outcome": "created"}}


@pytest.mark.parametrize(
    ("state", "phase", "terms", "cancelled"),
    [
        ("failed", None, {}, True),
        ("success", None, {}, True),
        # an operator makes another one, and a sensor that is cleared waits for the same
        (None, None, MADE, True),
        (None, None, {}, False),
        # another triggerer has it, or the attempt after it
        ("deferred", None, MADE, False),
        ("running", None, MADE, False),
        ("up_for_retry", None, MADE, False),
        # nobody has stopped it: it has ended in the other triggerer
        ("failed", "active", MADE, False),
        ("unknown", None, MADE, False),
    ],
)
def test_only_what_nobody_waits_for_is_cancelled(
    slow_client: MonitorQAClient,
    supervisor: Supervisor,
    state: str | None,
    phase: str | None,
    terms: dict[str, Any],
    cancelled: bool,
) -> None:
    supervisor.state, supervisor.phase = state, phase
    audit_id = audit(slow_client)
    trigger = WaitTrigger("monitorqa.audit", "monitorqa_default", audit_id, {}, terms, kill_policy="cancel")
    trigger.task_instance = SimpleNamespace(dag_id="d", run_id="r", task_id="t", map_index=-1)  # type: ignore[assignment]
    asyncio.run(trigger.on_kill())

    assert bool(slow_client.audits.get(audit_id)["isExpired"]) is cancelled


def waiting_for(audit_id: str, grace: float = 0.0) -> WaitTrigger:
    now = time.time()
    policy = WaitPolicy(INTERVAL, now, now + PATIENCE, not_found_grace=grace).as_dict()
    return WaitTrigger("monitorqa.audit", "monitorqa_default", audit_id, policy, Terms().as_dict())


def lead_to(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> MonitorQAClient:
    """Let the one connection of all waits lead to another account; return a client of it."""
    monkeypatch.setattr(connect, "_KEY_SECONDS", 0.0)
    return next(connected(sandbox, monkeypatch))


def test_a_connection_that_changes_leads_newcomers_elsewhere(
    quick_sandbox: Sandbox, slow_sandbox: Sandbox, slow_client: MonitorQAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = audit(slow_client)
    before = len(slow_sandbox.requests("monitorqa"))

    async def play() -> tuple[TriggerEvent, bool]:
        first = asyncio.ensure_future(anext(waiting_for(there).run()))
        end = time.monotonic() + PATIENCE
        while len(slow_sandbox.requests("monitorqa")) == before:
            assert time.monotonic() < end, "the first wait does not ask"
            await asyncio.sleep(INTERVAL)
        here = audit(lead_to(quick_sandbox, monkeypatch))
        second = await asyncio.wait_for(anext(waiting_for(here).run()), PATIENCE)
        goes_on = not first.done()
        first.cancel()
        return second, goes_on

    ended, goes_on = asyncio.run(play())

    assert ended.payload["outcome"]["finished"]["phase"] == "succeeded"
    assert goes_on, "and those before are still asked for where they are"


def test_nothing_is_gone_before_the_connection_was_read_anew(
    quick_sandbox: Sandbox, slow_client: MonitorQAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait that began with the connection of another account ends well once somebody has put that right."""

    async def play() -> TriggerEvent:
        wrong = dict(os.environ)
        here = audit(lead_to(quick_sandbox, monkeypatch))
        right = os.environ["AIRFLOW_CONN_MONITORQA_DEFAULT"]
        monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", wrong["AIRFLOW_CONN_MONITORQA_DEFAULT"])
        wait = asyncio.ensure_future(anext(waiting_for(here, grace=1.0).run()))
        await asyncio.sleep(INTERVAL / 2)
        monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", right)
        return await asyncio.wait_for(wait, PATIENCE)

    assert asyncio.run(play()).payload["outcome"]["finished"]["phase"] == "succeeded"


def test_a_skip_ends_the_task_without_a_worker(client: MonitorQAClient, supervisor: Supervisor) -> None:
    event = fired(NO_AUDIT, skip_on_failure=True)

    assert isinstance(event, TaskSkippedEvent)


def test_a_failure_is_left_to_a_worker(client: MonitorQAClient, supervisor: Supervisor) -> None:
    """A task that fails in the triggerer has no e-mails and retry policies, and before Airflow 3.3.1 no retries."""
    event = fired(NO_AUDIT)

    assert type(event) is TriggerEvent
    assert event.payload["object_id"] == NO_AUDIT
    assert event.payload["outcome"]["finished"]["phase"] == "gone"
    assert supervisor.sent == []


@pytest.mark.parametrize(
    ("arguments", "mapped", "goes_back"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"multiple_outputs": True}, False, True),
        ({"outlets": [OUTLET]}, False, True),
    ],
)
def test_what_only_a_worker_can_store_goes_back_to_one(
    client: MonitorQAClient, arguments: dict[str, Any], mapped: bool, goes_back: bool
) -> None:
    """Tasks that expand over a result wait for its length for ever when nobody counts it."""
    with DAG("d", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc)):
        sensor = MonitorQAAuditSensor(task_id="t", audit_id=audit(client), deferrable=True, **arguments)
        if mapped:
            MonitorQAAuditSensor.partial(task_id="after").expand(audit_id=sensor.output)

        with pytest.raises(TaskDeferred) as deferred:
            sensor.execute({"ti": TaskInstance()})

    assert (deferred.value.trigger.end_task is None) is goes_back
