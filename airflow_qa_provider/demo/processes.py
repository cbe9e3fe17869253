"""Child processes that never outlive their parent's work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_GRACE_SECONDS = 10.0


@contextmanager
def child(
    arguments: Sequence[str],
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    grace: float = _GRACE_SECONDS,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python module as a process group of its own for the length of a ``with`` block.

    :param arguments: Module name and its arguments.
    :param env: Its environment; ours by default.
    :param log: File for its output; our own output by default.
    :param grace: Seconds that it has to end after SIGINT, before it is killed.
    """
    output = None if log is None else log.open("ab")
    # a session of its own: a Ctrl-C in the terminal reaches only us, and we end the children in order
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-W", "ignore", "-m", *arguments],
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end_group(process, grace)
        if output is not None:
            output.close()


def end_group(process: subprocess.Popen[bytes], grace: float = _GRACE_SECONDS) -> None:
    """End a process and all that it started.

    :param process: Leader of its own process group.
    :param grace: Seconds that it has to end after SIGINT.
    """
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def succeeded(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end of a process, and tell whether it came in time and was a good one.

    :param process: The process.
    :param seconds: How long to wait at most.
    """
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    return process.poll() == 0


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait until a condition holds; stop early when the process has ended.

    :param ready: The condition.
    :param process: Who is to bring it about.
    :param seconds: How long to wait at most.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if process.poll() is not None:
            return ready()
        time.sleep(0.05)
    return False


def ending(process: subprocess.Popen[bytes]) -> str:
    """Say in words how a process ended.

    :param process: The process.
    """
    code = process.poll()
    if code is None:
        return "is still running"
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
