"""Downloads that a vendor keeps elsewhere: followed without its credentials, to hosts that the connection allows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAError,
    QARateLimitError,
    QAResponseError,
    QAServerError,
    error_class_for,
)
from airflow_qa_provider.rest.redaction import excerpt
from airflow_qa_provider.rest.retrying import retry_after_of
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.wire import current_exchange

_MOST_HOPS = 4
_STATUS = frozenset({301, 302, 303, 307, 308})
_OF_PARTS = ("Range", "If-Range")


class Session(requests.Session):
    """A session that never looks where a redirect leads: requests would read its body, and fail on a bad address."""

    def get_redirect_target(self, resp: Any) -> None:
        """Return nothing."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return a request with the session's headers, cookies, credentials and hooks.

        To merge what a session may have besides, and ours never have, takes ``requests`` a sixth of a whole request.

        :param request: What is to be sent.
        """
        prepared: Any = requests.PreparedRequest()
        prepared.prepare_method(request.method)
        prepared.prepare_url(request.url, request.params or "")
        prepared.prepare_headers({**self.headers, **(request.headers or {})})
        if len(self.cookies):
            prepared.prepare_cookies(self.cookies)
        prepared.prepare_body(request.data, request.files, request.json)
        prepared.prepare_auth(request.auth or self.auth, request.url)
        for hook in self.hooks["response"]:
            prepared.register_hook("response", hook)
        return cast(requests.PreparedRequest, prepared)


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return a request as it is: without credentials, whatever the environment's netrc says."""
    return request


class Elsewhere:
    """Fetches what a vendor redirects a download to.

    :param settings: Settings of the client, with the allowed hosts.
    :param adapter: The client's.
    """

    def __init__(self, settings: ClientSettings, adapter: HTTPAdapter) -> None:
        self._settings = settings
        self._adapter = adapter

    def allows(self, response: requests.Response, route: Route) -> bool:
        """Tell whether a redirect is one of a file, and leads to an allowed host.

        :param response: The redirect.
        :param route: What was asked.
        """
        if not getattr(response, "is_file", False) or not route.safe:
            return False
        target = redirect_target(response)
        return target is not None and self._is_allowed(target)

    def _is_allowed(self, target: SplitResult, *more: str) -> bool:
        if target.scheme not in ("http", "https") or _in_the_clear(target, self._settings):
            return False
        host = (target.hostname or "").rstrip(".").lower()
        return any(_is_meant(host, allowed) for allowed in (*self._settings.download_hosts, *more))

    def open(self, address: str, route: Route, asked: Mapping[str, str]) -> requests.Response:
        """Return the file at an address that the vendor has told, without credentials.

        :param address: Absolute URL, on the vendor's own host or an allowed one.
        :param route: What it is asked for, for messages.
        :param asked: Further headers.
        :raises QAConfigurationError: It is on another host; nothing was sent.
        :raises QAError: The host does not give it.
        """
        target = split_address(address)
        if target is None or not self._is_allowed(target, urlsplit(self._settings.base_url).hostname or ""):
            raise self._not_allowed(target, route)
        response = self._get(target, asked)
        if not is_redirect(response):
            return self._checked(response, route, target)
        if not self.allows(response, route):
            response.close()
            raise redirect_error(response, route, self._settings, [target.query])
        return self.fetch(response, route)

    def _not_allowed(self, target: SplitResult | None, route: Route) -> QAConfigurationError:
        place = _place(target) if target is not None else ""
        hint = "Give the whole address, https:// included"
        if target is not None and target.hostname:
            host = excerpt(target.hostname, [self._settings.token])
            hint = f'If the vendor keeps its files there, allow it in the extra: {{"download_hosts": ["{host}"]}}'
            if _in_the_clear(target, self._settings):
                hint = "The file would travel without encryption: it needs an https:// address"
        problem = f"the address leads to {place}, which the connection does not allow" if place else "it is no address"
        return QAConfigurationError(
            f"the file was not asked for: {problem}",
            vendor=route.vendor,
            operation=route.operation,
            outcome="Nothing was sent",
            hint=hint,
        )

    def fetch(self, response: requests.Response, route: Route) -> requests.Response:
        """Return the file that a redirect leads to.

        :param response: The redirect; it must be allowed.
        :param route: What was asked.
        :raises QAError: The other host does not give it.
        """
        for _ in range(_MOST_HOPS):
            target = redirect_target(response)
            response.close()
            if target is None:
                break
            response = self._get(target, response.request.headers)
            if not is_redirect(response):
                return self._checked(response, route, target)
            if not self.allows(response, route):
                response.close()
                raise redirect_error(response, route, self._settings)
        response.close()
        raise _failed(QAResponseError, "the download is redirected again and again", route, response)

    def _get(self, target: SplitResult, asked: Mapping[str, str] = MappingProxyType({})) -> requests.Response:
        exchange = current_exchange()
        if exchange:  # signatures stand in the query
            exchange.secrets = (*exchange.secrets, target.query, target.fragment)
            exchange.host = _place(target)
        session = Session()  # one without the cookies of the vendor
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        headers |= {name: asked[name] for name in _OF_PARTS if name in asked}
        prepared = session.prepare_request(
            requests.Request("GET", target._replace(fragment="").geturl(), headers=headers, auth=_nobody)
        )
        limits = self._settings
        surroundings = session.merge_environment_settings(prepared.url, {}, True, limits.verify, None)
        timeout = (min(limits.connect_timeout, limits.total_timeout), limits.read_timeout)
        return session.send(prepared, timeout=timeout, allow_redirects=False, **surroundings)

    def _checked(self, response: requests.Response, route: Route, target: SplitResult) -> requests.Response:
        status = response.status_code
        if 200 <= status < 300:
            return response
        kind: type[QAError] = error_class_for(status)
        if kind not in (QAServerError, QARateLimitError):
            kind = QAResponseError  # no key is wrong: the next address may be a good one
        response.close()
        message = f"HTTP {status} of {_place(target)}, where the vendor keeps the file"
        raise _failed(kind, message, route, response)


