"""Groups of users of Qalyptus Cloud."""

from __future__ import annotations

from collections.abc import Iterable

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Renamable
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records


class Groups(Collection, Renamable, BulkDelete, name="groups"):
    """Groups and their members."""

    def create(self, *, name: str, organization_id: str, description: str | None = None) -> Record:
        """Create a group (source: "Create group").

        :param name: Its name.
        :param organization_id: UUID of the organization that it belongs to.
        :param description: Text for people.
        :return: The vendor's answer, with the new ``id`` when it holds one.
        :raises QAValidationError: No name, or the organization is not a UUID.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            organizationID=rules.uuid(organization_id, "organization_id"),
        )
        return self._created("groups.create", body=body)

    def update_members(self, group_id: str, user_ids: Iterable[str]) -> None:
        """Replace the members of a group (source: "Update group members").

        :param group_id: UUID of the group.
        :param user_ids: UUIDs of all its members from now on; an empty list leaves nobody.
        :raises QAValidationError: One is not a UUID.
        :raises QANotFoundError: There is no such group.
        """
        listed = [user_ids] if isinstance(user_ids, str) else list(user_ids)
        body = rules.uuids(listed, "user_ids") if listed else []
        self._client.call("groups.update_members", {"id": group_id}, body=body)

    def list_members(self, group_id: str) -> Records:
        """Return the members of a group (source: "Get group members").

        :param group_id: UUID of the group.
        :raises QANotFoundError: There is no such group.
        """
        return self._records("groups.list_members", {"id": group_id})
