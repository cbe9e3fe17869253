"""Which failed requests are sent again, and when."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import tenacity

from airflow_qa_provider.exceptions import (
    QAApiError,
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QARateLimitError,
    QAResponseError,
    QAServerError,
    QATimeoutError,
)
from airflow_qa_provider.rest.clock import http_date
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_RETRY_AFTER = 86400.0
"""Longest ``Retry-After``, in seconds, that a vendor is believed: some send a moment in place of seconds."""

_TRANSIENT_STATUS = frozenset({408, 423, 425, 429, 499})
_LASTING_STATUS = frozenset({501, 505, 511})  # not implemented, other HTTP, a gateway that wants a login
_FIRST_PAUSE = 0.5
_LONGEST_BACKOFF = 20.0


def retry_after_seconds(header: str | None, now: float | None = None) -> float | None:
    """Read a ``Retry-After`` header.

    :param header: Seconds or an HTTP date.
    :param now: Wall-clock time in seconds, for the date form; the present by default.
    :return: Seconds to wait, never negative and a day at most; ``None`` when there is no readable header.
    """
    text = (header or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return min(max(0.0, seconds), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else None
    moment = http_date(text)
    return (
        None if moment is None else min(max(0.0, moment - (time.time() if now is None else now)), LONGEST_RETRY_AFTER)
    )


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Read the ``Retry-After`` of an answer; a date by the clock of the server that sent it, where it tells its time.

    :param headers: Headers of the answer.
    :return: Seconds to wait, never negative; ``None`` when there is no readable header.
    """
    return retry_after_seconds(headers.get("Retry-After"), http_date(headers.get("Date")))


def may_repeat(route: Route, error: BaseException, max_wait: float) -> bool:
    """Tell whether a request may be sent again after this error without doing anything twice.

    What never reached the vendor, or was turned away by its rate limit, may always be repeated. After any other failure
    only requests that change nothing are, and changes that the vendor documents as idempotent.

    :param route: What was asked.
    :param error: How it failed.
    :param max_wait: Longest ``Retry-After``, in seconds, that is waited for here.
    """
    if isinstance(error, QAError) and error.retry_after is not None and error.retry_after > max_wait:
        return False
    if isinstance(error, QAError) and error.operation not in (None, route.operation):
        return False  # another request on the way, such as a sign-in, failed after tries of its own
    if isinstance(error, (QAConnectError, QARateLimitError)):
        return True
    if not (route.safe or route.idempotent):
        return False
    if isinstance(error, QAApiError):
        return _is_transient(error)
    if isinstance(error, QAResponseError):
        return error.passing and route.safe
    return isinstance(error, (QAConnectionLostError, QATimeoutError))


def _is_transient(error: QAApiError) -> bool:
    if isinstance(error, QAServerError):
        return error.status_code not in _LASTING_STATUS
    return error.status_code in _TRANSIENT_STATUS


def again(first: QAError, began: float, send: Callable[[], T], route: Route, settings: ClientSettings) -> T:
    """Go on after a first try that failed, until one succeeds, fails for good, or the tries are used up.

    Most requests never come here: what repeats them costs a tenth of one.

    :param first: What failed the first try; raised where the request may not be repeated.
    :param began: When that began, by the steady clock.
    :param send: Sends the request once; raises this package's errors.
    :param route: What is asked.
    :param settings: Number of tries, longest pause, and the time after which no further try begins.
    """
    if not may_repeat(route, first, settings.max_retry_wait):
        raise first
    backoff = tenacity.wait_random_exponential(multiplier=_FIRST_PAUSE, max=_LONGEST_BACKOFF)
    failed = [first]

    def attempt() -> T:
        if failed:
            raise failed.pop()
        return send()

    def is_over(state: tenacity.RetryCallState) -> bool:
        return state.attempt_number > settings.retries or time.monotonic() - began >= settings.total_timeout

    def pause(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        floor = error.retry_after if isinstance(error, QAError) else None
        # jitter above the floor too, or all clients that were told the same come back at the same moment
        return (floor or 0.0) + backoff(state)

    def announce(state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        wait = state.next_action.sleep if state.next_action else 0.0
        tries = f"try {state.attempt_number + 1} of {settings.retries + 1}"
        log.warning("%s; %s in %.1f s", error, tries, wait)

    retrying: Any = tenacity.Retrying(
        retry=tenacity.retry_if_exception(lambda error: may_repeat(route, error, settings.max_retry_wait)),
        stop=is_over,
        wait=pause,
        before_sleep=announce,
        reraise=True,
    )
    result: T = retrying(attempt)
    return result
