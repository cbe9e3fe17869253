"""One poll for all waits of a process on the same connection and kind of object."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from airflow_qa_provider.clients.redaction import redact
from airflow_qa_provider.exceptions import QAError, QAResponseError
from airflow_qa_provider.waiting.clock import SteadyClock
from airflow_qa_provider.waiting.machine import Decision, Finished, GaveUp, Wait, WaitPolicy, WaitUntil
from airflow_qa_provider.waiting.probes import Looks, Probe

log = logging.getLogger(__name__)

Connect = Callable[[], Any]
"""Reads the connection and returns a client that does not retry by itself. Called in a thread."""

_SHORTEST_PAUSE = 0.01


@dataclass(eq=False)
class _Waiter:
    wait: Wait
    next: WaitUntil
    done: asyncio.Future[Finished | GaveUp]
    notify: Callable[[str], None]
    context: contextvars.Context = field(default_factory=contextvars.copy_context)

    def tell(self, line: str) -> None:
        """Log in the waiter's own context, which leads to its task log."""
        self.context.run(self.notify, line)


class SharedPoll:
    """Asks the vendor for all waits at once, in a thread, never twice at the same time.

    Starts with the first waiter and ends with the last.

    :param probe: How to look.
    :param connect: Returns a client; called at the start and after refused credentials.
    """

    def __init__(self, probe: Probe, connect: Connect) -> None:
        self._probe = probe
        self._connect = connect
        self._clock = SteadyClock()
        self._waiters: set[_Waiter] = set()
        self._joined = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._client: Any = None
        self._not_before = 0.0
        self._thread: ThreadPoolExecutor | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody waits."""
        return not self._waiters

    async def wait_for(self, object_id: str, policy: WaitPolicy, notify: Callable[[str], None]) -> Finished | GaveUp:
        """Wait for an object until it ends or the wait is given up.

        :param object_id: Id at the vendor.
        :param policy: How to wait.
        :param notify: Takes lines for the log of this wait.
        """
        now = self._clock()
        loop = asyncio.get_running_loop()
        waiter = _Waiter(Wait(object_id, policy), self._first_look(now, policy), loop.create_future(), notify)
        self._waiters.add(waiter)
        self._joined.set()
        if self._task is None or self._task.done():
            # a context of its own: log lines of the poll must not land in the first waiter's task log
            self._task = contextvars.Context().run(loop.create_task, self._run())
        try:
            return await self._outcome(waiter, self._task)
        finally:
            self._waiters.discard(waiter)
            if not self._waiters:
                await self._stop()

    async def _outcome(self, waiter: _Waiter, task: asyncio.Task[None]) -> Finished | GaveUp:
        futures: set[asyncio.Future[Any]] = {waiter.done, task}
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        if waiter.done.done():
            return waiter.done.result()
        # only a defect ends the poll under a waiter; it must surface, not hang
        task.result()
        raise RuntimeError(f"the poll for {self._probe.kind} ended while {waiter.wait.object_id} was waited for")

    def _first_look(self, now: float, policy: WaitPolicy) -> WaitUntil:
        """Fall in step with the others: the object was looked at just before the wait began."""
        at = now + policy.poll_interval
        planned = [other.next.at for other in self._waiters if other.next.at >= now]
        return WaitUntil(max(min([at, *planned]), self._not_before), max(now, self._not_before))

    async def _run(self) -> None:
        while self._waiters:
            await self._until_due()
            now = self._clock()
            due = [waiter for waiter in self._waiters if waiter.next.earliest <= now]
            if any(waiter.next.at <= now for waiter in due):
                await self._poll(due)

    async def _until_due(self) -> None:
        self._joined.clear()
        pause = min(waiter.next.at for waiter in self._waiters) - self._clock()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._joined.wait(), max(pause, _SHORTEST_PAUSE))

    async def _poll(self, due: list[_Waiter]) -> None:
        refresh = any(waiter.next.refresh for waiter in due)
        ids = sorted({waiter.wait.object_id for waiter in due})
        since = min(waiter.wait.policy.started_at for waiter in due)
        jitter = random.random()
        looks = await self._in_thread(lambda: self._look(ids, since, refresh))
        now = self._clock()
        for waiter in due:
            seen = looks[waiter.wait.object_id]
            if isinstance(seen, QAError):
                # whoever joins now must keep the vendor's wish too
                self._not_before = max(self._not_before, now + (seen.retry_after or 0.0))
                self._apply(waiter, waiter.wait.on_error(now, seen, jitter))
            else:
                self._apply(waiter, waiter.wait.on_snapshot(now, seen))

    def _apply(self, waiter: _Waiter, decision: Decision) -> None:
        if isinstance(decision, WaitUntil):
            waiter.next = decision
            if decision.notice:
                waiter.tell(decision.notice)
            return
        self._waiters.discard(waiter)
        if not waiter.done.done():
            waiter.done.set_result(decision)

    def _look(self, ids: list[str], since: float, refresh: bool) -> Looks:
        """Look from the thread; the client lives and dies there."""
        try:
            if refresh and self._client is not None:
                self._client.close()
                self._client = None
            if self._client is None:
                self._client = self._connect()
            return self._probe.look(self._client, ids, since)
        except QAError as error:
            return dict.fromkeys(ids, error)
        except Exception as error:
            # an answer of an undreamt-of shape, or a secrets backend that is away: not the fault of what is waited for
            log.exception("%s could not be looked at", self._probe.kind)
            unexpected = QAResponseError(f"unexpected {type(error).__name__} while looking: {redact(str(error))[:300]}")
            return dict.fromkeys(ids, unexpected)

    async def _in_thread(self, call: Callable[[], Looks]) -> Looks:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"poll-{self._probe.kind}")
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def _stop(self) -> None:
        task, self._task = self._task, None
        thread, self._thread = self._thread, None
        client, self._client = self._client, None
        if task is not None:
            task.cancel()
        if thread is not None:
            if client is not None:
                thread.submit(client.close)
            # not waited for: a request in flight ends by its time-out
            thread.shutdown(wait=False)


_POLLS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, SharedPoll]] = WeakKeyDictionary()


async def shared_wait(
    key: Hashable,
    probe: Probe,
    connect: Connect,
    object_id: str,
    policy: WaitPolicy,
    notify: Callable[[str], None],
) -> Finished | GaveUp:
    """Wait together with everyone on this event loop who waits under the same key.

    :param key: Connection and kind of object.
    :param probe: How to look.
    :param connect: Returns a client; called in a thread.
    :param object_id: Id at the vendor.
    :param policy: How to wait.
    :param notify: Takes lines for the log of this wait.
    """
    polls = _POLLS.setdefault(asyncio.get_running_loop(), {})
    poll = polls.get(key)
    if poll is None:
        poll = polls[key] = SharedPoll(probe, connect)
    try:
        return await poll.wait_for(object_id, policy, notify)
    finally:
        if poll.idle and polls.get(key) is poll:
            del polls[key]
