"""Which errors a retry can mend, and how long it should wait.

Imported by DAG files, so nothing heavy is imported at module level.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import conf

from airflow_qa_provider.compat import RetryPolicy, fails_at_once
from airflow_qa_provider.exceptions import QAError, QARateLimitError, QAServerError, QATransportError

RETRIES = 2
"""How often our operators and sensors are retried where no configuration says otherwise."""

_MOST_DOUBLINGS = 6
_JITTER = 0.1
_MOST_SECONDS = 86400.0


class QARetryPolicy(RetryPolicy):
    """The retry policy of this package's operators and sensors, on Airflow 3.3 and later.

    - An error that a retry cannot mend (401, 403, 404, 400 and 422, bad input, an uncertain create) fails the task now,
      whatever its ``retries``.
    - 429 waits exactly as long as the vendor asks for, up to a day: a longer ``Retry-After`` is more likely a moment in
      place of seconds, and would park the task for years, or lead to a date that Python does not have.
    - 5xx, time-outs and broken connections back off: ``retry_delay``, doubled with every try, with a tenth of jitter,
      but never before a ``Retry-After`` is over. A task with ``retry_exponential_backoff`` of its own keeps that.
    - Anything else is left to the task's settings.

    How often a task is tried is up to its ``retries`` in any case. Give the task another ``retry_policy``, or one in
    ``default_args``, to replace this one.

    :param longest: Longest pause that doubling leads to; the task's ``max_retry_delay`` counts as well.
    """

    def __init__(self, longest: timedelta = timedelta(hours=1)) -> None:
        self.longest = longest

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> Any:
        """Decide what Airflow does about a failed attempt.

        :param exception: What failed it.
        :param try_number: Number of the attempt, from 1.
        :param max_tries: Most retries.
        :param context: Airflow's task context.
        :return: A ``RetryDecision``.
        """
        from airflow.sdk.definitions.retry_policy import RetryDecision

        if not isinstance(exception, QAError):
            return RetryDecision.default()
        if exception.permanent:
            return RetryDecision.fail(f"{type(exception).__name__}: a retry would get the same answer")
        wished = None if exception.retry_after is None else min(exception.retry_after, _MOST_SECONDS)
        if isinstance(exception, QARateLimitError) and wished is not None:
            return RetryDecision.retry(
                timedelta(seconds=wished), f"the vendor asks to wait {exception.retry_after:g} s"
            )
        if isinstance(exception, (QAServerError, QATransportError)):
            return self._back_off(wished or 0.0, try_number, getattr((context or {}).get("ti"), "task", None))
        return RetryDecision.default()

    def _back_off(self, floor: float, try_number: int, task: Any) -> Any:
        from airflow.sdk.definitions.retry_policy import RetryDecision

        delay = getattr(task, "retry_delay", timedelta(0)).total_seconds()
        if getattr(task, "retry_exponential_backoff", False) and delay >= floor:
            return RetryDecision.default()
        longest = min(self.longest, getattr(task, "max_retry_delay", None) or self.longest).total_seconds()
        pause = max(delay, min(delay * 2 ** min(try_number - 1, _MOST_DOUBLINGS), longest))
        # apart from each other, or all tasks that failed together come back together
        seconds = max(floor, pause * (1 + random.uniform(0, _JITTER)))
        return RetryDecision.retry(timedelta(seconds=seconds), f"backing off for {seconds:.0f} s")

    def serialize(self) -> dict[str, Any]:
        """Return the policy as plain JSON."""
        return {"longest": self.longest.total_seconds()}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> QARetryPolicy:
        """Return the policy that :meth:`serialize` described.

        :param data: Plain JSON.
        """
        return cls(timedelta(seconds=data["longest"]))


def default_retries() -> int:
    """Return how often a task of this package is retried where nobody says otherwise."""
    of_all: int = conf.getint("core", "default_task_retries", fallback=0)
    return of_all or conf.getint("airflow_qa_provider", "default_retries", fallback=RETRIES)


@contextmanager
def failing_now() -> Iterator[None]:
    """Let what no retry can mend fail the task now, before Airflow 3.3 too, which has no retry policies."""
    try:
        yield
    except QAError as error:
        raised = fails_at_once(error) if error.permanent else error
        if raised is error:
            raise
        raise raised from error
