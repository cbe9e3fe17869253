"""MonitorQA."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.e2e.kills.catalogue.entry import Arguments, Entry, Job, World
from tests.e2e.kills.catalogue.files import all_stored, stored, uri_and_digest
from tests.e2e.kills.script import Request

_ID = "[0-9a-f-]{36}"


def _audits(world: World) -> list[dict[str, Any]]:
    return list(world.store("monitorqa").snapshot()["audits"])


def _audit(world: World, label: str) -> Arguments:
    ids = world.ids("monitorqa")
    return {"name": label, "template_id": ids["template_id"], "audit_object_id": ids["audit_object_id"]}


def _report_of_an_audit(world: World, label: str) -> Arguments:
    completed = next(audit["id"] for audit in _audits(world) if audit["state"] == "completed")
    return {"audit_id": completed, "target": f"file://{world.files / label}.pdf"}


ENTRIES = (
    Entry(
        "operators.monitorqa:MonitorQACreateAuditOperator",
        "monitorqa",
        _audit,
        lambda world, label, _: [audit["id"] for audit in _audits(world) if audit["name"] == label],
        lambda world: {audit["id"] for audit in _audits(world)},
        write=Request("POST", "/audit$"),
        lookup=Request("GET", "/audit/pending$"),
        watch=Request("GET", f"/audit/(complete/)?{_ID}$"),
        fixed={"audit_end_date": timedelta(days=1)},
        job=Job("audit", "never_finished", "completed", "name"),
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
)
