"""Waits that share a poll: for audits of the sandbox, and for things of which a test decides what is seen."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import psutil

from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.audits import AuditPoller
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy
from airflow_qa_provider.waiting.shared import shared_wait
from qa_sandbox import Sandbox

INTERVAL = 0.1
PATIENCE = 60.0

# a look may start a little early on the server's clock, since the connection is up already
TOLERANCE = 0.02

Outcome = Finished | GaveUp
Notify = Callable[[str], None]


class Vendor:
    """MonitorQA in the sandbox, and waits for its audits."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        connection = sandbox.connections()["monitorqa_default"]
        self.settings = ClientSettings(connection["host"], token=connection["password"], retries=0, read_timeout=5.0)
        self.connects = 0
        self._forgotten = 0

    def connect(self) -> MonitorQAClient:
        self.connects += 1
        return MonitorQAClient(self.settings)

    def audits(self, number: int) -> list[str]:
        """Create audits that will be pending until :meth:`complete`."""
        with MonitorQAClient(self.settings) as client:
            template, site = client.audit_templates.list()[0]["id"], client.audit_objects.list()[0]["id"]
            end = datetime.now(timezone.utc) + timedelta(days=30)
            made = [
                client.audits.create(name="Audit", template_id=template, audit_object_id=site, end_date=end)
                for _ in range(number)
            ]
        self.forget()
        return made

    def complete(self) -> None:
        self.sandbox.advance(3600)

    def forget(self) -> None:
        """Count requests anew."""
        self._forgotten = len(self.sandbox.requests("monitorqa"))

    def asked(self) -> list[str]:
        """Paths that were asked for."""
        return [entry.path for entry in self.sandbox.requests("monitorqa")[self._forgotten :]]

    def times(self, part: str = "") -> list[float]:
        """When the vendor was asked for a path."""
        entries = self.sandbox.requests("monitorqa")[self._forgotten :]
        return [entry.time for entry in entries if part in entry.path]

    def fault(self, fault: Any, **match: Any) -> str:
        return self.sandbox.add_fault(fault, vendor="monitorqa", **match)

    def wait(
        self, audit_id: str, *, notify: Callable[[str], None] = lambda line: None, **policy: Any
    ) -> Awaitable[Outcome]:
        facts = {"poll_interval": INTERVAL, "started_at": time.time(), "not_found_grace": 0.0, **policy}
        return shared_wait("key", AuditPoller(), self.connect, audit_id, WaitPolicy(**facts), notify)

    async def until_asked(self, number: int = 1, part: str = "") -> None:
        end = time.monotonic() + PATIENCE
        while len(self.times(part)) < number:
            assert time.monotonic() < end, f"{number} requests did not come"
            await asyncio.sleep(0.005)

    def connections(self) -> int:
        """Open TCP connections of this process to the vendor, seen from the client's side."""
        port = urlsplit(self.settings.base_url).port
        mine = psutil.Process().net_connections("tcp")
        return sum(bool(c.raddr) and c.raddr.port == port and c.status == "ESTABLISHED" for c in mine)


def run(test: Coroutine[Any, Any, Any]) -> Any:
    async def bounded() -> Any:
        return await asyncio.wait_for(test, PATIENCE)

    return asyncio.run(bounded())


def phases(outcomes: Collection[Outcome]) -> Counter[str]:
    return Counter(outcome.snapshot.phase.value if isinstance(outcome, Finished) else "gave up" for outcome in outcomes)


def shortest(times: list[float]) -> float:
    """Return the shortest pause between two moments."""
    return min(later - earlier for earlier, later in pairwise(times))


def look_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("poll-")]


async def settled(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        await asyncio.sleep(0.01)


class Fake:
    """A vendor of the test's own making, for what no real one does."""

    kind = "test.thing"
    noun = "thing"

    def __init__(self, answer: Callable[[str], Any] = lambda thing: Snapshot(thing, Phase.SUCCEEDED, "done")) -> None:
        self.answer = answer
        self.looks: list[tuple[float, list[str]]] = []
        self.connects = 0
        self.closed = 0

    def connect(self) -> Fake:
        self.connects += 1
        return self

    def close(self) -> None:
        self.closed += 1

    def __call__(self, client: Any, ids: Collection[str], since: float) -> Statuses:
        self.looks.append((time.monotonic(), list(ids)))
        return {thing: self.answer(thing) for thing in ids}

    def cancel(self, client: Any, object_id: str) -> str:
        raise NotImplementedError

    def wait(
        self, thing: str = "t1", notify: Callable[[str], None] = lambda line: None, **policy: Any
    ) -> Awaitable[Outcome]:
        facts = {"poll_interval": 0.03, "started_at": time.time(), **policy}
        return shared_wait("fake", self, self.connect, thing, WaitPolicy(**facts), notify)
