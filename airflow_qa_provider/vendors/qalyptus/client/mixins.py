"""Shapes that repeat across the resources of Qalyptus Cloud.

The docs show no answers, so what comes back is the vendor's record as it is; of a creation, ``id`` is read through the
client's dialect. The vendor's title of each operation is added where a resource takes a shape over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import Unpack

from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.qalyptus.client.permissions import Permissions, permissions_body
from airflow_qa_provider.vendors.qalyptus.client.resource import QalyptusResource, Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Named, NamedInProject, check


class Collection(QalyptusResource):
    """Objects that can be listed, read and deleted."""

    def list(self) -> Records:
        """Return all objects that the key may see, in one answer.

        :return: Records under the vendor's field names, each with an ``id``.
        """
        return self._records(f"{self._name}.list")

    def get(self, object_id: Id) -> Record:
        """Return one object.

        :param object_id: UUID of the object.
        """
        return self._record(f"{self._name}.get", {"id": object_id})

    def delete(self, object_id: Id) -> None:
        """Delete one object for ever.

        :param object_id: UUID of the object.
        :raises QANotFoundError: There is no such object; a retry after a delete that worked gets this too.
        """
        self._client.call(f"{self._name}.delete", {"id": object_id})


class BulkDelete(QalyptusResource):
    """Objects that can be deleted together."""

    def delete_many(self, object_ids: Iterable[str] | str) -> None:
        """Delete several objects for ever, in one request.

        :param object_ids: UUIDs of the objects, at least one.
        :raises QAApiError: The vendor refused; the docs do not say whether some are deleted then.
        """
        self._client.call(f"{self._name}.delete_many", body=check.uuids(object_ids, "object_ids"))


class CreatedInProject(QalyptusResource):
    """Objects of a project that start with a name only."""

    def create(self, **named: Unpack[NamedInProject]) -> Record:
        """Create an object in a project.

        :param named: Fields of :class:`~airflow_qa_provider.vendors.qalyptus.client.rules.NamedInProject`.
        """
        return self._created(f"{self._name}.create", body=check.wire(NamedInProject, named))


class Renamable(QalyptusResource):
    """Objects of which the name and the description can be changed."""

    def update(self, object_id: Id, **named: Unpack[Named]) -> Record:
        """Change the name and the description of an object.

        :param object_id: UUID of the object.
        :param named: Fields of :class:`~airflow_qa_provider.vendors.qalyptus.client.rules.Named`.
        """
        return self._changed(f"{self._name}.update", {"id": object_id}, check.wire(Named, named))


class Duplicable(QalyptusResource):
    """Objects that can be copied into a project."""

    def duplicate(self, object_id: Id, *, project_id: str, organization_id: str) -> Record:
        """Copy an object into a project.

        :param object_id: UUID of the object to copy.
        :param project_id: UUID of the project that gets the copy.
        :param organization_id: UUID of the organization of that project.
        """
        body = {
            "projectID": check.uuid(project_id, "project_id"),
            "organizationID": check.uuid(organization_id, "organization_id"),
        }
        return self._created(f"{self._name}.duplicate", {"id": object_id}, body=body)


class Permitted(QalyptusResource):
    """Objects that belong to a user, with permissions of other users and groups, called members here."""

    def change_owner(self, object_id: Id, owner_id: Id) -> None:
        """Give an object to another user.

        :param object_id: UUID of the object.
        :param owner_id: UUID of the user who becomes its owner.
        """
        self._client.call(f"{self._name}.change_owner", {"id": object_id, "ownerId": owner_id})

    def get_permissions(self, object_id: Id) -> Any:
        """Return the permissions of all members of an object.

        :param object_id: UUID of the object.
        :return: What the vendor answers; neither docs nor public material show it.
        """
        return self._client.call(f"{self._name}.get_permissions", {"id": object_id})

    def set_permissions(
        self,
        object_id: Id,
        *,
        members: Iterable[Mapping[str, Any]] | str,
        permissions: Permissions | Mapping[str, Any] | str,
    ) -> None:
        """Give the same permissions to several members of an object.

        :param object_id: UUID of the object.
        :param members: The users or groups, sent as they are: the docs name the type (``MemberRequestDto``) but not its
            fields.
        :param permissions: The switches to set, see :class:`Permissions`.
        """
        listed = check.mappings(members, "members")
        if not listed:
            raise check.refused("members names nobody", 'Give [{"id": "...", "type": "..."}]')
        body = {"members": listed, "permissions": permissions_body(permissions)}
        self._client.call(f"{self._name}.set_permissions", {"id": object_id}, body=body)

    def get_member_permissions(self, object_id: Id, member_permission_id: Id) -> Record:
        """Return the permissions of one member of an object.

        :param object_id: UUID of the object.
        :param member_permission_id: UUID of the member permission; the docs keep it apart from the member.
        """
        path = {"id": object_id, "memberPermissionId": member_permission_id}
        return self._record(f"{self._name}.get_member_permissions", path)

    def set_member_permissions(
        self, object_id: Id, member_permission_id: Id, permissions: Permissions | Mapping[str, Any] | str
    ) -> None:
        """Change the permissions of one member of an object.

        :param object_id: UUID of the object.
        :param member_permission_id: UUID of the member permission; the docs keep it apart from the member.
        :param permissions: The switches to set; others are not sent. An answer of :meth:`get_member_permissions` is
            taken as it is.
        """
        path = {"id": object_id, "memberPermissionId": member_permission_id}
        self._client.call(f"{self._name}.set_member_permissions", path, body=permissions_body(permissions))

    def delete_member_permissions(self, object_id: Id, member_permission_id: Id) -> None:
        """Take one member's permissions on an object away.

        :param object_id: UUID of the object.
        :param member_permission_id: UUID of the member permission; the docs keep it apart from the member.
        """
        path = {"id": object_id, "memberPermissionId": member_permission_id}
        self._client.call(f"{self._name}.delete_member_permissions", path)

    def delete_members_permissions(self, object_id: Id, member_permission_ids: Iterable[str] | str) -> None:
        """Take several members' permissions on an object away.

        :param object_id: UUID of the object.
        :param member_permission_ids: UUIDs of the member permissions, at least one.
        """
        body = check.uuids(member_permission_ids, "member_permission_ids")
        self._client.call(f"{self._name}.delete_members_permissions", {"id": object_id}, body=body)
