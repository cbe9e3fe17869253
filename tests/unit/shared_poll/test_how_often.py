"""How often one poll for many waits asks, and what it costs."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy
from airflow_qa_provider.waiting.shared import _POLLS, SharedPoll, shared_wait
from tests.unit.shared_poll.waits import (
    INTERVAL,
    PATIENCE,
    TOLERANCE,
    Fake,
    Outcome,
    Vendor,
    look_threads,
    phases,
    run,
    settled,
    shortest,
)

# How often it asks


def test_few_audits_are_asked_for_one_by_one(vendor: Vendor) -> None:
    audits = vendor.audits(3)

    async def test() -> list[Outcome]:
        waits = asyncio.gather(*(vendor.wait(audit) for audit in audits))
        await vendor.until_asked(6)
        vendor.complete()
        return await waits

    assert phases(run(test())) == {"succeeded": 3}
    assert set(vendor.asked()) == {f"/audit/{audit}" for audit in audits}


def test_many_audits_cost_a_request_per_hundred(vendor: Vendor) -> None:
    audits = vendor.audits(120)
    waiting = 0.35

    async def test() -> list[Outcome]:
        waits = asyncio.gather(*(vendor.wait(audit) for audit in audits))
        await asyncio.sleep(waiting)
        vendor.complete()
        return await waits

    began = time.monotonic()
    assert phases(run(test())) == {"succeeded": 120}
    polls = vendor.asked().count("/audit/complete")
    most = (time.monotonic() - began) / INTERVAL + 1
    assert 2 <= polls <= most + 1  # the completed ones fill two pages
    assert set(vendor.asked()) == {"/audit/complete", "/audit/pending"}
    assert len(vendor.asked()) <= 3 * most + 2


def test_several_waits_for_one_audit_ask_once(vendor: Vendor) -> None:
    (audit,) = vendor.audits(1)

    async def test() -> list[Outcome]:
        waits = asyncio.gather(*(vendor.wait(audit) for _ in range(50)))
        await vendor.until_asked(2)
        vendor.complete()
        return await waits

    assert phases(run(test())) == {"succeeded": 50}
    times = vendor.times()
    assert shortest(times) >= INTERVAL - TOLERANCE


def test_newcomers_fall_in_with_the_others(vendor: Vendor) -> None:
    audits = vendor.audits(10)

    async def test() -> None:
        waits = []
        for audit in audits:
            waits.append(asyncio.ensure_future(vendor.wait(audit, poll_interval=0.3)))
            await asyncio.sleep(0.02)
        await vendor.until_asked(2, "/audit/complete")
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    run(test())
    times = vendor.times("/audit/complete")
    assert len(times) == 2
    assert times[1] - times[0] >= 0.3 - TOLERANCE


def test_a_crowd_that_was_never_looked_for_shares_its_first_looks() -> None:
    fake = Fake(lambda thing: Snapshot(thing, Phase.ACTIVE, "x"))

    async def one(thing: str) -> Outcome:
        now = time.time()
        memory = {"next": [now, now, False]}
        return await shared_wait("fake", fake, fake.connect, thing, WaitPolicy(0.4, now), print, memory)

    async def test() -> None:
        waits = []
        for number in range(100):
            waits.append(asyncio.ensure_future(one(f"t{number}")))
            await asyncio.sleep(0.003)
        await settled(lambda: any(len(ids) == 100 for _, ids in fake.looks))
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    run(test())
    assert fake.looks[0][1] == ["t0"]
    assert shortest([moment for moment, _ in fake.looks]) >= 0.4 - TOLERANCE


# Retry-After


def test_everybody_keeps_the_wish_of_a_vendor(vendor: Vendor) -> None:
    early, meanwhile, late = vendor.audits(3)
    vendor.complete()
    vendor.fault({"status": 429, "retry_after": 0.6, "delay": 0.15}, times=1)

    async def test() -> list[Outcome]:
        first = asyncio.ensure_future(vendor.wait(early))
        await vendor.until_asked(1)
        second = asyncio.ensure_future(vendor.wait(meanwhile))  # the 429 is on its way
        await asyncio.sleep(0.3)
        third = asyncio.ensure_future(vendor.wait(late))
        return list(await asyncio.gather(first, second, third))

    assert phases(run(test())) == {"succeeded": 3}
    limited, *later = vendor.times()
    assert min(later) - limited >= 0.15 + 0.6 - TOLERANCE


def test_the_wish_outlives_those_who_heard_it(vendor: Vendor) -> None:
    (audit,) = vendor.audits(1)
    vendor.complete()
    vendor.fault({"status": 429, "retry_after": 0.6}, times=1)

    async def test() -> Outcome:
        limited = asyncio.Event()
        first = asyncio.ensure_future(vendor.wait(audit, notify=lambda line: limited.set()))
        await limited.wait()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await settled(lambda: not look_threads())
        outcome = await vendor.wait(audit)
        await settled(lambda: not _POLLS[asyncio.get_running_loop()])
        return outcome

    assert phases([run(test())]) == {"succeeded": 1}
    limited, later = vendor.times()
    assert later - limited >= 0.6 - TOLERANCE


def test_a_wait_ends_at_its_deadline_also_when_the_vendor_may_not_be_asked(vendor: Vendor) -> None:
    (audit, other) = vendor.audits(2)
    vendor.fault({"status": 429, "retry_after": 3600})

    async def test() -> list[Outcome]:
        first = asyncio.ensure_future(vendor.wait(audit, deadline=time.time() + 0.4))
        await vendor.until_asked(1)
        second = vendor.wait(other, deadline=time.time() + 0.5)
        return list(await asyncio.gather(first, second))

    # the test's own patience is far shorter than what the vendor wants
    outcomes = run(test())
    assert all(isinstance(outcome, GaveUp) and outcome.timed_out for outcome in outcomes)
    assert len(vendor.asked()) == 1


# Cost


@contextmanager
def counted_calls() -> Iterator[Callable[[], int]]:
    """Count what this thread calls and the items that its comprehensions take: the same number on every machine."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        yield lambda: calls
    finally:
        sys.setprofile(None)


