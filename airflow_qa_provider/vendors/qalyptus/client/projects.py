"""Projects of Qalyptus Cloud: what reports, filters, conditions and tasks live in."""

from __future__ import annotations

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Owned, Permitted, Renamable
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records


class Projects(Collection, Renamable, BulkDelete, Permitted, Owned, name="projects"):
    """Projects of the organization that the key is bound to."""

    def create(self, *, name: str, description: str | None = None) -> Record:
        """Create a project (source: "Create project").

        :param name: Its name.
        :param description: Text for people.
        :return: The vendor's answer, with the new ``id`` when it holds one.
        :raises QAValidationError: No name.
        """
        return self._created("projects.create", body=given(name=rules.required(name, "name"), description=description))

    def update_permission_mode(self, project_id: str, enabled: bool) -> None:
        """Switch the global permission mode of a project (source: "Update permission mode").

        :param project_id: UUID of the project.
        :param enabled: ``True`` switches it on.
        :raises QAValidationError: Not a boolean.
        :raises QANotFoundError: There is no such project.
        """
        path = {"id": project_id, "value": "true" if rules.boolean(enabled, "enabled") else "false"}
        self._client.call("projects.update_permission_mode", path)

    def list_by_organization(self, organization_id: str) -> Records:
        """Return the projects of an organization (source: "Get organization projects" under "Projects").

        :param organization_id: UUID of the organization.
        :raises QANotFoundError: There is no such organization.
        """
        return self._records("projects.list_by_organization", {"id": organization_id})
