"""Groups of users of Qalyptus Cloud."""

from __future__ import annotations

from typing_extensions import Unpack

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import Id, OptionalIds
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection, Renamable
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import NamedInOrganization, check


class Groups(Collection, Renamable, BulkDelete, name="groups"):
    """Groups and their members."""

    def create(self, **group: Unpack[NamedInOrganization]) -> Record:
        """Create a group (source: "Create group").

        :param group: Fields of :class:`~airflow_qa_provider.vendors.qalyptus.client.rules.NamedInOrganization`.
        """
        return self._created("groups.create", body=check.wire(NamedInOrganization, group))

    def update_members(self, group_id: Id, user_ids: OptionalIds) -> None:
        """Replace the members of a group (source: "Update group members").

        :param group_id: UUID of the group.
        :param user_ids: UUIDs of all its members from now on; an empty list leaves nobody.
        """
        if not is_given(user_ids):
            raise check.missing(user_ids, "user_ids")
        body = check.optional_uuids(user_ids, "user_ids")
        self._client.call("groups.update_members", {"id": group_id}, body=body)

    def list_members(self, group_id: Id) -> Records:
        """Return the members of a group (source: "Get group members").

        :param group_id: UUID of the group.
        """
        return self._records("groups.list_members", {"id": group_id})
