"""One pooled HTTP session per client: sends requests, and turns every failure into an error of this package."""

from __future__ import annotations

import http.client
import logging
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from airflow_qa_provider import __version__
from airflow_qa_provider.exceptions import QAError, QARateLimitError
from airflow_qa_provider.rest.answer import BoundedAdapter
from airflow_qa_provider.rest.clock import VendorClock
from airflow_qa_provider.rest.faults import Fault
from airflow_qa_provider.rest.pacing import Hold, pacer_for
from airflow_qa_provider.rest.preview import RequestWithheld, is_withheld, rehearsed
from airflow_qa_provider.rest.redaction import UrlFilter, secret_values
from airflow_qa_provider.rest.redirects import Elsewhere, Session, is_redirect
from airflow_qa_provider.rest.retrying import again
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.wire import Exchange, current_exchange, exchanging

T = TypeVar("T")

log = logging.getLogger(__name__)

# all that requests lets through of the layers below it: a missing CA bundle, a wrong port, a line that is too long
_FAULTS = (OSError, ValueError, RecursionError, HTTPError, http.client.HTTPException)
_KEPT_SECRETS = 64


def _secrets_of_this_request() -> tuple[str, ...] | None:
    exchange = current_exchange()
    return exchange.secrets if exchange else None


_URL_FILTER = UrlFilter(_secrets_of_this_request)


