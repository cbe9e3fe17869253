"""A list of 100,000 issues as a file: this package beside what people write by hand, against one stub, in one run.

``python -m benchmarks.read`` reads 20,000, ``--full`` 100,000. Each contender has a process of its own, and they take
turns. Each reads a page first, so that what is loaded once counts for nobody. Exits non-zero where a figure is missed
by more than a fifth.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.bulk import ROOT, ask, stub
from benchmarks.meter import cpu_seconds, resident_bytes
from benchmarks.wanted import Wanted, conclude

SLOW = 0.02
IN_FLIGHT = 8
PAGE = 300
_PATH = "/api-v1/project/p-1/issues"
TITLES = {
    "jsonl": "this package, JSON lines",
    "fast": "the same, with orjson",
    "parquet": "this package, Parquet",
    "loop": "requests.Session, json.dumps",
    "asyncio": f"asyncio, {IN_FLIGHT} in flight",
    "dlt": "dlt rest_api, JSON lines",
}


def ours(url: str, folder: Path, format_: str) -> None:
    """Export the list with the operator of this package."""
    from airflow_qa_provider.transfers.conqa import ConqaRecordsToObjectStorageOperator

    fields = {"conn_type": "conqa", "host": url, "password": "key", "extra": {"project_id": "p-1"}}
    os.environ["AIRFLOW_CONN_CONQA_DEFAULT"] = json.dumps(fields)
    task = ConqaRecordsToObjectStorageOperator(
        task_id="issues", records="issues", target=f"{folder}/issues.{format_}", format=format_
    )
    task.execute({})


def loop(url: str, folder: Path) -> None:
    """Export the list as most people would."""
    import requests

    session, number = requests.Session(), 1
    session.headers["Authorization"] = "key"
    with (folder / "issues.jsonl").open("w") as file:
        while True:
            answer = session.get(url + _PATH, params={"page": number, "limit": PAGE}, timeout=60)
            answer.raise_for_status()
            data = answer.json()["data"]
            for row in data["issues"]:
                file.write(json.dumps(row) + "\n")
            if number * PAGE >= data["paging"]["total_records"]:
                return
            number += 1


def by_asyncio(url: str, folder: Path) -> None:
    """Export the list as fast as somebody can who writes for this list alone: several pages at a time, in order."""
    import asyncio

    import aiohttp

    async def export() -> None:
        async with aiohttp.ClientSession(headers={"Authorization": "key"}) as session:

            async def page(number: int) -> Any:
                async with session.get(url + _PATH, params={"page": number, "limit": PAGE}) as answer:
                    answer.raise_for_status()
                    return (await answer.json())["data"]

            first = await page(1)
            left = iter(range(2, -(-first["paging"]["total_records"] // PAGE) + 1))
            asked = [asyncio.ensure_future(page(number)) for number, _ in zip(left, range(IN_FLIGHT), strict=False)]
            with (folder / "issues.jsonl").open("w") as file:
                file.writelines(json.dumps(row) + "\n" for row in first["issues"])
                while asked:
                    data = await asked.pop(0)
                    asked += [asyncio.ensure_future(page(number)) for number in [next(left, None)] if number]
                    file.writelines(json.dumps(row) + "\n" for row in data["issues"])

    asyncio.run(export())


def by_dlt(url: str, folder: Path) -> None:
    """Export the list with the source for REST APIs of dlt."""
    import dlt
    from dlt.sources.rest_api import rest_api_source

    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    source = rest_api_source(
        {
            "client": {"base_url": url, "headers": {"Authorization": "key"}},
            "resources": [
                {
                    "name": "issues",
                    "endpoint": {
                        "path": _PATH.lstrip("/"),
                        "params": {"limit": PAGE},
                        "data_selector": "data.issues",
                        "paginator": {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": None},
                    },
                }
            ],
        }
    )
    place = dlt.destinations.filesystem(bucket_url=f"file://{folder}/out")
    pipeline = dlt.pipeline("bench", destination=place, dataset_name="d", pipelines_dir=str(folder / "dlt"))
    pipeline.run(source, loader_file_format="jsonl")


CONTENDERS: dict[str, Callable[[str, Path], None]] = {
    "jsonl": lambda url, folder: ours(url, folder, "jsonl"),
    "fast": lambda url, folder: ours(url, folder, "jsonl"),
    "parquet": lambda url, folder: ours(url, folder, "parquet"),
    "loop": loop,
    "asyncio": by_asyncio,
    "dlt": by_dlt,
}
_NEEDS = {"asyncio": "aiohttp", "dlt": "dlt", "fast": "orjson", "parquet": "pyarrow"}


def one(name: str, url: str, begin: str) -> None:
    """Export the list, and print what it cost."""
    import logging

    logging.disable(logging.ERROR)
    if name == "jsonl":
        sys.modules["orjson"] = None  # type: ignore[assignment]
    ask(url, f"/__begin?seconds=0&there={PAGE}")
    with tempfile.TemporaryDirectory() as folder:
        CONTENDERS[name](url, Path(folder))
    ask(url, begin)
    held, ended = [resident_bytes()], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            held.append(resident_bytes())

    with tempfile.TemporaryDirectory() as folder:
        watching = threading.Thread(target=watch)
        watching.start()
        began, cpu = time.perf_counter(), cpu_seconds()
        CONTENDERS[name](url, Path(folder))
        spent = {"wall": time.perf_counter() - began, "cpu": cpu_seconds() - cpu}
        ended.set()
        watching.join()
    print(json.dumps({**spent, "mib": (max(held) - held[0]) / 1024**2}))


def measured(name: str, url: str, seconds: float, rows: int) -> dict[str, float]:
    """Let one contender export the list in a process of its own."""
    begin = f"/__begin?seconds={seconds}&there={rows}"
    with tempfile.TemporaryDirectory() as home:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
        settings = {"AIRFLOW_HOME": home, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "benchmarks.read", "--one", name, url, begin]
        done = subprocess.run(
            command, cwd=ROOT, env={**clean, **settings}, capture_output=True, text=True, check=False, timeout=1800
        )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def best(url: str, seconds: float, rows: int, turns: int) -> dict[str, dict[str, float]]:
    """Return the best of some turns of each contender: other work on the machine only ever adds."""
    names = [name for name in CONTENDERS if name not in _NEEDS or find_spec(_NEEDS[name])]
    found = [{name: measured(name, url, seconds, rows) for name in names} for _ in range(turns)]
    return {name: {key: min(turn[name][key] for turn in found) for key in found[0][name]} for name in names}


def checks(quick: dict[str, dict[str, float]], slow: dict[str, dict[str, float]]) -> Iterator[Wanted]:
    """Yield what is wanted."""
    yield Wanted("JSON lines, 0 ms: CPU to the loop's", quick["jsonl"]["cpu"] / quick["loop"]["cpu"], 1)
    if "asyncio" in slow:
        yield Wanted("JSON lines, 20 ms: time to asyncio's", slow["jsonl"]["wall"] / slow["asyncio"]["wall"], 2)
    if "asyncio" in slow and "fast" in slow:
        yield Wanted("With orjson, 20 ms: time to asyncio's", slow["fast"]["wall"] / slow["asyncio"]["wall"], 1.3)
    yield Wanted("JSON lines, 20 ms: time to the loop's", slow["jsonl"]["wall"] / slow["loop"]["wall"], 1 / 4)
    if "parquet" in quick:
        yield Wanted("Parquet: MiB above idle", quick["parquet"]["mib"], 64)


def main() -> None:
    """Run the jobs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="100,000 issues")
    parser.add_argument("--turns", type=int, default=2, help="of each contender; the best counts")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(*arguments.one)
        return
    rows = 100_000 if arguments.full else 20_000
    found = {}
    with stub() as url:
        for seconds in (0.0, SLOW):
            found[seconds] = figures = best(url, seconds, rows, arguments.turns)
            print(f"{f'{rows:,} issues, {seconds * 1000:g} ms a page':34}{'wall s':>9}{'CPU s':>9}{'MiB':>9}")
            for name, line in figures.items():
                print(f"{TITLES[name]:34}{line['wall']:9.2f}{line['cpu']:9.2f}{line['mib']:9.1f}", flush=True)
    named = {
        f"{rows:,} issues, {seconds * 1000:g} ms a page": {TITLES[name]: line for name, line in figures.items()}
        for seconds, figures in found.items()
    }
    conclude(checks(found[0.0], found[SLOW]), arguments.json, figures=named)


if __name__ == "__main__":
    main()
