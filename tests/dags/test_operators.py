"""Operators in real DAG runs: deferred or in place, every end of a remote job gives the same."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import TaskDeferred

from airflow_qa_provider.exceptions import QAJobFailedError, QAWaitTimeoutError
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditOperator
from airflow_qa_provider.operators.qalyptus import QalyptusGenerateReportOperator, QalyptusRunTaskOperator
from airflow_qa_provider.sensors.monitorqa import MonitorQAAuditSensor
from airflow_qa_provider.triggers.wait import WaitTrigger
from qa_sandbox import Sandbox
from tests.dags.conftest import Run, a_dag, unique_ids, writes
from tests.dags.ends import MONITORQA_IDS, End, RunDag, ask_monitorqa, ask_qalyptus, create_audit, qalyptus_ids

pytestmark = pytest.mark.slow

WAYS = {"deferred": True, "in_place": False}


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
