"""Errors harm only the waits that they are about, and no wait is lost by a new key or clock."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAServerError
from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.waiting.decisions import WaitPolicy
from airflow_qa_provider.waiting.shared import shared_wait
from tests.unit.shared_poll.waits import Fake, Outcome, Vendor, phases, run, settled, shortest

# Whom it harms


@pytest.mark.parametrize("number", [3, 30])
def test_broken_objects_harm_no_other(vendor: Vendor, number: int) -> None:
    good, bad = vendor.audits(number), ["none-such", "no-right", "broken-1", "broken-2", "broken-3"]
    vendor.fault({"status": 403}, path="no-right")
    vendor.fault({"status": 500}, path="broken")
    vendor.complete()
    # so that they must be asked for one by one
    vendor.fault({"body": {"data": [], "meta": {"totalCount": 0}}, "status": 200}, path="/audit/(complete|pending)$")

    async def test() -> dict[str, Outcome]:
        waits = {
            audit: asyncio.ensure_future(vendor.wait(audit, max_failures=10_000, max_backoff=0.2))
            for audit in [*good, *bad]
        }
        await asyncio.wait([waits[audit] for audit in [*good, "none-such", "no-right"]])
        for wait in waits.values():
            wait.cancel()
        await asyncio.gather(*waits.values(), return_exceptions=True)
        return {audit: wait.result() for audit, wait in waits.items() if not wait.cancelled()}

    outcomes = run(test())
    assert phases([outcomes[audit] for audit in good]) == {"succeeded": number}, outcomes
    assert phases([outcomes["none-such"]]) == {"gone": 1}, outcomes["none-such"]
    assert "refuses the credentials" in outcomes["no-right"].reason
    assert set(outcomes) == {*good, "none-such", "no-right"}


def test_what_could_be_seen_last_time_is_looked_for_first() -> None:
    things = [f"broken-{n}" for n in range(5)] + [f"good-{n}" for n in range(5)]
    fake = Fake(lambda thing: QAServerError("500") if "broken" in thing else Snapshot(thing, Phase.ACTIVE, "x"))

    async def test() -> None:
        waits = [asyncio.ensure_future(fake.wait(thing, max_backoff=0.0, max_failures=1000)) for thing in things]
        await settled(lambda: len(fake.looks) >= 6)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    run(test())
    for _, ids in fake.looks[1:]:
        kinds = [thing.partition("-")[0] for thing in ids]
        assert kinds == sorted(kinds, reverse=True)


def test_slow_answers_do_not_block_the_event_loop(vendor: Vendor) -> None:
    (audit,) = vendor.audits(1)
    vendor.complete()
    vendor.fault({"delay": 1.0}, times=1)

    async def test() -> int:
        wait = asyncio.ensure_future(vendor.wait(audit))
        await vendor.until_asked(1)
        turns = 0
        while not wait.done():
            await asyncio.sleep(0.005)
            turns += 1
        return turns

    assert run(test()) > 10


def failing_first(*failures: BaseException) -> Callable[[str], Any]:
    left = list(failures)

    def answer(thing: str) -> Any:
        if left:
            raise left.pop(0)
        return Snapshot(thing, Phase.SUCCEEDED, "done")

    return answer


@pytest.mark.parametrize("error", [KeyError("id"), RecursionError(), SystemExit(3), MemoryError()])
def test_undreamt_of_errors_are_failed_looks(error: BaseException) -> None:
    fake = Fake(failing_first(error))

    assert phases([run(_awaited(fake.wait))]) == {"succeeded": 1}
    assert len(fake.looks) == 2


def test_a_connection_that_cannot_be_read_is_a_failed_look() -> None:
    fake, lines = Fake(), list[str]()
    outage = failing_first(OSError("away: token=abc123"))

    def connect() -> Fake:
        outage("")
        return fake.connect()

    async def test() -> Outcome:
        return await shared_wait("fake", fake, connect, "t1", WaitPolicy(0.03, time.time()), lines.append)

    assert phases([run(test())]) == {"succeeded": 1}
    assert len(lines) == 1
    assert "unexpected OSError while looking: away: token=***" in lines[0]
    assert "Failed look 1 of 10; the next in" in lines[0]


def test_a_probe_that_forgets_an_object_harms_no_other() -> None:
    class Forgetful(Fake):
        def __call__(self, client: Any, ids: Collection[str], since: float) -> Statuses:
            looks = super().__call__(client, ids, since)
            looks.pop("forgotten", None)
            return looks

    fake = Forgetful()

    async def test() -> list[Outcome]:
        return list(await asyncio.gather(fake.wait("t1"), fake.wait("forgotten", max_failures=1), fake.wait("t2")))

    outcomes = run(test())
    assert phases(outcomes) == {"succeeded": 2, "gave up": 1}


def test_a_log_that_cannot_be_written_harms_nobody() -> None:
    fake = Fake(failing_first(KeyError("id")))

    def notify(line: str) -> None:
        raise OSError("disk full")

    assert phases([run(_awaited(lambda: fake.wait(notify=notify)))]) == {"succeeded": 1}


async def _awaited(wait: Callable[[], Awaitable[Outcome]]) -> Outcome:
    return await wait()


def test_notices_reach_the_log_of_their_own_task() -> None:
    task_id: contextvars.ContextVar[str] = contextvars.ContextVar("task_id", default="nobody")
    seen: list[tuple[str, str]] = []
    odd = iter([Snapshot("", Phase.ACTIVE, "odd", known=False)] * 3)
    fake = Fake(lambda thing: next(odd, None) or Snapshot(thing, Phase.SUCCEEDED, "done"))

    async def one(name: str) -> Outcome:
        task_id.set(name)
        return await fake.wait(name, notify=lambda line: seen.append((task_id.get(), line)))

    async def test() -> None:
        await asyncio.gather(*(asyncio.ensure_future(one(f"t{number}")) for number in range(3)))

    run(test())
    assert sorted(name for name, _ in seen) == ["t0", "t1", "t2"]
    assert all("status 'odd'" in line for _, line in seen)


# Credentials and clocks


def test_the_connection_is_read_anew_after_a_401(vendor: Vendor) -> None:
    (audit,) = vendor.audits(1)
    vendor.complete()
    good, vendor.settings = vendor.settings, ClientSettings(vendor.settings.base_url, token="revoked", retries=0)
    lines: list[str] = []

    async def test() -> Outcome:
        wait = asyncio.ensure_future(vendor.wait(audit, notify=lines.append))
        await vendor.until_asked(1)
        vendor.settings = good
        return await wait

    assert phases([run(test())]) == {"succeeded": 1}
    assert (vendor.connects, len(vendor.asked())) == (2, 2)
    assert "The connection is read anew before the next look" in lines[0]


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
def test_a_jump_of_the_wall_clock_neither_ends_nor_stalls_a_wait(jump: float, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(lambda thing: Snapshot(thing, Phase.ACTIVE if len(fake.looks) < 6 else Phase.SUCCEEDED, "x"))
    real = time.time

    async def test() -> list[Outcome]:
        first = asyncio.ensure_future(fake.wait("t1", deadline=real() + 60))
        await settled(lambda: len(fake.looks) >= 2)
        monkeypatch.setattr(time, "time", lambda: real() + jump)
        second = fake.wait("t2", deadline=real() + jump + 60)
        return list(await asyncio.gather(first, second))

    assert phases(run(test())) == {"succeeded": 2}
    times = [moment for moment, _ in fake.looks]
    assert shortest(times) >= 0.03 / 2
