"""
Outgoing calls: webhooks that a vendor sends when something happens.

One worker per vendor runs in the sandbox's own event loop. What is due is decided by the sandbox clock; how long a
receiver may take is wall-clock time. Only this machine is ever called.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import json
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qa_sandbox.clock import Clock, later

if TYPE_CHECKING:
    import httpx

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})
MAX_PENDING = 10_000
MAX_KEPT = 1_000
_AT_ONCE = 8
_LONGEST_NAP_SECONDS = 60.0
_LARGEST_ANSWER = 64 * 1024
Action = Callable[[], Awaitable[None] | None]
_HEADERS = {"content-type": "application/json", "connection": "close", "user-agent": "airflow-qa-sandbox"}


@dataclass(frozen=True)
class DeliveryPolicy:
    """
    How a vendor delivers.

    :param timeout: wall-clock seconds that a receiver has for its answer
    :param attempts: how often one delivery is tried
    :param retry_seconds: sandbox-clock seconds between two attempts
    :param disable_after: deactivate the endpoint after so many failed deliveries in a row; None: never
    """

    timeout: float
    attempts: int = 1
    retry_seconds: float = 0.0
    disable_after: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.timeout <= 600:
            raise ValueError(f"A delivery timeout must be above 0 and at most 600 seconds, not {self.timeout}.")
        if self.attempts < 1 or (self.disable_after is not None and self.disable_after < 1):
            raise ValueError("A delivery policy needs at least one attempt, and disables after one failure or more.")
        if not 0 <= self.retry_seconds <= 1e9:
            raise ValueError(f"Delivery retry_seconds must be between 0 and 1e9, not {self.retry_seconds}.")


@dataclass
class Endpoint:
    """
    Where deliveries go.

    :param id: the vendor's id of it
    :param url: address to call; may hold a secret, so it is never shown
    :param active: whether anything is sent
    :param failures: failed deliveries since the last one that arrived
    :param disabled_at: when failures last deactivated it
    """

    id: str
    url: str = field(repr=False)
    active: bool = True
    failures: int = 0
    disabled_at: datetime | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)

    @property
    def masked_url(self) -> str:
        """The address without anything that may be secret, such as ``example.com/***``."""
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2] + "/***"
        except ValueError:
            return "***"


class Result(Enum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass
class Delivery:
    """One message to one endpoint, with one entry ``{at, status, problem}`` per attempt."""

    endpoint: Endpoint
    payload: Any
    policy: DeliveryPolicy
    created_at: datetime
    result: Result = Result.PENDING
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "endpoint": self.endpoint.id,
            "url": self.endpoint.masked_url,
            "createdAt": self.created_at.isoformat(),
            "result": self.result.value,
            "attempts": list(self.attempts),
            "payload": self.payload,
        }


class Callbacks:
    """
    Timers on the sandbox clock, and the deliveries they lead to. Everything but :meth:`run` may be called from any
    thread. Deliveries to one endpoint go out one after the other.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._timers: list[tuple[datetime, int, Action]] = []
        self._numbers = itertools.count()
        self._deliveries: deque[Delivery] = deque(maxlen=MAX_KEPT)
        self._tasks: set[asyncio.Future[None]] = set()
        self._notify: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._transport: httpx.AsyncHTTPTransport | None = None

    def at(self, moment: datetime, action: Action) -> bool:
        """
        Call a function in the event loop when the clock has reached a moment.

        :param action: a coroutine, or quick and without blocking
        :return: False when too much is waiting already
        """
        with self._changed:
            if len(self._timers) >= MAX_PENDING:
                return False
            heapq.heappush(self._timers, (moment, next(self._numbers), action))
            self._notify()
        return True

    def send(self, endpoint: Endpoint, payload: Any, policy: DeliveryPolicy) -> Delivery:
        delivery = Delivery(endpoint, payload, policy, self._clock.now())
        with self._changed:
            self._deliveries.append(delivery)
        if not self.at(delivery.created_at, lambda: self._attempt(delivery)):
            delivery.result = Result.SKIPPED
        return delivery

    @property
    def in_use(self) -> bool:
        """Whether anything waits, is on its way, or was called."""
        with self._changed:
            return bool(self._timers or self._tasks or self._deliveries)

    def deliveries(self) -> list[Delivery]:
        """Return the latest 1,000 deliveries, oldest first."""
        with self._changed:
            return list(self._deliveries)

    def wait(self, timeout: float) -> bool:
        """Block until nothing is due or on its way. Not for the event loop's own thread."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, timeout)

    def clear(self) -> None:
        """Drop every timer and delivery, also those on their way."""
        with self._changed:
            self._timers.clear()
            self._deliveries.clear()
            doomed = list(self._tasks)
            loop = self._loop
            self._changed.notify_all()
        if loop is not None:
            loop.call_soon_threadsafe(_cancel, doomed)

    async def run(self) -> None:
        """Do what is due until cancelled."""
        loop, wake = asyncio.get_running_loop(), asyncio.Event()

        def notify() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the clock is moved while the sandbox stops
                loop.call_soon_threadsafe(wake.set)

        forget = self._clock.on_advance(notify)
        with self._changed:
            self._notify, self._loop = notify, loop
        try:
            while True:
                wake.clear()
                self._start_due()
                try:
                    await asyncio.wait_for(wake.wait(), self._seconds_until_next())
                except asyncio.TimeoutError:
                    continue
        finally:
            forget()
            await self._close()

    def _is_idle(self) -> bool:
        return not self._tasks and not (self._timers and self._timers[0][0] <= self._clock.now())

    def _start_due(self) -> None:
        with self._changed:
            while self._timers and self._timers[0][0] <= self._clock.now():
                _, _, action = heapq.heappop(self._timers)
                task = asyncio.ensure_future(_perform(action))
                self._tasks.add(task)
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Future[None]) -> None:
        with self._changed:
            self._tasks.discard(task)
            self._changed.notify_all()

    def _seconds_until_next(self) -> float:
        with self._changed:
            if not self._timers:
                return _LONGEST_NAP_SECONDS
            seconds = (self._timers[0][0] - self._clock.now()).total_seconds()
        return min(max(seconds, 0.001), _LONGEST_NAP_SECONDS)

    async def _attempt(self, delivery: Delivery) -> None:
        endpoint, policy = delivery.endpoint, delivery.policy
        async with endpoint._turn, self._slots:
            if not endpoint.active:
                delivery.result = Result.SKIPPED
                return
            at = self._clock.now()
            status, problem = await self._post(delivery)
            delivery.attempts.append({"at": at.isoformat(), "status": status, "problem": problem})
            if problem is None:
                delivery.result, endpoint.failures = Result.DELIVERED, 0
            elif len(delivery.attempts) < policy.attempts:
                self.at(later(self._clock.now(), policy.retry_seconds), lambda: self._attempt(delivery))
            else:
                delivery.result = Result.FAILED
                self._count_failure(endpoint, policy)

    def _count_failure(self, endpoint: Endpoint, policy: DeliveryPolicy) -> None:
        endpoint.failures += 1
        if policy.disable_after is not None and endpoint.failures >= policy.disable_after:
            endpoint.active, endpoint.failures, endpoint.disabled_at = False, 0, self._clock.now()

    async def _post(self, delivery: Delivery) -> tuple[int | None, str | None]:
        import httpx

        timeout = delivery.policy.timeout
        try:
            url = httpx.URL(delivery.endpoint.url)
            if url.scheme not in ("http", "https") or url.host not in LOCAL_HOSTS:
                return None, "not reached: a sandbox calls 127.0.0.1 and localhost only"
            status = await asyncio.wait_for(self._status(url, delivery.payload), timeout)
        except asyncio.TimeoutError:
            return None, f"no answer within {timeout:g} s"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return None, f"not reached: {type(error).__name__}"
        return status, None if 200 <= status < 300 else f"answered {status}"

    async def _status(self, url: httpx.URL, payload: Any) -> int:
        import httpx

        if self._transport is None:
            # The bare transport knows no proxies and no redirects, and does not log addresses.
            self._transport = httpx.AsyncHTTPTransport(trust_env=False)
        request = httpx.Request("POST", url, content=json.dumps(payload).encode(), headers=_HEADERS)
        response = await self._transport.handle_async_request(request)
        try:
            size = 0
            async for chunk in response.aiter_raw():
                size += len(chunk)
                if size > _LARGEST_ANSWER:
                    break
        finally:
            await response.aclose()
        return response.status_code

    async def _close(self) -> None:
        with self._changed:
            self._notify, self._loop = (lambda: None), None
            doomed = list(self._tasks)
        _cancel(doomed)
        await asyncio.gather(*doomed, return_exceptions=True)
        if self._transport is not None:
            await self._transport.aclose()


async def _perform(action: Action) -> None:
    done = action()
    if done is not None:
        await done


def _cancel(tasks: list[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
