"""Identity providers of Qalyptus Cloud: who signs users in."""

from __future__ import annotations

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.rest.parameters import FreeText, Id, Text
from airflow_qa_provider.vendors.qalyptus.client.mixins import Collection
from airflow_qa_provider.vendors.qalyptus.client.resource import Record
from airflow_qa_provider.vendors.qalyptus.client.rules import Named, check


class ProviderFields(Named, total=False):
    """What an identity provider has beside its type and secret; what is required has to be said also when it stays.

    :param client_id: Id of Qalyptus at the provider.
    :param authorization_endpoint: URL where users sign in.
    :param access_token_endpoint: URL where tokens are issued.
    :param userinfo_endpoint: URL that tells who the user is.
    :param logout_endpoint: URL where users sign out.
    :param post_logout_redirect_url: URL that the provider leads to after that.
    """

    client_id: Required[Text]
    authorization_endpoint: Required[Text]
    access_token_endpoint: Required[Text]
    userinfo_endpoint: Required[Text]
    logout_endpoint: FreeText | None
    post_logout_redirect_url: FreeText | None


class IdentityProviders(Collection, name="identity_providers"):
    """Identity providers of the tenant; there is no bulk delete."""

    def create(self, *, type: str, client_secret: str, **provider: Unpack[ProviderFields]) -> Record:
        """Create an identity provider (source: "Create an identity provider").

        :param type: The vendor's word for the kind of provider; the words are not public.
        :param client_secret: Secret of Qalyptus at the provider.
        :param provider: Fields of :class:`ProviderFields`.
        """
        body = {
            **check.wire(ProviderFields, provider),
            "type": check.text(type, "type"),
            "clientSecret": check.secret(client_secret, "client_secret"),
        }
        return self._created("identity_providers.create", body=body)

    def update(
        self, identity_provider_id: Id, *, client_secret: str | None = None, **provider: Unpack[ProviderFields]
    ) -> Record:
        """Change an identity provider, all but its type (source: "Update identity provider").

        :param identity_provider_id: UUID of the provider.
        :param client_secret: New secret; not sent when unset. The docs do not say whether the old one stays then.
        :param provider: Fields of :class:`ProviderFields`.
        """
        secret = check.secret(client_secret, "client_secret") if is_given(client_secret) else None
        body = {**check.wire(ProviderFields, provider), **given(clientSecret=secret)}
        return self._changed("identity_providers.update", {"id": identity_provider_id}, body)
