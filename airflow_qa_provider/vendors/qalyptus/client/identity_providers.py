"""Identity providers of Qalyptus Cloud: who signs users in."""

from __future__ import annotations

from airflow_qa_provider.rest.client import given
from airflow_qa_provider.vendors.qalyptus.client import rules
from airflow_qa_provider.vendors.qalyptus.client.mixins import Collection
from airflow_qa_provider.vendors.qalyptus.client.resource import Record


class IdentityProviders(Collection, name="identity_providers"):
    """Identity providers of the tenant; there is no bulk delete."""

    def create(
        self,
        *,
        name: str,
        type: str,
        client_id: str,
        client_secret: str,
        authorization_endpoint: str,
        access_token_endpoint: str,
        userinfo_endpoint: str,
        logout_endpoint: str | None = None,
        post_logout_redirect_url: str | None = None,
        description: str | None = None,
    ) -> Record:
        """Create an identity provider (source: "Create an identity provider").

        :param name: Its name.
        :param type: The vendor's word for the kind of provider; the words are not public.
        :param client_id: Id of Qalyptus at the provider.
        :param client_secret: Secret of Qalyptus at the provider.
        :param authorization_endpoint: URL where users sign in.
        :param access_token_endpoint: URL where tokens are issued.
        :param userinfo_endpoint: URL that tells who the user is.
        :param logout_endpoint: URL where users sign out.
        :param post_logout_redirect_url: URL that the provider leads to after that.
        :param description: Text for people.
        :return: The vendor's answer, with the new ``id`` when it holds one.
        :raises QAValidationError: A required field is empty.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            type=rules.required(type, "type"),
            clientID=rules.required(client_id, "client_id"),
            clientSecret=rules.secret(client_secret, "client_secret"),
            authorizationEndpoint=rules.required(authorization_endpoint, "authorization_endpoint"),
            accessTokenEndpoint=rules.required(access_token_endpoint, "access_token_endpoint"),
            userinfoEndpoint=rules.required(userinfo_endpoint, "userinfo_endpoint"),
            logoutEndpoint=logout_endpoint,
            postLogoutRedirectUrl=post_logout_redirect_url,
        )
        return self._created("identity_providers.create", body=body)

    def update(
        self,
        identity_provider_id: str,
        *,
        name: str,
        client_id: str,
        authorization_endpoint: str,
        access_token_endpoint: str,
        userinfo_endpoint: str,
        client_secret: str | None = None,
        logout_endpoint: str | None = None,
        post_logout_redirect_url: str | None = None,
        description: str | None = None,
    ) -> Record:
        """Change an identity provider, all but its type (source: "Update identity provider").

        :param identity_provider_id: UUID of the provider.
        :param name: Its name; has to be said also when it stays, as all that has no default.
        :param client_id: Id of Qalyptus at the provider.
        :param authorization_endpoint: URL where users sign in.
        :param access_token_endpoint: URL where tokens are issued.
        :param userinfo_endpoint: URL that tells who the user is.
        :param client_secret: New secret; not sent when unset. The docs do not say whether the old one stays then.
        :param logout_endpoint: URL where users sign out.
        :param post_logout_redirect_url: URL that the provider leads to after that.
        :param description: Text for people.
        :return: The vendor's answer, or nothing.
        :raises QAValidationError: A required field is empty.
        :raises QANotFoundError: There is no such provider.
        """
        body = given(
            name=rules.required(name, "name"),
            description=description,
            clientID=rules.required(client_id, "client_id"),
            clientSecret=client_secret,
            authorizationEndpoint=rules.required(authorization_endpoint, "authorization_endpoint"),
            accessTokenEndpoint=rules.required(access_token_endpoint, "access_token_endpoint"),
            userinfoEndpoint=rules.required(userinfo_endpoint, "userinfo_endpoint"),
            logoutEndpoint=logout_endpoint,
            postLogoutRedirectUrl=post_logout_redirect_url,
        )
        return self._changed("identity_providers.update", {"id": identity_provider_id}, body)
