"""Tokens of smartQ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.fields import is_given
from airflow_qa_provider.vendors.smartq.client.auth import read_token, with_password, with_token
from airflow_qa_provider.vendors.smartq.client.rules import check
from airflow_qa_provider.vendors.smartq.client.sessions import Token

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class Authorization(Resource):
    """Signing in. The client does it by itself; call this only to look at it."""

    _client: SmartQClient

    def get_token(self, *, refresh_token: str | None = None) -> Token:
        """Ask for a token (source: "Authorization token: returns authorization and refresh token").

        The names of the answer's fields and the lifetime of a token are not documented, see
        :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect`.

        :param refresh_token: Renews without login and password; the connection's are used when unset.
        :return: The token; its ``repr`` shows no secret.
        :raises QAAuthenticationError: Login, password, API access key or refresh token are not accepted.
        :raises QAResponseError: The answer holds no token under any name of the dialect.
        """
        credentials = self._client.credentials
        if refresh_token is None or not is_given(refresh_token):
            auth = with_password(credentials)
        else:
            self._client.keep_secret(check.secret(refresh_token, "refresh_token"))
            auth = with_token(credentials.client_id, refresh_token)
        return read_token(self._client.call("auth.get_token", auth=auth), self._client.dialect)