def split_address(address: str) -> SplitResult | None:
    """Return the parts of an absolute address; ``None`` for anything else.

    :param address: The address.
    """
    try:
        target = urlsplit(address)
        return target if target.hostname and target.scheme and target.port != 0 else None
    except ValueError:  # a port that is no number, or half of the brackets of an IPv6 address
        return None


def is_redirect(response: requests.Response) -> bool:
    """Tell whether an answer leads elsewhere."""
    return response.status_code in _STATUS


def redirect_target(response: requests.Response) -> SplitResult | None:
    """Return where a redirect leads, ``None`` when it does not say so, or no address.

    :param response: The redirect.
    """
    location = response.headers.get("Location")
    try:
        target = urlsplit(urljoin(response.url, location)) if location else None
        return target if target is None or target.port != 0 else None
    except ValueError:  # a port that is no number, or half of the brackets of an IPv6 address
        return None


def redirect_error(
    response: requests.Response, route: Route, settings: ClientSettings, secrets: Any = ()
) -> QAConfigurationError:
    """Return the error for a redirect that is not followed.

    :param response: The redirect.
    :param route: What was asked.
    :param settings: Settings of the client.
    :param secrets: Values that must not be seen.
    """
    target = redirect_target(response)
    # the query and the fragment may hold secrets
    shown = f"{target.scheme}://{_place(target)}{target.path}" if target else ""
    known = [settings.token, *secrets]
    hint = "Set the host of the connection to the vendor's API, with https://"
    if getattr(response, "is_file", False) and route.safe and target and target.hostname:
        hint = (
            "If the vendor keeps its files there, allow it in the connection's extra; the key is not sent there: "
            f'{{"download_hosts": ["{excerpt(target.hostname, known)}"]}}'
        )
        if _in_the_clear(target, settings):
            hint = "The file would travel without encryption: the vendor has to redirect to an https:// address"
    outcome = "The redirect was not followed: the key goes to the configured host only"
    if not route.safe and response.status_code in (302, 303):
        outcome = f"The request may have been carried out. {outcome}"
    return QAConfigurationError(
        f"HTTP {response.status_code}: the host redirects to "
        f"{excerpt(shown, known) or 'an address that it does not tell'}",
        vendor=route.vendor,
        operation=route.operation,
        status_code=response.status_code,
        outcome=outcome,
        hint=hint,
    )


def _place(target: SplitResult) -> str:
    """Return host and port, without a user."""
    return target.netloc.rpartition("@")[2]


def _in_the_clear(target: SplitResult, settings: ClientSettings) -> bool:
    return target.scheme == "http" and settings.base_url.lower().startswith("https:")


def _is_meant(host: str, allowed: str) -> bool:
    """Tell whether an entry of ``download_hosts`` means a host; one with a dot in front means all below it."""
    wanted = allowed.lower().strip("[]").removeprefix("*")
    return host.endswith(wanted) if wanted.startswith(".") else host == wanted


def _failed(kind: type[QAError], message: str, route: Route, response: requests.Response) -> QAError:
    return kind(
        message,
        vendor=route.vendor,
        operation=route.operation,
        status_code=response.status_code,
        retry_after=retry_after_of(response.headers),
        hint="The vendor gives a new address each time: a retry asks for it",
    )
