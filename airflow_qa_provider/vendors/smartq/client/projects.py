"""Projects of smartQ: its boards."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id, Read, Text, Wire
from airflow_qa_provider.vendors.smartq.client.answers import Record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import Rows, SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check


class ProjectFilter(Rows, total=False):
    """Which projects are listed, and which :class:`~airflow_qa_provider.vendors.smartq.client.resource.Rows` of them.

    :param only_active: Whether closed projects are left out; the vendor's default is to list all.
    :param name_contains: Only projects with this text in their name. The docs call ``nameFilter`` a number, which is
        taken for an error.
    """

    only_active: Annotated[bool | str | None, Read("switch"), Wire("activeFilter")]
    name_contains: Annotated[Text | None, Wire("nameFilter")]


class Projects(SmartQResource):
    """The boards that the user who is signed in can see.

    A project comes back as ``id`` and ``owner_id`` (strings), ``name``, ``description``, ``active`` (a boolean).
    """

    def list(self, **wanted: Unpack[ProjectFilter]) -> Paged:
        """Return the projects that the user can see (source: "Projects: returns the list of projects").

        :param wanted: Fields of :class:`ProjectFilter`.
        """
        return self._pages("projects.list", wanted, ProjectFilter)

    def create(self, *, name: str, description: str | None = None) -> Record:
        """Add a project (source: "Projects: adds a new project").

        :param name: Name of the project.
        :param description: Text that describes it.
        :return: The project, with ``id``.
        """
        return self._record("projects.create", _project(name, description))

    def get(self, project_id: Id) -> Record:
        """Return one project (source: "Projects: returns project details").

        :param project_id: Id of the project.
        """
        return self._record("projects.get", project_id=project_id)

    def update(self, project_id: Id, *, name: str, description: str | None = None) -> Record:
        """Change a project (source: "Projects: updates project details").

        :param project_id: Id of the project.
        :param name: Name of the project; required in a change, too.
        :param description: Text that describes it; whether it is kept when left out is not documented.
        :return: The project.
        """
        return self._record("projects.update", _project(name, description), project_id=project_id)

    def delete(self, project_id: Id) -> None:
        """Delete a project (source: "Projects: deletes project").

        :param project_id: Id of the project.
        """
        self._client.call("projects.delete", {"project_id": project_id})


def _project(name: str, description: str | None) -> dict[str, str]:
    described = check.optional_text(description, "description")
    return form("project", {"name": check.text(name, "name"), "description": described})
