"""Ids of Simplo IS."""

from __future__ import annotations

from airflow_qa_provider.kinds.given import Given


def report_id(given: Given) -> str:
    """Return the id of a billing report, which is a whole number.

    :param given: The arguments.
    :raises QAValidationError: It is missing, or no whole number.
    """
    return str(given.check.whole(given.id("report_id"), "report_id", 0))
