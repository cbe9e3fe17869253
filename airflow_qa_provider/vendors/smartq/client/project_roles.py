"""Roles of smartQ projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.parameters import Flag, Id, Read, Text, Whole
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check


class RoleFields(TypedDict, total=False):
    """What a role has. Name and access level are required in a change, too.

    :param name: Name of the role.
    :param access_level: A number from 0 to 5; what the levels mean is not documented.
    :param max_step: Id of the last step that users of the role can move tickets to.
    :param can_edit_project: Whether they can change the settings of the project.
    :param can_manage_people_notes: Whether they can change other people's notes.
    :param can_see_private_notes: Whether they can see private notes.
    """

    name: Required[Text]
    access_level: Required[Annotated[Whole, Read("whole", low=0, high=5)]]
    max_step: Id | None
    can_edit_project: Flag | None
    can_manage_people_notes: Flag | None
    can_see_private_notes: Flag | None


class ProjectRoles(SmartQResource):
    """What the members of a project may do. The fields of a role that comes back are not documented.

    All that change a role raise a QAValidationError for fields that are empty, out of range, or not of a role.
    """

    def list(self, project_id: Id) -> Records:
        """Return the roles of a project (source: "Project Roles: returns the list of project roles").

        :param project_id: Id of the project.
        """
        return self._rows("project_roles.list", project_id=project_id)

    def create(self, project_id: Id, **role: Unpack[RoleFields]) -> Record:
        """Add a role to a project and return it (source: "Project Roles: adds a new project role").

        :param project_id: Id of the project.
        :param role: Fields of :class:`RoleFields`.
        """
        return self._record("project_roles.create", _role(role), project_id=project_id)

    def get(self, project_id: Id, role_id: Id) -> Record:
        """Return one role of a project (source: "Project Roles: returns project role details").

        :param project_id: Id of the project.
        :param role_id: Id of the role.
        """
        return self._record("project_roles.get", project_id=project_id, role_id=role_id)

    def get_default(self, project_id: Id) -> Record:
        """Return the default role of a project (source: "Project Roles: returns default role details").

        :param project_id: Id of the project.
        """
        return self._record("project_roles.get_default", project_id=project_id)

    def update(self, project_id: Id, role_id: Id, **role: Unpack[RoleFields]) -> Record:
        """Change a role of a project and return it (source: "Project Roles: updates project role details").

        :param project_id: Id of the project.
        :param role_id: Id of the role.
        :param role: Fields of :class:`RoleFields`.
        """
        return self._record("project_roles.update", _role(role), project_id=project_id, role_id=role_id)

    def update_default(self, project_id: Id, **role: Unpack[RoleFields]) -> Record:
        """Change the default role of a project (source: "Project Roles: updates default project role details").

        The docs print the path as ``/project/{project_id}/roles/default``; the singular is taken for a typing error.

        :param project_id: Id of the project.
        :param role: Fields of :class:`RoleFields`.
        :return: The role.
        """
        return self._record("project_roles.update_default", _role(role), project_id=project_id)

    def delete(self, project_id: Id, role_id: Id) -> None:
        """Delete a role of a project (source: "Project Roles: deletes project role").

        The docs print the path as ``/projects/{project_id}roles/{role_id}``; a slash is taken to be lost.

        :param project_id: Id of the project.
        :param role_id: Id of the role.
        """
        self._client.call("project_roles.delete", {"project_id": project_id, "role_id": role_id})


def _role(role: Mapping[str, Any]) -> dict[str, str]:
    return form("role", check.wire(RoleFields, role))
