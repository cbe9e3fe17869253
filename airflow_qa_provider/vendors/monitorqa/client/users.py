"""Users and user groups of MonitorQA."""

from __future__ import annotations

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.parameters import Id, Ids
from airflow_qa_provider.vendors.monitorqa.client.resource import MonitorQAResource, Row, Rows
from airflow_qa_provider.vendors.monitorqa.client.rules import check

MAX_PHONE = 50


class Users(MonitorQAResource):
    """The people of a company."""

    def list(self) -> Rows:
        """Return all users as ``{"id", "name", "email"}`` (source: "Get list of users")."""
        return self._rows("users.list")

    def get(self, user_id: Id) -> Row:
        """Return a user with the role (source: "Get user details").

        :param user_id: Id of the user.
        :return: ``{"id", "name", "email", "role": {"id", "name", "roleType"}}``; see
            :class:`~airflow_qa_provider.vendors.monitorqa.client.enums.RoleType`.
        """
        return self._record("users.get", {"id": user_id})

    def create(self, *, email: str, full_name: str, role_id: Id, phone: str | None = None) -> str:
        """Create a user, who gets an invitation by e-mail, and return the id (source: "Create user").

        :param email: E-mail address, unique in the company.
        :param full_name: Full name.
        :param role_id: Role of the user, see ``roles.list``.
        :param phone: Phone number, at most 50 characters.
        :raises QAConflictError: The vendor's business rules forbid it, for example a used address.
        :raises QAResponseError: The answer has no id: look for the user with :meth:`list` before you repeat this.
        """
        body = given(
            email=check.text(email, "email"),
            fullName=check.text(full_name, "full_name"),
            roleId=check.id(role_id, "role_id"),
            phone=check.optional_text(phone, "phone", longest=MAX_PHONE),
        )
        return self._create("users.create", body, "users.list")

    def update(self, user_id: Id, *, full_name: str, role_id: Id | None = None, phone: str | None = None) -> None:
        """Change name, role and phone of a user (source: "Update user").

        :param user_id: Id of the user.
        :param full_name: New full name.
        :param role_id: New role; unset keeps the role.
        :param phone: New phone number, at most 50 characters. The docs do not say whether leaving it out keeps the old
            one.
        """
        body = given(
            fullName=check.text(full_name, "full_name"),
            roleId=check.optional_id(role_id, "role_id"),
            phone=check.optional_text(phone, "phone", longest=MAX_PHONE),
        )
        self._client.call("users.update", {"id": user_id}, body=body)

    def delete(self, user_ids: Ids) -> None:
        """Delete users for ever (source: "Delete users").

        :param user_ids: Ids of the users.
        """
        self._delete("users.delete", user_ids, "user_ids")


class UserGroups(MonitorQAResource):
    """Groups of users, to filter and assign by."""

    def list(self) -> Rows:
        """Return all user groups as ``{"id", "name"}`` (source: "Get list of user groups")."""
        return self._rows("user_groups.list")
