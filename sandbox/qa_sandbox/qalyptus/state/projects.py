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
        """Make a project in the organization that the API key is bound to."""
        return self.add(**{"organizationID": self.store.home, "isGlobalPermissions": False, **fields})

    def in_organization(self, project_id: str, organization_id: str) -> Row:
        project, organization = self.get(project_id), self.store.organizations.get(organization_id)
        if project["organizationID"] != organization["id"]:
            details = f"The project {project_id} does not belong to the organization {organization_id}."
            raise Refused(400, "Project in another organization", details)
        return project

    def set_permission_mode(self, project_id: str, is_global: bool) -> Row:
        row = self.get(project_id)
        row["isGlobalPermissions"] = is_global
        return self.view(row)

    def removed(self, row: Row) -> None:
        """Remove what was in a project that is gone."""
        super().removed(row)
        for objects in self.store.contents:
            for item in objects:
                if item["projectID"] == row["id"]:
                    objects.discard(item)

    def view(self, row: Row) -> Row:
        return {**super().view(row), "isGlobalPermissions": row["isGlobalPermissions"]}
