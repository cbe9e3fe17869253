"""Projects: they hold reports, filters, conditions and tasks."""

from __future__ import annotations

from qa_sandbox.qalyptus.envelope import Refused
from qa_sandbox.qalyptus.state.collection import Row
from qa_sandbox.qalyptus.state.owned import OwnedCollection


class Projects(OwnedCollection):
    """Projects of the tenant."""

    kind = "project"
    noun = "project"

    def make(self, fields: Row) -> Row:
        """
        Make a project in the organization that the API key is bound to.

        :param fields: the members of the request
        """
        return self.add(**{"organizationID": self.store.home, "isGlobalPermissions": False, **fields})

    def in_organization(self, project_id: str, organization_id: str) -> Row:
        """
        Find a project of an organization.

        :param project_id: id of the project
        :param organization_id: id of the organization
        :raises Refused: 404 when one does not exist, 400 when they do not belong together
        """
        project, organization = self.get(project_id), self.store.organizations.get(organization_id)
        if project["organizationID"] != organization["id"]:
            details = f"The project {project_id} does not belong to the organization {organization_id}."
            raise Refused(400, "Project in another organization", details)
        return project

    def set_permission_mode(self, project_id: str, is_global: bool) -> Row:
        """
        Set whether permissions are global.

        :param project_id: id of the project
        :param is_global: the new mode
        """
        row = self.get(project_id)
        row["isGlobalPermissions"] = is_global
        return self.view(row)

    def removed(self, row: Row) -> None:
        """
        Remove what was in a project that is gone.

        :param row: the project
        """
        super().removed(row)
        for objects in self.store.contents:
            for item in objects:
                if item["projectID"] == row["id"]:
                    objects.discard(item)

    def view(self, row: Row) -> Row:
        """
        Describe a project on the wire.

        :param row: the project
        """
        return {**super().view(row), "isGlobalPermissions": row["isGlobalPermissions"]}
