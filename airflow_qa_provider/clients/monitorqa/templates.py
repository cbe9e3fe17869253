"""Audit templates of MonitorQA."""

from __future__ import annotations

from typing import Any

from airflow_qa_provider.clients.base import Resource


class AuditTemplates(Resource):
    """The questionnaires that audits are made from."""

    def list(self) -> list[dict[str, Any]]:
        """Return all templates as ``{"id", "name"}`` (source: "Get audit templates list").

        :raises QAApiError: The vendor refused.
        """
        answer = self._client.call("audit_templates.list")
        return list(answer or [])
