"""Links to MonitorQA."""

from __future__ import annotations

from typing import Any

from airflow.providers.common.compat.sdk import BaseOperatorLink


class MonitorQAAuditLink(BaseOperatorLink):
    """Opens the audit of a task in MonitorQA (source: "Deep Links")."""

    name = "MonitorQA audit"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the page of the audit; empty before there is one.

        Airflow calls this on the worker, also when the task defers, and stores the result.

        :param operator: The operator.
        :param ti_key: Key of the task instance.
        """
        audit_id = getattr(operator, "awaited_id", None)
        return f"https://app.monitorqa.com/audits/pending/{audit_id}" if audit_id else ""
