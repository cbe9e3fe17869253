"""What the changes of billing reports of Simplo IS share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.kinds.change import Change
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.vendors.simplo.client import SimploClient
from airflow_qa_provider.vendors.simplo.records import report_id


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
        """Read the report.

        :param client: The client.
        """
        return client.reports.get(self.report_id)
