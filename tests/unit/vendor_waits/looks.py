"""Looks at vendors, and waits whose time passes only when they look."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from airflow_qa_provider.kinds.polling import Statuses, poll_all
from airflow_qa_provider.kinds.snapshot import Snapshot
from airflow_qa_provider.vendors import kind_of
from airflow_qa_provider.vendors.connect import client_for, polling_client
from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy, WaitUntil, grace_for
from airflow_qa_provider.waiting.machine import Wait
from qa_sandbox import Sandbox

START = 1_800_000_000.0
INTERVAL = 30.0
HOUR = 3600.0
MILESTONE_SECONDS = 90.0
SHOWN, PLANNED, MISSING = "P6-A1010", "P6-A1310", "P6-X0000"

NO_SUCH = "0b8f4a52-0000-4000-8000-000000000000"

SIGN_IN = "/oauth2/"


def store(sandbox: Sandbox, vendor: str) -> Any:
    return sandbox.app(vendor).state.store


def extra(sandbox: Sandbox, vendor: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.connections()[f"{vendor}_default"]["extra"]
    return found


def ask(vendor: str, call: Callable[[Any], Any]) -> Any:
    with client_for(vendor, f"{vendor}_default") as client:
        return call(client)


def poll(kind: str, *ids: str) -> Statuses:
    """Look once, as everything that waits does."""
    vendor = kind.partition(".")[0]
    with polling_client(vendor, f"{vendor}_default") as client:
        return poll_all(kind_of(kind).new_poll(), client, ids, START)


@contextmanager
def asked(sandbox: Sandbox, vendor: str) -> Iterator[list[str]]:
    """Collect the paths that a vendor is asked for; signing in to smartQ does not count."""
    before = len(sandbox.requests(vendor))
    paths: list[str] = []
    yield paths
    entries = [entry for entry in sandbox.requests(vendor)[before:] if not entry.path.endswith(SIGN_IN)]
    assert all(entry.method == "GET" for entry in entries), "a look changes nothing"
    paths.extend(entry.path for entry in entries)


def seen(looks: Statuses, object_id: str) -> Snapshot:
    found = looks[object_id]
    assert isinstance(found, Snapshot), found
    return found


class Watch:
    """The wait that a sensor with these arguments makes; its time passes only when it looks."""

    def __init__(self, kind: str, **fields: Any) -> None:
        target = kind_of(kind).target(fields)
        policy = WaitPolicy(
            INTERVAL, START, START + HOUR, not_found_grace=grace_for(INTERVAL), condition=target.condition
        )
        self.kind = kind
        self.wait = Wait(target.object_id, WaitPolicy.from_dict(json.loads(json.dumps(policy.as_dict()))))
        self.now = START

    def goes_on(self) -> bool:
        """Look once, and tell whether the wait goes on."""
        return isinstance(self._look(), WaitUntil)

    def end(self) -> tuple[str, str]:
        """Look until the wait ends; return the phase and the vendor's word."""
        while isinstance(decision := self._look(), WaitUntil):
            assert self.now < START + 2 * HOUR
        assert isinstance(decision, Finished), decision
        return decision.snapshot.phase.value, decision.snapshot.status

    def give_up(self) -> GaveUp:
        """Look until the wait is given up."""
        while isinstance(decision := self._look(), WaitUntil):
            assert self.now < START + 2 * HOUR
        assert isinstance(decision, GaveUp), decision
        return decision

    def _look(self) -> Any:
        decision = self.wait.on_poll(self.now, poll(self.kind, self.wait.object_id)[self.wait.object_id], 0.5)
        self.now = decision.at if isinstance(decision, WaitUntil) else self.now
        return decision


UNFINISHED = ("open", "submitted", "rejected")


def actions(sandbox: Sandbox, *statuses: str) -> list[str]:
    rows = store(sandbox, "monitorqa").snapshot()["correctiveActions"]
    return [row["id"] for row in rows if row["status"] in statuses]
