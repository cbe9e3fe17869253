"""Changes of billing reports of Simplo IS: approved, invoiced, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from typing_extensions import Self, override

from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.policies import OnUncertain
from airflow_qa_provider.kinds.steps import Step
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.records import report_id, shown


@dataclass(frozen=True)
class ReportChange(Change):
    """A change of a billing report.

    :param report_id: Id of the report.
    """

    report_id: str

    id_field = "report_id"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(report_id(given))

    @override
    def identity(self) -> Mapping[str, Any]:
        return {"report_id": self.report_id}

    def report(self, client: SimploClient) -> Mapping[str, Any]:
        """Read the report."""
        return client.reports.get(self.report_id)


@dataclass(frozen=True)
class ApproveReport(ReportChange):
    """A billing report that is to be approved (source: "Approve Report")."""

    facts: ClassVar[Mapping[str, str]] = {"approved_at": "when it was approved"}

    @override
    def wanted(self, client: SimploClient) -> Shown:
        return {"approved": True}

    @override
    def current(self, client: SimploClient) -> Shown:
        report = self.report(client)
        # the hash is a secret: it is neither wanted nor among what is noted, and so never shown
        return {"approved": shown(report, "approved_at") is not None, "hash": report.get("hash")}

    @override
    def send(self, client: SimploClient, wanted: Shown, current: Shown | None) -> None:
        client.reports.approve(self.report_id, (current or {}).get("hash") or "")

    @override
    def details(self, client: SimploClient) -> Shown:
        return {"approved_at": self.report(client).get("approved_at")}


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


@dataclass(frozen=True)
class ApproveToBill(ApproveReport):
    """The approval of a report that is invoiced next.

    :param seen: The report as it was read last; for the invoice, which need not read it again.
    """

    seen: dict[str, Any] = field(default_factory=dict, repr=False)

    @override
    def report(self, client: SimploClient) -> Mapping[str, Any]:
        self.seen.update(super().report(client))
        return self.seen


@dataclass(frozen=True)
class BillReport(IssueInvoice):
    """A billing report that is to be invoiced, and approved before that where it is not.

    :param seen: The report as this attempt has read it for the approval; empty where it was approved before.
    """

    seen: dict[str, Any] = field(default_factory=dict, repr=False)

    @override
    def first(self) -> Sequence[Step]:
        return (Step("approve", "simplo.report", ApproveToBill(self.report_id, self.seen)),)

    @property
    @override
    def known(self) -> Shown | None:
        return self.state_in(self.seen) if self.seen else None
