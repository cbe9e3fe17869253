"""Reports of CONQA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_qa_provider.rest.client import Resource, given
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.conqa.client.answers import member
from airflow_qa_provider.vendors.conqa.client.rules import check


class Reports(Resource):
    """Reports of checklists. Their completion is told by webhook only: no endpoint can be asked."""

    def start(self, project_id: Id, checklist_id: Id, *, context: Mapping[str, Any] | str | None = None) -> str:
        """Start the report of a checklist (source: "Start generation of Report").

        The answer has no id. Register a ``REPORT`` webhook for the project or its account first, and put something into
        ``context`` that tells this report from others: it comes back in the webhook's call, for QA reports
        (``QAREPORT``, ``HISTORY``, ``FAILED_CHECKPOINT``) but not for issue reports. The call for a completed QA report
        need not name the project.

        :param project_id: Id of the project.
        :param checklist_id: Id of the checklist, ``cl:...``.
        :param context: JSON object, or JSON text of one, to be handed back.
        :return: What CONQA says, such as ``"Report submitted"``.
        """
        body = given(
            checklistId=check.id(checklist_id, "checklist_id"), context=check.optional_object(context, "context")
        )
        answer = self._client.call("reports.start", {"projectId": project_id}, body=body)
        outcome = "The report was asked for"
        return str(member(answer, "data", "message", operation="reports.start", outcome=outcome))
