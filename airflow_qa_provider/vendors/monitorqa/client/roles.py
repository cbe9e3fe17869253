"""Roles of MonitorQA: named sets of permissions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import FreeText, Id, Ids, Read, Text
from airflow_qa_provider.vendors.monitorqa.client.enums import RoleType
from airflow_qa_provider.vendors.monitorqa.client.permissions import checked_permissions
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows
from airflow_qa_provider.vendors.monitorqa.client.rules import check

Permissions = Iterable[str] | str


class RoleFields(TypedDict, total=False):
    """What a role has beside its permissions.

    :param role_type: Its type, which decides what it can have. It cannot be changed: in a change, it must be the one
        that :meth:`Roles.get` shows.
    :param name: Name of the role.
    :param description: What it is for. The docs do not say whether leaving it out of a change keeps the old one.
    """

    role_type: Required[Annotated[RoleType | int | str, Read("value_of", kind=RoleType)]]
    name: Required[Text]
    description: FreeText | None


class Roles(MonitorQAResource):
    """What users may do; the constants are in :mod:`~airflow_qa_provider.vendors.monitorqa.client.permissions`."""

    def list(self) -> Rows:
        """Return all roles as ``{"id", "name", "roleType"}`` (source: "Get Roles list")."""
        return self._rows("roles.list")

    def get(self, role_id: Id) -> Row:
        """Return a role (source: "Get Role Details").

        :param role_id: Id of the role.
        :return: ``{"id", "name", "description", "roleType", "permissions"}``.
        """
        return self._record("roles.get", {"id": role_id})

    def create(self, *, permissions: Permissions | None = None, **role: Unpack[RoleFields]) -> str:
        """Create a role and return its id (source: "Create Role").

        :param permissions: What its users may do; none when unset. Each must be one that the type can have.
        :param role: Fields of :class:`RoleFields`.
        :raises QAResponseError: The answer has no id: look for the role with :meth:`list` before you repeat this.
        """
        body = check.wire(RoleFields, role)
        if permissions is not None and is_given(permissions):
            body["permissions"] = checked_permissions(permissions, body["roleType"])
        return self._create("roles.create", body, "roles.list")

    def update(self, role_id: Id, *, permissions: Permissions | None, **role: Unpack[RoleFields]) -> None:
        """Replace name, description and permissions of a role (source: "Update Role").

        :param role_id: Id of the role.
        :param permissions: Exactly what its users may do from now on, so it has to be said: ``None`` and an empty list
            **take all permissions from the role**.
        :param role: Fields of :class:`RoleFields`.
        :raises QARequestRejectedError: The type is not the role's.
        """
        body = check.wire(RoleFields, role)
        if permissions is not None:
            body["permissions"] = checked_permissions(permissions, body["roleType"])
        self._client.call("roles.update", {"id": role_id}, body=body)

    def delete(self, role_ids: Ids) -> None:
        """Delete roles (source: "Delete Roles").

        :param role_ids: Ids of the roles.
        """
        self._delete("roles.delete", role_ids, "role_ids")
