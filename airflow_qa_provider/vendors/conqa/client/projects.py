"""Projects of CONQA and their issues."""

from __future__ import annotations

import builtins
from typing import Any

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id, Paging
from airflow_qa_provider.rest.shapes import record_in, rows_in
from airflow_qa_provider.vendors.conqa.client.answers import member
from airflow_qa_provider.vendors.conqa.client.resource import ConqaResource, Rows


class Projects(Resource):
    """The projects of licensed accounts that the token's user can see."""

    def list(self) -> builtins.list[dict[str, Any]]:
        """Return all projects (source: "Get Projects for User").

        :return: ``[{"projectId", "projectName"}]``.
        :raises QAAuthenticationError: The token is missing or wrong.
        """
        answer = self._client.call("projects.list")
        return rows_in(member(answer, "projects", operation="projects.list"), "conqa", "projects.list")

    def get_summary(self, project_id: Id) -> dict[str, Any]:
        """Return the name of a project and the counts of its issues and milestones (source: "Get Project Summary").

        :param project_id: Id of the project.
        :return: ``{"name", "issues": {"total", "statuses": [{"name", "issueCount"}]}, "milestones": {"total",
            "statuses", "measures"}}``. ``total`` need not be the sum of the counts: it is not in the vendor's example.
        """
        answer = self._client.call("projects.get_summary", {"projectId": project_id})
        found = member(answer, "data", operation="projects.get_summary")
        return record_in(found, "conqa", "projects.get_summary")


class Issues(ConqaResource):
    """Issues that were raised in a project."""

    def list(self, project_id: Id, **wanted: Unpack[Paging]) -> Paged:
        """Return the issues of a project (source: "Get Project Issues").

        :param project_id: Id of the project.
        :param wanted: Fields of :class:`~airflow_qa_provider.rest.parameters.Paging`.
        :return: Records with ``issueId``, ``issueNumber``, ``title``, ``status``, ``dueDate``, ``lastUpdatedAt``,
            ``checklistId`` (which starts reports), and more; dates are ISO 8601 in UTC.
        """
        return self._numbered("issues.list", {"projectId": project_id}, _issues, Paging, wanted)


def _issues(answer: Any) -> Rows:
    return rows_in(member(answer, "data", "issues", operation="issues.list"), "conqa", "issues.list")
