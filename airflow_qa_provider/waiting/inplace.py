"""Waiting on a worker, without the triggerer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.waiting.clock import SteadyClock
from airflow_qa_provider.waiting.machine import Decision, Finished, GaveUp, Wait, WaitUntil
from airflow_qa_provider.waiting.probes import Probe, look_at_one


def look(wait: Wait, probe: Probe, client: Any, now: float) -> Decision:
    """Look once and return what to do.

    :param wait: The wait.
    :param probe: How to look.
    :param client: The vendor's client.
    :param now: Wall-clock time in seconds since the epoch.
    """
    try:
        snapshot = look_at_one(probe, client, wait.object_id, wait.policy.started_at)
    except QAError as error:
        # jitter needs no cryptography
        return wait.on_error(now, error, random.random())
    return wait.on_snapshot(now, snapshot)


def wait_in_place(
    wait: Wait, decision: WaitUntil, probe: Probe, connect: Callable[[], Any], notify: Callable[[str], None]
) -> Finished | GaveUp:
    """Look again and again, sleeping in between, until the wait ends.

    :param wait: The wait, after a first look.
    :param decision: What that look said.
    :param probe: How to look.
    :param connect: Returns a client; called at the start and after refused credentials.
    :param notify: Takes lines for the log.
    """
    clock = SteadyClock()
    client = connect()
    try:
        while True:
            time.sleep(max(0.0, decision.at - clock()))
            if decision.refresh:
                client.close()
                client = connect()
            outcome = look(wait, probe, client, clock())
            if not isinstance(outcome, WaitUntil):
                return outcome
            decision = outcome
            if decision.notice:
                notify(decision.notice)
    finally:
        client.close()
