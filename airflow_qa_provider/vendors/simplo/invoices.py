"""Invoices for billing reports of Simplo IS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from airflow_qa_provider.kinds.change import Shown
from airflow_qa_provider.kinds.policies import OnUncertain
from airflow_qa_provider.vendors.simplo.changes import ReportChange
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.records import shown


@dataclass(frozen=True)
class IssueInvoice(ReportChange):
    """A billing report that is to be invoiced (source: "Issue external (idoklad) invoice").

    Simplo IS has no guard against a second invoice. What tells that there is one is its date, or another number than
    before the request: a number alone may have been given by hand.
    """

    on_uncertain: ClassVar[OnUncertain] = "fail"
    facts: ClassVar[Mapping[str, str]] = {
        "invoiced_at": "when the invoice was issued",
        "invoice_number": "number of the invoice",
    }

    @override
    def wanted(self, client: SimploClient) -> Shown:
        return {"invoiced": True}

    @override
    def current(self, client: SimploClient) -> Shown:
        return self.state_in(self.report(client))

    def state_in(self, report: Mapping[str, Any]) -> Shown:
        """Return what a report tells of its invoice.

        :param report: Its details.
        """
        return {"invoiced": shown(report, "invoiced_at") is not None, "invoice_number": report.get("invoice_number")}

    @override
    def send(self, client: SimploClient, wanted: Shown, current: Shown | None) -> None:
        client.reports.issue_invoice(self.report_id)

    @override
    def before(self, current: Shown | None) -> Shown:
        return {"invoice_number": (current or {}).get("invoice_number")}

    @override
    def has_effect(self, current: Shown | None, before: Shown) -> bool:
        number = (current or {}).get("invoice_number")
        return number is not None and "invoice_number" in before and number != before["invoice_number"]

    @override
    def details(self, client: SimploClient) -> Shown:
        report = self.report(client)
        return {"invoiced_at": report.get("invoiced_at"), "invoice_number": report.get("invoice_number")}
