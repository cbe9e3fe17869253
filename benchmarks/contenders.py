"""Those who wait, one per process: ``python -m benchmarks.contenders NAME CONFIG`` prints what it cost as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.meter import measure, percentile
from benchmarks.stub import audit_id

Waiter = Callable[[int], Awaitable[object]]


@dataclass(frozen=True)
class Config:
    """One run.

    :param url: Address of the stub.
    :param ca: Certificate to trust; empty for plain HTTP.
    :param waits: How many.
    :param interval: Seconds between two looks.
    :param seconds: After which the jobs are done.
    """

    url: str
    ca: str
    waits: int
    interval: float
    seconds: float


async def first_event(trigger: Any) -> Any:
    """Run a trigger as the triggerer does, up to its event."""
    async for event in trigger.run():
        return event
    raise RuntimeError("the trigger ended without an event")


def ours(config: Config) -> Waiter:
    """Return the waits of this package."""
    from airflow_qa_provider.triggers.wait import WaitTrigger
    from airflow_qa_provider.waiting.verdict import Terms

    extra = {"ca_path": config.ca} if config.ca else {}
    connect("MONITORQA_DEFAULT", conn_type="monitorqa", host=config.url, password="key", extra=extra)
    terms = Terms("monitorqa.audit", "audit", retry_advice="A retry looks at the same object again").as_dict()

    async def wait(number: int) -> None:
        now = time.time()
        policy = {"poll_interval": config.interval, "started_at": now, "deadline": now + 7 * 86400}
        trigger = WaitTrigger("monitorqa.audit", "monitorqa_default", audit_id(number), policy, dict(terms))
        event = await first_event(trigger)
        assert event.payload["outcome"]["finished"]["phase"] == "succeeded"

    return wait


def http_sensor(config: Config) -> Waiter:
    """Return the waits of the HTTP provider's deferrable sensor."""
    from airflow.providers.http.triggers.http import HttpSensorTrigger

    address = urlsplit(config.url)
    connect("HTTP_DEFAULT", conn_type="http", host=address.hostname, port=address.port, schema=address.scheme)
    return lambda number: first_event(HttpSensorTrigger(endpoint=f"jobs/{number}", poke_interval=config.interval))


def dbt_cloud(config: Config) -> Waiter:
    """Return the waits of the dbt Cloud provider's deferrable operator."""
    from airflow.providers.dbt.cloud.triggers.dbt import DbtCloudRunJobTrigger

    tenant = urlsplit(config.url).netloc
    connect("DBT", conn_type="dbt_cloud", host=tenant, login="1", password="key")

    async def wait(number: int) -> None:
        end = time.time() + 7 * 86400
        event = await first_event(DbtCloudRunJobTrigger("dbt", number, end, config.interval, account_id=1))
        assert event.payload["status"] == "success", event.payload

    return wait


def ideal(config: Config) -> Waiter:
    """Return what one would write by hand for this very case: one loop, one session, the lists, nothing else."""
    import requests

    session = requests.Session()
    session.headers["X-API-KEY"] = "key"
    verify = config.ca or True  # of the session, REQUESTS_CA_BUNDLE would be stronger
    waiting: dict[str, asyncio.Future[None]] = {}
    polling: list[asyncio.Task[None]] = []

    def listed(which: str, wanted: set[str]) -> set[str]:
        found: set[str] = set()
        read, page = 0, 1
        while wanted - found:
            query: dict[str, Any] = {"pageNumber": page, "pageSize": 100}
            answer = session.get(f"{config.url}/audit/{which}", params=query, timeout=60, verify=verify).json()
            found |= wanted & {row["id"] for row in answer["data"]}
            read, page = read + len(answer["data"]), page + 1
            if not answer["data"] or read >= answer["meta"]["totalCount"]:
                break
        return found

    def listed_complete(wanted: set[str]) -> set[str]:
        complete = listed("complete", wanted)
        listed("pending", wanted - complete)  # those that are in neither have expired or were deleted
        return complete

    async def poll() -> None:
        while waiting:
            await asyncio.sleep(config.interval)
            for done in await asyncio.to_thread(listed_complete, set(waiting)):
                waiting.pop(done).set_result(None)

    async def wait(number: int) -> None:
        waiting[audit_id(number)] = future = asyncio.get_running_loop().create_future()
        if not polling or polling[0].done():
            polling[:] = [asyncio.ensure_future(poll())]
        await future

    return wait


CONTENDERS: dict[str, Callable[[Config], Waiter]] = {
    "ours": ours,
    "ideal": ideal,
    "http_sensor": http_sensor,
    "dbt_cloud": dbt_cloud,
}


def connect(name: str, **connection: Any) -> None:
    """Define an Airflow connection."""
    os.environ[f"AIRFLOW_CONN_{name}"] = json.dumps(connection)


def ask(config: Config, path: str) -> Any:
    """Ask the stub for something beside the measurement."""
    import requests

    return requests.get(config.url + path, verify=config.ca or True, timeout=60).text


async def run(name: str, config: Config) -> dict[str, Any]:
    """Warm up with one wait, then measure."""
    ask(config, "/__begin?seconds=0&waits=1")
    await CONTENDERS[name](Config(config.url, config.ca, 1, 0.05, 0))(0)
    wait = CONTENDERS[name](config)
    ask(config, f"/__begin?seconds={config.seconds}&waits={config.waits}")
    found = await measure(wait, config.waits, config.seconds)
    counts = json.loads(ask(config, "/__counts"))
    latencies = [moment - counts["done_at"] for moment in found.pop("over")]
    return {
        "calls": counts["calls"],
        # the last connection asked for these counts
        "connections": counts["connections"] - 1,
        **found,
        "latency_p50": percentile(latencies, 50),
        "latency_p99": percentile(latencies, 99),
    }


if __name__ == "__main__":
    import logging

    logging.disable(logging.WARNING)
    print(json.dumps(asyncio.run(run(sys.argv[1], Config(**json.loads(sys.argv[2]))))))
