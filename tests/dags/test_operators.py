"""Operators and sensors in real DAG runs: deferred or in place, every end of a remote job gives the same."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSensorTimeout, TaskDeferred

from airflow_qa_provider.exceptions import QAJobFailedError, QAUncertainError, QAWaitTimeoutError
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.sensors.qalyptus import QalyptusRequestSensor, QalyptusTaskRunSensor
from airflow_qa_provider.triggers.wait import WaitTrigger
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import QalyptusWire
from tests.dags.conftest import Run, a_dag, connect, unique_ids, writes

pytestmark = pytest.mark.slow

WAYS = {"deferred": True, "in_place": False}
MONITORQA_IDS = ("template_id", "audit_object_id")
RunDag = Callable[..., Run]


def ask_monitorqa(call: Callable[[Any], Any]) -> Any:
    with MonitorQAHook().get_conn() as client:
        return call(client)


def ask_qalyptus(call: Callable[[Any], Any]) -> Any:
    with QalyptusHook().get_conn() as client:
        return call(client)


def create_audit(vendors: Sandbox, name: str) -> str:
    """Create an audit outside of any DAG."""
    ids = {key: value for key, value in unique_ids(vendors).items() if key in MONITORQA_IDS}
    due = datetime.now(timezone.utc) + timedelta(days=1)
    audit_id: str = ask_monitorqa(lambda client: client.audits.create(name=name, end_date=due, **ids))
    return audit_id


def qalyptus_ids(kind: str) -> dict[str, str]:
    """Ids of the reports or tasks of the sandbox by name."""
    return {row["name"]: row["id"] for row in ask_qalyptus(lambda client: getattr(client, kind).list())}


@dataclass(frozen=True)
class End:
    """What becomes of a task.

    ``result`` is the phase and the vendor's own word; ``error`` holds parts of the message, ``{id}`` being the remote
    object's.
    """

    state: str
    result: tuple[str, str] | None
    kind: type[BaseException] | None = None
    error: tuple[str, ...] = ()


def check(run: Run, task_id: str, end: End) -> dict[str, Any]:
    """Assert that a task ended as expected; return what it says of the remote object."""
    assert run.states[task_id] == end.state, run.errors.get(task_id)
    returned, told = run.xcom(task_id), run.told(task_id)
    assert isinstance(returned, str) is (end.state == "success")
    assert returned is None or told.get("remote_id", returned) == returned
    assert ((told["phase"], told["status"]) if "phase" in told else None) == end.result
    error = run.errors.get(task_id)
    assert (error is None) is (end.kind is None)
    if end.kind is not None:
        assert type(error) is end.kind
        for part in end.error:
            assert part.format(id=told.get("remote_id", "")) in str(error)
    return told


def same_but_for_ids(told: list[dict[str, Any]]) -> bool:
    """Whether what tasks say of different objects has one shape, with equal phases, words and reasons."""
    volatile = {"number", "completed_at", "score", "score_label", "started_at", "remote_id"}
    kept = [
        {
            name: None if name in volatile else str(value).replace(one["remote_id"], "{id}")
            for name, value in one.items()
            # whether an object was seen before it was deleted is chance
            if name != "link" or one["phase"] != "gone"
        }
        for one in told
    ]
    return all(one == kept[0] for one in kept)


# Operators


RETRY = "A retry looks for the same object first and does not create a second one, unless this one ended badly."


AUDIT_ENDS = {
    "completed": End("success", ("succeeded", "completed")),
    "failed": End("success", ("succeeded", "completed")),  # the audit was done, its score is low
    "expired": End(
        "failed",
        ("failed", "expired"),
        QAJobFailedError,
        (
            "monitorqa: audit {id} ended as expired.",
            "It has ended at the vendor, see https://app.monitorqa.com/audits/pending/{id}.",
            RETRY,
        ),
    ),
    "deleted": End(
        "failed",
        ("gone", "not found"),
        QAJobFailedError,
        (
            "monitorqa: audit {id} ended as not found",
            "It does not exist at the vendor, or no longer.",
            RETRY,
        ),
    ),
    "never_finished": End(
        "failed",
        ("active", "started"),
        QAWaitTimeoutError,
        (
            "monitorqa: gave up waiting for audit {id}: the time-out of 0.8 s has passed and it is still started.",
            "The audit itself was left as it is and may still be running.",
            RETRY,
        ),
    ),
}


def test_an_audit_ends_the_same_however_it_is_waited_for(run_dag: RunDag, vendors: Sandbox) -> None:
    for result in AUDIT_ENDS:
        vendors.add_outcome("audit", result, match=f"^{result} ")
    ids = {key: value for key, value in unique_ids(vendors).items() if key in MONITORQA_IDS}
    with a_dag("audits") as audits:
        for way, deferrable in WAYS.items():
            for result in AUDIT_ENDS:
                MonitorQACreateAuditOperator(
                    task_id=f"{result}_{way}",
                    name=f"{result} {{{{ ti.task_id }}}}",
                    due=timedelta(hours=2),
                    auditor_hint="Look at the {{ params.place }}",
                    deferrable=deferrable,
                    timeout=0.8 if result == "never_finished" else timedelta(minutes=1),
                    params={"place": "roof"},
                    **ids,
                )

    run = run_dag(audits)

    for result, end in AUDIT_ENDS.items():
        seen = [check(run, f"{result}_{way}", end) for way in WAYS]
        assert same_but_for_ids(seen), seen
    created = [request.body for request in writes(vendors, "monitorqa")]
    assert len(created) == len(AUDIT_ENDS) * len(WAYS), "one write each, and no other"
    assert all("Look at the roof" in text for text in created)
    assert run.xcom("completed_deferred", "score") > run.xcom("failed_in_place", "score")


async def first_event(trigger: WaitTrigger) -> Any:
    async for event in trigger.run():
        return event


def test_what_the_worker_saw_is_known_to_the_trigger(vendors: Sandbox) -> None:
    vendors.add_outcome("audit", "never_finished")
    audit_id = create_audit(vendors, "Walk")
    sensor = MonitorQAAuditSensor(task_id="audit", audit_id=audit_id, deferrable=True, timeout=30)
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute({})
    trigger = WaitTrigger(**json.loads(json.dumps(deferred.value.trigger.serialize()[1])))
    ask_monitorqa(lambda client: client.audits.delete([audit_id]))

    event = asyncio.run(first_event(trigger))

    gone = event.payload["outcome"]["finished"]
    assert (gone["phase"], gone["link"]) == ("gone", f"https://app.monitorqa.com/audits/pending/{audit_id}")


REPORT_ENDS = {
    "Regional sales review": ("completed", End("success", ("succeeded", "completed"))),
    "Supplier quality scorecard": (
        "error",
        End(
            "failed",
            ("failed", "error"),
            QAJobFailedError,
            (
                "qalyptus: report request {id} ended as error: The Qlik app could not be opened",
                "It has ended at the vendor.",
                RETRY,
            ),
        ),
    ),
    "Customer complaints overview": (
        "stopped",
        End("failed", ("cancelled", "stopped"), QAJobFailedError, ("report request {id} ended as stopped",)),
    ),
    "Board pack": (
        "never",
        End(
            "failed",
            ("active", "running"),
            QAWaitTimeoutError,
            (
                "gave up waiting for report request {id}: the time-out of 0.8 s has passed and it is still running.",
                "The report request itself was left as it is and may still be running.",
            ),
        ),
    ),
}


def test_a_report_ends_the_same_however_it_is_waited_for(run_dag: RunDag, vendors: Sandbox) -> None:
    for name, (result, _) in REPORT_ENDS.items():
        vendors.add_outcome("report", result, match=name)
    reports = qalyptus_ids("reports")
    with a_dag("reports") as requests:
        for way, deferrable in WAYS.items():
            for name, (result, _) in REPORT_ENDS.items():
                QalyptusGenerateReportOperator(
                    task_id=f"{result}_{way}",
                    report_id=reports[name],
                    selections={"Region": ["{{ params.region }}", "DACH"]},
                    deferrable=deferrable,
                    timeout=0.8 if result == "never" else timedelta(minutes=1),
                    params={"region": "Iberia"},
                )

    run = run_dag(requests)

    for result, end in REPORT_ENDS.values():
        seen = [check(run, f"{result}_{way}", end) for way in WAYS]
        assert same_but_for_ids(seen), seen
    asked = writes(vendors, "qalyptus")
    assert len(asked) == len(REPORT_ENDS) * len(WAYS), "one write each, and no other"
    assert all('"selectedValues": ["Iberia", "DACH"]' in request.body for request in asked)


WARNING = ("warning", "warning")
TASK_ENDS: dict[tuple[str, Any], End] = {
    ("Monthly regional sales pack", "fail"): End("success", ("succeeded", "success")),
    ("Low stock alert", "succeed"): End("success", WARNING),
    ("Low stock alert", "skip"): End("skipped", WARNING),
    ("Low stock alert", "fail"): End(
        "failed",
        WARNING,
        QAJobFailedError,
        (
            "qalyptus: task run {id} ended as warning: The conditions are not met, no report was generated.",
            RETRY,
        ),
    ),
    ("Board pack to archive storage", "succeed"): End(
        "failed", ("failed", "error"), QAJobFailedError, ("qalyptus: task run {id} ended as error: The Qlik app",)
    ),
}


def test_a_task_run_ends_the_same_however_it_is_waited_for(run_dag: RunDag, vendors: Sandbox) -> None:
    tasks = qalyptus_ids("tasks")
    names = {case: f"{case[0]} {case[1]}".replace(" ", "_") for case in TASK_ENDS}
    with a_dag("task_runs") as runs:
        for way, deferrable in WAYS.items():
            for (name, on_warning), task_id in names.items():
                QalyptusRunTaskOperator(
                    task_id=f"{task_id}_{way}",
                    qalyptus_task_id=tasks[name],
                    on_warning=on_warning,
                    deferrable=deferrable,
                )

    run = run_dag(runs)

    for case, end in TASK_ENDS.items():
        seen = [check(run, f"{names[case]}_{way}", end) for way in WAYS]
        assert same_but_for_ids(seen), seen
    assert len(writes(vendors, "qalyptus")) == len(TASK_ENDS) * len(WAYS), "one write each, and no other"


def test_without_waiting_the_id_is_returned_at_once(run_dag: RunDag, vendors: Sandbox) -> None:
    vendors.add_outcome("audit", "never_started")
    vendors.add_outcome("report", "never")
    vendors.add_outcome("task", "never")
    ids = unique_ids(vendors)
    with a_dag("no_wait") as starts:
        for way, deferrable in WAYS.items():
            common = {"wait_for_completion": False, "deferrable": deferrable}
            MonitorQACreateAuditOperator(
                task_id=f"audit_{way}",
                name="Walk",
                template_id=ids["template_id"],
                audit_object_id=ids["audit_object_id"],
                due="{{ params.due }}",
                params={"due": "2099-01-31T18:00:00+01:00"},
                **common,
            )
            QalyptusGenerateReportOperator(task_id=f"report_{way}", report_id=ids["report_id"], **common)
            QalyptusRunTaskOperator(task_id=f"task_{way}", qalyptus_task_id=ids["qalyptus_task_id"], **common)

    run = run_dag(starts)

    assert set(run.states.values()) == {"success"}
    assert '"endDate": "2099-01-31T17:00:00.000Z"' in writes(vendors, "monitorqa")[0].body
    looks = [r for r in vendors.requests("monitorqa") if not r.path.endswith(("/pending", "/complete"))]
    assert [r.method for r in looks] == ["POST", "POST"], "lists show what was there before, and nothing was polled"
    for way in WAYS:
        audit_id = run.xcom(f"audit_{way}")
        request = ask_qalyptus(lambda client, way=way: client.status.get_on_demand(run.xcom(f"report_{way}")))
        task_run = ask_qalyptus(lambda client, way=way: client.status.get_scheduled(run.xcom(f"task_{way}")))
        assert ask_monitorqa(lambda client, audit_id=audit_id: client.audits.get(audit_id))["id"] == audit_id
        assert (request["reportId"], task_run["taskId"]) == (ids["report_id"], ids["qalyptus_task_id"])
        assert all(run.xcom(f"{kind}_{way}", "phase") is None for kind in ("audit", "report", "task"))


def test_a_wait_goes_on_through_the_vendor_s_troubles(run_dag: RunDag, vendors: Sandbox) -> None:
    troubles: list[Any] = [{"status": 503}, {"status": 429, "retry_after": 0.2}, "reset_before", "html", "expire_token"]
    for number, fault in enumerate(troubles, start=2):
        vendors.add_fault(fault, vendor="qalyptus", method="GET", path="/status/on-demand-requests/.", nth=number)
        vendors.add_fault(fault, vendor="qalyptus", method="GET", path="/status/on-demand-requests/.", nth=number + 20)
    vendors.add_outcome("report", "completed", seconds=2)
    with a_dag("troubles") as waits:
        for way, deferrable in WAYS.items():
            QalyptusGenerateReportOperator(
                task_id=way, report_id=unique_ids(vendors)["report_id"], deferrable=deferrable, timeout=60
            )

    run = run_dag(waits)

    assert run.states == {"deferred": "success", "in_place": "success"}, run.errors
    assert len(writes(vendors, "qalyptus")) == 2
    assert len({r.fault for r in vendors.requests("qalyptus") if r.fault}) >= len(troubles)


# Sensors

SENSOR_ENDS = {
    "completed": End("success", ("succeeded", "completed")),
    "expired": End(
        "failed",
        ("failed", "expired"),
        QAJobFailedError,
        ("ended as expired.", "see https://app.monitorqa.com/audits/", "A retry looks at the same object again."),
    ),
    "never_finished": End(
        "failed",
        ("active", "started"),
        AirflowSensorTimeout,
        ("gave up waiting for audit", "the time-out of 0.8 s has passed and it is still started."),
    ),
}
SENSOR_WAYS: dict[str, dict[str, Any]] = {
    "deferred": {"deferrable": True},
    "in_place": {"deferrable": False},
    "rescheduled": {"deferrable": False, "mode": "reschedule", "poke_interval": 0.1},
}


@pytest.fixture(params=SENSOR_WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SENSOR_WAYS[request.param]


@pytest.mark.parametrize("soft_fail", [False, True])
def test_a_sensor_ends_the_same_however_it_waits(
    soft_fail: bool, way: dict[str, Any], run_dag: RunDag, vendors: Sandbox
) -> None:
    for result in SENSOR_ENDS:
        vendors.add_outcome("audit", result, match=result, seconds=0.3)
    audits = {result: create_audit(vendors, result) for result in SENSOR_ENDS}
    missing = "00000000-0000-0000-0000-000000000000"
    with a_dag("sensors") as sensors:
        for result, audit_id in audits.items():
            MonitorQAAuditSensor(
                task_id=result,
                audit_id="{{ params.audit_id }}",
                params={"audit_id": audit_id},
                timeout=0.8 if result == "never_finished" else 60,
                soft_fail=soft_fail,
                **way,
            )
        QalyptusRequestSensor(
            task_id="missing", request_id=missing, soft_fail=soft_fail, **{**way, "poke_interval": 0.1}, timeout=0.8
        )

    run = run_dag(sensors)

    for result, end in SENSOR_ENDS.items():
        soft = soft_fail and end.state == "failed"
        assert run.states[result] == ("skipped" if soft else end.state), run.errors.get(result)
        assert (run.xcom(result, "phase"), run.xcom(result, "status")) == end.result
        assert run.xcom(result) == (audits[result] if end.state == "success" else None)
        if end.kind is not None and not soft:
            assert type(run.errors[result]) is end.kind
            assert audits[result] in str(run.errors[result])
            assert all(part in str(run.errors[result]) for part in end.error)
    assert run.states["missing"] == ("skipped" if soft_fail else "failed")
    if not soft_fail:
        assert missing in str(run.errors["missing"])
    assert len(writes(vendors, "monitorqa")) == len(SENSOR_ENDS), "a sensor only looks"
    assert writes(vendors, "qalyptus") == []


def test_the_sensors_of_qalyptus(run_dag: RunDag, vendors: Sandbox) -> None:
    reports, tasks = qalyptus_ids("reports"), qalyptus_ids("tasks")
    vendors.add_outcome("report", "error", match="Board pack")
    good, bad = (
        ask_qalyptus(lambda client, name=name: client.reports.generate_on_demand(reports[name], "Pdf"))
        for name in ("Regional sales review", "Board pack")
    )
    warned = ask_qalyptus(lambda client: client.tasks.run(tasks["Low stock alert"]))
    with a_dag("qalyptus_sensors") as sensors:
        for way, arguments in SENSOR_WAYS.items():
            QalyptusRequestSensor(task_id=f"good_{way}", request_id=good, **arguments)
            QalyptusRequestSensor(task_id=f"bad_{way}", request_id=bad, **arguments)
            for on_warning in ("succeed", "skip", "fail"):
                QalyptusTaskRunSensor(
                    task_id=f"{on_warning}_{way}",
                    run_id=warned,
                    on_warning=on_warning,
                    **arguments,
                )

    run = run_dag(sensors)

    states = {"good": "success", "bad": "failed", "succeed": "success", "skip": "skipped", "fail": "failed"}
    assert run.states == {f"{name}_{way}": state for name, state in states.items() for way in SENSOR_WAYS}
    assert all(run.xcom(f"good_{way}") == run.xcom("good_in_place") for way in SENSOR_WAYS)
    assert all(run.xcom(f"succeed_{way}", "phase") == "warning" for way in SENSOR_WAYS)
    assert all("ended as error: The Qlik app" in str(run.errors[f"bad_{way}"]) for way in SENSOR_WAYS)


# A vendor that does not tell the id of what it started


@pytest.fixture
def silent_vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Qalyptus whose answer to "Run" holds no id."""
    monkeypatch.setattr(QalyptusRunTaskOperator, "lookup_timeouts", LookupTimeouts(pause=0.1, no_id=0.5, settled=0.6))
    settings = SandboxSettings(task_seconds=0.2, qalyptus=QalyptusWire(task_run_returns_id=False))
    with run_sandbox(["qalyptus"], settings) as sandbox:
        connect(monkeypatch, sandbox)
        yield sandbox


