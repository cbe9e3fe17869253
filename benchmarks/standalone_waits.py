"""Many mapped deferred waits on a real ``airflow standalone``: what the vendor sees, and whether any task fails.

Every run asks for reports that are not ready until all waits are deferred; then the sandbox clock is pushed on. The
calls that the vendor sees are compared with those of one poller per wait at the same interval.

    python -m benchmarks.standalone_waits --runs 5 --waits 200 --resumes 16
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from airflow_qa_provider.demo.environment import airflow_environment
from airflow_qa_provider.demo.processes import child
from airflow_qa_provider.demo.runner import migrate
from airflow_qa_provider.demo.standalone import free_port, healthy, settings_for

DAG_ID = "many_waits"
_NOT_READY_SECONDS = 36_000
_SENSORS = ("wait", "resume")


@dataclass
class Outcome:
    """One run.

    :param states: Final state to number of sensor tasks.
    :param calls: Status calls that the vendor saw while tasks waited.
    :param separate: Calls that one poller per wait would have made.
    :param seconds: From the vendor's "ready" until the run was done.
    """

    states: Counter[str]
    calls: int
    separate: int
    seconds: float


class Airflow:
    """The REST API of the standalone.

    :param port: Its port.
    """

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._token = self._ask("GET", "/auth/token")["access_token"]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "_token"):
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def trigger(self) -> str:
        """Start a run and return its id."""
        return str(self._ask("POST", f"/api/v2/dags/{DAG_ID}/dagRuns", {"logical_date": None})["dag_run_id"])

    def state(self, run_id: str) -> str:
        """Return the state of a run."""
        return str(self._ask("GET", f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}")["state"])

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        """Return the sensors' task instances of a run."""
        found: list[dict[str, Any]] = []
        while True:
            path = f"/api/v2/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances?limit=100&offset={len(found)}"
            answer = self._ask("GET", path)
            found += answer["task_instances"]
            if len(found) >= answer["total_entries"] or not answer["task_instances"]:
                return [ti for ti in found if ti["task_id"] in _SENSORS]


def _control(url: str, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/__sandbox__{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def _await(what: str, condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} took longer than {seconds:g} s")
        time.sleep(1)


def run_once(airflow: Airflow, root: str, sensors: int, interval: float, limit: float) -> Outcome:
    """Run the DAG once.

    :param airflow: The REST API.
    :param root: Root address of the sandbox.
    :param sensors: How many waits there will be.
    :param interval: Poll interval in seconds.
    :param limit: Seconds after which the run is given up.
    """
    _control(root, "DELETE", "/requests")
    run_id = airflow.trigger()
    over = ("success", "failed", "upstream_failed", "skipped")

    def all_deferred() -> bool:
        states = [ti["state"] for ti in airflow.tasks(run_id)]
        return len(states) == sensors and all(state in ("deferred", *over) for state in states)

    _await("deferring all waits", all_deferred, limit)
    # so that every wait has been polled for a while
    polled = time.monotonic() + 6 * interval
    _await("polling", lambda: time.monotonic() > polled, 7 * interval + 5)
    _control(root, "POST", "/clock/advance", {"seconds": _NOT_READY_SECONDS})
    ready = time.monotonic()
    _await("the end of the run", lambda: airflow.state(run_id) in over, limit)
    seconds = time.monotonic() - ready
    tasks = airflow.tasks(run_id)
    log = _control(root, "GET", "/requests")
    requests = log["requests"] if isinstance(log, dict) else log
    # each task looks once on its worker before it defers; that is no poll
    looks = [r for r in requests if r["method"] == "GET" and "/status/" in r["path"]]
    waited = sum(_seconds(ti) for ti in tasks)
    return Outcome(
        Counter(ti["state"] for ti in tasks), max(0, len(looks) - len(tasks)), int(waited / interval), seconds
    )


def _seconds(ti: dict[str, Any]) -> float:
    start, end = (datetime.fromisoformat(ti[name].replace("Z", "+00:00")) for name in ("start_date", "end_date"))
    return (end - start).total_seconds()


def main() -> int:
    """Run the comparison and return 1 when a task failed or the vendor saw too many calls."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--waits", type=int, default=200)
    parser.add_argument("--resumes", type=int, default=16)
    parser.add_argument("--interval", type=float, default=5.0, help="poll interval in seconds")
    parser.add_argument("--limit", type=float, default=1500.0, help="seconds for each phase of a run")
    args = parser.parse_args()
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="airflow-qa-waits-") as folder:
        outcomes = _measure(Path(folder), args)
    table = Table(title=f"{args.waits} waits ended by the trigger, {args.resumes} resumed on a worker")
    for heading in ("Run", "States", "Calls seen", "Calls of separate pollers", "Ratio", "Ready to done, s"):
        table.add_column(heading, justify="left" if heading == "States" else "right")
    good = True
    for number, outcome in enumerate(outcomes, 1):
        ratio = outcome.separate / max(1, outcome.calls)
        good &= set(outcome.states) == {"success"} and ratio > 20
        states = ", ".join(f"{count} {state}" for state, count in outcome.states.items())
        row = (
            str(number),
            states,
            str(outcome.calls),
            str(outcome.separate),
            f"1/{ratio:.0f}",
            f"{outcome.seconds:.0f}",
        )
        table.add_row(*row)
    console.print(table)
    return 0 if good else 1


def _measure(home: Path, args: argparse.Namespace) -> list[Outcome]:
    port, connections_file = free_port(), home / "sandbox.json"
    sandbox = ["airflow_qa_provider.cli", "sandbox", "--vendor", "qalyptus", "--connections", str(connections_file)]
    sandbox += ["--report-seconds", str(_NOT_READY_SECONDS), "--report-queue-seconds", "1"]
    with child(sandbox, log=home / "sandbox.log"):
        _await("the sandbox", connections_file.exists, 30)
        connections = json.loads(connections_file.read_text())
        connections["qalyptus_default"]["extra"]["poll_interval"] = args.interval
        settings = {
            **settings_for(port),
            "CORE__DAGS_FOLDER": str(Path(__file__).parent / "dags"),
            "CORE__MAX_ACTIVE_TASKS_PER_DAG": "1000",
            "CORE__PARALLELISM": "6",
            # as Airflow comes, for the race between pause and resume depends on it
            "WORKERS__MIN_HEARTBEAT_INTERVAL": "5",
        }
        env = airflow_environment(home, settings, connections)
        env["MANY_WAITS"], env["MANY_RESUMES"] = str(args.waits), str(args.resumes)
        migrate(home, env, False)
        with child(["airflow", "standalone"], env, home / "standalone.log", 20):
            _await("airflow standalone", lambda: healthy(port), 120)
            airflow = Airflow(port)
            root = connections["qalyptus_default"]["host"].partition("/api/")[0]
            outcomes = []
            for number in range(args.runs):
                outcomes.append(run_once(airflow, root, args.waits + args.resumes, args.interval, args.limit))
                print(f"run {number + 1}: {outcomes[-1]}", file=sys.stderr, flush=True)
            return outcomes


if __name__ == "__main__":
    sys.exit(main())
