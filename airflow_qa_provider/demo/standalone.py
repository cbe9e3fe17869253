"""``make airflow``: the examples in a real Airflow with its user interface, until Ctrl-C."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.markup import escape

from airflow_qa_provider.demo import webhooks
from airflow_qa_provider.demo.downloads import served_files
from airflow_qa_provider.demo.environment import airflow_environment, demo_connections, loopback
from airflow_qa_provider.demo.home import USER, DemoFailed, Home, Ports, free_port, opened
from airflow_qa_provider.demo.inputs import write_inputs
from airflow_qa_provider.demo.processes import child, ending, succeeded
from airflow_qa_provider.demo.runner import COMMAND_SECONDS, sandboxes, tail
from airflow_qa_provider.demo.summary import short

__all__ = ["free_port", "healthy", "run_standalone", "settings_for"]

_START_SECONDS = 600.0
_STOP_SECONDS = 20.0
_SAY_SECONDS = 5.0
_COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


def run_standalone(output: Path, port: int, verbose: bool) -> int:
    """Serve Airflow, the sandboxes and a mail server until SIGINT or SIGTERM.

    :param output: Folder for everything; what is in it from an earlier start is taken up.
    :param port: Port of the user interface; 0 for a free one.
    :param verbose: Whether to show the output of all processes.
    :return: Exit code.
    """
    console = Console(soft_wrap=True, highlight=False)
    stopped = threading.Event()
    try:
        with opened(output) as home, _signals(stopped):
            _serve(_Steps(console), home, home.ports(port), verbose, stopped)
        console.print("Stopped; no process is left.")
        return 0
    except DemoFailed as error:
        console.print(f"[bold red]Airflow could not be shown:[/] {escape(str(error))}")
        return 1


class _Steps:
    """Says what is being done, and for how long already.

    :param console: Where.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = self._said = time.monotonic()
        self._step = ""

    def say(self, step: str) -> None:
        """Say that something begins."""
        self._step, self._said = step, time.monotonic()
        self.console.print(f"{self._said - self._began:4.0f} s  {escape(step)}")

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Say now and then that a step goes on, for the length of a ``with`` block."""
        over = threading.Event()

        def remind() -> None:
            while not over.wait(1):
                if time.monotonic() - self._said >= _SAY_SECONDS:
                    self.say(f"{self._step.removesuffix(' ...')} ...")

        thread = threading.Thread(target=remind, name="airflow-qa-ui-progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _serve(steps: _Steps, home: Home, ports: Ports, verbose: bool, stopped: threading.Event) -> None:
    from qa_sandbox.smtp_sink import SmtpSink, smtp_connection

    _announce(steps.console, home, ports)
    steps.say("Starting the vendors and the mail server")
    with ExitStack() as stack, ExitStack() as starting:
        starting.enter_context(steps.going_on())
        sink = stack.enter_context(SmtpSink(home.mails, port=ports.mail))
        sandbox, vendors = stack.enter_context(sandboxes(home.airflow, verbose, ports.sandbox))
        env = airflow_environment(home.airflow, _ui_settings(home, ports))
        write_inputs(home.files)
        files_url = stack.enter_context(served_files(home.files, ports.files))
        wanted = demo_connections(
            vendors, smtp_connection(sink), home.files, output_url=files_url, webhook_token=home.webhook_token()
        )
        webhooks.register(wanted, f"http://{loopback()}:{ports.ui}")
        steps.say("Preparing the Airflow database")
        _prepare(home, env, wanted, verbose, stopped)
        processes = {"the sandbox": sandbox}
        if not stopped.is_set():
            steps.say("Starting Airflow")
        for name, command in _commands(ports).items() if not stopped.is_set() else ():
            log = None if verbose else home.airflow / f"{name}.log"
            arguments = ["airflow_qa_provider.demo.component", *command]
            processes[f"airflow {name}"] = stack.enter_context(child(arguments, env, log, _STOP_SECONDS))
        deadline = time.monotonic() + _START_SECONDS
        while not stopped.is_set() and not (listens(ports.tasks) and healthy(ports.ui)):
            _all_alive(processes, home, time.monotonic() < deadline)
            stopped.wait(0.3)
        starting.close()
        if not stopped.is_set():
            steps.say(f"Airflow is up: http://127.0.0.1:{ports.ui}")
        while not stopped.wait(0.5):
            _all_alive(processes, home)
        steps.console.print("Stopping Airflow ...")
        # all at once: one after the other takes four times as long
        for process in processes.values():
            if process.poll() is None and process is not sandbox:
                process.send_signal(signal.SIGINT)


def _commands(ports: Ports) -> dict[str, list[str]]:
    return {
        "api-server": ["api-server", "--apps", "core", "--port", str(ports.ui)],
        # of its own: on SQLite, one for people and tasks locks itself out when both write
        "task-api": ["api-server", "--apps", "execution", "--port", str(ports.tasks)],
        "scheduler": ["scheduler"],
        "dag-processor": ["dag-processor"],
        "triggerer": ["triggerer"],
    }


def _prepare(
    home: Home,
    env: Mapping[str, str],
    connections: Mapping[str, Mapping[str, Any]],
    verbose: bool,
    stopped: threading.Event,
) -> None:
    wanted, log = home.airflow / "connections.json", home.airflow / "prepare.log"
    wanted.write_text(json.dumps(connections))
    command = ["airflow_qa_provider.demo.prepare", str(wanted), str(home.folder / "connections.json")]
    with child(command, env, None if verbose else log) as process:
        deadline = time.monotonic() + COMMAND_SECONDS
        while process.poll() is None and not stopped.is_set() and time.monotonic() < deadline:
            stopped.wait(0.1)
        if not stopped.is_set() and not succeeded(process, 0):
            raise DemoFailed(f"the Airflow database could not be made: it {ending(process)}. {tail(log)}")


def _all_alive(processes: Mapping[str, subprocess.Popen[bytes]], home: Home, in_time: bool = True) -> None:
    for name, process in processes.items():
        log = home.airflow / ("sandbox.log" if name == "the sandbox" else f"{name.removeprefix('airflow ')}.log")
        if process.poll() is not None:
            raise DemoFailed(f"{name} {ending(process)}. {tail(log)}")
    if not in_time:
        raise DemoFailed(f"Airflow was not up within {_START_SECONDS:g} s; its logs are in {home.airflow}.")


def _announce(console: Console, home: Home, ports: Ports) -> None:
    from airflow_qa_provider.demo.environment import dag_folder

    shown = short(home.folder)
    console.print(
        f"Airflow will be at [bold]http://127.0.0.1:{ports.ui}[/] in about half a minute.\n"
        f"Log in as [bold]{USER}[/] with the password [bold]{escape(home.password())}[/]\n"
        f"and trigger any of the {len(list(dag_folder().glob('example_*.py')))} examples: "
        "five vendors and a mail server answer on this machine, and nothing leaves it.\n"
        f"Files arrive in {escape(shown)}/files, and the details of a task link to its file; mails arrive in\n"
        f"{escape(shown)}/mails. Ctrl-C ends everything;\n"
        f"state and connections stay in {escape(shown)} for the next start.\n"
    )


def _ui_settings(home: Home, ports: Ports) -> dict[str, str]:
    return {
        **settings_for(ports.ui),
        **home.keys(),
        **webhooks.SETTINGS,
        "API__BASE_URL": f"http://127.0.0.1:{ports.ui}",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{ports.tasks}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.passwords),
        # where logs are served is where the user interface asks for them
        "CORE__HOSTNAME_CALLABLE": "airflow_qa_provider.demo.environment.loopback",
        # the first task waits until the API has built its routes, which takes a busy machine longer than five seconds
        "WORKERS__EXECUTION_API_TIMEOUT": "60",
        "LOGGING__WORKER_LOG_SERVER_PORT": str(ports.worker_logs),
        "LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports.trigger_logs),
    }


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


def listens(port: int) -> bool:
    """Tell whether a server takes connections."""
    try:
        socket.create_connection((loopback(), port), timeout=2).close()
    except OSError:
        return False
    return True


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
