"""What a stranger does first, counted: ``make airflow``, all connections tested, all examples twice, and a restart.

``python -m tests.e2e.first_contact`` runs it. Exit code 0 means: everything green. What a browser shows of it is looked
at by ``tests.browser``.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from airflow_qa_provider.vendors import BUILT_IN

COMMAND = [sys.executable, "-W", "ignore", "-m", "airflow_qa_provider.cli", "demo", "--ui", "--output"]
ENDED = ("success", "failed")


class Problems(list[str]):
    """What went wrong; said at once."""

    def check(self, good: bool, what: str) -> None:
        print(f"  {'ok    ' if good else 'WRONG '} {what}", flush=True)
        if not good:
            self.append(what)


class Site:
    """The demo's Airflow, as a person with a browser sees it.

    :param process: The command.
    :param text: Its output so far.
    """

    def __init__(self, process: subprocess.Popen[bytes], text: str) -> None:
        self.process = process
        found = re.search(r"at (http://127\.0\.0\.1:\d+) .*?password (\S+)", text, re.DOTALL)
        assert found is not None, text
        self.url, self.password = found[1], found[2]
        self._session = requests.Session()

    def log_in(self) -> None:
        body = {"username": "admin", "password": self.password}
        answer = requests.post(f"{self.url}/auth/token", json=body, timeout=120)
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(method, f"{self.url}/api/v2/{path}", json=body, timeout=120)
        return answer.json() if answer.ok else {"error": f"{answer.status_code} {answer.text}"}

    def connections(self) -> dict[str, dict[str, Any]]:
        return {one["connection_id"]: one for one in self.ask("GET", "connections?limit=100")["connections"]}

    def dags(self, *, of_events: bool = False) -> list[str]:
        """DAGs that people start, or those that only events do."""
        found = self.ask("GET", "dags?limit=100")["dags"]
        return [one["dag_id"] for one in found if one["timetable_partitioned"] is of_events]

    def open_ports(self) -> set[str]:
        family = [self.process.pid, *(one.pid for one in psutil.Process(self.process.pid).children(recursive=True))]
        listening = [one for one in psutil.net_connections("inet") if one.status == psutil.CONN_LISTEN]
        return {one.laddr.ip for one in listening if one.pid in family}


@contextmanager
def served(folder: Path, limit: float) -> Iterator[Site]:
    """The command, from its first line to Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends the test ends Airflow, too
    output = folder.with_suffix(".txt")
    with output.open("wb") as stream:
        process = subprocess.Popen([*COMMAND, str(folder)], stdout=stream, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + limit
        while "Airflow is up" not in output.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(output.read_text())
            time.sleep(0.2)
        site = Site(process, output.read_text())
        site.log_in()
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def try_connections(site: Site, problems: Problems) -> None:
    """Test each stored connection as the page does, which sends 0 for no port."""
    names = ("connection_id", "conn_type", "description", "extra", "host", "login", "password", "schema")
    for conn_id, one in site.connections().items():
        if one["conn_type"] in BUILT_IN:
            body = {
                **{name: one[name] or ("{}" if name == "extra" else "") for name in names},
                "port": one["port"] or 0,
            }
            answer = site.ask("POST", "connections/test", body)
            problems.check(answer.get("status") is True, f"Test of {conn_id}: {answer.get('message', answer)}")


def trigger(site: Site, problems: Problems, dags: Iterable[str]) -> dict[str, str]:
    """Trigger DAGs at once; return their runs."""
    runs = {}
    for dag in dags:
        made = site.ask("POST", f"dags/{dag}/dagRuns", {"logical_date": None})
        problems.check("dag_run_id" in made, f"{dag} is triggered {made.get('error', '')}")
        runs[dag] = made.get("dag_run_id", "")
    return runs


def await_all(site: Site, problems: Problems, runs: Mapping[str, str], limit: float) -> None:
    """Wait until runs have ended, each of them well."""
    deadline, states = time.monotonic() + limit, dict.fromkeys(runs, "")
    while time.monotonic() < deadline and not all(state in ENDED for state in states.values()):
        time.sleep(2)
        states = {dag: site.ask("GET", f"dags/{dag}/dagRuns/{run}").get("state", "") for dag, run in runs.items()}
    for dag, state in states.items():
        problems.check(state == "success", f"{dag} ended as {state or 'nothing'}")


def await_events(site: Site, problems: Problems, limit: float) -> dict[str, str]:
    """Wait until each DAG that events start has runs, and all of them have ended well; return one of each."""
    deadline, runs = time.monotonic() + limit, {}
    for dag in site.dags(of_events=True):
        found: list[dict[str, Any]] = []
        while time.monotonic() < deadline and not (found and all(one["state"] in ENDED for one in found)):
            time.sleep(1)
            found = site.ask("GET", f"dags/{dag}/dagRuns?limit=100")["dag_runs"]
        states = [one["state"] for one in found]
        problems.check(set(states) == {"success"}, f"{dag} was started by events, and its runs ended as {states}")
        if found:
            runs[dag] = found[0]["dag_run_id"]
    return runs


def main() -> int:
    """Run it and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=900, help="seconds that a start, or all runs together, may take")
    args = parser.parse_args()
    problems = Problems()
    with tempfile.TemporaryDirectory(prefix="airflow-qa-first-") as scratch:
        home = Path(scratch) / "ui"
        with served(home, args.limit) as site:
            problems.check(site.open_ports() == {"127.0.0.1"}, f"listens on {sorted(site.open_ports())}")
            try_connections(site, problems)
            for _ in range(2):
                await_all(site, problems, trigger(site, problems, site.dags()), args.limit)
            await_events(site, problems, args.limit)
            before = {name: (one["host"], one["port"]) for name, one in site.connections().items()}
            password = site.password
        with served(home, args.limit) as site:
            after = {name: (one["host"], one["port"]) for name, one in site.connections().items()}
            problems.check((site.password, after) == (password, before), "a restart keeps password and connections")
            try_connections(site, problems)
    print(json.dumps({"problems": problems}, indent=1))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
