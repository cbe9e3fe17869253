"""Every error that this package raises, in one tree.

::

    QAError
    ├── QAConfigurationError         the connection or its extra cannot work as it is
    ├── QAValidationError            bad input, found before any request was sent
    ├── QATransportError             no usable answer arrived
    │   ├── QAConnectError           no connection was made: the vendor saw nothing
    │   ├── QATLSError               no TLS connection was made: the vendor saw nothing
    │   ├── QAConnectionLostError    the connection broke in mid-request or mid-answer, or the answer is no HTTP
    │   ├── QATimeoutError           the vendor was silent, or slow, for longer than the time-out
    │   └── QAResponseError          an answer came that is not what the vendor documents (HTML, cut-off JSON)
    ├── QAApiError                   the vendor answered with an error
    │   ├── QARequestRejectedError   400, 422 or a business error in a 200 answer
    │   ├── QAAuthenticationError    401
    │   ├── QAPermissionError        403
    │   ├── QANotFoundError          404 and 405
    │   ├── QAConflictError          409 and 423
    │   ├── QARateLimitError         429
    │   └── QAServerError            5xx, and 408, 425, 499: what gateways say of a request that they had already taken
    ├── QAFileError                  a downloaded report is not the file that it should be
    ├── QANotSupportedError          the vendor has no call for what was asked
    ├── QAJournalError               going on could create something twice
    │   ├── QATaskStateError         the task's state cannot be read or written
    │   └── QAUncertainError         whether an earlier attempt created something cannot be told
    ├── QAWaitError                  a wait ended badly
    │   ├── QAJobFailedError         the remote object reached a failed, cancelled or deleted state
    │   └── QAWaitTimeoutError       the deadline passed, or the vendor could not be asked for too long
    ├── QADeliveryError              some or all recipients were not reached
    └── QARowsError                  some or all rows of a bulk write were not taken

Whether a request may have been carried out in spite of its error (:func:`may_be_done`), and whether one that changes
nothing is sent again by the client itself:

=============================================================== =================== ==================================
what happened                                                   carried out?        a read is sent again
=============================================================== =================== ==================================
refused, no such name, no route, connect time-out, proxy away   no                  yes, and so is a change
no TLS connection, bad certificate, proxy or CA bundle          no                  no: it would fail again
400, 401, 403, 404, 405, 409, 410, 422, others of the standard  no: refused         no
423: locked                                                     no: refused         yes
429: too many requests                                          no: refused         yes, and so is a change
408, 425, 499: a gateway gave up on the request                 perhaps             yes
5xx, 520 to 530 and 599 of gateways included                    perhaps             yes, but for 501, 505 and 511
4xx of no standard, such as 444 and 460 of gateways             perhaps             no
301, 307, 308: moved                                            no                  no: the address is wrong
300, 304, and other answers that mean nothing                   perhaps             no
302, 303: "see there", which may well follow a change           perhaps             no: the address is wrong
connection reset, cut off, closed without an answer             perhaps             yes
no HTTP, two lengths, broken chunks, an error not listed here   perhaps             yes
silence, or an answer slower than ``total_timeout``             perhaps             yes, within ``total_timeout``
HTML, no JSON, broken compression, too large, too deep          perhaps             no: it would come again
JSON without the id                                             yes                 no: it would come again
=============================================================== =================== ==================================

An error counts as "no" only where this table says so: to repeat what was carried out is worse than to ask. A 429 or 423
comes from whom would have carried the request out, or from a gateway that did not pass it on.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class QAError(Exception):
    """Base of every error of this package.

    ``str(error)`` is one readable message: what failed, what the vendor said, what happened to the remote object,
    and what to do. It never holds a secret.

    :param message: What happened, in one sentence.
    :param vendor: Vendor in lower case, for example ``"monitorqa"``.
    :param operation: Client operation, for example ``"audits.create"``.
    :param object_id: Id of the remote object, when one is known.
    :param status_code: HTTP status of the answer, when there was one.
    :param code: The vendor's own error code, when it gave one.
    :param request_id: Request id of the vendor's answer, for its support desk.
    :param retry_after: Seconds that the vendor asked to wait.
    :param outcome: What happened to the remote object ("nothing was created", "may have been created").
    :param hint: What to change, or what a retry will do.

    :ivar permanent: Whether a retry of the task gets the same answer until somebody changes something.
    """

    permanent: bool = False

    def __init__(
        self,
        message: str,
        *,
        vendor: str | None = None,
        operation: str | None = None,
        object_id: str | None = None,
        status_code: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        outcome: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.vendor = vendor
        self.operation = operation
        self.object_id = object_id
        self.status_code = status_code
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.outcome = outcome
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        """Join what is known into one message."""
        where = " ".join(part for part in (self.vendor, self.operation) if part)
        sentences = [f"{where}: {self.message}" if where else self.message]
        if self.retry_after is not None:
            sentences.append(f"The vendor asks to wait {self.retry_after:g} s")
        sentences += [part for part in (self.outcome, self.hint) if part]
        if self.request_id:
            sentences.append(f"Request id {self.request_id}")
        return " ".join(_sentence(part) for part in sentences)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep all facts when the error crosses a process border."""
        return (_rebuild, (type(self), self.message, {k: v for k, v in vars(self).items() if k != "message"}))


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…", ".)")) else f"{text}."


