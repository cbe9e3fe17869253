"""Users of smartQ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from typing_extensions import Unpack

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import PAGE_SIZE_OF_USERS, Record, pages, record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class UserProfile(TypedDict, total=False):
    """What a user may have beside name, e-mail address and password; smartQ calls the fields the same.

    ``is_account_administrator``: administers the account. ``can_manage_projects``: may add and manage projects.
    ``can_view_profiles`` and ``can_manage_profiles``: may see, and change, other users' profiles. ``title``: job title.
    """

    is_account_administrator: bool
    can_manage_projects: bool
    can_view_profiles: bool
    can_manage_profiles: bool
    company: str
    title: str
    address: str
    work_phone: str
    cell_phone: str
    comments: str


class Users(Resource):
    """The people of an account.

    A user comes back as ``id`` (a string), ``email``, ``name``, ``company``, ``title``, ``address``, ``work_phone``,
    ``home_phone`` (which cannot be set), ``cell_phone``, ``comments``, ``avatar_url``, and the flags of
    :class:`UserProfile` as 0 or 1. The docs mark name, e-mail address and password as required in every change, too.
    """

    _client: SmartQClient

    def get_me(self) -> Record:
        """Return the user who is signed in (source: "Users: returns authorized user's details")."""
        return record(self._client.call("users.get_me"), "users.get_me")

    def update_me(self, *, name: str, email: str, password: str, **profile: Unpack[UserProfile]) -> Record:
        """Change the user who is signed in (source: "Users: updates authorized user's details").

        Whether the fields that are left out keep their values is not documented.

        :param name: Full name.
        :param email: E-mail address, unique in the account.
        :param password: The password from now on; one that differs from the connection's makes the connection useless.
        :param profile: Fields of :class:`UserProfile`.
        :return: The user.
        :raises QAValidationError: Name, e-mail address or password is empty, or a field is not one of a profile.
        """
        data = self._user(name, email, password, profile)
        return record(self._client.call("users.update_me", data=data), "users.update_me")

    def list(self, *, offset: int = 0, page_size: int | None = None, limit: int | None = None) -> Paged:
        """Return the users of the account (source: "Users: returns the list of users").

        :param offset: Users to leave out at the start.
        :param page_size: Rows per request; the connection's, then the vendor's default of 1000 when unset.
        :param limit: Most rows in all.
        """
        size = PAGE_SIZE_OF_USERS
        return pages(self._client, "users.list", {}, {}, offset, page_size, limit, default_size=size)

    def create(self, *, name: str, email: str, password: str, **profile: Unpack[UserProfile]) -> Record:
        """Add a user (source: "Users: adds a new user").

        :param name: Full name.
        :param email: E-mail address, unique in the account.
        :param password: First password.
        :param profile: Fields of :class:`UserProfile`. The printed example sets one flag, and all four come back as 1.
        :return: The user, with ``id``.
        :raises QAValidationError: Name, e-mail address or password is empty, or a field is not one of a profile.
        :raises QAApiError: smartQ refuses it, for example because the e-mail address is taken.
        """
        data = self._user(name, email, password, profile)
        return record(self._client.call("users.create", data=data), "users.create")

    def get(self, user_id: Id) -> Record:
        """Return one user (source: "Users: returns user details").

        :param user_id: Id of the user.
        """
        return record(self._client.call("users.get", {"user_id": user_id}), "users.get")

    def update(self, user_id: Id, *, name: str, email: str, password: str, **profile: Unpack[UserProfile]) -> Record:
        """Change a user (source: "Users: updates user details").

        Whether the fields that are left out keep their values is not documented.

        :param user_id: Id of the user.
        :param name: Full name.
        :param email: E-mail address, unique in the account.
        :param password: The user's password from now on: the docs mark it as required, so it has to be said.
        :param profile: Fields of :class:`UserProfile`.
        :return: The user.
        :raises QAValidationError: Name, e-mail address or password is empty, or a field is not one of a profile.
        """
        data = self._user(name, email, password, profile)
        return record(self._client.call("users.update", {"user_id": user_id}, data=data), "users.update")

    def delete(self, user_id: Id) -> None:
        """Delete a user (source: "Users: deletes user").

        :param user_id: Id of the user.
        """
        self._client.call("users.delete", {"user_id": user_id})

    def _user(self, name: str, email: str, password: str, profile: UserProfile) -> dict[str, str]:
        rules.known(profile, UserProfile.__optional_keys__, "a user")
        self._client.keep_secret(rules.secret(password, "password"))
        fields: dict[str, Any] = {
            "name": rules.required(name, "name"),
            "email": rules.required(email, "email"),
            "password": password,
            **profile,
        }
        return form("user", fields)
