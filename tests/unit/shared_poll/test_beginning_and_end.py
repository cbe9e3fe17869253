"""The poll starts with the first wait and ends with the last, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.waiting.decisions import WaitPolicy
from airflow_qa_provider.waiting.session import PollSession
from airflow_qa_provider.waiting.shared import _POLLS, SharedPoll
from tests.unit.shared_poll.waits import PATIENCE, TOLERANCE, Fake, Outcome, Vendor, look_threads, phases, run, settled


def test_it_starts_with_the_first_waiter_and_ends_with_the_last(vendor: Vendor) -> None:
    audits = vendor.audits(5)

    async def test() -> None:
        tasks = asyncio.all_tasks()
        assert not look_threads()
        for _ in range(2):
            vendor.forget()
            waits = [asyncio.ensure_future(vendor.wait(audit)) for audit in audits]
            await vendor.until_asked(2)
            assert vendor.connections() == 1
            assert len(asyncio.all_tasks() - tasks - set(waits)) == 1
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
            await settled(lambda: asyncio.all_tasks() == tasks and not look_threads() and not vendor.connections())
            assert not _POLLS[asyncio.get_running_loop()]

    run(test())
    assert vendor.connects == 2


def test_no_two_requests_are_ever_under_way(vendor: Vendor) -> None:
    (audit,) = vendor.audits(1)
    vendor.complete()
    vendor.fault({"delay": 0.4}, times=2)

    async def test() -> Outcome:
        for _ in range(3):  # the last waiter leaves while a look is under way, and another one comes
            wait = asyncio.ensure_future(vendor.wait(audit, poll_interval=0.05))
            await vendor.until_asked(1)
            await asyncio.sleep(0.06)
            wait.cancel()
            await asyncio.gather(wait, return_exceptions=True)
        return await vendor.wait(audit, poll_interval=0.05)

    assert phases([run(test())]) == {"succeeded": 1}
    first, second, *_ = vendor.times()
    assert second - first >= 0.4 - TOLERANCE
    assert vendor.connects == 1


def test_a_silent_vendor_does_not_keep_the_loop_from_ending() -> None:
    asked, may_end = threading.Event(), threading.Event()

    def answer(thing: str) -> Snapshot:
        asked.set()
        assert may_end.wait(2 * PATIENCE)
        return Snapshot(thing, Phase.ACTIVE, "x")

    async def test() -> asyncio.Future[Outcome]:
        wait = asyncio.ensure_future(Fake(answer).wait())
        await settled(asked.is_set)
        assert not wait.done()
        return wait

    assert run(test()).cancelled()
    left = [thread for thread in threading.enumerate() if thread.name == "poll-Fake"]
    may_end.set()
    assert [thread.daemon for thread in left] == [True]
    left[0].join(PATIENCE)
    gc.collect()
    assert not any(_POLLS.values())


def test_a_client_in_use_is_closed_when_its_look_has_ended() -> None:
    looking, may_end = threading.Event(), threading.Event()

    def answer(thing: str) -> Snapshot:
        looking.set()
        assert may_end.wait(PATIENCE)
        return Snapshot(thing, Phase.ACTIVE, "x")

    fake = Fake(answer)
    session = PollSession(fake, fake.connect)
    thread = threading.Thread(target=session.poll, args=(["t1"], 0.0))
    thread.start()
    assert looking.wait(PATIENCE)

    session.close()
    assert fake.closed == 0
    may_end.set()
    thread.join(PATIENCE)
    assert (fake.connects, fake.closed) == (1, 1)


def test_a_client_that_is_not_in_use_is_closed_at_once() -> None:
    fake = Fake()
    session = PollSession(fake, fake.connect)
    session.poll(["t1"], 0.0)
    session.close()
    assert (fake.connects, fake.closed) == (1, 1)


def test_a_defect_surfaces_in_every_task() -> None:
    fake = Fake()

    async def test() -> list[Any]:
        poll = SharedPoll(fake, fake.connect)
        policy = WaitPolicy(0.01, time.time())
        waits = [asyncio.ensure_future(poll.wait_for(f"t{n}", policy, print)) for n in range(2)]
        await asyncio.sleep(0)
        for waiter in poll._waiters:
            waiter.since = "broken"  # type: ignore[assignment]
            break
        return await asyncio.gather(*waits, return_exceptions=True)

    errors = run(test())
    assert [type(error) for error in errors] == [RuntimeError, RuntimeError]
    assert "the poll for Fake ended while it was needed: TypeError" in str(errors[0])
