"""``airflow-qa demo`` as a person runs it: all the way, with the vendor killed in the middle, and stopped by Ctrl-C.

All the way it runs all examples, which takes little longer than one: most of the time is Airflow's start.
"""

from __future__ import annotations

import email
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from airflow_qa_provider.demo.environment import RECIPIENTS

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "example_dags").glob("*.py"))
COMMAND = [sys.executable, "-W", "ignore", "-m", "airflow_qa_provider.cli", "demo", "--output", "out"]
TASK = r"(walk|items|refresh|deliver|region\[\d\])"


class Demo:
    """A running demo, in a folder of its own.

    Its processes are told by their command lines: all but the first name a file below the folder.
    """

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        env = {**os.environ, "TMPDIR": str(self.scratch), "PYTHONPATH": os.pathsep.join(paths)}
        self._output = folder / "output.txt"
        with self._output.open("wb") as stream:
            command = [*COMMAND, *more]
            self.process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, cwd=folder, env=env)
        self.seen: set[psutil.Process] = set()

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait(self, seconds: float) -> int:
        """Wait until it has ended, and keep in mind which processes there were."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still running after {seconds} s: {self.output}"
            self.children()
            time.sleep(0.05)
        return self.process.returncode

    def children(self) -> list[psutil.Process]:
        try:
            found = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        self.seen.update(found)
        return found

    def sandbox(self) -> psutil.Process:
        (found,) = [child for child in self.children() if "qa_sandbox.command" in child.cmdline()]
        return found

    def wait_for_the_sandbox(self, seconds: float = 60) -> None:
        """Return when there is a process to be left behind."""
        deadline = time.monotonic() + seconds
        while not self.children():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.02)

    def wait_for_a_remote_job(self, seconds: float = 120) -> None:
        """Return when a task has just started something that takes the vendor a few seconds."""
        deadline = time.monotonic() + seconds
        while not self._remote_jobs():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            self.children()
            time.sleep(0.05)

    def _remote_jobs(self) -> list[Any]:
        for file in self.scratch.glob("*/sandbox.json"):
            for connection in json.loads(file.read_text()).values():
                root = re.match(r"http://[^/]+", connection["host"])
                assert root is not None
                logged = requests.get(f"{root[0]}/__sandbox__/requests", timeout=10).json()["requests"]
                if started := [entry for entry in logged if entry["method"] == "POST" and entry["status"] == 200]:
                    return started
        return []

    def left_behind(self, seconds: float = 10) -> list[str]:
        """Command lines of processes that are still there."""
        psutil.wait_procs(self.seen, timeout=seconds)
        alive = [process for process in self.seen if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
        named = [p for p in psutil.process_iter(["cmdline"]) if str(self.folder) in " ".join(p.info["cmdline"] or [])]
        return [" ".join(process.cmdline()) for process in {*alive, *named}]

    def end(self) -> None:
        for process in [*self.children(), *self.seen]:
            if process.is_running():
                process.kill()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextmanager
def running(folder: Path, *more: str) -> Iterator[Demo]:
    demo = Demo(folder, *more)
    try:
        yield demo
    finally:
        demo.end()


def attachments(mail: Path) -> dict[str | None, bytes]:
    message: Any = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    return {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}


def test_the_demo_delivers_and_says_what(tmp_path: Path) -> None:
    with running(tmp_path, "--all") as demo:
        code = demo.wait(540)
        assert demo.left_behind() == []
    out = tmp_path / "out"
    mails = sorted((out / "mails").glob("*.eml"))
    (mailed,) = {path.parent for path in out.rglob("*.xlsx")}  # others have files of their own
    files = {path.name: path for path in mailed.iterdir()}

    assert code == 0, demo.output
    assert "Traceback" not in demo.output
    assert {path.suffix for path in files.values()} == {".pdf", ".xlsx", ".json"}
    assert sorted(mail.name.split("-", 1)[1] for mail in mails) == sorted(f"{one}.eml" for one in RECIPIENTS)
    for mail in mails:
        assert attachments(mail) == {name: path.read_bytes() for name, path in files.items()}
    for path in mails:
        assert str(path.relative_to(tmp_path)) in demo.output
    for path in files.values():
        assert path.name in demo.output
        assert f"The files are in {path.parent.relative_to(tmp_path)}\n" in demo.output
    assert f"{len(files)} files, {len(mails)} mails, every attachment equal to its file" in demo.output
    for name in EXAMPLES:
        assert re.search(rf"{name} +│ success │", demo.output), demo.output
    assert f"{len(EXAMPLES)} of {len(EXAMPLES)} DAGs were a success." in demo.output
    assert list(demo.scratch.iterdir()) == []


def test_a_vendor_that_dies_is_named_with_the_task_that_needed_it(tmp_path: Path) -> None:
    with running(tmp_path) as demo:
        demo.wait_for_a_remote_job()
        demo.sandbox().kill()
        code = demo.wait(60)
        assert demo.left_behind() == []

    assert code == 1
    assert "Traceback" not in demo.output
    (explained,) = [line for line in demo.output.splitlines() if line.startswith("The demo failed:")]
    assert re.search(rf"the sandbox was ended by SIGKILL while Airflow was at: {TASK}\. ", explained), demo.output
    assert "The run was stopped there" in explained
    assert list((tmp_path / "out" / "mails").iterdir()) == []
    assert list(demo.scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGINT, Demo.wait_for_a_remote_job),
        (signal.SIGINT, Demo.wait_for_the_sandbox),
        (signal.SIGTERM, Demo.wait_for_the_sandbox),
        (signal.SIGHUP, Demo.wait_for_the_sandbox),
    ],
)
def test_a_stop_in_the_middle_leaves_nothing_behind(
    number: signal.Signals, moment: Callable[[Demo], None], tmp_path: Path
) -> None:
    with running(tmp_path) as demo:
        moment(demo)
        demo.process.send_signal(number)
        code = demo.wait(60)
        assert demo.left_behind() == []

    assert code == 130
    assert demo.output.rstrip().endswith("Stopped.")
    assert "Traceback" not in demo.output
    assert list(demo.scratch.iterdir()) == []
