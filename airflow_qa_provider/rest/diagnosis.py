"""Why a connection works or does not: one authenticated read, and what its outcome says about the connection.

===================== =============================================================================================
code                  meaning
===================== =============================================================================================
``ok``                it works
``clock_skew``        it works, or the key is refused, and the vendor's clock is minutes away from this machine's
``no_connection``     no such connection
``bad_extra``         the extra is not a JSON object
``unknown_option``    a name in the extra is misspelt or in the wrong place
``bad_option``        a value in the extra cannot be used
``bad_webhook_token`` its webhook is to be received, and the token in the extra is missing or short
``bad_route``         an override of a route cannot be used
``bad_ca_path``       the CA bundle does not exist
``bad_host``          tenant, account or region is no part of a host name
``bad_setting``       host, key or a number cannot be used; the message names it
``missing_host``      no host
``missing_key``       no key, token or password
``missing_login``     no login
``name_not_found``    the host's name cannot be resolved
``unreachable``       no route to the host, or nothing takes the connection
``refused``           the host refuses the connection
``proxy``             the proxy does not make the connection
``tls_certificate``   the host's certificate is not accepted
``tls_protocol``      no TLS is spoken there
``timeout``           connected, but no answer
``connection_lost``   the connection was closed without an answer
``redirect``          the host redirects
``html``              a web page in place of JSON
``not_json``          something else in place of JSON
``unexpected_answer`` JSON of another shape than the vendor's
``unauthorized``      HTTP 401
``forbidden``         HTTP 403
``not_found``         HTTP 404 or 405: the base path is wrong
``rate_limited``      HTTP 429
``vendor_down``       HTTP 5xx
``rejected``          any other error of the vendor
===================== =============================================================================================
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.exceptions import ProxyError
from urllib3.exceptions import ConnectTimeoutError

from airflow_qa_provider.exceptions import (
    QAAuthenticationError,
    QAConfigurationError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QANotFoundError,
    QAPermissionError,
    QARateLimitError,
    QAResponseError,
    QAServerError,
    QATimeoutError,
    QATLSError,
)
from airflow_qa_provider.rest.client import VendorClient

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
_SKEW_SECONDS = 300.0
_SAME_ANSWER = ". A retry will get the same answer"
_NOT_YET_VALID, _EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64  # X509_V_ERR_* of OpenSSL


@dataclass(frozen=True)
class Diagnosis:
    """What one look at a connection found.

    :param ok: Whether the connection works.
    :param code: Kind of finding, see the table of this module.
    :param message: What was seen, without secrets.
    :param hint: What to change; empty when nothing has to.
    """

    ok: bool
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Join message and hint."""
        # what vendors say comes with a full stop, or without
        return f"{self.message.removesuffix('.')}. {self.hint}" if self.hint else self.message


def diagnose(client: VendorClient) -> Diagnosis:
    """Find out whether a client's connection works, with one authenticated read.

    Nothing is written, nothing is repeated, and silence is waited out for 10 seconds at most.

    :param client: The client; a copy of it asks.
    """
    settings = client.settings
    hasty = replace(
        settings,
        connection_id=None,
        retries=0,
        requests_per_minute=None,
        connect_timeout=min(settings.connect_timeout, CONNECT_SECONDS),
        read_timeout=min(settings.read_timeout, READ_SECONDS),
        total_timeout=min(settings.total_timeout, CONNECT_SECONDS + READ_SECONDS),
    )
    with type(client)(hasty) as poller:
        examination = _Examination(poller)
        poller.transport.session.hooks["response"].append(examination.note)
        try:
            return examination.good(poller.ping())
        except QAError as error:
            return examination.bad(error)
        except (LookupError, TypeError, ValueError, AttributeError):
            # JSON, but not the vendor's
            return examination.unexpected()


def diagnosis_of_settings(error: QAConfigurationError) -> Diagnosis:
    """Return the diagnosis for a connection from which no client can be made.

    :param error: What was raised.
    """
    # who asks knows the connection, and Airflow's Test gives it an id that means nothing
    message = re.sub(r"^connection '[^']*': ", "", error.message)
    return Diagnosis(False, error.code or "bad_setting", message[:1].upper() + message[1:], error.hint or "")


