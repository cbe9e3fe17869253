"""The same troubles in the other ways to wait: in place, rescheduled, and between a worker and the triggerer."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSensorTimeout, TaskDeferred

from airflow_qa_provider.exceptions import QAJobFailedError, QAWaitError
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.waiting.decisions import WaitPolicy
from qa_sandbox import Sandbox, run_sandbox
from tests.versions import AirflowRescheduleException, keep_state, our_errors

INTERVAL = 0.1
PATIENCE = 20.0


class Sensor(MonitorQAAuditSensor):
    """The sensor, with less lookup_timeouts."""

    def wait_policy(self, client: Any) -> WaitPolicy:
        return replace(super().wait_policy(client), max_failures=3, max_backoff=INTERVAL)


class Store(dict[str, Any]):
    """The state of a task in Airflow 3.3: JSON."""

    def set(self, key: str, value: Any, *, retention: Any = None) -> None:
        self[key] = json.loads(json.dumps(value))

    def delete(self, key: str) -> None:
        self.pop(key, None)


class Task:
    """A task that waits for one audit, as Airflow runs it."""

    def __init__(self, sandbox: Sandbox, audit_id: str, way: str) -> None:
        self.sandbox = sandbox
        self.audit_id = audit_id
        self.way = way
        self.store = Store() if way == "reschedule" else None
        self.first: datetime | None = None
        self.pushed: dict[str, Any] = {}
        self.reschedules = 0
        self.try_number = 1
        self._before = len(sandbox.requests("monitorqa"))

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value

    def get_first_reschedule_date(self, context: Any) -> datetime | None:
        return self.first

    def sensor(self, **arguments: Any) -> Sensor:
        mode = "poke" if self.way in ("in place", "deferred") else "reschedule"
        facts = {"poll_interval": INTERVAL, "timeout": 60.0, "mode": mode, "deferrable": self.way == "deferred"}
        return Sensor(task_id="wait", audit_id=self.audit_id, **{**facts, **arguments})

    def run(self, **arguments: Any) -> Any:
        """Run the task to its end, on one worker after the other."""
        context: dict[str, Any] = {"ti": self}
        if self.store is not None:
            keep_state(context, self.store)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with our_errors():
                    return self.sensor(**arguments).execute(context)
            except AirflowRescheduleException as later:
                self.first = self.first or datetime.now(timezone.utc)
                self.reschedules += 1
                time.sleep(max(0.0, later.reschedule_date.timestamp() - time.time()))
            except TaskDeferred as deferred:
                event = asyncio.run(self._event(deferred.trigger))
                with our_errors():
                    return self.sensor(**arguments).execute_complete(context, event)
        raise AssertionError("the task did not end")

    async def _event(self, trigger: Any) -> Any:
        return (await asyncio.wait_for(anext(trigger.run()), PATIENCE)).payload

    def complete_after(self, looks: int) -> None:
        """Complete the audit after so many looks."""

        def complete() -> None:
            end = time.monotonic() + PATIENCE
            while len(self.looks()) < looks and time.monotonic() < end:
                time.sleep(0.005)
            self.sandbox.advance(3600)

        threading.Thread(target=complete, daemon=True).start()

    def looks(self) -> list[float]:
        """When the audit was looked at."""
        calls = self.sandbox.requests("monitorqa")[self._before :]
        return [call.time for call in calls if call.path == f"/audit/{self.audit_id}"]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"]) as found:
        yield found


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    for name, value in shared_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return shared_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MonitorQAClient]:
    connection = sandbox.connections()["monitorqa_default"]
    with MonitorQAClient(ClientSettings(connection["host"], token=connection["password"])) as found:
        yield found


@pytest.fixture
def audit(client: MonitorQAClient) -> str:
    """An audit that stays pending until the clock is pushed on."""
    template, site = client.audit_templates.list()[0]["id"], client.audit_objects.list()[0]["id"]
    end = datetime.now(timezone.utc) + timedelta(days=1)
    return client.audits.create(name="Audit", template_id=template, audit_object_id=site, end_date=end)


@pytest.fixture(params=["in place", "reschedule", "reschedule before 3.3", "deferred"])
def task(request: pytest.FixtureRequest, sandbox: Sandbox, audit: str) -> Task:
    return Task(sandbox, audit, request.param)


def fault(task: Task, what: Any, **match: Any) -> None:
    task.sandbox.add_fault(what, vendor="monitorqa", **match)


def test_refused_credentials_end_the_wait_at_the_second_look(task: Task) -> None:
    fault(task, "expire_token")
    with pytest.raises(QAWaitError, match="refuses the credentials, also after they were read anew"):
        task.run()
    assert len(task.looks()) == 2


def test_the_patience_for_failed_looks_is_the_same(task: Task) -> None:
    fault(task, {"status": 503})
    with pytest.raises(QAWaitError, match="4 polls in a row failed"):
        task.run()
    assert len(task.looks()) == 4


@pytest.mark.parametrize("what", [{"status": 503}, "reset_before", "html", {"truncate": 20}])
def test_a_failed_look_is_repeated(what: Any, task: Task) -> None:
    task.sandbox.advance(3600)
    fault(task, what, times=2)
    task.run()
    assert task.pushed["phase"] == "succeeded"
    assert len(task.looks()) == 3


def test_retry_after_is_kept(task: Task) -> None:
    task.sandbox.advance(3600)
    fault(task, {"status": 429, "retry_after": 1}, times=1)
    task.run()
    assert task.pushed["phase"] == "succeeded"
    first, second = task.looks()
    assert second - first >= 1.0


def test_a_vendor_that_wants_to_be_left_alone_is_not_asked_at_the_deadline(task: Task) -> None:
    fault(task, {"status": 429, "retry_after": 3600})
    with pytest.raises(AirflowSensorTimeout, match="The vendor asks to wait 3600 s"):
        task.run(timeout=0.8)
    assert len(task.looks()) == 1


def test_a_deleted_object_is_gone(task: Task, client: MonitorQAClient) -> None:
    client.audits.delete([task.audit_id])
    with pytest.raises(QAJobFailedError, match="ended as not found"):
        task.run()
    looks = task.looks()
    # the last look may be on its way when the four pauses are over: what counts is when its answer is there
    assert looks[-1] - looks[0] >= 3 * INTERVAL
    assert task.pushed["phase"] == "gone"


def test_the_time_out_is_final(task: Task) -> None:
    with pytest.raises(AirflowSensorTimeout, match=r"the time-out of 0\.5 s has passed and it is still pending"):
        task.run(timeout=0.5)


def test_what_went_wrong_is_forgotten_after_a_good_look(sandbox: Sandbox, audit: str) -> None:
    task = Task(sandbox, audit, "reschedule")
    fault(task, {"status": 503}, times=3)
    fault(task, {"status": 503}, first=5, last=7)
    task.complete_after(8)
    task.run()
    assert task.pushed["phase"] == "succeeded"
    assert len(task.looks()) > 8
    assert task.store == {}


def test_another_try_has_patience_of_its_own(sandbox: Sandbox, audit: str) -> None:
    task = Task(sandbox, audit, "reschedule")
    fault(task, {"status": 503})
    for _ in range(2):
        with pytest.raises(QAWaitError, match="4 polls in a row failed"):
            task.run()
        task.try_number += 1
        # what a worker leaves behind that dies in between
        assert task.store == {}
        task.store["failed_looks"] = {"object_id": audit, "try_number": task.try_number - 1, "failures": 3}
    assert len(task.looks()) == 8


def test_before_airflow_33_the_slot_is_kept_while_looks_fail(sandbox: Sandbox, audit: str) -> None:
    task = Task(sandbox, audit, "reschedule before 3.3")
    fault(task, {"status": 503}, times=3)
    task.complete_after(5)
    task.run()
    assert task.pushed["phase"] == "succeeded"
    # none after the first three looks, and none after the last
    assert task.reschedules == len(task.looks()) - 4
