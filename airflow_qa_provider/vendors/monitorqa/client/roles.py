"""Roles of MonitorQA: named sets of permissions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.monitorqa.client import rules
from airflow_qa_provider.vendors.monitorqa.client.enums import RoleType
from airflow_qa_provider.vendors.monitorqa.client.permissions import checked_permissions
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows


class Roles(MonitorQAResource):
    """What users may do; the constants are in :mod:`~airflow_qa_provider.vendors.monitorqa.client.permissions`."""

    def list(self) -> Rows:
        """Return all roles as ``{"id", "name", "roleType"}`` (source: "Get Roles list").

        :raises QAApiError: The vendor refused.
        """
        return self._rows("roles.list")

    def get(self, role_id: str) -> Row:
        """Return a role (source: "Get Role Details").

        :param role_id: Id of the role.
        :return: ``{"id", "name", "description", "roleType", "permissions"}``.
        :raises QANotFoundError: There is no such role, or it is of another company.
        """
        return self._record("roles.get", {"id": role_id})

    def create(
        self,
        *,
        role_type: RoleType | int | str,
        name: str,
        description: str | None = None,
        permissions: Iterable[str] | str | None = None,
    ) -> str:
        """Create a role and return its id (source: "Create Role").

        :param role_type: Type of the role.
        :param name: Name of the role.
        :param description: What it is for.
        :param permissions: What its users may do; none when unset. Each must be one that the type can have.
        :raises QAValidationError: An empty name, or a type or permission that MonitorQA does not have.
        :raises QAResponseError: The answer has no id: look for the role with :meth:`list` before you repeat this.
        """
        return self._create("roles.create", _fields(role_type, name, description, permissions), "roles.list")

    def update(
        self,
        role_id: str,
        *,
        role_type: RoleType | int | str,
        name: str,
        permissions: Iterable[str] | str | None,
        description: str | None = None,
    ) -> None:
        """Replace name, description and permissions of a role (source: "Update Role").

        :param role_id: Id of the role.
        :param role_type: Its type, which cannot be changed: it must be the one that :meth:`get` shows.
        :param name: New name.
        :param permissions: Exactly what its users may do from now on, so it has to be said: ``None`` and an empty list
            **take all permissions from the role**.
        :param description: What it is for. The docs do not say whether leaving it out keeps the old one.
        :raises QAValidationError: An empty name, or a type or permission that MonitorQA does not have.
        :raises QARequestRejectedError: The type is not the role's.
        :raises QANotFoundError: There is no such role.
        """
        body = _fields(role_type, name, description, permissions)
        self._client.call("roles.update", {"id": role_id}, body=body)

    def delete(self, role_ids: Iterable[str] | str) -> None:
        """Delete roles (source: "Delete Roles").

        :param role_ids: Ids of the roles.
        :raises QAValidationError: There is no id.
        """
        self._delete("roles.delete", role_ids, "role_ids")


def _fields(
    role_type: RoleType | int | str, name: str, description: str | None, permissions: Iterable[str] | str | None
) -> dict[str, Any]:
    number = rules.choice(RoleType, role_type, "role_type")
    return given(
        roleType=number,
        name=rules.required(name, "name"),
        description=description,
        permissions=None if permissions is None else checked_permissions(permissions, number),
    )
