"""Billing reports of Simplo IS that are billed: approved, and then invoiced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from airflow_qa_provider.kinds.change import Shown
from airflow_qa_provider.kinds.steps import Step
from airflow_qa_provider.vendors.simplo.approvals import ApproveReport
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.invoices import IssueInvoice


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
