"""What the changes of billing reports of Simplo IS share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.kinds.change import Change
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.vendors.simplo.ids import report_id


@dataclass(frozen=True)
class ReportChange(Change):
    """A change of a billing report.

    :param report_id: Id of the report.
    """

    report_id: str

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(report_id(given))

    @property
    @override
    def object_id(self) -> str:
        return self.report_id


def has_date(report: Mapping[str, Any], name: str) -> bool:
    """Tell whether a report has got a date; one that does not show it at all must not count as still to be done.

    :param report: Its details.
    :param name: Name of the date.
    :raises QAResponseError: It does not show it.
    """
    if name not in report:
        raise QAResponseError(
            f"the billing report shows no {name}",
            vendor="simplo",
            operation="reports.get",
            outcome="This attempt has sent nothing: it cannot be told whether that is done already",
            hint="Simplo IS documents it for every report. Look whether the host of the connection is the right one",
        )
    return report[name] is not None
