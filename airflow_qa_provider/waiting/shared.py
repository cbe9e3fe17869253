"""One poll for all waits of a process on the same connection and kind of object."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import math
import random
import threading
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.kinds.polling import Poll, Statuses, as_qa_error
from airflow_qa_provider.waiting.decisions import Decision, Finished, GaveUp, WaitPolicy, WaitUntil
from airflow_qa_provider.waiting.machine import Wait
from airflow_qa_provider.waiting.session import Connect, PollSession

__all__ = ["Connect", "SharedPoll", "shared_wait"]

log = logging.getLogger(__name__)

# a longer Retry-After is more likely a moment in place of seconds
_LONGEST_HOLD = 3600.0
# waits that are dealt with in one go, before other tasks of the event loop have their turn
_SLICE = 50


@dataclass(eq=False, slots=True)
class _Waiter:
    wait: Wait
    since: float
    done: asyncio.Future[Finished | GaveUp]
    notify: Callable[[str], None]
    context: contextvars.Context = field(default_factory=contextvars.copy_context)

    @property
    def planned(self) -> WaitUntil:
        if self.wait.next is None:
            raise RuntimeError("the wait has not begun")
        return self.wait.next

    def settle(self, decision: Decision | None) -> None:
        """Pass a decision on: lines to the task's log, an end to the task."""
        if isinstance(decision, WaitUntil):
            if decision.notice:
                self._tell(decision.notice)
        elif decision is not None and not self.done.done():
            self.done.set_result(decision)

    def _tell(self, line: str) -> None:
        try:
            # the waiter's own context leads to its task log
            self.context.run(self.notify, line)
        except Exception:
            log.exception("A line could not be written to the log of a task: %s", line)


