"""Approving billing reports of Simplo IS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from airflow_qa_provider.kinds.change import Shown
from airflow_qa_provider.vendors.simplo.changes import ReportChange
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.records import shown


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
