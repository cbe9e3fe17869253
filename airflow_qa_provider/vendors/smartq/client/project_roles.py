"""Roles of smartQ projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records, record, rows
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class RoleRights(TypedDict, total=False):
    """What a role may have beside its name and access level; smartQ calls the fields the same.

    ``max_step``: id of the last step that users of the role can move tickets to. ``can_edit_project``: they can change
    the settings of the project. ``can_manage_people_notes``: they can change other people's notes.
    ``can_see_private_notes``: they can see private notes.
    """

    max_step: Id
    can_edit_project: bool
    can_manage_people_notes: bool
    can_see_private_notes: bool


class ProjectRoles(Resource):
    """What the members of a project may do. The fields of a role that comes back are not documented."""

    _client: SmartQClient

    def list(self, project_id: Id) -> Records:
        """Return the roles of a project (source: "Project Roles: returns the list of project roles").

        :param project_id: Id of the project.
        """
        answer = self._client.call("project_roles.list", {"project_id": project_id})
        return rows(self._client, answer, "project_roles.list")

    def create(
        self,
        project_id: Id,
        *,
        name: str,
        access_level: int,
        **rights: Unpack[RoleRights],
    ) -> Record:
        """Add a role to a project (source: "Project Roles: adds a new project role").

        :param project_id: Id of the project.
        :param name: Name of the role.
        :param access_level: A number from 0 to 5; what the levels mean is not documented.
        :param rights: Fields of :class:`RoleRights`.
        :return: The role.
        :raises QAValidationError: The name is empty, the access level is not from 0 to 5, or a right does not exist.
        """
        data = _role(name, access_level, rights)
        answer = self._client.call("project_roles.create", {"project_id": project_id}, data=data)
        return record(answer, "project_roles.create")

    def get(self, project_id: Id, role_id: Id) -> Record:
        """Return one role of a project (source: "Project Roles: returns project role details").

        :param project_id: Id of the project.
        :param role_id: Id of the role.
        """
        answer = self._client.call("project_roles.get", {"project_id": project_id, "role_id": role_id})
        return record(answer, "project_roles.get")

    def get_default(self, project_id: Id) -> Record:
        """Return the default role of a project (source: "Project Roles: returns default role details").

        :param project_id: Id of the project.
        """
        answer = self._client.call("project_roles.get_default", {"project_id": project_id})
        return record(answer, "project_roles.get_default")

    def update(
        self,
        project_id: Id,
        role_id: Id,
        *,
        name: str,
        access_level: int,
        **rights: Unpack[RoleRights],
    ) -> Record:
        """Change a role of a project (source: "Project Roles: updates project role details").

        :param project_id: Id of the project.
        :param role_id: Id of the role.
        :param name: Name of the role; required in a change, too.
        :param access_level: A number from 0 to 5; required in a change, too.
        :param rights: Fields of :class:`RoleRights`.
        :return: The role.
        :raises QAValidationError: The name is empty, the access level is not from 0 to 5, or a right does not exist.
        """
        path = {"project_id": project_id, "role_id": role_id}
        answer = self._client.call("project_roles.update", path, data=_role(name, access_level, rights))
        return record(answer, "project_roles.update")

    def update_default(
        self,
        project_id: Id,
        *,
        name: str,
        access_level: int,
        **rights: Unpack[RoleRights],
    ) -> Record:
        """Change the default role of a project (source: "Project Roles: updates default project role details").

        The docs print the path as ``/project/{project_id}/roles/default``; the singular is taken for a typing error.

        :param project_id: Id of the project.
        :param name: Name of the role; required in a change, too.
        :param access_level: A number from 0 to 5; required in a change, too.
        :param rights: Fields of :class:`RoleRights`.
        :return: The role.
        :raises QAValidationError: The name is empty, the access level is not from 0 to 5, or a right does not exist.
        """
        data = _role(name, access_level, rights)
        answer = self._client.call("project_roles.update_default", {"project_id": project_id}, data=data)
        return record(answer, "project_roles.update_default")

    def delete(self, project_id: Id, role_id: Id) -> None:
        """Delete a role of a project (source: "Project Roles: deletes project role").

        The docs print the path as ``/projects/{project_id}roles/{role_id}``; a slash is taken to be lost.

        :param project_id: Id of the project.
        :param role_id: Id of the role.
        """
        self._client.call("project_roles.delete", {"project_id": project_id, "role_id": role_id})


def _role(name: str, access_level: int, rights: RoleRights) -> dict[str, str]:
    rules.known(rights, RoleRights.__optional_keys__, "a role")
    level = rules.whole(access_level, "access_level", 0, 5)
    return form("role", {"name": rules.required(name, "name"), "access_level": level, **rights})
