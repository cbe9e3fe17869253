"""Qalyptus Cloud."""

from __future__ import annotations

from tests.e2e.kills.catalogue.entry import Arguments, Entry, Job, World, changed
from tests.e2e.kills.catalogue.files import all_stored, stored, stored_and_made, uri_and_digest
from tests.e2e.kills.script import Request

_ID = "[0-9a-f-]{36}"


def _report(world: World, label: str) -> Arguments:
    client = world.client("qalyptus")
    project = client.projects.list()[0]["id"]
    return {"report_id": client.reports.create(name=label, project_id=project, type="Excel")["id"]}


def _task(world: World, label: str) -> Arguments:
    return {
        "qalyptus_task_id": world.client("qalyptus").tasks.duplicate(world.ids("qalyptus")["qalyptus_task_id"])["id"]
    }


def _endless_request(world: World, label: str) -> Arguments:
    report_id = _report(world, label)["report_id"]
    world.sandbox.add_outcome("report", "never", match=report_id)
    return {"request_id": world.client("qalyptus").reports.generate_on_demand(report_id, "Pdf")}


def _stops(world: World, label: str, arguments: Arguments) -> list[str]:
    run = world.store("qalyptus").runs.record(arguments["request_id"])
    return [run.id] * world.accepted(label) if run.stopped_at else []


def _finished_request(world: World, label: str) -> Arguments:
    runs = [run for run in world.store("qalyptus").runs if run.kind == "on-demand" and run.output_format == "Pdf"]
    return {"request_id": runs[0].id, "output_format": "Pdf", "target": f"file://{world.files / label}.pdf"}


def _requests(world: World, label: str, arguments: Arguments) -> list[str]:
    runs = world.store("qalyptus").runs
    return [run.id for run in runs if run.kind == "on-demand" and run.report.id == arguments["report_id"]]


def _task_runs(world: World, label: str, arguments: Arguments) -> list[str]:
    runs = world.store("qalyptus").runs
    return [run.id for run in runs if run.task and run.task.id == arguments["qalyptus_task_id"]]


ENTRIES = (
    Entry(
        "operators.qalyptus:QalyptusGenerateReportOperator",
        "qalyptus",
        _report,
        _requests,
        lambda world: {run.id for run in world.store("qalyptus").runs if run.kind == "on-demand"},
        write=Request("POST", "/on-demand/"),
        watch=Request("GET", f"/on-demand-requests/{_ID}$"),
        job=Job("report", "never", "completed", "report_id"),
        repeats=True,
        harmless=True,
    ),
    Entry(
        "operators.qalyptus:QalyptusReportOperator",
        "qalyptus",
        lambda world, label: {**_report(world, label), "target": f"file://{world.files / label}.pdf"},
        _requests,
        lambda world: {run.id for run in world.store("qalyptus").runs if run.kind == "on-demand"},
        write=Request("POST", "/on-demand/"),
        watch=Request("GET", f"/on-demand-requests/{_ID}$"),
        believed=stored_and_made,
        job=Job("report", "never", "completed", "report_id"),
        repeats=True,
        harmless=True,
    ),
    Entry(
        "operators.qalyptus:QalyptusRunTaskOperator",
        "qalyptus",
        _task,
        _task_runs,
        lambda world: {run.id for run in world.store("qalyptus").runs if run.kind == "scheduled"},
        write=Request("POST", f"/{_ID}/run$"),
        lookup=Request("GET", "/scheduled-tasks$"),
        watch=Request("GET", f"/scheduled-tasks/{_ID}$"),
        job=Job("task", "never", "success", "qalyptus_task_id"),
    ),
    Entry(
        "operators.qalyptus:QalyptusStopRequestOperator",
        "qalyptus",
        _endless_request,
        _stops,
        lambda world: set(),
        write=Request("POST", f"/{_ID}/stop$"),
        lookup=Request("GET", f"/on-demand-requests/{_ID}$"),
        believed=changed,
    ),
    Entry(
        "transfers.qalyptus:QalyptusReportToObjectStorageOperator",
        "qalyptus",
        _finished_request,
        stored,
        all_stored("QalyptusReportToObjectStorage"),
        download=Request("GET", "/(stream|download)"),
        believed=uri_and_digest,
    ),
)