def start(run_dag: RunDag, vendors: Sandbox) -> Run:
    """Run the task of the tenant without waiting for it."""
    with a_dag("silent_vendor") as dag:
        QalyptusRunTaskOperator(
            task_id="run", qalyptus_task_id=unique_ids(vendors)["qalyptus_task_id"], wait_for_completion=False
        )
    return run_dag(dag)


def test_a_run_without_an_id_is_found_among_the_new_ones(run_dag: RunDag, silent_vendor: Sandbox) -> None:
    tasks = qalyptus_ids("tasks")
    others = [ask_qalyptus(lambda client, task=task: client.tasks.run(task)) for task in tasks.values()]
    assert others == [None] * len(tasks)

    run_id = start(run_dag, silent_vendor).xcom("run")

    newest = ask_qalyptus(lambda client: client.status.list_scheduled())[0]
    assert (run_id, newest["taskId"]) == (newest["id"], unique_ids(silent_vendor)["qalyptus_task_id"])


def run_it_too(sandbox: Sandbox, task_id: str) -> None:
    """Start the task a second time, once somebody has started it."""
    deadline = time.monotonic() + 20
    while not writes(sandbox, "qalyptus") and time.monotonic() < deadline:
        time.sleep(0.005)
    ask_qalyptus(lambda client: client.tasks.run(task_id))