class HeaderAuth(AuthBase):
    """Puts the credentials into headers, whatever the environment's netrc says.

    :param headers: Name of a header to its value.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        request.headers.update(self._headers)
        return request


class Transport:
    """The HTTP side of one client.

    :param settings: Checked settings.
    :param auth: Adds the credentials to each request.
    :param check: Called with every answer and its route; raises when it is an error.
    :param connections: Size of the connection pool.

    :ivar clock: The vendor's clock.
    :ivar sent_secrets: Values of the latest requests that must not be seen, such as what a report is opened with.
    """

    def __init__(
        self,
        settings: ClientSettings,
        auth: AuthBase,
        check: Callable[[requests.Response, Route], None],
        connections: int = 10,
    ) -> None:
        self.settings = settings
        self.clock = VendorClock()
        self.sent_secrets: tuple[str, ...] = ()
        self._check = check
        self._pacer = pacer_for((settings.base_url, settings.token), settings.requests_per_minute)
        self._hold = Hold()
        self._adapter = BoundedAdapter(settings.max_json_bytes, connections)
        self._elsewhere = Elsewhere(settings, self._adapter)
        self.session = Session()
        self.session.auth = auth
        self.session.headers["User-Agent"] = f"airflow-qa-provider/{__version__}"
        self.session.headers["Accept-Encoding"] = "gzip, deflate"  # what can be decompressed in small steps everywhere
        self._surroundings: dict[tuple[str, str], dict[str, Any]] = {}
        self._mount()
        _URL_FILTER.install()

    def share(self, other: Transport) -> None:
        """Use the connections of another client of the same account, and its clock; to close one closes them for both.

        :param other: Its transport.
        """
        self.clock = other.clock
        self._adapter = other._adapter
        self._elsewhere = Elsewhere(self.settings, self._adapter)
        self._surroundings = other._surroundings
        self._mount()

    def _mount(self) -> None:
        self.session.mount("https://", self._adapter)
        self.session.mount("http://", self._adapter)

    @property
    def clock_offset(self) -> float | None:
        """Seconds that the vendor's clock is ahead of ours, by its latest answer; ``None`` while it is unknown."""
        return self.clock.offset

    def widen(self, connections: int) -> None:
        """Keep more connections, for as many threads that send requests at the same time.

        :param connections: How many at least.
        """
        self._adapter.widen(connections)

    def close(self) -> None:
        """Close the pooled connections now; a session leaves that to the garbage collector."""
        managers = [self._adapter.poolmanager, *self._adapter.proxy_manager.values()]
        for pools in [manager.pools for manager in managers]:
            for key in pools.keys():  # noqa: SIM118 - no dict: it cannot be iterated
                pool = pools.get(key)
                if pool is not None:
                    pool.close()
        self.session.close()

    def send(
        self, route: Route, path_values: Mapping[str, Any], read: Callable[[requests.Response], T], **request: Any
    ) -> T:
        """Send a request, again where that is harmless, and return what was read of the good answer.

        :param route: What to ask.
        :param path_values: Values of the route's placeholders.
        :param read: Reads the answer; one that cannot be read is no good one.
        :param request: ``params``, ``json``, ``data``, ``files``, ``headers``, ``stream`` as in ``requests``.
        :raises QAError: See :mod:`airflow_qa_provider.exceptions`.
        :raises RequestWithheld: The client only previews, and the request would change something.
        """
        parts = (path_values, request.get("params"), request.get("json"), request.get("data"))
        secrets = tuple(secret_values(route.secrets, *parts))
        if secrets:
            self.sent_secrets = tuple(dict.fromkeys((*self.sent_secrets, *secrets)))[-_KEPT_SECRETS:]
        url = self.settings.base_url.rstrip("/") + route.url_path(path_values)
        if self.settings.preview and is_withheld(route):
            raise RequestWithheld(rehearsed(route, url, request, [self.settings.token, *secrets]))
        once, began = partial(self._send_once, route, url, request, secrets, read), time.monotonic()
        try:
            return once()
        except QAError as error:
            return again(error, began, once, route, self.settings)

    def fetch(self, route: Route, address: str, headers: Mapping[str, str]) -> requests.Response:
        """Ask for a file by its address, without credentials, again where it is worth it.

        :param route: What it is asked for.
        :param address: Absolute URL, on the vendor's host or one that the connection allows.
        :param headers: Further headers.
        :raises QAError: See :mod:`airflow_qa_provider.exceptions`.
        """
        once, began = partial(self._fetch_once, route, address, headers), time.monotonic()
        try:
            return once()
        except QAError as error:
            return again(error, began, once, route, self.settings)

    def _fetch_once(self, route: Route, address: str, headers: Mapping[str, str]) -> requests.Response:
        limits = self.settings
        exchange = Exchange(limits.read_timeout, limits.total_timeout, (limits.token,))
        try:
            with exchanging(exchange):
                return self._elsewhere.open(address, route, headers)
        except QAError:
            raise
        except _FAULTS as error:
            raise self.translated(error, route, exchange) from None

    def _send_once(
        self,
        route: Route,
        url: str,
        request: Mapping[str, Any],
        secrets: tuple[str, ...],
        read: Callable[[requests.Response], T],
    ) -> T:
        self._hold.wait()
        if self._pacer:
            self._pacer.wait()
        arguments = self._prepared(route, url, request)
        started = time.monotonic()
        limits = self.settings
        exchange = Exchange(limits.read_timeout, limits.total_timeout, (limits.token, *secrets))
        response = None
        try:
            with exchanging(exchange):
                response = self.session.send(**arguments)
                self._note(response, route, started)
                if is_redirect(response) and self._elsewhere.allows(response, route):
                    response = self._elsewhere.fetch(response, route)
                else:
                    self._check(response, route)
        except QAError as error:  # of the check, or of a sign-in on the way
            _close(response)
            self._keep_back(error)
            raise
        except _FAULTS as error:
            _close(response)
            raise self.translated(error, route, exchange) from None
        return read(response)

    def _keep_back(self, error: QAError) -> None:
        """Keep all threads back where one is told to wait; callers that pace themselves do that on their own."""
        asked = error.retry_after if isinstance(error, QARateLimitError) else None
        if asked is not None and self.settings.retries and asked <= self.settings.max_retry_wait:
            self._hold.begin(asked)

    def _prepared(self, route: Route, url: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return all that the session needs to send a request; signing in may happen here."""
        content = {name: value for name, value in request.items() if name != "stream"}
        limits = self.settings
        try:
            prepared = self.session.prepare_request(requests.Request(route.method, url, **content))
            surroundings = self._surroundings_of(prepared.url or url)
        except QAError:
            raise
        except _FAULTS as error:
            raise Fault(error, route, limits, secrets=self.sent_secrets).unsent() from None
        return {
            "request": prepared,
            "timeout": (min(limits.connect_timeout, limits.total_timeout), limits.read_timeout),
            # a redirect would carry a custom key header to another host, and turn a POST into a GET
            "allow_redirects": False,
            **surroundings,
            "stream": request.get("stream", False),
        }

    def _surroundings_of(self, url: str) -> dict[str, Any]:
        """Return proxies and authorities for a host; asking the environment is a third of the cost of a request."""
        host = urlsplit(url)[:2]
        if host not in self._surroundings:
            found = self.session.merge_environment_settings(url, {}, False, self.settings.verify, None)
            self._surroundings[host] = dict(found)
        return self._surroundings[host]

    def _note(self, response: requests.Response, route: Route, started: float) -> None:
        self.clock.note(response.headers)
        log.debug(
            "%s %s: %s %s -> %d in %.2f s",
            *(route.vendor, route.operation, route.method, route.path, response.status_code),
            time.monotonic() - started,
        )

    def translated(self, error: Exception, route: Route, exchange: Exchange | None = None) -> QAError:
        """Return this package's error for one of ``requests`` or of the layers below it.

        :param error: What was raised.
        :param route: What was asked.
        :param exchange: What the connections know of the request.
        """
        return Fault(error, route, self.settings, exchange, self.sent_secrets).named()


def _close(response: requests.Response | None) -> None:
    if response is not None:
        response.close()
