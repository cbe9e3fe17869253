"""Waiting on a worker, without the triggerer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from airflow_qa_provider.kinds.polling import Poll, poll_all
from airflow_qa_provider.waiting.decisions import Decision, Finished, GaveUp, WaitUntil
from airflow_qa_provider.waiting.machine import Wait
from airflow_qa_provider.waiting.session import PollSession


def poll_once(wait: Wait, poll: Poll, client: Any) -> Decision:
    """Look once and return what to do."""
    seen = poll_all(poll, client, [wait.object_id], wait.policy.started_at)
    return wait.on_poll(time.time(), seen[wait.object_id], random.random())


def polls_in_place(
    wait: Wait, decision: WaitUntil, polls: PollSession, notify: Callable[[str], None]
) -> Iterator[Decision]:
    """Look again and again, sleeping in between, and yield what each look decides; the last is an end.

    :param wait: The wait, after a first look.
    :param decision: What that look said.
    :param polls: How to look; closed at the end.
    :param notify: Takes lines for the log.
    """
    clock = _steady_clock()
    with closing(polls) as session:
        while True:
            outcome = _after(decision, wait, session, clock)
            if isinstance(outcome, WaitUntil) and outcome.notice:
                notify(outcome.notice)
            yield outcome
            if not isinstance(outcome, WaitUntil):
                return
            decision = outcome


def wait_in_place(
    wait: Wait, decision: WaitUntil, polls: PollSession, notify: Callable[[str], None]
) -> Finished | GaveUp:
    """Look again and again, sleeping in between, until the wait ends. The parameters are those of polls_in_place.

    :param wait: The wait, after a first look.
    :param decision: What that look said.
    :param polls: How to look; closed at the end.
    :param notify: Takes lines for the log.
    """
    for outcome in polls_in_place(wait, decision, polls, notify):
        if not isinstance(outcome, WaitUntil):
            return outcome
    raise RuntimeError(f"the looks at {wait.object_id} ended before the wait did")


def _steady_clock() -> Callable[[], float]:
    """Return a wall clock that does not jump: seconds since the epoch, advanced by the monotonic clock.

    Deadlines are wall-clock times, since they must mean the same in another process; within a process a corrected or
    wrongly set clock must neither end a wait nor stall it.
    """
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset


def _after(planned: WaitUntil, wait: Wait, session: PollSession, clock: Callable[[], float]) -> Decision:
    time.sleep(max(0.0, planned.at - clock()))
    given_up = wait.overdue(clock())
    if given_up is not None:
        return given_up
    seen = session.poll([wait.object_id], wait.policy.started_at, planned.refresh)
    return wait.on_poll(clock(), seen[wait.object_id], random.random())