def test_joining_one_by_one_costs_no_look_at_all_the_others() -> None:
    async def joining(count: int) -> int:
        fake, waits = Fake(), []
        with counted_calls() as calls:
            for number in range(count):
                waits.append(asyncio.ensure_future(fake.wait(f"t{number}", poll_interval=3600.0)))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            cost = calls()
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        return cost

    few, many = run(joining(100)), run(joining(800))
    # eight times as many take eight times as many calls, and sixty-four times when each looks at all the others
    assert many < 12 * few


def test_a_deadline_is_kept_while_a_poll_is_under_way() -> None:
    asked, may_end = threading.Event(), threading.Event()

    def answer(thing: str) -> Snapshot:
        asked.set()
        assert may_end.wait(PATIENCE)
        return Snapshot(thing, Phase.SUCCEEDED, "x")

    async def test() -> list[Outcome]:
        fake = Fake(answer)
        poll = SharedPoll(fake, fake.connect)
        now = time.time()
        short, long = WaitPolicy(0.05, now, now + 0.3), WaitPolicy(0.05, now, now + 60)
        waits = [
            asyncio.ensure_future(poll.wait_for(thing, policy, print)) for thing, policy in (("s", short), ("l", long))
        ]
        gave_up = await waits[0]
        assert asked.is_set()
        assert not waits[1].done()
        may_end.set()
        return [gave_up, await waits[1]]

    gave_up, finished = run(test())
    assert isinstance(gave_up, GaveUp)
    assert gave_up.timed_out
    assert isinstance(finished, Finished)


def test_a_moment_in_place_of_seconds_holds_nobody_for_years(vendor: Vendor) -> None:
    (audit,) = vendor.audits(1)
    vendor.fault({"status": 429, "retry_after": 900_000_000}, times=1)
    lines: list[str] = []

    async def test() -> None:
        wait = asyncio.ensure_future(vendor.wait(audit, notify=lines.append))
        await settled(lambda: bool(lines))
        (poll,) = _POLLS[asyncio.get_running_loop()].values()
        assert 3000 < poll.held <= 3600
        wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)

    run(test())
