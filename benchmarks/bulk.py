"""Many milestones: the bulk operator beside a loop over a ``requests.Session``, against one stub, in one run.

``python -m benchmarks.bulk`` runs a small round, ``--full`` the one whose numbers are in docs/bulk.md. Each contender
has a process of its own, and they take turns. Exits non-zero where a figure is missed by more than a fifth.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.bulk_stub import milestone
from benchmarks.meter import cpu_seconds
from benchmarks.wanted import Wanted, conclude

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Round:
    """One job.

    :param title: For the table.
    :param rows: How many are written.
    :param there: How many milestones the project has; rows that it has are as they should be.
    :param seconds: That an answer takes.
    :param by_hand: Rows of the loop, where all of them would take long; its figures are scaled.
    :param in_flight: Of the operator.
    """

    title: str
    rows: int
    there: int
    seconds: float
    by_hand: int
    in_flight: int = 16


def rounds(*, full: bool) -> list[Round]:
    """Return the jobs."""
    few, many, there = (500, 5000, 50_000) if full else (100, 1000, 10_000)
    return [
        Round("200 rows, 0 ms", 200, 0, 0.0, 200),
        Round(f"{many:,} rows, 20 ms", many, 0, 0.02, many if full else few, 32),
        Round(f"{many:,} rows into {there:,}, unchanged", many, there, 0.0, few),
    ]


def planned(count: int) -> list[dict[str, Any]]:
    """Return rows as a schedule has them."""
    return [
        {"activity": one["externalId"], "name": one["name"], "status": "planned", "product": "earthworks",
         "start": one["fields"]["startDate"]}
        for one in map(milestone, range(count))
    ]  # fmt: skip


class State(dict[str, Any]):
    """The state of a task, as far as it costs this process something."""

    def set(self, key: str, value: Any, *, retention: Any = None) -> None:
        self[key] = json.dumps(value)

    def delete(self, key: str) -> None:
        self.pop(key, None)


def ours(url: str, rows: list[dict[str, Any]], job: Round) -> None:
    """Write the rows with the operator of this package."""
    from types import SimpleNamespace

    from airflow_qa_provider.operators.conqa import ConqaSyncMilestonesOperator

    extra = {"project_id": "p-1"}
    os.environ["AIRFLOW_CONN_CONQA_DEFAULT"] = json.dumps(
        {"conn_type": "conqa", "host": url, "password": "key", "extra": extra}
    )
    task = ConqaSyncMilestonesOperator(
        task_id="sync",
        rows=rows,
        columns={
            "external_id": "activity",
            "name": "name",
            "status": "status",
            "fields": {"productType": {"value": "product"}, "startDate": "start"},
        },
        max_in_flight=job.in_flight,
    )
    ti = SimpleNamespace(
        run_id="r", dag_id="d", task_id="sync", map_index=-1, try_number=1, max_tries=2, xcom_push=lambda **_: None
    )
    summary = task.execute({"ti": ti, "task_state_store": State()})
    assert summary["created"] + summary["unchanged"] == len(rows), summary


def by_hand(url: str, rows: list[dict[str, Any]], job: Round) -> None:
    """Write the rows as most people would."""
    from datetime import datetime, timezone

    import requests

    session = requests.Session()
    session.headers["Authorization"] = "key"
    now = datetime.now(timezone.utc).isoformat()
    for row in rows:
        fields = {"productType": {"value": row["product"]}, "startDate": row["start"]}
        body = {
            "metadata": {"timestamp": now},
            "data": {"name": row["name"], "status": {"value": row["status"]}, "fields": fields},
        }
        path = f"{url}/api-v1/project/p-1/milestones/{row['activity']}"
        session.post(path, json=body, timeout=60).raise_for_status()


CONTENDERS: dict[str, Callable[[str, list[dict[str, Any]], Round], None]] = {"ours": ours, "by hand": by_hand}


@contextmanager
def stub() -> Iterator[str]:
    """Run the vendor for the length of a ``with`` block and yield its address."""
    command = [sys.executable, "-m", "benchmarks.bulk_stub"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def ask(url: str, path: str) -> Any:
    """Ask the stub for something beside the measurement."""
    import requests

    return requests.get(url + path, timeout=600).json()


def measured(name: str, url: str, job: Round) -> dict[str, Any]:
    """Let one contender write its rows in a process of its own; figures are for all rows of the job."""
    count = job.rows if name == "ours" else job.by_hand
    ask(url, f"/__begin?seconds={job.seconds}&there={job.there}")
    with tempfile.TemporaryDirectory() as home:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
        settings = {"AIRFLOW_HOME": home, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "benchmarks.bulk", "--one", name, url, json.dumps(asdict(job)), str(count)]
        done = subprocess.run(
            command, cwd=ROOT, env={**clean, **settings}, capture_output=True, text=True, check=False, timeout=1800
        )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    spent = json.loads(done.stdout.splitlines()[-1])
    scale = job.rows / count
    return {**{key: value * scale for key, value in spent.items()}, **ask(url, "/__counts")}


def one(name: str, url: str, job: Round, count: int) -> None:
    """Write the rows, and print what it cost."""
    import logging

    logging.disable(logging.ERROR)
    # both begin where the process of a task does: Airflow has been imported, and the DAG file read
    import airflow.sdk.execution_time.task_runner  # noqa: F401

    from airflow_qa_provider.operators import conqa  # noqa: F401

    rows = planned(count)
    began, cpu = time.perf_counter(), cpu_seconds()
    CONTENDERS[name](url, rows, job)
    print(json.dumps({"wall": time.perf_counter() - began, "cpu": cpu_seconds() - cpu}))


def checks(jobs: list[tuple[Round, dict[str, dict[str, Any]]]]) -> Iterator[Wanted]:
    """Yield what is wanted."""
    (small, quick), (many, slow), (full, same) = jobs
    for what, words in (("wall", "time"), ("cpu", "CPU")):
        yield Wanted(f"{small.title}: {words} to the loop's", quick["ours"][what] / quick["by hand"][what], 2)
    yield Wanted(f"{many.title}: time to the loop's", slow["ours"]["wall"] / slow["by hand"]["wall"], 1 / 15)
    calls = slow["ours"]["lists"] + slow["ours"]["writes"]
    yield Wanted(f"{many.title}: requests to lists and rows", calls / (many.rows + 1), 1.02, exact=True)
    pages = -(-full.there // 300)
    yield Wanted(f"{full.title}: lists", same["ours"]["lists"], pages, exact=True)
    yield Wanted(f"{full.title}: writes", same["ours"]["writes"], 0, exact=True)


def main() -> None:
    """Run the jobs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="5,000 rows, and a project of 50,000 milestones")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        name, url, job, count = arguments.one
        one(name, url, Round(**json.loads(job)), int(count))
        return
    found = []
    print(f"{'':34}{'':9}{'wall s':>9}{'CPU s':>9}{'lists':>8}{'writes':>8}")
    with stub() as url:
        for job in rounds(full=arguments.full):
            figures = {name: measured(name, url, job) for name in CONTENDERS}
            found.append((job, figures))
            for name, line in figures.items():
                shown = f"{line['wall']:9.2f}{line['cpu']:9.2f}{line['lists']:8}{line['writes']:8}"
                print(f"{job.title if name == 'ours' else '':34}{name:9}{shown}")
            ratio = figures["by hand"]["wall"] / figures["ours"]["wall"]
            print(f"{'':34}{ratio:.1f} times as fast", flush=True)
    conclude(checks(found), arguments.json, figures={job.title: figures for job, figures in found})


if __name__ == "__main__":
    main()
