"""Processes of the harness: started, awaited, killed by id, and none left behind."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from airflow_qa_provider.demo.processes import end_group
from airflow_qa_provider.demo.runner import tail

_GONE_SECONDS = 20.0


class ShowStopped(Exception):
    """The show cannot go on; the message says what did not happen, and shows the ends of the logs."""


def await_that(what: str, condition: Callable[[], bool], seconds: float, logs: Sequence[Path] = ()) -> None:
    """Wait for a condition.

    :param what: What is waited for, for the message.
    :param condition: Asked again and again.
    :param seconds: Longest wait.
    :param logs: Logs whose ends belong to the message.
    :raises ShowStopped: It did not come true.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            ends = "\n".join(f"--- {log.name}\n{tail(log, 15)}" for log in logs)
            raise ShowStopped(f"{what} took longer than {seconds:g} s\n{ends}")
        time.sleep(0.2)


class Component:
    """A Python module, or a program, as a process group of its own.

    :param name: What it is called in messages.
    :param command: Program and arguments.
    :param env: Its environment.
    :param log: File for its output.
    :param user: Whose process it is to be; only root can choose.
    """

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, user: str | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._env = dict(env)
        self._user = user
        self.process: subprocess.Popen[bytes] | None = None

    @classmethod
    def of_airflow(cls, name: str, command: Sequence[str], env: Mapping[str, str], home: Path) -> Component:
        """Describe a part of Airflow.

        :param name: What it is called.
        :param command: Airflow's command and its arguments.
        :param env: Its environment.
        :param home: Where its log goes.
        """
        return cls(name, [sys.executable, "-W", "ignore", "-m", "airflow", *command], env, home / f"{name}.log")

    @property
    def pid(self) -> int:
        """Id of the process."""
        if self.process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self.process.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_user(self._user),
            )

    def kill(self) -> int:
        """Kill it and all of its process group with SIGKILL, and return the id that it had."""
        pid = self.pid
        os.killpg(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(_GONE_SECONDS)
        return pid

    def stop(self, grace: float = 15.0) -> None:
        """End it in order, and what it started; kill what does not end.

        :param grace: Seconds that it has.
        """
        if self.process is not None:
            end_group(self.process, grace)


def as_user(user: str | None) -> dict[str, Any]:
    """Return the arguments that make a subprocess somebody else's.

    :param user: Name of the user, ``None`` for ourselves.
    """
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def kill(process: psutil.Process) -> None:
    """Kill one process and wait until it is gone.

    :param process: The process.
    """
    process.kill()
    await_that(f"the end of process {process.pid}", lambda: is_gone(process), _GONE_SECONDS)


def is_gone(process: psutil.Process) -> bool:
    """Tell whether a process has ended, whether or not its parent has noticed.

    :param process: The process.
    """
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def listens(port: int) -> bool:
    """Tell whether somebody listens on a port of this machine.

    :param port: The port.
    """
    with socket.socket() as sock:
        sock.settimeout(1)
        return sock.connect_ex(("127.0.0.1", port)) == 0


def survivors(home: Path) -> list[psutil.Process]:
    """Return the processes whose Airflow home, or working files, are those of this harness.

    :param home: A folder that nobody else knows.
    """
    found = []
    for process in psutil.process_iter():
        try:
            belongs = process.environ().get("AIRFLOW_HOME") == str(home) or str(home) in " ".join(process.cmdline())
        except (psutil.Error, OSError):
            continue
        if belongs and process.pid != os.getpid() and not is_gone(process):
            found.append(process)
    return found
