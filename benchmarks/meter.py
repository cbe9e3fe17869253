"""What waiting costs the process that waits: processor time, memory, and the event loop's attention."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

# each costs about 0.1 ms, in all contenders alike
_TICK = 0.05
# of the time that passes before the jobs are done
_WHEN_TO_WEIGH = 0.85


def cpu_seconds() -> float:
    """Return the processor time of this process so far, all threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_bytes() -> int:
    """Return the memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def percentile(values: list[float], percent: int) -> float:
    """Return a percentile; the value itself when there is only one."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


async def measure(wait: Callable[[int], Awaitable[object]], waits: int, seconds: float) -> dict[str, Any]:
    """Let many waits run in this event loop until all of them are over.

    :param wait: Waits for the job with a number.
    :param waits: How many.
    :param seconds: After which the jobs will be done.
    :return: Processor time, memory and lag, and the moments at which the waits were over.
    """
    gc.collect()
    lags: list[float] = []
    weighed: list[int] = []
    over: list[float] = []

    async def one(number: int) -> None:
        await wait(number)
        over.append(time.monotonic())

    loop = asyncio.get_running_loop()

    def tick(due: float) -> None:
        now = loop.time()
        lags.append(now - due)
        ticking[0] = loop.call_at(now + _TICK, tick, now + _TICK)

    cpu, resident = cpu_seconds(), resident_bytes()
    ticking = [loop.call_soon(tick, loop.time())]
    loop.call_later(seconds * _WHEN_TO_WEIGH, lambda: weighed.append(resident_bytes()))
    await asyncio.gather(*(asyncio.ensure_future(one(number)) for number in range(waits)))
    spent = cpu_seconds() - cpu
    ticking[0].cancel()
    return {
        "cpu": spent,
        "kib_per_wait": (weighed[0] - resident) / 1024 / waits,
        "lag_p99": percentile(lags, 99),
        "lag_max": max(lags),
        "over": over,
    }