def test_two_new_runs_cannot_be_told_apart(run_dag: RunDag, silent_vendor: Sandbox) -> None:
    task_id = unique_ids(silent_vendor)["qalyptus_task_id"]
    # the list after the start is held back until somebody else has started the task as well
    silent_vendor.add_fault({"delay": 1.5}, method="GET", path="scheduled-tasks$", nth=2)
    somebody_else = threading.Thread(target=run_it_too, args=(silent_vendor, task_id))
    somebody_else.start()
    run = start(run_dag, silent_vendor)
    somebody_else.join(20)

    assert run.states == {"run": "failed"}
    assert isinstance(run.errors["run"], QAUncertainError)
    message = str(run.errors["run"])
    runs = [row["id"] for row in ask_qalyptus(lambda client: client.status.list_scheduled())[:2]]
    assert "it cannot be told whether one of these came of it: " in message
    assert all(f"{run_id} (" in message for run_id in runs)
    assert "The request was sent, and the answer names no id." in message
    assert "on_uncertain='repeat' always sends it once more. A retry gets the same answer." in message


def test_a_run_that_does_not_show_up_was_started_all_the_same(run_dag: RunDag, silent_vendor: Sandbox) -> None:
    silent_vendor.add_fault(
        {"status": 200, "body": {"data": [], "isSuccess": True}}, method="GET", path="scheduled-tasks$"
    )
    error = start(run_dag, silent_vendor).errors["run"]

    assert "the answer does not tell which task run it made." in str(error)
    assert "The task run was created, but is not to be seen at the vendor." in str(error)
    assert "A retry looks for it again." in str(error)
    assert len(writes(silent_vendor, "qalyptus")) == 1


# Stopped by a user


@pytest.mark.parametrize(("policy", "ended"), [("cancel", True), ("leave", False)])
@pytest.mark.parametrize("waiting", [MonitorQACreateAuditOperator, MonitorQAAuditSensor])
def test_a_task_that_is_stopped_in_place_applies_its_kill_policy(
    waiting: Any, policy: Any, ended: bool, vendors: Sandbox
) -> None:
    vendors.add_outcome("audit", "never_finished")
    audit_id = create_audit(vendors, "Walk")
    needed: dict[str, Any] = {"audit_id": audit_id}
    if waiting is MonitorQACreateAuditOperator:
        needed = {"name": "Walk", "template_id": "t", "audit_object_id": "o", "due": timedelta(days=1)}
    task = waiting(task_id="task", on_kill=policy, **needed)
    task.on_kill()
    assert not ask_monitorqa(lambda client: client.audits.get(audit_id))["isExpired"], "nothing is waited for yet"

    task.awaited_id = audit_id
    task.on_kill()
    assert ask_monitorqa(lambda client: client.audits.get(audit_id))["isExpired"] is ended
