"""What can go wrong while a task waits, row by row.

``tests/resilience/test_waits.py`` checks every row, ``python -m benchmarks.resilience_table --write`` writes them into
the docs. What today's providers do was measured on Airflow 3.3.2 against a local server with the same faults.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from airflow_qa_provider.vendors.monitorqa.client import MonitorQAClient
from benchmarks.stage import READ_TIMEOUT, Row, Stage

NOT_MEASURED = "not measured"


async def _key_is_changed(stage: Stage) -> None:
    stage.change_key("an-old-key")
    await stage.until_called(1)
    stage.change_key(stage.connection["password"])


async def _deleted_after_two_looks(stage: Stage) -> None:
    await stage.until_called(2)
    await asyncio.to_thread(_delete, stage)


def _delete(stage: Stage) -> None:
    with MonitorQAClient(stage.settings) as client:
        client.audits.delete(stage.audits)


async def _clock_jumps(stage: Stage) -> None:
    real = time.time
    await stage.until_called(2)
    time.time = lambda: real() + 7200.0
    try:
        await stage.until_called(5)
        stage.sandbox.advance(3600)
        await stage.until_called(6)
    finally:
        time.time = real


def _fault(what: Any, **match: Any) -> dict[str, Any]:
    return {"fault": what, **match}


async def _completed_after(stage: Stage, looks: int) -> None:
    await stage.until_called(looks)
    stage.sandbox.advance(3600)


ROWS: tuple[Row, ...] = (
    Row(
        "always 401",
        "the key is refused, again and again",
        "HttpSensorTrigger: **3,463 requests in 5 s** at a poke interval of 60 s, never ends",
        "gave up: refuses the credentials, also after they were read anew",
        (2, 2),
        (_fault("expire_token"),),
        connections=2,
    ),
    Row(
        "key changed",
        "the key is refused until the connection is changed in mid-wait",
        NOT_MEASURED,
        "succeeded",
        (2, 2),
        connections=2,
        meanwhile=_key_is_changed,
    ),
    Row(
        "always 429",
        "429 with `Retry-After: 30`, again and again; the wait's time-out is 1 s",
        "HttpSensorTrigger: **3,785 requests in 5 s**",
        "gave up: time-out",
        (1, 1),
        (_fault({"status": 429, "retry_after": 30}),),
        policy={"timeout": 1.0},
    ),
    Row(
        "429, seconds",
        "one 429 with `Retry-After: 1`",
        "dbt Cloud and databricks: `Retry-After` ignored, next request after their own 1.0 s; Fivetran: the task fails "
        "with the message `'data'`",
        "succeeded",
        (2, 2),
        (_fault({"status": 429, "retry_after": 1}, times=1),),
    ),
    Row(
        "429, date",
        "one 429 with `Retry-After` as an HTTP date",
        NOT_MEASURED,
        "succeeded",
        (2, 2),
        (_fault({"status": 429, "retry_after_date": 2}, times=1),),
    ),
    Row(
        "one 503",
        "one 503",
        "dbt Cloud: event `error`, the task fails; databricks: goes on after 10 s",
        "succeeded",
        (2, 2),
        (_fault({"status": 503}, times=1),),
    ),
    Row(
        "503 for a minute",
        "503 for six poll intervals (a minute at 10 s)",
        "databricks: `AirflowException` at the third, the task fails",
        "succeeded",
        (7, 7),
        (_fault({"status": 503}, times=6),),
    ),
    Row(
        "always 503",
        "503, again and again; three failed polls are allowed",
        "HttpSensorTrigger: 7 requests in 5 s, whatever the poke interval",
        "gave up: polls in a row failed",
        (4, 4),
        (_fault({"status": 503}),),
        policy={"max_failures": 3},
    ),
    Row(
        "resets",
        "the connection is reset, three times",
        "HttpSensorTrigger: raises `ClientOSError`, dbt Cloud: event `error`; either way the task fails",
        "succeeded",
        (4, 7),  # urllib3 itself may repeat a request whose kept-alive connection had gone
        (_fault("reset_before", times=3),),
        connections=7,
    ),
    Row(
        "silence",
        f"no answer within the read time-out ({READ_TIMEOUT:g} s), twice",
        "HTTP hook and Fivetran hook: still hanging after 8 s, the latter with `timeout_seconds=2`",
        "succeeded",
        (3, 3),
        (_fault({"delay": 5 * READ_TIMEOUT}, times=2),),
        connections=3,
    ),
    Row(
        "HTML",
        "a login page with status 200, twice",
        "HttpSensorTrigger: **success**, by the login page; dbt Cloud: event `error`, the task fails",
        "succeeded",
        (3, 3),
        (_fault("html", times=2),),
    ),
    Row(
        "cut JSON",
        "an answer that breaks off, twice",
        "HttpSensorTrigger: **success**, by half an answer; dbt Cloud: event `error`, the task fails",
        "succeeded",
        (3, 3),
        (_fault({"truncate": 20}, times=2),),
        connections=3,
    ),
    Row(
        "clock",
        "the wall clock jumps by two hours, past the deadline",
        NOT_MEASURED,
        "succeeded",
        (6, 8),
        done=False,
        meanwhile=_clock_jumps,
    ),
    Row(
        "slow answers",
        "ten waits, answers take 1.2 s",
        "Airbyte, 10 waits at 1 s: done after 20.8 s in place of 2 s, event loop stalled for **10.7 s**",
        "succeeded",
        (1, 1),
        (_fault({"delay": 1.2}),),
        read_timeout=10.0,
        waits=10,
    ),
    Row(
        "pages",
        "a list that answers its first page whatever page is asked for; 120 waits",
        NOT_MEASURED,
        "succeeded",
        (22, 25),
        (_fault("duplicate_page"),),
        waits=120,
    ),
    Row(
        "gateway",
        "404 for everything, four times, then the service is back",
        "HttpSensorTrigger: a not yet; dbt Cloud: event `error` at the first, the task fails",
        "succeeded",
        (5, 5),
        (_fault({"status": 404, "body": "default backend - 404"}, times=4),),
    ),
    Row(
        "deleted",
        "the object is deleted in mid-wait",
        "HttpSensorTrigger: a not yet, until its time-out; dbt Cloud: event `error`",
        "gone",
        (7, 14),
        done=False,
        connections=3,  # of whoever deletes it, and of the connection that is read anew after a 404
        meanwhile=_deleted_after_two_looks,
    ),
    Row(
        "31 looks",
        "nothing: 31 polls that find the object pending",
        "dbt Cloud: 31 TCP connections; databricks: 1",
        "succeeded",
        (32, 33),
        done=False,
        policy={"poll_interval": 0.02},
        meanwhile=lambda stage: _completed_after(stage, 31),
    ),
)
