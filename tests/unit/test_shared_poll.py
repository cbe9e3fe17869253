"""One paced poll for many waits, over real sockets: how often it asks, whom it harms, what it leaves behind."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from airflow_qa_provider.exceptions import QAServerError
from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.monitorqa.audits import AuditPoller
from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from airflow_qa_provider.waiting.decisions import Finished, GaveUp, WaitPolicy
from airflow_qa_provider.waiting.session import PollSession
from airflow_qa_provider.waiting.shared import _POLLS, SharedPoll, shared_wait
from qa_sandbox import Sandbox, run_sandbox
from qa_sandbox.clock import RealClock

INTERVAL = 0.1
PATIENCE = 60.0
# a look may start a little early on the server's clock, since the connection is up already
TOLERANCE = 0.02

Outcome = Finished | GaveUp
Notify = Callable[[str], None]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], clock=RealClock()) as sandbox:
        yield sandbox


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


@pytest.fixture
def vendor(shared_sandbox: Sandbox) -> Vendor:
    shared_sandbox.reset()
    return Vendor(shared_sandbox)


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
        waits = {audit: asyncio.ensure_future(vendor.wait(audit, max_failures=10_000)) for audit in [*good, *bad]}
        await asyncio.wait([waits[audit] for audit in [*good, "none-such", "no-right"]])
        for wait in waits.values():
            wait.cancel()
        await asyncio.gather(*waits.values(), return_exceptions=True)
        return {audit: wait.result() for audit, wait in waits.items() if not wait.cancelled()}

    outcomes = run(test())
    assert phases([outcomes[audit] for audit in good]) == {"succeeded": number}, outcomes
    assert phases([outcomes["none-such"]]) == {"gone": 1}
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

    def poll(self, client: Any, ids: Collection[str], since: float) -> Statuses:
        self.looks.append((time.monotonic(), list(ids)))
        return {thing: self.answer(thing) for thing in ids}

    def cancel(self, client: Any, object_id: str) -> str:
        raise NotImplementedError

    def wait(
        self, thing: str = "t1", notify: Callable[[str], None] = lambda line: None, **policy: Any
    ) -> Awaitable[Outcome]:
        facts = {"poll_interval": 0.03, "started_at": time.time(), **policy}
        return shared_wait("fake", self, self.connect, thing, WaitPolicy(**facts), notify)


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
        def poll(self, client: Any, ids: Collection[str], since: float) -> Statuses:
            looks = super().poll(client, ids, since)
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


# Beginning and end


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
