"""Projects of Qalyptus Cloud: what reports, filters, conditions and tasks live in."""

from __future__ import annotations

from typing_extensions import Unpack

from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Permitted, Renamable
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Named, check


class Projects(Collection, Renamable, BulkDelete, Permitted, name="projects"):
    """Projects of the organization that the key is bound to."""

    def create(self, **project: Unpack[Named]) -> Record:
        """Create a project (source: "Create project").

        :param project: Fields of :class:`~airflow_qa_provider.vendors.qalyptus.client.rules.Named`.
        """
        return self._created("projects.create", body=check.wire(Named, project))

    def update_permission_mode(self, project_id: Id, enabled: bool | str) -> None:
        """Switch the global permission mode of a project (source: "Update permission mode").

        :param project_id: UUID of the project.
        :param enabled: ``True`` switches it on.
        """
        path = {"id": project_id, "value": "true" if check.flag(enabled, "enabled") else "false"}
        self._client.call("projects.update_permission_mode", path)

    def list_by_organization(self, organization_id: Id) -> Records:
        """Return the projects of an organization (source: "Get organization projects" under "Projects").

        :param organization_id: UUID of the organization.
        """
        return self._records("projects.list_by_organization", {"id": organization_id})
