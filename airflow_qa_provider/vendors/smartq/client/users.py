"""Users of smartQ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Flag, FreeText, Id, Secret, Text
from airflow_qa_provider.vendors.smartq.client.answers import Record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import Rows, SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check

PAGE_SIZE = 1000
"""Rows that the list of users answers with by default."""


class UserFields(TypedDict, total=False):
    """What a user has; smartQ calls the fields the same.

    The docs mark name, e-mail address and password as required in every change, too. Whether the fields that are left
    out keep their values is not documented. The printed example sets one flag, and all four come back as 1.

    :param name: Full name.
    :param email: E-mail address, unique in the account.
    :param password: The password from now on.
    :param is_account_administrator: Whether the user administers the account.
    :param can_manage_projects: Whether the user may add and manage projects.
    :param can_view_profiles: Whether the user may see other users' profiles.
    :param can_manage_profiles: Whether the user may change them.
    :param company: Company.
    :param title: Job title.
    :param address: Postal address.
    :param work_phone: Phone number at work.
    :param cell_phone: Mobile number.
    :param comments: Text for people.
    """

    name: Required[Text]
    email: Required[Text]
    password: Required[Secret]
    is_account_administrator: Flag | None
    can_manage_projects: Flag | None
    can_view_profiles: Flag | None
    can_manage_profiles: Flag | None
    company: FreeText | None
    title: FreeText | None
    address: FreeText | None
    work_phone: FreeText | None
    cell_phone: FreeText | None
    comments: FreeText | None


class Users(SmartQResource):
    """The people of an account.

    A user comes back as ``id`` (a string), ``home_phone`` (which cannot be set), ``avatar_url``, and the fields of
    :class:`UserFields` but the password, with the flags as 0 or 1. A name, an e-mail address or a password that is
    empty, and a field that is not one of a user, raise a QAValidationError.
    """

    def get_me(self) -> Record:
        """Return the user who is signed in (source: "Users: returns authorized user's details")."""
        return self._record("users.get_me")

    def update_me(self, **user: Unpack[UserFields]) -> Record:
        """Change the user who is signed in, and return it (source: "Users: updates authorized user's details").

        :param user: Fields of :class:`UserFields`. A password that differs from the connection's makes the connection
            useless.
        """
        return self._record("users.update_me", self._user(user))

    def list(self, **wanted: Unpack[Rows]) -> Paged:
        """Return the users of the account (source: "Users: returns the list of users").

        :param wanted: Fields of :class:`~airflow_qa_provider.vendors.smartq.client.resource.Rows`; the vendor's default
            is 1000 rows per request here.
        """
        return self._pages("users.list", wanted, default_size=PAGE_SIZE)

    def create(self, **user: Unpack[UserFields]) -> Record:
        """Add a user, and return it with its ``id`` (source: "Users: adds a new user").

        :param user: Fields of :class:`UserFields`.
        :raises QAApiError: smartQ refuses it, for example because the e-mail address is taken.
        """
        return self._record("users.create", self._user(user))

    def get(self, user_id: Id) -> Record:
        """Return one user (source: "Users: returns user details").

        :param user_id: Id of the user.
        """
        return self._record("users.get", user_id=user_id)

    def update(self, user_id: Id, **user: Unpack[UserFields]) -> Record:
        """Change a user, and return it (source: "Users: updates user details").

        :param user_id: Id of the user.
        :param user: Fields of :class:`UserFields`.
        """
        return self._record("users.update", self._user(user), user_id=user_id)

    def delete(self, user_id: Id) -> None:
        """Delete a user (source: "Users: deletes user").

        :param user_id: Id of the user.
        """
        self._client.call("users.delete", {"user_id": user_id})

    def _user(self, user: Mapping[str, Any]) -> dict[str, str]:
        sent = check.wire(UserFields, user)
        self._client.keep_secret(sent["password"])
        return form("user", sent)
