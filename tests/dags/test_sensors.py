"""Sensors whose condition is in their arguments: the same end in whatever way they wait and wherever they begin."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib import import_module
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSensorTimeout, AirflowSkipException, TaskDeferred
from airflow.sdk import task

from airflow_qa_provider import compat
from airflow_qa_provider.bases.sensing import RemoteJobSensor
from airflow_qa_provider.exceptions import QAJobFailedError, QAValidationError
from airflow_qa_provider.sensors.conqa import ConqaMilestoneSensor, ConqaWebhookSensor
from airflow_qa_provider.sensors.monitorqa import MonitorQACorrectiveActionSensor
from airflow_qa_provider.sensors.simplo import SimploReportSensor
from airflow_qa_provider.sensors.smartq import SmartQTicketSensor
from airflow_qa_provider.vendors.connect import polling_client
from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import Run, a_dag, connect
from tests.versions import NEEDS_TEMPLATES_OF_TRIGGERS, AirflowRescheduleException, keep_state, our_errors

POLL_SECONDS = 0.05
PATIENCE = 20.0
NEW_MILESTONE = {"productType": {"value": "concrete-slab"}, "area": {"value": "podium"}}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    vendors = ["conqa", "monitorqa", "simplo", "smartq"]
    with run_sandbox(vendors, SandboxSettings(milestone_seconds=0.0), clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The vendors as new, and Airflow connections with a short poll interval to them."""
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    return shared_sandbox


