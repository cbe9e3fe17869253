"""Projects of smartQ: its boards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, pages, record
from airflow_qa_provider.vendors.smartq.client.forms import form, switches
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class Projects(Resource):
    """The boards that the user who is signed in can see.

    A project comes back as ``id`` and ``owner_id`` (strings), ``name``, ``description``, ``active`` (a boolean).
    """

    _client: SmartQClient

    def list(
        self,
        *,
        only_active: bool | None = None,
        name_contains: str | None = None,
        offset: int = 0,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the projects that the user can see (source: "Projects: returns the list of projects").

        :param only_active: Whether closed projects are left out; the vendor's default is to list all.
        :param name_contains: Only projects with this text in their name. The docs call ``nameFilter`` a number, which
            is taken for an error.
        :param offset: Projects to leave out at the start.
        :param page_size: Rows per request; the connection's, then the vendor's default of 20 when unset.
        :param limit: Most rows in all.
        """
        params = switches({"activeFilter": only_active, "nameFilter": name_contains})
        return pages(self._client, "projects.list", {}, params, offset, page_size, limit)

    def create(self, *, name: str, description: str | None = None) -> Record:
        """Add a project (source: "Projects: adds a new project").

        :param name: Name of the project.
        :param description: Text that describes it.
        :return: The project, with ``id``.
        :raises QAValidationError: The name is empty.
        """
        data = _project(name, description)
        return record(self._client.call("projects.create", data=data), "projects.create")

    def get(self, project_id: Id) -> Record:
        """Return one project (source: "Projects: returns project details").

        :param project_id: Id of the project.
        """
        return record(self._client.call("projects.get", {"project_id": project_id}), "projects.get")

    def update(self, project_id: Id, *, name: str, description: str | None = None) -> Record:
        """Change a project (source: "Projects: updates project details").

        :param project_id: Id of the project.
        :param name: Name of the project; required in a change, too.
        :param description: Text that describes it; whether it is kept when left out is not documented.
        :return: The project.
        :raises QAValidationError: The name is empty.
        """
        answer = self._client.call("projects.update", {"project_id": project_id}, data=_project(name, description))
        return record(answer, "projects.update")

    def delete(self, project_id: Id) -> None:
        """Delete a project (source: "Projects: deletes project").

        :param project_id: Id of the project.
        """
        self._client.call("projects.delete", {"project_id": project_id})


def _project(name: str, description: str | None) -> dict[str, str]:
    return form("project", {"name": rules.required(name, "name"), "description": description})
