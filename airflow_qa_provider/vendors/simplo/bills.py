"""Billing reports of Simplo IS that are billed: approved, and then invoiced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from airflow_qa_provider.kinds.steps import Step
from airflow_qa_provider.vendors.simplo.approvals import ApproveReport
from airflow_qa_provider.vendors.simplo.invoices import IssueInvoice


@dataclass(frozen=True)
class BillReport(IssueInvoice):
    """A billing report that is to be invoiced, and approved before that where it is not."""

    @override
    def first(self) -> Sequence[Step]:
        return (Step("approve", "simplo.report", ApproveReport(self.report_id)),)