def _rebuild(cls: type[QAError], message: str, facts: dict[str, Any]) -> QAError:
    error = cls(message)
    error.__dict__.update(facts)
    return error


class QAConfigurationError(QAError):
    """The connection or its extra cannot work as it is: no host, no key, an unknown operation in ``routes``."""

    permanent = True


class QAValidationError(QAError, ValueError):
    """Bad input, found before any request was sent; the message names the field."""

    permanent = True


class QATransportError(QAError):
    """No usable answer arrived."""


class QAConnectError(QATransportError):
    """No connection was made (name not found, refused, no route), so the vendor saw nothing of the request."""


class QATLSError(QATransportError):
    """The server's TLS certificate was not accepted, or it speaks no TLS, so nothing was sent."""


class QAConnectionLostError(QATransportError):
    """The connection broke after the request was on its way, or in the middle of the answer, or that is no HTTP."""


class QATimeoutError(QATransportError):
    """The vendor was silent for longer than ``read_timeout``, or took longer than ``total_timeout`` to answer."""


class QAResponseError(QATransportError):
    """An answer came that is not what the vendor documents: HTML in place of JSON, a cut-off body, a redirect."""

    passing = False
    """Whether the next answer may well be a good one: a page or half an answer came, such as from a gateway."""


class QAApiError(QAError):
    """The vendor answered with an error; none of the classes below when its status means nothing for an API."""


class QARequestRejectedError(QAApiError):
    """The vendor refused the content of the request: HTTP 400, 422, or an error inside a 200 answer."""

    permanent = True


class QAAuthenticationError(QAApiError):
    """HTTP 401: the key or token is missing, wrong or expired."""

    permanent = True


class QAPermissionError(QAApiError):
    """HTTP 403: the key is good but has no right to this."""

    permanent = True


class QANotFoundError(QAApiError):
    """HTTP 404 or 405: no such object, or no such path at this vendor."""

    permanent = True


class QAConflictError(QAApiError):
    """HTTP 409 or 423: the request contradicts the state of the remote object, or a business rule of the vendor."""


class QARateLimitError(QAApiError):
    """HTTP 429: too many requests; ``retry_after`` holds the vendor's wish, in seconds, when it gave one."""


class QAServerError(QAApiError):
    """HTTP 5xx, 408, 425 or 499: the vendor failed, or a gateway before it gave up."""


class QAFileError(QAError):
    """A downloaded report is not the file that it should be: cut off, empty, a login page, an error in disguise."""


class QANotSupportedError(QAError):
    """The vendor has no call for what was asked, such as cancelling an object that it cannot cancel."""

    permanent = True


class QAJournalError(QAError):
    """Going on could create something twice, or something else than what an earlier attempt created."""

    permanent = True


class QATaskStateError(QAJournalError):
    """The task's state, where Airflow keeps what earlier attempts did, cannot be read or written at the moment."""

    permanent = False


class QAUncertainError(QAJournalError):
    """Whether an earlier attempt created something cannot be told; the message lists what was found."""


class QAWaitError(QAError):
    """A wait ended badly."""


class QAJobFailedError(QAWaitError):
    """The remote object reached a failed, cancelled or deleted state."""


class QAWaitTimeoutError(QAWaitError):
    """The deadline passed, or the vendor could not be asked for too long; the remote object may still be running."""


class QADeliveryError(QAError):
    """Some or all recipients were not reached; the message says which."""


class QARowsError(QAError):
    """Some or all rows of a bulk write were not taken; the message says which, and why.

    Permanent where the vendor has refused all of them: a retry sends what could not be sent.
    """


_BY_STATUS: dict[int, type[QAApiError]] = {
    400: QARequestRejectedError,
    401: QAAuthenticationError,
    403: QAPermissionError,
    404: QANotFoundError,
    405: QANotFoundError,
    408: QAServerError,
    409: QAConflictError,
    422: QARequestRejectedError,
    423: QAConflictError,
    425: QAServerError,
    429: QARateLimitError,
    499: QAServerError,
}
_LOST = (QAConnectionLostError, QATimeoutError, QAServerError, QAResponseError)
_SEE_THERE = frozenset({302, 303})
_STANDARD = frozenset(HTTPStatus)


def error_class_for(status_code: int) -> type[QAApiError]:
    """Return the error class for an HTTP status.

    :param status_code: HTTP status of the vendor's answer.
    """
    if status_code in _BY_STATUS:
        return _BY_STATUS[status_code]
    if status_code >= 500:
        return QAServerError
    # a gateway has numbers of its own for what became of a request that it had taken
    is_refusal = 200 <= status_code < 300 or (status_code >= 400 and status_code in _STANDARD)
    return QARequestRejectedError if is_refusal else QAApiError


def may_be_done(error: QAError) -> bool:
    """Tell whether a request may have been carried out in spite of this error; see the table of this module.

    :param error: How the request failed.
    """
    if isinstance(error, QAConfigurationError):
        # many web applications redirect after a change, and to a login page before one
        return error.status_code in _SEE_THERE
    return isinstance(error, _LOST) or type(error) is QAApiError


def was_accepted(error: QAError) -> bool:
    """Tell whether the vendor answered that the request was carried out, and only the id is missing.

    :param error: How the request failed.
    """
    # what could not be read at all, or came from a proxy in place of the vendor, has a status
    return isinstance(error, QAResponseError) and error.status_code is None
