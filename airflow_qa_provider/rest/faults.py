"""What ``requests`` and the layers below it raise, as errors of this package.

"Nothing was sent" is said of a named list only, or where the connection knows that the request had not left; anything
else may have been carried out. See the table in :mod:`airflow_qa_provider.exceptions`.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QAResponseError,
    QATimeoutError,
    QATLSError,
)
from airflow_qa_provider.rest.answer import BodyTooLarge, UnsendableError
from airflow_qa_provider.rest.clean_json import size_words
from airflow_qa_provider.rest.redaction import redact
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.rest.wire import FILE_BYTES, FILE_SECONDS, Exchange, Stage

NOTHING_SENT = "Nothing was sent"
_UNKNOWN_OUTCOME = "The request may have been carried out: the answer was lost"
_TOO_LARGE_HINT = "Ask for fewer rows at a time (page_size), or set max_json_bytes in the connection's extra"
_CONNECTION_REPR = re.compile(r"^<?HTTPS?Connection.*?[)>]: ")
# what only a handshake can fail with; any other TLS error may come after the request was sent
_HANDSHAKE = re.compile("WRONG_VERSION_NUMBER|HANDSHAKE_FAILURE|PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HTTP_REQUEST")
_HUNG_UP = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Fault:
    """One failure of one request.

    :param error: What was raised.
    :param route: What was asked.
    :param settings: Settings of the client.
    :param exchange: What the connections know of the request; ``None`` when they were not asked.
    :param secrets: Further values that must not be seen.
    """

    def __init__(
        self,
        error: Exception,
        route: Route,
        settings: ClientSettings,
        exchange: Exchange | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        self._error = error
        self._route = route
        self._settings = settings
        self._exchange = exchange
        # an answer that came but cannot be read has a status, so that it does not count as accepted
        self._status = (exchange.status if exchange else None) or 0
        self._host = (exchange and exchange.host) or urlsplit(settings.base_url).netloc
        self._root = _root(error)
        text = _CONNECTION_REPR.sub("", str(self._root) or type(self._root).__name__)
        self._reason = redact(text, [settings.token, *secrets, *(exchange.secrets if exchange else ())])

    def named(self) -> QAError:
        """Return the error of this package."""
        stage = self._exchange.stage if self._exchange else None
        if isinstance(self._error, UnsendableError):
            return self._unsendable()
        if isinstance(self._root, ssl.SSLCertVerificationError):
            hint = "Check the host; for a private authority set ca_path in the connection's extra"
            message = f"the TLS certificate of {self._host} was not accepted: {self._reason}"
            return self._build(QATLSError, message, NOTHING_SENT, hint)
        if stage != "sent" and self._no_tls(stage):
            hint = "Check the host and the port: a server that speaks no TLS there answers like this"
            message = f"no TLS connection to {self._host} could be made: {self._reason}"
            return self._build(QATLSError, message, NOTHING_SENT, hint)
        if stage == "connecting" or (stage is None and _never_connected(self._error)):
            hint = "Check the host of the connection, the network and the proxy settings"
            message = f"could not connect to {self._host}: {self._reason}"
            return self._build(QAConnectError, message, NOTHING_SENT, hint)
        return self._lost()

    def unsent(self) -> QAError:
        """Return the error of this package for a request that could not even be made."""
        if isinstance(self._error, UnsendableError):
            return self._unsendable()
        message = f"the request could not be made: {self._reason}"
        return self._build(QAConfigurationError, message, NOTHING_SENT, "Check the host of the connection")

    def _unsendable(self) -> QAError:
        message = f"the request could not be made: {self._reason}"
        return self._build(QAConfigurationError, message, NOTHING_SENT, getattr(self._error, "hint", ""))

    def _no_tls(self, stage: Stage | None) -> bool:
        if isinstance(self._root, _HUNG_UP) or not isinstance(self._root, ssl.SSLError):
            return False  # in a handshake, that may pass
        return stage == "connecting" or _HANDSHAKE.search(self._reason) is not None

    def _lost(self) -> QAError:
        """Return the error for a request that was, or may have been, sent."""
        lost = None if self._route.safe else _UNKNOWN_OUTCOME
        slow = self._slow()
        if slow:
            return self._build(QATimeoutError, slow[0], lost, slow[1])
        if isinstance(self._error, BodyTooLarge):
            message = f"the answer of {self._host} {self._reason}"
            return self._build(QAResponseError, message, lost, _TOO_LARGE_HINT, self._status)
        if isinstance(self._error, requests.exceptions.ContentDecodingError):
            message = f"the answer of {self._host} could not be read: {self._reason}"
            return self._build(QAResponseError, message, lost, "Check the host", self._status)
        harmless = "A retry is harmless" if self._route.safe else "A retry with the same arguments is harmless"
        hint = harmless if self._route.safe or self._route.idempotent else "Look at the vendor before you repeat it"
        broke = isinstance(self._error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError))
        what = f"the connection to {self._host} broke" if broke else f"the answer of {self._host} is no proper HTTP"
        return self._build(QAConnectionLostError, f"{what}: {self._reason}", lost, hint)

    def _slow(self) -> tuple[str, str] | None:
        if self._exchange and self._exchange.late and self._exchange.is_file:
            message = f"{self._host} sent less than {size_words(FILE_BYTES)} of the file in {FILE_SECONDS:g} s"
            return message, "A retry asks for the file again"
        if self._exchange and self._exchange.late:
            message = f"{self._host} did not complete its answer within {self._settings.total_timeout:g} s"
            return message, "A longer total_timeout can be set in the connection's extra"
        if isinstance(self._error, requests.exceptions.ReadTimeout) or "Read timed out" in self._reason:
            message = f"{self._host} sent nothing for {self._settings.read_timeout:g} s"
            return message, "A longer read_timeout can be set in the connection's extra"
        return None

    def _build(
        self, kind: type[QAError], message: str, outcome: str | None, hint: str, status: int | None = None
    ) -> QAError:
        facts = {"vendor": self._route.vendor, "operation": self._route.operation, "status_code": status}
        return kind(message, outcome=outcome, hint=hint, **facts)  # type: ignore[arg-type]


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
