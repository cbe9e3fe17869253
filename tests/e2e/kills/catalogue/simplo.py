"""Simplo IS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.e2e.kills.catalogue.entry import Arguments, Entry, World, changed
from tests.e2e.kills.catalogue.files import all_stored, stored, uri_and_digest
from tests.e2e.kills.script import Point, Request


def _open_report(world: World, label: str) -> Arguments:
    """Take a report that was approved and invoiced long ago, and make it a new one."""
    report = world.unused("report", world.store("simplo").reports())
    report.state = type(report.state)["NEW"]
    report.approved_at = report.invoiced_at = report.invoice_number = None
    return {"report_id": report.id}


def _stored_report(world: World, label: str) -> Arguments:
    return {"report_id": world.ids("simplo")["report_id"], "target": f"file://{world.files / label}.pdf"}


def _approvals(world: World, label: str, arguments: Arguments) -> list[str]:
    copies = [
        one for one in world.store("simplo").snapshot()["savedCopies"] if one["reportId"] == arguments["report_id"]
    ]
    return [str(arguments["report_id"])] * max(len(copies), world.accepted(label))


def _invoices(world: World, label: str, arguments: Arguments) -> list[str]:
    return [str(one["reportId"]) for one in _all_invoices(world) if one["reportId"] == arguments["report_id"]]


def _all_invoices(world: World) -> list[dict[str, Any]]:
    return list(world.store("simplo").snapshot()["invoices"])


def _billed(xcoms: Mapping[str, Any], arguments: Arguments) -> str | None:
    """Return the report, which the number of its invoice stands for."""
    return None if xcoms.get("return_value") is None else str(arguments["report_id"])


ENTRIES = (
    Entry(
        "operators.simplo:SimploApproveReportOperator",
        "simplo",
        _open_report,
        _approvals,
        lambda world: set(),
        write=Request("POST", "/approved$"),
        lookup=Request("GET", "/reports/[0-9]+$"),
        believed=changed,
    ),
    Entry(
        "operators.simplo:SimploIssueInvoiceOperator",
        "simplo",
        _open_report,
        _invoices,
        lambda world: {str(one["reportId"]) for one in _all_invoices(world)},
        write=Request("GET", "/issue-invoice$"),
        lookup=Request("GET", "/reports/[0-9]+$"),
        believed=changed,
        # a second invoice is worse than a failed task: what cannot be seen is not issued again
        uncertain=frozenset({Point.BEFORE}),
    ),
    Entry(
        "operators.simplo:SimploBillReportOperator",
        "simplo",
        _open_report,
        _invoices,
        lambda world: {str(one["reportId"]) for one in _all_invoices(world)},
        write=Request("GET", "/issue-invoice$"),
        lookup=Request("GET", "/reports/[0-9]+$"),
        believed=_billed,
        uncertain=frozenset({Point.BEFORE}),
    ),
    Entry(
        "transfers.simplo:SimploReportToObjectStorageOperator",
        "simplo",
        lambda world, label: {
            "report_id": world.ids("simplo")["report_id"],
            "target": f"file://{world.files / label}.pdf",
        },
        stored,
        all_stored("SimploReportToObjectStorage"),
        download=Request("GET", "/download-pdf$"),
        believed=uri_and_digest,
    ),
)