class SharedPoll:
    """Asks the vendor for all waits at once, in a thread, never twice at the same time.

    Starts with the first waiter and ends with the last, or with the look that is under way then. All times are those
    of the monotonic clock, so that a corrected or wrongly set wall clock neither ends a wait nor stalls it.

    :param poll: How to look.
    :param connect: Returns a client; called at the start and when the connection has to be read anew.
    :param on_idle: Called when the poll has ended.
    """

    def __init__(self, poll: Poll, connect: Connect, on_idle: Callable[[], None] = lambda: None) -> None:
        self._ask = poll
        self._name = getattr(poll, "__name__", type(poll).__name__).removeprefix("poll_")
        self._connect = connect
        self._on_idle = on_idle
        self._waiters: set[_Waiter] = set()
        self._roused = False
        self._sleeping: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        # no waiter wants to be looked for before this; may be too early after one has left
        self._next_at = math.inf
        self._not_before = -math.inf
        self._looking_since: float | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody waits and nothing is under way."""
        return not self._waiters and self._task is None

    @property
    def held(self) -> float:
        """For how many more seconds the vendor wants to be left alone."""
        return max(0.0, self._not_before - time.monotonic())

    async def wait_for(
        self,
        object_id: str,
        policy: WaitPolicy,
        notify: Callable[[str], None],
        memory: Mapping[str, Any] | None = None,
    ) -> Finished | GaveUp:
        """Wait for an object until it ends or the wait is given up.

        :param object_id: Id at the vendor.
        :param policy: How to wait.
        :param notify: Takes lines for the log of this wait.
        :param memory: What happened before, from :meth:`Wait.as_dict`.
        """
        waiter = _Waiter(
            self._begun(Wait.from_dict(object_id, policy, memory or {})),
            policy.started_at,
            asyncio.get_running_loop().create_future(),
            notify,
        )
        self._join(waiter)
        try:
            return await waiter.done
        finally:
            self._waiters.discard(waiter)
            if not self._waiters:
                self._rouse()

    def _begun(self, wait: Wait) -> Wait:
        now = time.monotonic()
        wait.shift(now - time.time())
        interval = wait.policy.poll_interval
        # as long as a look is under way, nobody knows when the next one is
        others_at = self._next_at if self._looking_since is None else self._looking_since + interval
        wait.begin(now, max(now, others_at))
        if self._waiters:
            # a thousand newcomers that nobody has looked for yet would else ask for a look each
            wait.fall_in(now, min(others_at, now + interval))
        wait.hold(now, self._not_before)
        return wait

    def _join(self, waiter: _Waiter) -> None:
        self._waiters.add(waiter)
        if waiter.planned.at < self._next_at:
            self._next_at = waiter.planned.at
            self._rouse()
        if self._task is None:
            # a context of its own: log lines of the poll must not land in the first waiter's task log
            self._task = contextvars.Context().run(asyncio.get_running_loop().create_task, self._run())

    async def _run(self) -> None:
        session = PollSession(self._ask, self._connect)
        try:
            while self._waiters:
                if await self._roused_before_due():
                    continue
                await self._poll_if_due(session)
                self._next_at = min((waiter.planned.at for waiter in self._waiting()), default=math.inf)
        except Exception as error:
            log.exception("The poll for %s ended by a defect", self._name)
            self._fail_all(error)
        finally:
            left, self._waiters = self._waiters, set()
            for waiter in left:
                waiter.done.cancel()
            self._task = None
            self._next_at = math.inf
            session.close()
            self._on_idle()

    def _waiting(self) -> list[_Waiter]:
        """Return the waiters without those that were cancelled just now."""
        return [waiter for waiter in self._waiters if not waiter.done.done()]

    async def _roused_before_due(self) -> bool:
        """Sleep until the next look is due; tell whether something changed before."""
        self._roused = False
        pause = self._next_at - time.monotonic()
        if pause > 0:
            loop = asyncio.get_running_loop()
            self._sleeping = loop.create_future()
            alarm = None if math.isinf(pause) else loop.call_later(pause, _wake, self._sleeping)
            try:
                await self._sleeping
            finally:
                self._sleeping = None
                if alarm is not None:
                    alarm.cancel()
        return self._roused

    def _rouse(self) -> None:
        self._roused = True
        if self._sleeping is not None:
            _wake(self._sleeping)

    async def _poll_if_due(self, session: PollSession) -> None:
        now = time.monotonic()
        waiting = self._waiting()
        due = [waiter for waiter in waiting if waiter.planned.earliest <= now]
        overdue = [waiter for waiter in waiting if waiter.planned.at <= now < waiter.planned.earliest]
        await self._deal_with(overdue, lambda waiter: waiter.wait.overdue(now))
        if any(waiter.planned.at <= now for waiter in due):
            await self._poll(due, session, now)

    async def _poll(self, due: list[_Waiter], session: PollSession, asked_at: float) -> None:
        # in random order, but those that could be seen last time first: then broken ones cannot starve the others
        random.shuffle(due)
        due.sort(key=lambda waiter: waiter.wait.failures)
        ids = list(dict.fromkeys(waiter.wait.object_id for waiter in due))
        since = min(waiter.since for waiter in due)
        refresh = any(waiter.planned.refresh for waiter in due)
        self._looking_since = asked_at
        try:
            looks = await self._statuses(partial(session.poll, ids, since, refresh))
        except RuntimeError as error:
            looks = dict.fromkeys(ids, as_qa_error(error))
        finally:
            self._looking_since = None
        now = time.monotonic()
        jitter = random.random()

        def decide(waiter: _Waiter) -> Decision:
            early = asked_at < waiter.planned.at
            return waiter.wait.on_poll(now, looks[waiter.wait.object_id], jitter, early)

        await self._deal_with(due, decide)
        await self._leave_alone(looks, now)

    async def _statuses(self, poll: Callable[[], Statuses]) -> Statuses:
        """Poll in a thread; who reaches its deadline before the vendor has answered does not wait for that."""
        polling = _in_thread(poll, f"poll-{self._name}")
        try:
            while True:
                deadlines = [waiter.wait.policy.deadline for waiter in self._waiting()]
                first = min((one for one in deadlines if one is not None), default=None)
                pause = None if first is None else max(0.0, first - time.monotonic())
                done, _ = await asyncio.wait([polling], timeout=pause)
                if done:
                    return polling.result()
                await self._deal_with(self._waiting(), lambda waiter: waiter.wait.expired(time.monotonic()))
        finally:
            polling.cancel()

    async def _leave_alone(self, looks: Statuses, now: float) -> None:
        """Keep the vendor's wish to be left alone for all, also for those who were not looked for or join later."""
        wishes = [seen.retry_after for seen in looks.values() if isinstance(seen, QAError) and seen.retry_after]
        if wishes:
            self._not_before = max(self._not_before, now + min(max(wishes), _LONGEST_HOLD))
            await self._deal_with(list(self._waiters), lambda waiter: waiter.wait.hold(now, self._not_before))

    async def _deal_with(self, waiters: Iterable[_Waiter], decide: Callable[[_Waiter], Decision | None]) -> None:
        for number, waiter in enumerate(waiters, 1):
            if number % _SLICE == 0:
                await asyncio.sleep(0)
            if waiter.done.done():
                continue
            try:
                decision = decide(waiter)
            except Exception as error:  # a defect must surface in its own task, and in no other
                waiter.done.set_exception(error)
            else:
                waiter.settle(decision)
            if waiter.done.done():
                self._waiters.discard(waiter)

    def _fail_all(self, error: Exception) -> None:
        for waiter in self._waiters:
            if not waiter.done.done():
                failure = RuntimeError(f"the poll for {self._name} ended while it was needed: {error!r}")
                failure.__cause__ = error
                waiter.done.set_exception(failure)


