"""``make demo``: the main job, or all examples, in real Airflow, against local sandboxes and a local mail server."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from airflow_qa_provider.compat import PARTITIONS
from airflow_qa_provider.demo import webhooks
from airflow_qa_provider.demo.environment import (
    DAG_ID,
    RECIPIENTS,
    airflow_environment,
    dag_folder,
    demo_connections,
    loopback,
)
from airflow_qa_provider.demo.home import DemoFailed, check_ours, free_port
from airflow_qa_provider.demo.inputs import write_inputs
from airflow_qa_provider.demo.processes import child, ending, succeeded, wait_until
from airflow_qa_provider.demo.summary import print_dags, print_summary

_MODULE = "airflow_qa_provider"
_START_SECONDS = 30.0
COMMAND_SECONDS = 120.0
"""How long a command of Airflow may take."""


@dataclass
class Progress:
    """What the DAG process has reported so far.

    :param path: Its file of events.
    """

    path: Path
    running: dict[tuple[str, int], str] = field(default_factory=dict)
    dags: list[dict[str, Any]] = field(default_factory=list)
    ended: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    _read: int = 0

    def read(self) -> list[dict[str, Any]]:
        """Take in the new events and return them."""
        if not self.path.exists():
            return []
        lines = self.path.read_text(encoding="utf-8").split("\n")[:-1]
        fresh = [json.loads(line) for line in lines[self._read :]]
        self._read = len(lines)
        for event in fresh:
            self._apply(event)
        return fresh

    def _apply(self, event: dict[str, Any]) -> None:
        if event["event"] == "result":
            self.results.append(event)
            return
        if event["event"] == "dag":
            if event["state"] != "running":
                self.dags.append(event)
            return
        key = (event["task_id"], event["map_index"])
        if event["state"] == "running":
            self.running[key] = event["state"]
            return
        self.running.pop(key, None)
        self.ended += 1
        if event["state"] == "failed":
            self.failures.append(event)


def task_name(event: dict[str, Any]) -> str:
    """Return a task's name with its map index.

    :param event: An event of a task.
    """
    return event["task_id"] if event["map_index"] < 0 else f"{event['task_id']}[{event['map_index']}]"


def run_demo(output: Path, limit: float, verbose: bool, every: bool = False) -> int:
    """Run the demo and print what came out.

    :param output: Folder for the files; emptied first.
    :param limit: Seconds after which the run is given up.
    :param verbose: Whether to show every log line of Airflow.
    :param every: Whether to run all examples, one after the other.
    :return: Exit code.
    """
    from qa_sandbox.smtp_sink import SmtpSink, smtp_connection

    # a pipe or a log has no width of its own, and paths should stay in one piece
    console = Console() if sys.stdout.isatty() else Console(width=150)
    progress: Progress | None = None
    try:
        empty_output(output)
        with tempfile.TemporaryDirectory(prefix="airflow-qa-demo-") as folder, SmtpSink(output / "mails") as sink:
            progress = Progress(Path(folder) / "events.jsonl")
            with sandboxes(Path(folder), verbose) as (sandbox, vendors):
                token = secrets.token_urlsafe(24)
                connections = demo_connections(vendors, smtp_connection(sink), output, webhook_token=token)
                if every:
                    write_inputs(output)
                began = time.monotonic()
                files = _examples() if every else [dag_folder() / f"{DAG_ID}.py"]
                _run_dags(console, Path(folder), connections, sandbox, progress, (files, limit, verbose))
            took = time.monotonic() - began
            results = [one for one in progress.results if one["dag_id"] == DAG_ID]
            complete = print_summary(console, results, sink.mails, RECIPIENTS, took)
            if every:
                complete &= print_dags(console, progress.dags, progress.results, progress.failures)
            return 0 if complete else 1
    except DemoFailed as error:
        console.print(f"\n[bold red]The demo failed:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        console.print("`make demo VERBOSE=1` shows every log line.", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130


def _examples() -> list[Path]:
    """Return the files of all examples that this Airflow can read."""
    files = sorted(dag_folder().glob("*.py"))
    return [file for file in files if PARTITIONS or "PartitionedAssetTimetable" not in file.read_text()]


@contextmanager
def sandboxes(
    folder: Path, verbose: bool, port: int = 0
) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, dict[str, Any]]]]:
    """Serve the vendors in a process of their own for the length of a ``with`` block.

    :param folder: For its files.
    :param verbose: Whether to show its output.
    :param port: Port of the first vendor; 0 for free ones.
    :return: The process, and the connections to it.
    """
    connections, log = folder / "sandbox.json", folder / "sandbox.log"
    connections.unlink(missing_ok=True)
    arguments = ["qa_sandbox.command", "serve", "--connections", str(connections), "--port-base", str(port)]
    with child(arguments, log=None if verbose else log) as process:
        if not wait_until(connections.exists, process, _START_SECONDS):
            raise DemoFailed(f"the sandbox did not start: it {ending(process)}. {tail(log)}")
        yield process, json.loads(connections.read_text())


def migrate(home: Path, env: dict[str, str], verbose: bool) -> None:
    """Make the database of a throw-away Airflow.

    :param home: Its home.
    :param env: Its environment.
    :param verbose: Whether to show its output.
    """
    log = home / "migrate.log"
    with child(["airflow", "db", "migrate"], env, None if verbose else log) as process:
        if not succeeded(process, COMMAND_SECONDS):
            raise DemoFailed(f"the Airflow database could not be made: it {ending(process)}. {tail(log)}")


def _run_dags(
    console: Console,
    folder: Path,
    connections: dict[str, dict[str, Any]],
    sandbox: subprocess.Popen[bytes],
    progress: Progress,
    what: tuple[list[Path], float, bool],
) -> None:
    files, limit, verbose = what
    home = folder / "airflow"
    home.mkdir()
    quiet = {} if verbose else {"LOGGING__LOGGING_LEVEL": "WARNING"}
    env = airflow_environment(home, {**quiet, **webhooks.SETTINGS}, connections)
    port = free_port()
    webhooks.register(connections, f"http://{loopback()}:{port}")
    log = folder / "airflow.log"
    with console.status("Preparing a throw-away Airflow") as status:
        migrate(home, env, verbose)
        status.update("Starting the DAG")
        arguments = [f"{_MODULE}.demo.dag_process", str(progress.path), str(port), *map(str, files)]
        with child(arguments, env, None if verbose else log, grace=3) as process:
            deadline = time.monotonic() + limit
            while process.poll() is None:
                _show(console, status, progress)
                where = ", ".join(sorted(_names(progress))) or ("between tasks" if progress.ended else "no task yet")
                if sandbox.poll() is not None:
                    raise DemoFailed(
                        f"the sandbox {ending(sandbox)} while Airflow was at: {where}. "
                        "The run was stopped there; no mail was sent unless `deliver` is named. Run it again."
                    )
                if time.monotonic() > deadline:
                    raise DemoFailed(f"the run took longer than {limit:g} s; Airflow was at: {where}.")
                time.sleep(0.1)
            _show(console, status, progress)
        if progress.failures and len(files) == 1:
            raise DemoFailed(_reasons(progress))
        if process.returncode != 0 and len(progress.dags) < len(files):
            raise DemoFailed(f"the DAG process {ending(process)}. {tail(log)}")


def _names(progress: Progress) -> list[str]:
    return [task_name({"task_id": task, "map_index": index}) for task, index in progress.running]


def _show(console: Console, status: Any, progress: Progress) -> None:
    for event in progress.read():
        if event["event"] == "dag" and event["state"] == "running" and event["dag_id"] != DAG_ID:
            console.print(escape(event["dag_id"]), highlight=False)
        elif event["event"] == "task" and event["state"] != "running":
            mark = {"success": "[green]done[/]", "skipped": "[yellow]skipped[/]"}.get(event["state"], "[red]failed[/]")
            console.print(f"  {mark}  {escape(task_name(event))}", highlight=False)
        elif event["event"] == "task":
            status.update(f"Running {escape(task_name(event))}")


def _reasons(progress: Progress) -> str:
    lines = [f"task {task_name(event)}: {event.get('error', 'no reason given')}" for event in progress.failures]
    return "; ".join(lines)


def empty_output(output: Path) -> None:
    """Make an empty folder; one that holds anything but an earlier demo is refused."""
    mark = output / ".airflow-qa-demo"
    check_ours(output, mark)
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    mark.touch()


def tail(log: Path, lines: int = 12) -> str:
    """Return the end of a log, for an error message.

    :param log: The file.
    :param lines: How many lines.
    """
    if not log.exists():
        return ""
    last = log.read_text(errors="replace").strip().splitlines()[-lines:]
    return "Its last words:\n" + "\n".join(last) if last else ""
