"""A stage for waits that meet trouble: the sandbox of MonitorQA, the real trigger, and what can be seen of both."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.triggers.wait import WaitTrigger
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.waiting.verdict import Terms
from qa_sandbox import Sandbox
from qa_sandbox.requestlog import RequestEntry

INTERVAL = 0.1
READ_TIMEOUT = 0.4
PATIENCE = 30.0
CONNECTION = "AIRFLOW_CONN_MONITORQA_DEFAULT"
# of the sandbox's clock
_RESOLUTION = 0.002


@dataclass(frozen=True)
class Row:
    """One thing that goes wrong.

    :param name: Short name.
    :param what: What the vendor does.
    :param today: What today's providers do.
    :param ours: How all the waits end.
    :param calls: Fewest and most requests.
    :param connections: Most TCP connections.
    :param faults: Faults of the sandbox, with what they match.
    :param waits: How many waits there are.
    :param done: Whether the audits are completed when the waits begin; else they stay pending.
    :param read_timeout: Of the connection, in seconds.
    :param policy: Changes of the wait's policy; ``timeout`` in seconds stands for the deadline.
    :param meanwhile: What happens while the waits are on.
    """

    name: str
    what: str
    today: str
    ours: str
    calls: tuple[int, int]
    faults: tuple[dict[str, Any], ...] = ()
    connections: int = 1
    waits: int = 1
    done: bool = True
    read_timeout: float = READ_TIMEOUT
    policy: dict[str, float] = field(default_factory=dict)
    meanwhile: Callable[[Stage], Awaitable[None]] | None = None


@dataclass
class Seen:
    """What happened.

    :param outcomes: Ends of the waits, in words; each once.
    :param calls: What reached the vendor.
    :param connections: How many TCP connections were opened.
    :param too_soon: Pauses between two looks that were shorter than allowed, as (seconds, allowed).
    :param lag: Longest time for which the event loop did not turn.
    :param seconds: How long it took.
    """

    outcomes: list[str]
    calls: list[RequestEntry]
    connections: int
    too_soon: list[tuple[float, float]]
    lag: float
    seconds: float


class Stage:
    """A sandbox with audits, and the waits for them.

    :param sandbox: With MonitorQA on a real clock.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.connection = sandbox.connections()["monitorqa_default"]
        self.settings = ClientSettings(self.connection["host"], token=self.connection["password"])
        self.audits: list[str] = []
        self._before = 0

    def play(self, row: Row) -> Seen:
        """Let the waits of a row run to their end."""
        self.sandbox.reset()
        self.connection["extra"] = {**self.connection["extra"], "read_timeout": row.read_timeout}
        os.environ[CONNECTION] = json.dumps(self.connection)
        self.audits = self._create(row.waits)
        if row.done:
            self.sandbox.advance(3600)
        for fault in row.faults:
            self.sandbox.add_fault(vendor="monitorqa", **fault)
        self._before = len(self.sandbox.requests("monitorqa"))
        began = time.monotonic()
        with opened_connections() as opened:
            outcomes, lag = asyncio.run(self._waits(row))
        seconds = time.monotonic() - began
        return Seen(sorted(set(outcomes)), self.calls(), len(opened), self._too_soon(row), lag, seconds)

    def calls(self) -> list[RequestEntry]:
        """Requests since the waits began."""
        return self.sandbox.requests("monitorqa")[self._before :]

    async def until_called(self, number: int) -> None:
        """Return when so many requests have been answered."""
        while sum(call.status is not None for call in self.calls()) < number:
            await asyncio.sleep(0.005)

    def change_key(self, key: str) -> None:
        """Change the key in the connection."""
        os.environ[CONNECTION] = json.dumps({**self.connection, "password": key})

    def _create(self, number: int) -> list[str]:
        end = datetime.now(timezone.utc) + timedelta(days=30)
        with MonitorQAClient(self.settings) as client:
            template, site = client.audit_templates.list()[0]["id"], client.audit_objects.list()[0]["id"]
            one = {"template_id": template, "audit_object_id": site, "end_date": end}
            return [client.audits.create(name=f"Audit {n}", **one) for n in range(number)]

    async def _waits(self, row: Row) -> tuple[list[str], float]:
        lag = 0.0

        async def tick() -> None:
            nonlocal lag
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                lag = max(lag, time.monotonic() - before - 0.01)

        ticking = asyncio.ensure_future(tick())
        meanwhile = asyncio.ensure_future(row.meanwhile(self)) if row.meanwhile else None
        waits = asyncio.gather(*(self._wait(audit, row.policy) for audit in self.audits))
        outcomes = await asyncio.wait_for(waits, PATIENCE)
        ticking.cancel()
        if meanwhile:
            await meanwhile
        return outcomes, lag

    async def _wait(self, audit: str, changes: dict[str, float]) -> str:
        now = time.time()
        policy = {"poll_interval": INTERVAL, "started_at": now, "max_backoff": 2 * INTERVAL, "not_found_grace": 0.3}
        policy.update({name: value for name, value in changes.items() if name != "timeout"})
        policy["deadline"] = now + changes.get("timeout", 3600.0)
        trigger = WaitTrigger(
            "monitorqa.audit", "monitorqa_default", audit, policy, Terms("monitorqa.audit", "audit").as_dict()
        )
        async for event in trigger.run():
            return in_words(event.payload["outcome"])
        return "no event"

    def _too_soon(self, row: Row) -> list[tuple[float, float]]:
        if row.waits > 1:  # a look is several requests
            return []
        one = f"/audit/{self.audits[0]}"
        calls = [call for call in self.calls() if call.path == one]
        times = [datetime.fromisoformat(call.clock).timestamp() for call in calls]
        pauses = zip(calls, times, times[1:], strict=False)
        checked = [(later - earlier, self._floor(call, row)) for call, earlier, later in pauses]
        return [(pause, floor) for pause, floor in checked if pause < floor - _RESOLUTION]

    def _floor(self, call: RequestEntry, row: Row) -> float:
        interval = row.policy.get("poll_interval", INTERVAL)
        fault = next((rule["fault"] for rule in self.sandbox.scenario.describe() if rule["id"] == call.fault), None)
        if fault is None:
            return interval if call.status == 404 else interval / 2
        if "retry_after_date" in fault:
            # HTTP dates have whole seconds
            return max(interval, fault["retry_after_date"] - 1.0)
        return max(interval, fault.get("retry_after", 0.0))


@contextmanager
def opened_connections() -> Iterator[list[str]]:
    """Note every TCP connection that urllib3 opens."""
    opened: list[str] = []

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage().startswith("Starting new HTTP"):
                opened.append(record.getMessage())

    log, notes = logging.getLogger("urllib3.connectionpool"), Notes()
    level = log.level
    log.addHandler(notes)
    log.setLevel(logging.DEBUG)
    try:
        yield opened
    finally:
        log.removeHandler(notes)
        log.setLevel(level)


def in_words(outcome: dict[str, Any]) -> str:
    """Return the end of a wait in a few words, without what differs from run to run."""
    if "finished" in outcome:
        return str(outcome["finished"]["phase"])
    reason = outcome["gave_up"]["reason"]
    known = ("refuses the credentials, also after they were read anew", "polls in a row failed", "time-out")
    return "gave up: " + next((part for part in known if part in reason), reason)
