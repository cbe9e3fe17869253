"""Which failed requests are sent again, and when."""

from __future__ import annotations

import email.utils
import logging
import math
import time
from collections.abc import Callable, Mapping
from datetime import timezone
from typing import Any, TypeVar

import tenacity

from airflow_qa_provider.exceptions import (
    QAConnectError,
    QAConnectionLostError,
    QAError,
    QARateLimitError,
    QAServerError,
    QATimeoutError,
)
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.rest.settings import ClientSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

_TRANSIENT_STATUS = frozenset({500, 502, 503, 504})
_FIRST_PAUSE = 0.5
_LONGEST_BACKOFF = 20.0


def retry_after_seconds(header: str | None, now: float | None = None) -> float | None:
    """Read a ``Retry-After`` header.

    :param header: Seconds or an HTTP date.
    :param now: Wall-clock time in seconds, for the date form; the present by default.
    :return: Seconds to wait, never negative; ``None`` when there is no readable header.
    """
    text = (header or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if math.isfinite(seconds) else None
    moment = _http_date(text)
    return None if moment is None else max(0.0, moment - (time.time() if now is None else now))


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Read the ``Retry-After`` of an answer; a date by the clock of the server that sent it, where it tells its time.

    :param headers: Headers of the answer.
    :return: Seconds to wait, never negative; ``None`` when there is no readable header.
    """
    return retry_after_seconds(headers.get("Retry-After"), _http_date(headers.get("Date") or ""))


def _http_date(text: str) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:  # an HTTP date is always in GMT, also where it does not say so
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


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
    if isinstance(error, QAServerError):
        return error.status_code in _TRANSIENT_STATUS
    return isinstance(error, (QAConnectionLostError, QATimeoutError))


def send_with_retries(send: Callable[[], T], route: Route, settings: ClientSettings) -> T:
    """Call ``send`` until it succeeds, fails for good, or the tries are used up.

    :param send: Sends the request once; raises this package's errors.
    :param route: What is asked.
    :param settings: Number of tries and longest pause.
    """
    backoff = tenacity.wait_random_exponential(multiplier=_FIRST_PAUSE, max=_LONGEST_BACKOFF)

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
        stop=tenacity.stop_after_attempt(settings.retries + 1),
        wait=pause,
        before_sleep=announce,
        reraise=True,
    )
    result: T = retrying(send)
    return result
