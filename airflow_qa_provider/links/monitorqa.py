"""Links to MonitorQA."""

from __future__ import annotations

from airflow_qa_provider.bases.link import ObjectLink


class MonitorQAAuditLink(ObjectLink):
    """Opens the audit of a task in MonitorQA (source: "Deep Links")."""

    name = "MonitorQA audit"


class MonitorQACorrectiveActionLink(ObjectLink):
    """Opens the corrective action of a task in MonitorQA (source: "Deep Links")."""

    name = "MonitorQA corrective action"
