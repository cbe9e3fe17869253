"""Billing reports of Simplo IS: where one stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from airflow_qa_provider.exceptions import QANotFoundError
from airflow_qa_provider.kinds.conditions import Condition, Target
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.polling import Statuses, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.simplo.changes import ApproveReport, BillReport, IssueInvoice
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.records import report_id
from airflow_qa_provider.vendors.simplo.report_files import ReportPdf

_FEW = 2
_IDS_PER_REQUEST = 200  # their numbers make 2 KB of an address
_DATES = ("approved_at", "sent_at", "invoiced_at")
_WAITED_FOR = tuple(name.removesuffix("_at") for name in _DATES)


def poll_reports(client: SimploClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where billing reports stand: for few one by one, for many by the index, filtered by id."""
    if len(ids) <= _FEW:
        return poll_each(lambda one: report_snapshot({"id": one, **client.reports.get(one)}), ids)
    rows = _rows(client, list(ids))
    statuses: Statuses = {}
    for one in ids:
        message = f"report {one} is not in the index"
        statuses[one] = (
            report_snapshot(rows[one]) if one in rows else QANotFoundError(message, vendor="simplo", object_id=one)
        )
    return statuses


def report_snapshot(report: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot of a report, without its hash, which is a secret.

    :param report: Its details, or its row in the index.
    """
    dates = {name: report.get(name) for name in _DATES}
    done = {name.removesuffix("_at"): date is not None for name, date in dates.items()}
    state = report.get("state")
    status = next((name for name in ("invoiced", "approved", "sent") if done[name]), f"state {state}")
    detail = {"state": state, **done, **dates, "invoice_number": report.get("invoice_number")}
    return Snapshot(str(report["id"]), Phase.ACTIVE, status, detail)


def _rows(client: SimploClient, ids: list[str]) -> dict[str, Mapping[str, Any]]:
    """Return the rows of reports in the index, by id."""
    size = max(_IDS_PER_REQUEST, client.settings.page_size or 0)
    rows: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(ids), _IDS_PER_REQUEST):
        some = [int(one) for one in ids[start : start + _IDS_PER_REQUEST]]
        rows.update({str(row.get("id")): row for row in client.reports.list(filters={"id": some}, page_size=size)})
    return rows


def _target(given: Given) -> Target:
    if given.has("state"):
        states = [str(given.check.whole(word, "state")) for word in given.words("state")]
        return Target(report_id(given), Condition(reached={"state": states}))
    return Target(report_id(given), Condition(reached={given.choice("until", _WAITED_FOR): ["true"]}))


REPORT = Kind(
    name="simplo.report",
    noun="billing report",
    poll=poll_reports,
    condition=_target,
    changes={"approve": ApproveReport, "issue_invoice": IssueInvoice, "bill": BillReport},
    files={"report": ReportPdf},
    facts={"sent_at": "when it was sent to its client", **ApproveReport.facts, **IssueInvoice.facts},
)
