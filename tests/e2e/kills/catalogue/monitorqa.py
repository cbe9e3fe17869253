"""MonitorQA."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from qa_sandbox import Outcome
from tests.e2e.kills.catalogue.entry import Arguments, Entry, Job, World, changed
from tests.e2e.kills.catalogue.files import all_stored, stored, stored_and_made, uri_and_digest
from tests.e2e.kills.catalogue.rows import IN_FLIGHT, all_taken, is_row, one_effect, rows
from tests.e2e.kills.script import Request

_ID = "[0-9a-f-]{36}"


def _audits(world: World) -> list[dict[str, Any]]:
    return list(world.store("monitorqa").snapshot()["audits"])


def _audit(world: World, label: str) -> Arguments:
    ids = world.ids("monitorqa")
    return {"name": label, "template_id": ids["template_id"], "audit_object_id": ids["audit_object_id"]}


def _audits_of(*operators: str) -> Callable[[World], set[str]]:
    """Return a function that lists the audits of some operators; schedules make audits, too."""
    return lambda world: {
        audit["id"] for audit in _audits(world) if any(f"-{name}-" in audit["name"] for name in operators)
    }


def _named(kind: str) -> Callable[[World, str, Arguments], list[str]]:
    return lambda world, label, _: [
        one["id"] for one in world.store("monitorqa").snapshot()[kind] if one["name"] == label
    ]


def _all(kind: str) -> Callable[[World], set[str]]:
    # rows of bulk writes are counted by those
    return lambda world: {
        one["id"] for one in world.store("monitorqa").snapshot()[kind] if not is_row(one.get("name", ""))
    }


def _schedule(world: World, label: str) -> Arguments:
    ids = world.ids("monitorqa")
    return {"name": label, "template_id": ids["template_id"], "audit_object_ids": [ids["audit_object_id"]]}


def _completed_audit(world: World, label: str) -> Arguments:
    store = world.store("monitorqa")
    completed = (audit for audit in store.main.audits.all if audit.state.value == "completed")
    audit = world.unused("completed audit", completed)
    # it stays open once it is reopened, or clearing the task would rightly reopen it again
    store.script(audit.id, Outcome("audit", "never_finished"))
    return {"audit_id": audit.id}


def _rounds(world: World, label: str, arguments: Arguments) -> list[str]:
    audit = world.store("monitorqa").main.audits.all.find(arguments["audit_id"])
    return [audit.id] * audit.round


def _action(world: World, label: str) -> Arguments:
    action = world.unused("action", world.store("monitorqa").main.actions.all)
    return {"action_id": action.id, "description": label}


def _described(world: World, label: str, arguments: Arguments) -> list[str]:
    action = world.store("monitorqa").main.actions.all.find(arguments["action_id"])
    return [action.id] * world.accepted(label) if action.description == label else []


def _report_of_an_audit(world: World, label: str) -> Arguments:
    *_, completed = (audit["id"] for audit in _audits(world) if audit["state"] == "completed")
    return {"audit_id": completed, "target": f"file://{world.files / label}.pdf"}


ENTRIES = (
    Entry(
        "operators.monitorqa:MonitorQACreateAuditOperator",
        "monitorqa",
        _audit,
        _named("audits"),
        _audits_of("MonitorQACreateAudit"),
        write=Request("POST", "/audit$"),
        lookup=Request("GET", "/audit/pending$"),
        watch=Request("GET", f"/audit/(complete/)?{_ID}$"),
        fixed={"due": timedelta(days=1)},
        job=Job("audit", "never_finished", "completed", "name"),
    ),
    Entry(
        "operators.monitorqa:MonitorQAAuditReportOperator",
        "monitorqa",
        lambda world, label: {**_audit(world, label), "target": f"file://{world.files / label}.pdf"},
        _named("audits"),
        _audits_of("MonitorQAAuditReport"),
        write=Request("POST", "/audit$"),
        lookup=Request("GET", "/audit/pending$"),
        watch=Request("GET", f"/audit/(complete/)?{_ID}$"),
        fixed={"due": timedelta(days=1)},
        believed=stored_and_made,
        job=Job("audit", "never_finished", "completed", "name"),
    ),
    Entry(
        "operators.monitorqa:MonitorQACreateScheduleOperator",
        "monitorqa",
        _schedule,
        _named("schedules"),
        _all("schedules"),
        write=Request("POST", "/schedules/weekly$"),
        lookup=Request("GET", "/schedules$"),
        watch=Request("GET", f"/schedules/{_ID}$"),
        fixed={"repeat_pattern": "weekly", "repeat": {"days_of_week": ["monday"], "repeat_every": 1}},
    ),
    Entry(
        "operators.monitorqa:MonitorQAReopenAuditOperator",
        "monitorqa",
        _completed_audit,
        _rounds,
        lambda world: set(),
        write=Request("POST", "/audit/reopen/"),
        lookup=Request("GET", f"/audit/(complete/)?{_ID}$"),
        fixed={"due": timedelta(days=1)},
        believed=changed,
    ),
    Entry(
        "operators.monitorqa:MonitorQAUpdateCorrectiveActionOperator",
        "monitorqa",
        _action,
        _described,
        lambda world: set(),
        write=Request("PUT", f"/corrective-actions/{_ID}$"),
        lookup=Request("GET", f"/corrective-actions/{_ID}$"),
        believed=changed,
    ),
    Entry(
        "operators.monitorqa:MonitorQAOperator",
        "monitorqa",
        lambda world, label: {"arguments": {"name": label}},
        _named("auditObjects"),
        _all("auditObjects"),
        write=Request("POST", "/audit/objects$"),
        lookup=Request("GET", "/audit/objects$"),
        fixed={"operation": "audit_objects.create"},
        title="MonitorQAOperator",
        believed=lambda xcoms, _: xcoms.get("return_value"),
    ),
    Entry(
        "transfers.monitorqa:MonitorQAAuditReportToObjectStorageOperator",
        "monitorqa",
        _report_of_an_audit,
        stored,
        all_stored("MonitorQAAuditReportToObjectStorage"),
        download=Request("GET", "/report-pdf$"),
        believed=uri_and_digest,
    ),
    Entry(
        "operators.monitorqa:MonitorQAUpsertAuditObjectsOperator",
        "monitorqa",
        lambda world, label: {"rows": rows(label, "name")},
        lambda world, label, _: one_effect(label, (site.name for site in world.store("monitorqa").main.objects.sites)),
        lambda world: set(),
        write=Request("POST", "/audit/objects$"),
        lookup=Request("GET", "/audit/objects$"),
        fixed={"max_in_flight": IN_FLIGHT},
        believed=all_taken,
        sections=("kills",),
    ),
)
