"""The smartQ client: signing in, the answer envelope, and its resources."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

import requests
from requests.auth import AuthBase
from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAApiError, QAAuthenticationError, QANotFoundError
from airflow_qa_provider.rest.client import VendorClient, VendorError
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.sessions import KeptSession, SessionStore
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.smartq.client.answers import data_of, error_in, failed
from airflow_qa_provider.vendors.smartq.client.auth import Credentials, OAuth2Auth, with_password
from airflow_qa_provider.vendors.smartq.client.custom_fields import CustomFields, CustomFieldValues
from airflow_qa_provider.vendors.smartq.client.dialect import Dialect
from airflow_qa_provider.vendors.smartq.client.files import Files
from airflow_qa_provider.vendors.smartq.client.notes import Notes
from airflow_qa_provider.vendors.smartq.client.project_roles import ProjectRoles
from airflow_qa_provider.vendors.smartq.client.project_steps import ProjectSteps
from airflow_qa_provider.vendors.smartq.client.projects import Projects
from airflow_qa_provider.vendors.smartq.client.routes import PRINTED_PATHS, ROUTES
from airflow_qa_provider.vendors.smartq.client.rules import SmartQFields
from airflow_qa_provider.vendors.smartq.client.sessions import TokenStore, tokens_of
from airflow_qa_provider.vendors.smartq.client.tasks import Tasks
from airflow_qa_provider.vendors.smartq.client.tickets import Tickets
from airflow_qa_provider.vendors.smartq.client.tokens import Authorization
from airflow_qa_provider.vendors.smartq.client.users import Users

_SIGN_IN_HINT = (
    "Check login and password of the connection and extra.api_key: an API access key that was regenerated "
    "under Options > API stops working everywhere. A retry will get the same answer"
)
_KEPT_SECRETS = 16


class SmartQClient(VendorClient):
    """smartQ API v1 (source: "How to use smartQ: API").

    :param settings: ``base_url`` is ``https://{account}.smartqweb.com/api/v1``; ``token`` is the password of the user
        whom ``options["login"]`` names by e-mail address; ``options["client_id"]`` is the account's API access key.
        Further options replace fields of the :class:`~airflow_qa_provider.vendors.smartq.client.dialect.Dialect`.
    """

    vendor = "smartq"
    title = "smartQ"
    routes = ROUTES
    usual_base_url = "https://{account}.smartqweb.com/api/v1"
    secret_options = ("client_id",)
    token_in_header = False

    def __init__(self, settings: ClientSettings) -> None:
        self.dialect = Dialect.from_options(settings.options)
        self.check = SmartQFields(self.dialect.timezone)
        self.credentials = Credentials.from_settings(settings)
        self._store = TokenStore()
        self._kept: KeptSession | None = None
        self._sent_secrets: deque[str] = deque(maxlen=_KEPT_SECRETS)
        super().__init__(settings)
        self.auth = Authorization(self)
        self.users = Users(self)
        self.projects = Projects(self)
        self.project_roles = ProjectRoles(self)
        self.project_steps = ProjectSteps(self)
        self.custom_fields = CustomFields(self)
        self.custom_field_values = CustomFieldValues(self)
        self.tickets = Tickets(self)
        self.notes = Notes(self)
        self.tasks = Tasks(self)
        self.files = Files(self)

    def ping(self) -> str:
        """Read the user who is signed in (source: "Users: returns authorized user's details")."""
        me = self.users.get_me()
        return f"signed in as user {me.get('id', 'without an id')}"

    def _twin(self, **settings: Any) -> Self:
        twin = super()._twin(**settings)
        twin._use(self._store, self._kept)  # signed in with the same token
        return twin

    @override
    def share_session(self, store: SessionStore | None) -> None:
        if self.dialect.sessions == "own" or self.dialect.authentication == "basic":
            return
        account = (self.settings.base_url, self.credentials.login)
        secrets = (self.credentials.password, self.credentials.client_id)
        kept = None if store is None else KeptSession(store, account, secrets)
        self._use(tokens_of((account, secrets, self.dialect)), kept)

    @override
    def close(self) -> None:
        if isinstance(self.transport.session.auth, OAuth2Auth):
            self.transport.session.auth.tell()
        super().close()

    def recall(self, name: str, seconds: float) -> Any:
        """Return what was seen of the account lately, by any client of the same session; ``None`` for nothing.

        :param name: Of what.
        :param seconds: How old it may be.
        """
        return self._store.recall(name, seconds)

    def remember(self, name: str, value: Any) -> None:
        """Keep in mind what was seen of the account, for the clients of the same session.

        :param name: Of what.
        :param value: Plain JSON, without secrets; ``None`` to forget it.
        """
        self._store.remember(name, value)

    def keep_secret(self, secret: str) -> None:
        """Keep a value that is about to be sent out of error messages, such as a new user's password.

        :param secret: The value.
        """
        self._sent_secrets.append(secret)

    @override
    def api_error(self, response: requests.Response, route: Route, answer: Any) -> QAApiError:
        error = super().api_error(response, route, answer)
        if isinstance(error, QAAuthenticationError):
            error.hint = _SIGN_IN_HINT
        elif isinstance(error, QANotFoundError) and route.source == "inferred":
            error.hint = (
                f"Check the ids. The docs print the path {PRINTED_PATHS[route.operation]}, which is taken for a typing "
                f'error; the extra of the connection can change it: {{"routes": {{"{route.operation}": '
                f'"{route.method} /the/real/path"}}}}'
            )
        return error

    def _auth(self) -> AuthBase:
        if self.dialect.authentication == "basic":
            return with_password(self.credentials)
        return OAuth2Auth(
            self.credentials,
            self.dialect,
            lambda refresh: self.auth.get_token(refresh_token=refresh),
            self._store,
            self._kept,
        )

    def _use(self, store: TokenStore, kept: KeptSession | None) -> None:
        self._store, self._kept = store, kept
        self.transport.session.auth = self._auth()

    def _secrets(self) -> Iterable[str]:
        return [*self.credentials.secrets(), *self._store.secrets(), *self._sent_secrets]

    def _unwrap(self, answer: Any, route: Route) -> Any:
        return data_of(answer)

    def _vendor_error(self, answer: Any) -> VendorError:
        return error_in(answer)

    def _check(self, response: requests.Response, route: Route) -> None:
        super()._check(response, route)
        answer = failed(response, file=route.operation == "files.download")
        if answer is not None:
            raise self.api_error(response, route, answer)
