"""Billing reports of Simplo IS as arguments name them and as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.kinds.given import Given


def report_id(given: Given) -> str:
    """Return the id of a billing report, which is a whole number.

    :param given: The arguments.
    :raises QAValidationError: It is missing, or no whole number.
    """
    return str(given.check.whole(given.id("report_id"), "report_id", 0))


def shown(report: Mapping[str, Any], name: str) -> Any:
    """Return what a report shows under a name that is documented; what is not shown must not count as empty.

    :param report: Its details.
    :param name: The name.
    :raises QAResponseError: It does not show it.
    """
    if name not in report:
        raise QAResponseError(
            f"the billing report shows no {name}",
            vendor="simplo",
            operation="reports.get",
            outcome="This attempt has done nothing but read it: without that, nobody can tell what there is to do",
            hint="Simplo IS documents it for every report. Look whether the host of the connection is the right one",
        )
    return report[name]