def _wake(sleeping: asyncio.Future[None]) -> None:
    if not sleeping.done():
        sleeping.set_result(None)


def _in_thread(call: Callable[[], Statuses], name: str) -> asyncio.Future[Statuses]:
    """Call in a daemon thread: unlike those of a pool, it cannot keep the process from ending while a vendor is silent.

    :raises RuntimeError: No thread could be started, or it was ended.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Statuses] = loop.create_future()

    def deliver(looks: Statuses | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if looks is None:
            answer.set_exception(RuntimeError(f"the looking thread ended: {error!r}"))
        else:
            answer.set_result(looks)

    def run() -> None:
        looks, error = None, None
        try:
            looks = call()
        except BaseException as ended:  # such as SystemExit, or nobody would ever hear of this look again
            error = ended
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(deliver, looks, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return answer


_Polls = dict[Hashable, SharedPoll]
_POLLS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Polls] = WeakKeyDictionary()


def shared_wait(
    key: Hashable,
    poll: Poll,
    connect: Connect,
    object_id: str,
    policy: WaitPolicy,
    notify: Callable[[str], None],
    memory: Mapping[str, Any] | None = None,
) -> Awaitable[Finished | GaveUp]:
    """Wait together with everyone on this event loop who waits under the same key.

    :param key: What the connection holds, and kind of object.
    :param poll: How to look.
    :param connect: Returns a client; called in a thread.
    :param object_id: Id at the vendor.
    :param policy: How to wait.
    :param notify: Takes lines for the log of this wait.
    :param memory: What happened before, from :meth:`Wait.as_dict`.
    """
    polls = _POLLS.setdefault(asyncio.get_running_loop(), {})
    shared = polls.get(key)
    if shared is None:
        shared = polls[key] = SharedPoll(poll, connect, partial(_retire, polls, key))
    return shared.wait_for(object_id, policy, notify, memory)


def _retire(polls: _Polls, key: Hashable) -> None:
    """Forget a poll that nobody uses, but not that its vendor wants to be left alone."""
    poll = polls.get(key)
    if poll is None or not poll.idle:
        return
    if poll.held:
        asyncio.get_running_loop().call_later(poll.held, _retire, polls, key)
    else:
        del polls[key]