def state(sandbox: Sandbox, vendor: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.app(vendor).state.store.snapshot()
    return found


# What is waited for, and how it comes about


@dataclass(frozen=True)
class Case:
    """A sensor, and what happens at the vendor after its first look.

    :param prepare: Takes the sandbox and a client, and returns the sensor's arguments.
    :param change: Takes the sandbox, a client and the arguments.
    :param path: End of the path that a look asks for.
    :param end: Phase and status in the result; ``None`` when nothing was seen.
    :param more: More arguments.
    """

    sensor: type[RemoteJobSensor]
    prepare: Callable[[Sandbox, Any], dict[str, Any]]
    change: Callable[[Sandbox, Any, dict[str, Any]], Any]
    path: str
    end: tuple[str, str] | None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def vendor(self) -> str:
        return self.sensor.kind.partition(".")[0]

    def client(self) -> Any:
        return polling_client(self.vendor, f"{self.vendor}_default")

    def arguments(self, sandbox: Sandbox) -> dict[str, Any]:
        """Prepare the vendor and return the sensor's arguments."""
        with self.client() as client:
            return {**self.prepare(sandbox, client), **self.more}


def _project(sandbox: Sandbox) -> str:
    found: str = sandbox.connections()["conqa_default"]["extra"]["project_id"]
    return found


def _new_milestone(sandbox: Sandbox, client: Any) -> dict[str, Any]:
    return {"project_id": _project(sandbox), "external_id": "P6-NEW"}


def _upsert(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
    client.milestones.upsert(given["project_id"], given["external_id"], name="Pour 3", fields=NEW_MILESTONE)


def _webhook(sandbox: Sandbox, client: Any) -> dict[str, Any]:
    project = _project(sandbox)
    hook = client.project_webhooks.register(project, "REPORT", name="Ready", callback_url="http://127.0.0.1:9/hook")
    return {"project_id": project, "webhook_id": hook["id"], "status": "inactive"}


def _switch_off(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
    client.project_webhooks.update(given["project_id"], "REPORT", given["webhook_id"], status="INACTIVE")


def _open_action(sandbox: Sandbox, client: Any) -> dict[str, Any]:
    rows = state(sandbox, "monitorqa")["correctiveActions"]
    return {"action_id": next(row["id"] for row in rows if row["status"] == "open")}


def _bring_to(status: str) -> Callable[[Sandbox, Any, dict[str, Any]], None]:
    def change(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
        found = client.corrective_actions.get(given["action_id"])
        client.corrective_actions.update(
            given["action_id"], name=found["name"], due_date=found["dueDateUtc"], status=status, priority="low"
        )

    return change


def _ticket(sandbox: Sandbox, client: Any) -> dict[str, Any]:
    board = state(sandbox, "smartq")["projects"][0]
    ticket = next(row for row in board["tickets"] if not row["archived"])
    return {"project_id": board["id"], "ticket_id": ticket["id"], "archived": True}


def _new_report(sandbox: Sandbox, client: Any) -> dict[str, Any]:
    return {"report_id": next(row["id"] for row in state(sandbox, "simplo")["reports"] if row["state"] == "NEW")}


def _approve(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
    client.reports.approve(given["report_id"], client.reports.get(given["report_id"])["hash"])


def _archive(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
    sandbox.app("smartq").state.store.archive(given["ticket_id"])


def _delete_ticket(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
    client.tickets.delete(given["project_id"], given["ticket_id"])


def _nothing(sandbox: Sandbox, client: Any, given: dict[str, Any]) -> None:
    return None


REACHED = {
    "milestone": Case(ConqaMilestoneSensor, _new_milestone, _upsert, "/milestones", ("succeeded", "planned")),
    "webhook": Case(ConqaWebhookSensor, _webhook, _switch_off, "/webhooks", ("succeeded", "inactive")),
    "action": Case(MonitorQACorrectiveActionSensor, _open_action, _bring_to("approved"), "", ("succeeded", "approved")),
    "ticket": Case(SmartQTicketSensor, _ticket, _archive, "/tickets", ("succeeded", "archived")),
    "report": Case(SimploReportSensor, _new_report, _approve, "", ("succeeded", "approved")),
}
MISSED = {
    "ticket is gone": (
        Case(SmartQTicketSensor, _ticket, _delete_ticket, "/tickets", ("gone", "not found")),
        QAJobFailedError,
    ),
    "action is approved, not rejected": (
        Case(
            MonitorQACorrectiveActionSensor,
            _open_action,
            _bring_to("approved"),
            "",
            ("failed", "approved"),
            {"status": "rejected"},
        ),
        QAJobFailedError,
    ),
    "soft_fail": (
        Case(SmartQTicketSensor, _ticket, _delete_ticket, "/tickets", ("gone", "not found"), {"soft_fail": True}),
        AirflowSkipException,
    ),
    "time-out": (
        Case(ConqaWebhookSensor, _webhook, _nothing, "/webhooks", ("active", "active"), {"timeout": 0.3}),
        AirflowSensorTimeout,
    ),
    "time-out before it was there": (
        Case(ConqaMilestoneSensor, _new_milestone, _nothing, "/milestones", None, {"timeout": 0.3}),
        AirflowSensorTimeout,
    ),
}


@contextmanager
def after_first_look(case: Case, sandbox: Sandbox, given: dict[str, Any]) -> Iterator[None]:
    """Let the change happen in the background as soon as the vendor was looked at."""

    def looks() -> int:
        return sum(r.status is not None and r.path.endswith(case.path) for r in sandbox.requests(case.vendor))

    over = threading.Event()

    def change(client: Any, before: int) -> None:
        while looks() == before and not over.wait(0.005):
            pass
        if looks() > before:
            case.change(sandbox, client, given)

    with case.client() as client:
        if case.path == "/tickets":  # signed in before, so that the first request is a look
            list(client.projects.list(limit=1))
        thread = threading.Thread(target=change, args=(client, looks()))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(PATIENCE)
    assert not thread.is_alive()


# The ways of waiting


class TaskInstance:
    """What a task needs of Airflow while it is executed: XComs, and the time of its first look."""

    def __init__(self) -> None:
        self.xcoms: dict[str, Any] = {}
        self.began: datetime | None = None
        self.try_number = 1

    def xcom_push(self, key: str, value: Any) -> None:
        if not key.startswith("_link_"):  # a trigger cannot push those of the buttons
            self.xcoms[key] = json.loads(json.dumps(value))

    def get_first_reschedule_date(self, context: Any) -> datetime | None:
        return self.began


class Memory:
    """State of a task, as Airflow 3.3 keeps it: JSON, never ``None``."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, key: str, default: Any = None) -> Any:
        return json.loads(self.values[key]) if key in self.values else default

    def set(self, key: str, value: Any, *, retention: Any = None) -> None:
        assert value is not None
        self.values[key] = json.dumps(value)

    def delete(self, key: str) -> None:
        self.values.pop(key, None)


def in_place(sensor: RemoteJobSensor, context: dict[str, Any]) -> Any:
    return sensor.execute(context)


def rescheduled(sensor: RemoteJobSensor, context: dict[str, Any]) -> Any:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        try:
            return sensor.execute(context)
        except AirflowRescheduleException as pause:
            context["ti"].began = context["ti"].began or datetime.now(timezone.utc)
            time.sleep(max(0.0, (pause.reschedule_date - datetime.now(timezone.utc)).total_seconds()))
    raise AssertionError("the sensor would have been rescheduled for ever")


def deferred(sensor: RemoteJobSensor, context: dict[str, Any]) -> Any:
    with pytest.raises(TaskDeferred) as caught:
        sensor.execute(context)
    path, arguments = caught.value.trigger.serialize()
    return resumed(sensor, context, caught.value.method_name, path, arguments)


def started(sensor: RemoteJobSensor, context: dict[str, Any]) -> Any:
    how = sensor.how_to_start()
    return resumed(sensor, context, how.next_method, how.trigger_cls, how.trigger_kwargs)


def resumed(sensor: RemoteJobSensor, context: dict[str, Any], method: str, path: str, arguments: dict[str, Any]) -> Any:
    """Run a trigger as a triggerer would make it, then take the task up again."""
    event = asyncio.run(first_event(path, json.loads(json.dumps(arguments))))
    return getattr(sensor, method)(context, event=json.loads(json.dumps(event)))


async def first_event(path: str, arguments: dict[str, Any]) -> Any:
    module, _, name = path.rpartition(".")
    async for event in getattr(import_module(module), name)(**arguments).run():
        return event.payload
    raise AssertionError("the trigger ended without an event")


WAYS: dict[str, tuple[Callable[[RemoteJobSensor, dict[str, Any]], Any], dict[str, Any]]] = {
    "in place": (in_place, {}),
    "reschedule": (rescheduled, {"mode": "reschedule"}),
    "reschedule before Airflow 3.3": (rescheduled, {"mode": "reschedule"}),
    "deferred": (deferred, {"deferrable": True}),
    "begun in the triggerer": (started, {"deferrable": True, "start_from_trigger": True}),
}
if not compat.RETRY_POLICIES:
    del WAYS["begun in the triggerer"]  # Airflow 3.3 renders triggers


@dataclass
class Outcome:
    """What becomes of a task."""

    returned: Any = None
    xcoms: dict[str, Any] = field(default_factory=dict)
    error: str = ""


def outcome(case: Case, way: str, sandbox: Sandbox, error: type[BaseException] | None = None) -> Outcome:
    """Run a sensor in one of the ways against vendors as new."""
    sandbox.reset()
    run, arguments = WAYS[way]
    given = case.arguments(sandbox)
    sensor = case.sensor(task_id="wait", **given, **arguments)
    ti = TaskInstance()
    context: dict[str, Any] = {"ti": ti}
    if "before" not in way:
        keep_state(context, Memory())
    with after_first_look(case, sandbox, given):
        if error is None:
            return Outcome(json.loads(json.dumps(run(sensor, context))), ti.xcoms)
        with pytest.raises(error) as caught, our_errors():
            run(sensor, context)
        return Outcome(None, ti.xcoms, str(caught.value))


@pytest.mark.parametrize("case", REACHED.values(), ids=REACHED)
def test_every_way_of_waiting_returns_the_same(case: Case, sandbox: Sandbox) -> None:
    expected = outcome(case, "in place", sandbox)
    assert (expected.xcoms["phase"], expected.xcoms["status"]) == case.end
    assert isinstance(expected.returned, str)
    assert "hash" not in json.dumps(expected.xcoms)
    for way in WAYS:
        assert outcome(case, way, sandbox) == expected, way


@pytest.mark.parametrize(("case", "error"), MISSED.values(), ids=MISSED)
def test_every_way_of_waiting_ends_badly_in_the_same_way(
    case: Case, error: type[BaseException], sandbox: Sandbox
) -> None:
    expected = outcome(case, "in place", sandbox, error)
    told = expected.xcoms
    assert ((told["phase"], told["status"]) if "phase" in told else None) == case.end
    for way in WAYS:
        assert outcome(case, way, sandbox, error) == expected, way


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_waited_for_is_said_before_anything_is_sent(way: str, sandbox: Sandbox) -> None:
    run, arguments = WAYS[way]
    for sensor, message in (
        (ConqaMilestoneSensor(task_id="m", project_id="p", external_id="", **arguments), "external_id is required"),
        (ConqaWebhookSensor(task_id="w", webhook_id="wh:1", **arguments), "give either project_id or account_id"),
        (MonitorQACorrectiveActionSensor(task_id="a", action_id="1", status="done", **arguments), "must be one of"),
        (SmartQTicketSensor(task_id="t", project_id=1, ticket_id=2, **arguments), "neither step_id nor archived"),
        (SimploReportSensor(task_id="r", report_id="None", **arguments), "report_id is required, got 'None'"),
    ):
        with pytest.raises(QAValidationError, match=message), our_errors():
            run(sensor, {"ti": TaskInstance()})
    assert not [request for vendor in sandbox.vendors for request in sandbox.requests(vendor)]


@NEEDS_TEMPLATES_OF_TRIGGERS
@pytest.mark.parametrize("wrong", ["poll_interval", "wait_timeout"])
def test_no_wait_begins_in_the_triggerer_without_a_pace_and_an_end(wrong: str, sandbox: Sandbox) -> None:
    sensor = SmartQTicketSensor(
        task_id="t", project_id=1, ticket_id=2, archived=True, start_from_trigger=True, poll_interval=1
    )
    how = sensor.how_to_start()
    with pytest.raises(QAValidationError, match="must be a positive number of seconds, got 0"), our_errors():
        asyncio.run(first_event(how.trigger_cls, {**how.trigger_kwargs, wrong: 0}))
    assert not sandbox.requests("smartq")


# In a DAG run


@pytest.mark.slow
def test_all_of_them_in_one_dag_run(sandbox: Sandbox, run_dag: Callable[..., Run]) -> None:
    given = {name: case.arguments(sandbox) for name, case in REACHED.items()}
    with a_dag("conditions") as dag:

        @task
        def look_up(name: str) -> Any:
            return given[name]["ticket_id"]

        tickets = look_up("ticket")
        for name, case in REACHED.items():
            own = {"ticket_id": tickets} if name == "ticket" else {}
            case.sensor(task_id=name, **{**given[name], **own}, deferrable=name in ("milestone", "ticket", "report"))
    changes = [after_first_look(case, sandbox, given[name]) for name, case in REACHED.items()]
    with changes[0], changes[1], changes[2], changes[3], changes[4]:
        run = run_dag(dag)
    assert run.state == "success", run.errors
    assert {
        name: (run.xcom(name, "phase"), run.xcom(name, "status")) for name in REACHED
    } == {name: case.end for name, case in REACHED.items()}  # fmt: skip
    assert "hash" not in json.dumps(run.told("report"))
