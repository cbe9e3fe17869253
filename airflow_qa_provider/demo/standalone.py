"""``make airflow``: the demo in a real Airflow with its user interface, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import socket
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.markup import escape

from airflow_qa_provider.demo.environment import DAG_ID, airflow_environment, demo_connections
from airflow_qa_provider.demo.processes import child, ending, succeeded
from airflow_qa_provider.demo.runner import COMMAND_SECONDS, DemoFailed, empty_output, migrate, sandboxes, tail

_START_SECONDS = 120.0
_STOP_SECONDS = 20.0
_COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


def run_standalone(output: Path, port: int, verbose: bool) -> int:
    """Serve Airflow, the sandboxes and a mail server until SIGINT or SIGTERM.

    :param output: Folder for the files; emptied first.
    :param port: Port of the user interface; 0 for a free one.
    :param verbose: Whether to show the output of all processes.
    :return: Exit code.
    """
    console = Console()
    stopped = threading.Event()
    try:
        empty_output(output)
        with _signals(stopped), tempfile.TemporaryDirectory(prefix="airflow-qa-ui-") as folder:
            _serve(console, Path(folder), output, port or free_port(), verbose, stopped)
        console.print("Stopped; no process is left.")
        return 0
    except DemoFailed as error:
        console.print(f"[bold red]Airflow could not be shown:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return 1


def _serve(console: Console, home: Path, output: Path, port: int, verbose: bool, stopped: threading.Event) -> None:
    from qa_sandbox.smtp_sink import SmtpSink, smtp_connection

    with SmtpSink(output / "mails") as sink, sandboxes(home, verbose) as (sandbox, vendors):
        env = airflow_environment(home, settings_for(port))
        connections = home / "connections.json"
        connections.write_text(json.dumps(demo_connections(vendors, smtp_connection(sink), output)))
        with console.status("Preparing the Airflow database"):
            migrate(home, env, verbose)
            _airflow(["connections", "import", str(connections)], home, env, verbose)
        log = home / "standalone.log"
        with child(["airflow", "standalone"], env, None if verbose else log, _STOP_SECONDS) as process:
            with console.status("Starting Airflow"):
                deadline = time.monotonic() + _START_SECONDS
                while not healthy(port) and not stopped.is_set():
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise DemoFailed(f"airflow standalone {ending(process)}. {tail(log)}")
                    stopped.wait(0.3)
            if not stopped.is_set():
                _announce(console, port, output)
            while not stopped.wait(0.5):
                for name, server in (("airflow standalone", process), ("the sandbox", sandbox)):
                    if server.poll() is not None:
                        raise DemoFailed(f"{name} {ending(server)}. {tail(log)}")
            console.print("Stopping Airflow ...")


def _airflow(arguments: list[str], home: Path, env: dict[str, str], verbose: bool) -> None:
    log = home / "airflow.log"
    with child(["airflow", *arguments], env, None if verbose else log) as process:
        if not succeeded(process, COMMAND_SECONDS):
            raise DemoFailed(f"`airflow {' '.join(arguments[:2])}` {ending(process)}. {tail(log)}")


def _announce(console: Console, port: int, output: Path) -> None:
    console.print(f"\nAirflow is at [bold]http://localhost:{port}[/] (no login).", highlight=False)
    console.print(f"The DAG is at http://localhost:{port}/dags/{DAG_ID}; trigger it there.", highlight=False)
    console.print(f"Files and mails will be in {escape(str(output))}. Ctrl-C ends everything.", highlight=False)


def settings_for(port: int) -> dict[str, str]:
    """Return the settings of a standalone Airflow without login.

    :param port: Port of its API and user interface.
    """
    return {
        "API__PORT": str(port),
        "API__HOST": "127.0.0.1",
        "API__BASE_URL": f"http://localhost:{port}",
        "CORE__EXECUTION_API_SERVER_URL": f"http://localhost:{port}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "CORE__PARALLELISM": "4",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__TEST_CONNECTION": "Enabled",
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    }


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def healthy(port: int) -> bool:
    """Tell whether all parts of a standalone Airflow are up.

    :param port: Port of its API.
    """
    url = f"http://127.0.0.1:{port}/api/v2/monitor/health"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            health: dict[str, Any] = json.load(answer)
    except (OSError, ValueError):
        return False
    return all((health.get(name) or {}).get("status") == "healthy" for name in _COMPONENTS)


@contextmanager
def _signals(stopped: threading.Event) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