class _Examination:
    """One poller of one connection: what is asked, what came back, and when."""

    def __init__(self, client: VendorClient) -> None:
        self._client = client
        self._url: SplitResult = urlsplit(client.settings.base_url)
        self._answer: requests.Response | None = None

    def note(self, response: requests.Response, **_: Any) -> None:
        """Keep an answer."""
        self._answer = response

    @property
    def _skew(self) -> float:
        """Seconds that the vendor's clock is ahead of ours, 0 when it does not tell."""
        return self._client.transport.clock_offset or 0.0

    def good(self, words: str) -> Diagnosis:
        """Return the finding for a ping that came through."""
        message = f"{self._client.title} answered: {words}"
        if abs(self._skew) < _SKEW_SECONDS:
            return Diagnosis(True, "ok", message)
        hint = "Check the clock of this machine (NTP): a wrong one spoils dates that are sent, and keys may be refused"
        return Diagnosis(True, "clock_skew", f"{message}, but {self._clocks()}", hint)

    def unexpected(self) -> Diagnosis:
        """Return the finding for an answer that cannot be read."""
        message = f"{self._url.netloc} answered with JSON that is not an answer of {self._client.title}"
        return Diagnosis(False, "unexpected_answer", message, self._base_url_hint())

    def bad(self, error: QAError) -> Diagnosis:
        """Return the finding for an error of the ping."""
        find = next((find for kind, find in _LOOKUPS if isinstance(error, kind)), _Examination._rejected)
        return find(self, error)

    def _misdirected(self, error: QAError) -> Diagnosis:
        if error.status_code is None:
            return Diagnosis(False, "bad_setting", error.message, error.hint or "")
        message = f"{self._client.title} was asked at {self._client.settings.base_url}: {error.message}"
        return Diagnosis(False, "redirect", message, f"A redirect is not followed. {self._base_url_hint()}")

    def _unreadable(self, error: QAError) -> Diagnosis:
        if self._is_json():
            message = f"{self._client.title} gave another answer than it documents: {error.message}"
            return Diagnosis(False, "unexpected_answer", message, error.hint or self._base_url_hint())
        if self._is_html():
            message = f"{self._url.netloc} answered with a web page in place of {self._client.title}'s JSON"
            hint = f"A login page, a gateway or another application answers there. {self._base_url_hint()}"
            return Diagnosis(False, "html", message, hint)
        message = f"{self._url.netloc} did not answer like {self._client.title}: {error.message}"
        return Diagnosis(False, "not_json", message, self._base_url_hint())

    def _tls(self, error: QAError) -> Diagnosis:
        refused = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError)), None)
        if refused is None:
            hint = "A server that speaks plain HTTP on that port answers like this: check port and scheme of the host"
            reason = next((cause.reason for cause in _causes(error) if isinstance(cause, ssl.SSLError)), error.message)
            return Diagnosis(False, "tls_protocol", f"{self._url.netloc} does not speak TLS ({reason})", hint)
        message = f"The TLS certificate of {self._url.netloc} was not accepted: {refused.verify_message}"
        other = f"The certificate is for another host. {self._base_url_hint()}"
        hints = {
            _EXPIRED: "Check the clock of this machine; if it is right, the certificate has to be renewed",
            _NOT_YET_VALID: "Check the clock of this machine: the certificate is not valid yet",
            _OTHER_NAME: other,
            _OTHER_ADDRESS: other,
        }
        private = "For a private authority, set ca_path in the extra to its CA bundle; otherwise check the host"
        return Diagnosis(False, "tls_certificate", message, hints.get(refused.verify_code, private))

    def _unconnected(self, error: QAError) -> Diagnosis:
        causes = list(_causes(error))

        def caused_by(*kinds: type[BaseException]) -> bool:
            return any(isinstance(cause, kinds) for cause in causes)

        if caused_by(ProxyError):
            hint = "Check HTTPS_PROXY and NO_PROXY in the environment of this process"
            return Diagnosis(False, "proxy", f"The proxy made no connection: {error.message}", hint)
        if caused_by(socket.gaierror):
            message = f"The host name {self._url.hostname} cannot be resolved"
            hint = f"{self._base_url_hint()}. If other names fail too, this machine has no DNS"
            return Diagnosis(False, "name_not_found", message, hint)
        if caused_by(ConnectionRefusedError):
            message = f"{self._url.netloc} refused the connection: nothing listens on that port"
            return Diagnosis(False, "refused", message, "Check host and port, and whether a firewall rejects them")
        seconds = f" within {self._client.settings.connect_timeout:g} s" if caused_by(ConnectTimeoutError) else ""
        reason = next((f": {cause.strerror}" for cause in causes if isinstance(cause, OSError) and cause.strerror), "")
        message = f"{self._url.netloc} cannot be reached{seconds}{reason}"
        hint = "Check the network of this machine: a firewall, a VPN that is off, a proxy that is needed (HTTPS_PROXY)"
        return Diagnosis(False, "unreachable", message, hint)

    def _timeout(self, error: QAError) -> Diagnosis:
        seconds = f"{self._client.settings.read_timeout:g} s"
        message = f"{self._url.netloc} took the connection but sent no answer within {seconds}"
        hint = f"Try again: this test waits no longer than {READ_SECONDS:g} s. Otherwise check host and port"
        return Diagnosis(False, "timeout", message, hint)

    def _connection_lost(self, error: QAError) -> Diagnosis:
        hint = "Check scheme and port: http:// where TLS is spoken ends like this, and so does a proxy in between"
        return Diagnosis(False, "connection_lost", f"No answer came: {error.message}", hint)

    def _unauthorized(self, error: QAError) -> Diagnosis:
        message = f"{self._client.title} does not accept the credentials: {error.message}"
        if abs(self._skew) < _SKEW_SECONDS:
            return Diagnosis(False, "unauthorized", message, _lasting(error.hint))
        hint = f"Check the clock of this machine (NTP) first. If it is right: {_lasting(error.hint)}"
        return Diagnosis(False, "clock_skew", f"{message}; {self._clocks()}", hint)

    def _forbidden(self, error: QAError) -> Diagnosis:
        message = f"{self._client.title} knows the key but gives it no right to read: {error.message}"
        if self._is_html():
            hint = "A firewall or gateway answers with a web page: it may have to let the address of this machine pass"
            return Diagnosis(False, "forbidden", f"Access is denied: {error.message}", hint)
        return Diagnosis(False, "forbidden", message, _lasting(error.hint))

    def _not_found(self, error: QAError) -> Diagnosis:
        message = f"There is no {self._client.title} API at {self._client.settings.base_url}: {error.message}"
        route = self._client.route_table.get(error.operation or "")
        if route is not None and route.source == "override":
            return Diagnosis(False, "not_found", message, f'Check extra.routes["{route.operation}"] and the host')
        return Diagnosis(False, "not_found", message, self._base_url_hint())

    def _rate_limited(self, error: QAError) -> Diagnosis:
        wait = "a while" if error.retry_after is None else f"{error.retry_after:g} s"
        hint = f"Wait {wait} and test again; requests_per_minute in the extra keeps below the limit"
        return Diagnosis(False, "rate_limited", f"{self._client.title} answers no more for now: {error.message}", hint)

    def _vendor_down(self, error: QAError) -> Diagnosis:
        message = f"{self._client.title}, or a gateway before it, failed: {error.message}"
        return Diagnosis(False, "vendor_down", message, "Nothing to change here: test again later")

    def _rejected(self, error: QAError) -> Diagnosis:
        message = f"{self._client.title} refused the request: {error.message}"
        return Diagnosis(False, "rejected", message, _lasting(error.hint) or self._base_url_hint())

    def _base_url_hint(self) -> str:
        return f"Check the host of the connection: normally it is {self._client.usual_base_url}"

    def _is_json(self) -> bool:
        if self._answer is None:
            return False
        try:
            self._answer.json()
        except (ValueError, RuntimeError, requests.RequestException):
            return False
        return True

    def _is_html(self) -> bool:
        if self._answer is None:
            return False
        kind = self._answer.headers.get("Content-Type", "").lower()
        try:
            return "html" in kind or self._answer.content.lstrip()[:1] == b"<"
        except (RuntimeError, requests.RequestException):
            return False

    def _clocks(self) -> str:
        now = datetime.now(timezone.utc)
        theirs = datetime.fromtimestamp(now.timestamp() + self._skew, timezone.utc)
        direction = "ahead of" if self._skew > 0 else "behind"
        times = f"{theirs:%H:%M} there, {now:%H:%M} UTC here"
        return f"the server's clock is {_span(abs(self._skew))} {direction} this machine's ({times})"


_LOOKUPS: tuple[tuple[type[QAError], Callable[[_Examination, QAError], Diagnosis]], ...] = (
    (QAConfigurationError, _Examination._misdirected),
    (QAConnectError, _Examination._unconnected),
    (QATLSError, _Examination._tls),
    (QATimeoutError, _Examination._timeout),
    (QAConnectionLostError, _Examination._connection_lost),
    (QAResponseError, _Examination._unreadable),
    (QAAuthenticationError, _Examination._unauthorized),
    (QAPermissionError, _Examination._forbidden),
    (QANotFoundError, _Examination._not_found),
    (QARateLimitError, _Examination._rate_limited),
    (QAServerError, _Examination._vendor_down),
)


def _span(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 60:.0f} min"


def _lasting(hint: str | None) -> str:
    return (hint or "").removesuffix(_SAME_ANSWER)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything that led to it."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [one for one in inner if isinstance(one, BaseException)]
