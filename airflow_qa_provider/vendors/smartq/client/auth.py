"""Signing requests for smartQ: the API access key, and a token that is fetched and renewed behind the scenes."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests
from requests.auth import AuthBase

from airflow_qa_provider.exceptions import (
    QAApiError,
    QAConfigurationError,
    QARateLimitError,
    QAResponseError,
    QAServerError,
)
from airflow_qa_provider.rest.sessions import KeptSession
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.shapes import first_in
from airflow_qa_provider.rest.transport import HeaderAuth
from airflow_qa_provider.vendors.smartq.client.answers import error_in, failed
from airflow_qa_provider.vendors.smartq.client.dialect import Dialect
from airflow_qa_provider.vendors.smartq.client.sessions import Token, TokenStore

CLIENT_ID_HEADER = "X-Auth-Client-Id"
TOKEN_HEADER = "X-Authorization"  # noqa: S105 - the name of a header

# how long a token is shared of which nobody knows how long it lives, nor how its end is told
_UNKNOWN_LIFETIME = 600.0


@dataclass(frozen=True)
class Credentials:
    """What a person and an account are known by.

    :param login: E-mail address of a user.
    :param password: Password of that user.
    :param client_id: API access key of the account.
    """

    login: str
    password: str = field(repr=False)
    client_id: str = field(repr=False)

    @classmethod
    def from_settings(cls, settings: ClientSettings) -> Credentials:
        """Return the credentials of a connection.

        :param settings: ``token`` is the password; ``options`` has ``login`` and ``client_id``.
        :raises QAConfigurationError: One is missing, or no header can carry it.
        """
        login, client_id = (str(settings.options.get(name) or "").strip() for name in ("login", "client_id"))
        if not login:
            raise _refused(settings, "there is no login", "Put the e-mail address of a user into the login field")
        if ":" in login:
            raise _refused(settings, "the login has a colon", "Basic authorization cannot carry one; use the e-mail")
        if not client_id:
            hint = "An administrator finds it under Options > API; put it into extra.api_key"
            raise _refused(settings, "there is no API access key", hint)
        if not _fits_header(client_id):
            hint = "Copy it again from Options > API, without quotes or line breaks"
            raise _refused(settings, "the API access key has spaces or other characters that no header carries", hint)
        return cls(login, settings.token, client_id)

    @property
    def basic(self) -> str:
        """Login and password as the ``Authorization`` header carries them."""
        return b64encode(f"{self.login}:{self.password}".encode()).decode()

    def secrets(self) -> list[str]:
        """Return all that must not be seen."""
        return [self.password, self.client_id, self.basic]


def read_token(answer: Any, dialect: Dialect) -> Token:
    """Read the token answer, whose fields are not documented.

    :param answer: The answer without its envelope.
    :param dialect: Names to look for.
    :raises QAResponseError: There is no token under any of the names.
    """
    facts = answer if isinstance(answer, Mapping) else {}
    access, refresh = first_in(facts, dialect.token_fields), first_in(facts, dialect.refresh_token_fields)
    if not isinstance(access, str) or not _fits_header(access):
        seen = sorted(facts) if facts else type(answer).__name__
        raise QAResponseError(
            f"no token in the answer; looked for {list(dialect.token_fields)}, got {seen}",
            vendor="smartq",
            operation="auth.get_token",
            outcome="The request that needed the token was not carried out",
            hint='Set the name in the connection\'s extra: {"smartq": {"token_fields": ["..."]}}; '
            'with {"smartq": {"authentication": "basic"}} no token is needed',
        )
    kept = refresh if isinstance(refresh, str) and _fits_header(refresh) else None
    return Token(access, kept, _lifetime(first_in(facts, dialect.lifetime_fields)) or dialect.token_lifetime or None)


def with_password(credentials: Credentials) -> HeaderAuth:
    """Return what signs with login, password and API access key.

    :param credentials: Those of the connection.
    """
    return HeaderAuth({CLIENT_ID_HEADER: credentials.client_id, "Authorization": f"Basic {credentials.basic}"})


def with_token(client_id: str, token: str) -> HeaderAuth:
    """Return what signs with a token and the API access key.

    :param client_id: The API access key.
    :param token: A token, or for ``POST /oauth2/`` a refresh token.
    """
    return HeaderAuth({CLIENT_ID_HEADER: client_id, TOKEN_HEADER: f"OAUTH2 {token}"})


class OAuth2Auth(AuthBase):
    """Signs with a token: fetched at the first request, renewed shortly before its end, and once when it is refused.

    Thread-safe: one thread fetches, the others wait and use what it got. A request that is refused a second time is
    left to the caller. A token that another task has kept is used in place of a sign-in, until it ends or is refused;
    its refresh token is not handed on.

    :param credentials: Sent once for the first token, and again when a refresh token is refused.
    :param dialect: What the docs leave open.
    :param fetch: Asks for a token: with a refresh token, or with the password when there is none.
    :param store: Holds the token; shared to sign in once for several clients.
    :param kept: What other tasks have kept; ``None`` to share nothing with them.
    :param clock: Seconds that only grow.
    """

    def __init__(
        self,
        credentials: Credentials,
        dialect: Dialect,
        fetch: Callable[[str | None], Token],
        store: TokenStore,
        kept: KeptSession | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client_id = credentials.client_id
        self._dialect = dialect
        self._fetch = fetch
        self.store = store
        self._kept = kept
        self._clock = clock

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request, and watch its answer."""
        request.register_hook("response", self._again_if_expired)  # type: ignore[no-untyped-call]
        return with_token(self._client_id, self._token().access_token)(request)

    def _token(self, refused: str | None = None) -> Token:
        with self.store.lock:
            token = self.store.token
            if token is None or token.access_token == refused or self._clock() >= self.store.renew_at:
                return self._kept_by_others(refused) or self._keep(self._next(token))
            # of a refused one: another thread was faster
            return token

    def tell(self) -> None:
        """Keep for other tasks what this process has, unless they know it."""
        store = self.store
        if self._kept is None or not store.has_news or store.token is None:
            return
        left = store.renew_at - self._clock()
        store.has_news = False
        self._kept.keep({"token": store.token.access_token, "until": time.time() + left, "seen": store.seen})

    def _kept_by_others(self, refused: str | None) -> Token | None:
        if self._kept is None:
            return None
        content = self._kept.read()
        self.store.learn(content.get("seen"))
        token, until = content.get("token"), content.get("until")
        left = until - time.time() if isinstance(until, (int, float)) else 0.0
        if not isinstance(token, str) or token == refused or left <= 0:
            return None
        self._kept.hide(token)
        return self.store.keep(Token(token), self._clock() + left)

    def _next(self, token: Token | None) -> Token:
        if token is None or token.refresh_token is None:
            return self._fetch(None)
        try:
            new = self._fetch(token.refresh_token)
        except (QARateLimitError, QAServerError):
            raise
        except QAApiError:
            # a refresh token ends too, the docs do not say when
            return self._fetch(None)
        return replace(new, refresh_token=new.refresh_token or token.refresh_token)

    def _keep(self, token: Token) -> Token:
        life = token.lifetime or (_UNKNOWN_LIFETIME if self.store.shared else None)
        usable = float("inf") if life is None else life - min(self._dialect.refresh_margin, life / 2)
        if self._kept is not None:
            for secret in filter(None, (token.access_token, token.refresh_token)):
                self._kept.hide(secret)
        self.store.keep(token, self._clock() + usable)
        self.store.has_news = True
        self.tell()
        return token

    def _again_if_expired(self, response: requests.Response, **send: Any) -> requests.Response:
        if not self._is_expired(response, file=bool(send.get("stream"))):
            return response
        response.close()
        token = self._token(str(response.request.headers[TOKEN_HEADER]).partition(" ")[2])
        again = with_token(self._client_id, token.access_token)(response.request.copy())
        # as requests' own digest authorization does; the copy goes out without this hook's being called again
        answer: requests.Response = response.connection.send(again, **send)
        answer.history.append(response)
        answer.request = again
        return answer

    def _is_expired(self, response: requests.Response, *, file: bool) -> bool:
        codes = self._dialect.expired_codes
        return str(response.status_code) in codes or error_in(failed(response, file=file)).code in codes


def _lifetime(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 < seconds < float("inf") else None


def _fits_header(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _refused(settings: ClientSettings, problem: str, hint: str) -> QAConfigurationError:
    named = f"connection {settings.connection_id!r}" if settings.connection_id else "the settings"
    return QAConfigurationError(f"{named}: {problem}", vendor="smartq", outcome="Nothing was sent", hint=hint)
