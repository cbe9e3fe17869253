"""Organizations of Qalyptus Cloud: the parts of a tenant that keep their content apart."""

from __future__ import annotations

from typing import Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import FreeText, Id, Text
from airflow_qa_provider.vendors.qalyptus.client.mixins import BulkDelete, Collection
from airflow_qa_provider.vendors.qalyptus.client.resource import Record, Records
from airflow_qa_provider.vendors.qalyptus.client.rules import Uuid, check


class OrganizationFields(TypedDict, total=False):
    """What an organization has beside its name.

    :param display_name: Name that people see; has to be said also when it stays.
    :param theme_id: UUID of its theme; the same.
    :param description: Text for people; not sent when unset. The docs do not say whether it stays then.
    """

    display_name: Required[Text]
    theme_id: Required[Uuid]
    description: FreeText | None


class Organizations(Collection, BulkDelete, name="organizations"):
    """Organizations, their members and their content."""

    def create(self, *, name: str | None = None, **organization: Unpack[OrganizationFields]) -> Record:
        """Create an organization (source: "Create organization").

        :param name: Name that the docs keep apart from the one that people see; it cannot be changed later.
        :param organization: Fields of :class:`OrganizationFields`.
        """
        body = {**check.wire(OrganizationFields, organization), **given(name=check.optional_id(name, "name"))}
        return self._created("organizations.create", body=body)

    def update(self, organization_id: Id, **organization: Unpack[OrganizationFields]) -> Record:
        """Change an organization (source: "Update organization").

        :param organization_id: UUID of the organization.
        :param organization: Fields of :class:`OrganizationFields`.
        """
        body = check.wire(OrganizationFields, organization)
        return self._changed("organizations.update", {"id": organization_id}, body)

    def list_for_user(self) -> Records:
        """Return the organizations of the key's user (source: "Get user organizations")."""
        return self._records("organizations.list_for_user")

    def list_projects(self, organization_id: Id) -> Records:
        """Return the projects of an organization (source: "Get organization projects" under "Organizations").

        :param organization_id: UUID of the organization.
        """
        return self._records("organizations.list_projects", {"id": organization_id})

    def list_members(self, organization_id: Id) -> Records:
        """Return the members of an organization (source: "Get organization members").

        :param organization_id: UUID of the organization.
        """
        return self._records("organizations.list_members", {"id": organization_id})

    def list_resources(self, organization_id: Id) -> Any:
        """Return the resources of an organization (source: "Get organization resources").

        :param organization_id: UUID of the organization.
        :return: What the vendor answers; the docs do not say what a resource is, nor whether they come as a list.
        """
        return self._client.call("organizations.list_resources", {"id": organization_id})

    def list_qlik_apps(self, organization_id: Id) -> Records:
        """Return the Qlik apps of an organization (source: "Get organization qlik apps").

        :param organization_id: UUID of the organization.
        """
        return self._records("organizations.list_qlik_apps", {"id": organization_id})

    def get_authentications(self, organization_id: Id) -> Record:
        """Return how the users of an organization sign in (source: "Get organization authentications").

        :param organization_id: UUID of the organization.
        """
        return self._record("organizations.get_authentications", {"id": organization_id})

    def update_authentications(
        self, organization_id: Id, *, qalyptus_auth: bool | str, identity_provider_id: str | None = None
    ) -> Record:
        """Set how the users of an organization sign in (source: "Update organization authentications").

        :param organization_id: UUID of the organization.
        :param qalyptus_auth: Whether Qalyptus' own sign-in is allowed.
        :param identity_provider_id: UUID of the identity provider; none when unset.
        """
        auth = check.flag(qalyptus_auth, "qalyptus_auth")
        provider = check.uuid(identity_provider_id, "identity_provider_id") if is_given(identity_provider_id) else None
        body = given(qalyptusAuth=auth, identityProvider=provider)
        return self._changed("organizations.update_authentications", {"id": organization_id}, body)
