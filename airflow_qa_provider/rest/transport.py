"""One pooled HTTP session per client: sends requests, and turns every failure into an error of this package."""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from airflow_qa_provider import __version__
from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QAResponseError,
    QATimeoutError,
    QATLSError,
)
from airflow_qa_provider.rest.pacing import pacer_for
from airflow_qa_provider.rest.preview import Rehearsed, RequestWithheld, is_withheld
from airflow_qa_provider.rest.redaction import redact
from airflow_qa_provider.rest.retrying import send_with_retries
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings

log = logging.getLogger(__name__)

_UNKNOWN_OUTCOME = "The request may have been carried out: the answer was lost"
_NOTHING_SENT = "Nothing was sent"
_CONNECTION_REPR = re.compile(r"^<?HTTPS?Connection.*?[)>]: ")
# what only a handshake can fail with; any other TLS error may come after the request was sent
_HANDSHAKE = re.compile("WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HTTP_REQUEST")


class HeaderAuth(AuthBase):
    """Puts the credentials into a header, whatever the environment's netrc says.

    :param header: Name of the header.
    :param value: Its value.
    """

    def __init__(self, header: str, value: str) -> None:
        self._header = header
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        request.headers[self._header] = self._value
        return request


class Transport:
    """The HTTP side of one client.

    :param settings: Checked settings.
    :param auth: Adds the credentials to each request.
    :param check: Called with every answer and its route; raises when it is an error.
    :param connections: Size of the connection pool.
    """

    def __init__(
        self,
        settings: ClientSettings,
        auth: AuthBase,
        check: Callable[[requests.Response, Route], None],
        connections: int = 10,
    ) -> None:
        self.settings = settings
        self._check = check
        self._pacer = pacer_for((settings.base_url, settings.token), settings.requests_per_minute)
        self.session = requests.Session()
        self.session.auth = auth
        self.session.headers["User-Agent"] = f"airflow-qa-provider/{__version__}"
        adapter = HTTPAdapter(pool_connections=connections, pool_maxsize=connections)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)
        self._adapter = adapter

    def close(self) -> None:
        """Close the pooled connections now; a session leaves that to the garbage collector."""
        managers = [self._adapter.poolmanager, *self._adapter.proxy_manager.values()]
        for pools in [manager.pools for manager in managers]:
            for key in pools.keys():  # noqa: SIM118 - no dict: it cannot be iterated
                pool = pools.get(key)
                if pool is not None:
                    pool.close()
        self.session.close()

    def send(self, route: Route, path_values: Mapping[str, Any], **request: Any) -> requests.Response:
        """Send a request, again where that is harmless, and return the good answer.

        :param route: What to ask.
        :param path_values: Values of the route's placeholders.
        :param request: ``params``, ``json``, ``data``, ``files``, ``headers``, ``stream`` as in ``requests``.
        :raises QAError: See :mod:`airflow_qa_provider.exceptions`.
        :raises RequestWithheld: The client only previews, and the request would change something.
        """
        url = self.settings.base_url.rstrip("/") + route.url_path(path_values)
        if self.settings.preview and is_withheld(route):
            raise RequestWithheld(Rehearsed.of(route, url, request, [self.settings.token]))
        return send_with_retries(lambda: self._send_once(route, url, request), route, self.settings)

    def _send_once(self, route: Route, url: str, request: Mapping[str, Any]) -> requests.Response:
        if self._pacer:
            self._pacer.wait()
        started = time.monotonic()
        try:
            response = self.session.request(
                route.method,
                url,
                timeout=(self.settings.connect_timeout, self.settings.read_timeout),
                verify=self.settings.verify,
                # a redirect would carry a custom key header to another host, and turn a POST into a GET
                allow_redirects=False,
                **request,
            )
        except QAError:  # of a sign-in on the way
            raise
        except (OSError, ValueError) as error:  # requests does not wrap a missing CA bundle, nor a wrong Location
            raise self.translated(error, route) from None
        log.debug(
            "%s %s: %s %s -> %d in %.2f s",
            *(route.vendor, route.operation, route.method, route.path, response.status_code),
            time.monotonic() - started,
        )
        try:
            self._check(response, route)
        except QAError:
            response.close()
            raise
        except requests.RequestException as error:  # the body broke while it was looked at
            response.close()
            raise self.translated(error, route) from None
        return response

    def translated(self, error: Exception, route: Route) -> QAError:
        """Return this package's error for one of ``requests``.

        :param error: What ``requests`` raised.
        :param route: What was asked.
        """
        host = urlsplit(self.settings.base_url).netloc
        lost = None if route.safe else _UNKNOWN_OUTCOME
        root = _root(error)
        reason = redact(_CONNECTION_REPR.sub("", str(root) or type(root).__name__), [self.settings.token])

        def build(kind: type[QAError], message: str, outcome: str | None, hint: str) -> QAError:
            return kind(message, vendor=route.vendor, operation=route.operation, outcome=outcome, hint=hint)

        if isinstance(root, ssl.SSLCertVerificationError):
            hint = "Check the host; for a private authority set ca_path in the connection's extra"
            return build(QATLSError, f"the TLS certificate of {host} was not accepted: {reason}", _NOTHING_SENT, hint)
        if isinstance(root, ssl.SSLError) and _HANDSHAKE.search(reason):
            hint = "Check the host and the port: a server that speaks no TLS there answers like this"
            return build(QATLSError, f"no TLS connection to {host} could be made: {reason}", _NOTHING_SENT, hint)
        if isinstance(error, requests.exceptions.ReadTimeout) or "Read timed out" in reason:
            message = f"{host} sent nothing for {self.settings.read_timeout:g} s"
            return build(QATimeoutError, message, lost, "A longer read_timeout can be set in the connection's extra")
        if _never_connected(error):
            hint = "Check the host of the connection, the network and the proxy settings"
            return build(QAConnectError, f"could not connect to {host}: {reason}", _NOTHING_SENT, hint)
        if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            harmless = "A retry is harmless" if route.safe else "A retry with the same arguments is harmless"
            hint = harmless if route.safe or route.idempotent else "Look at the vendor before you repeat it"
            return build(QAConnectionLostError, f"the connection to {host} broke: {reason}", lost, hint)
        unreadable = isinstance(error, ValueError) and not isinstance(error, (OSError, UnicodeError))
        # an answer whose compression is broken is an OSError, but the request was sent
        if unreadable or isinstance(error, requests.exceptions.ContentDecodingError):
            return build(QAResponseError, f"the answer of {host} could not be read: {reason}", lost, "Check the host")
        hint = "Check ca_path in the connection's extra" if "CA cert" in reason else "Check the host of the connection"
        return build(QAConfigurationError, f"the request could not be made: {reason}", _NOTHING_SENT, hint)


def _never_connected(error: Exception) -> bool:
    if isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _root(error: BaseException) -> BaseException:
    """Return the innermost cause: the outer layers repeat the URL and object addresses."""
    cause: BaseException = error
    for _ in range(8):
        inner = getattr(cause, "reason", None) or next(
            (arg for arg in reversed(cause.args) if isinstance(arg, BaseException)), None
        )
        if not isinstance(inner, BaseException):
            break
        cause = inner
    return cause
