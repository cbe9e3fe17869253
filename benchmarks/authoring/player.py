"""The Airflow of the jobs, in a process of its own: what it takes of the processor is not mixed with the vendors'."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

_SECONDS = 600.0


@dataclass(frozen=True)
class Part:
    """What is to be played.

    :param module: Module with the ``dag``.
    :param connections: Airflow's connections, name to JSON.
    :param dies_after: Method, path and number of the request after whose answer the task's process ends.
    """

    module: str
    connections: Mapping[str, str]
    dies_after: tuple[str, str, int] | None = None


@dataclass(frozen=True)
class Played:
    """How it went.

    :param state: Of the DAG run.
    :param cpu: Seconds of processor time that ``dag.test()`` took.
    :param seconds: Seconds that it took.
    """

    state: str
    cpu: float
    seconds: float


class Player:
    """Plays one DAG after the other. Use it as a context manager.

    :param home: ``AIRFLOW_HOME``; made anew.
    """

    def __init__(self, home: Path) -> None:
        _prepare_airflow(home)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()

    def __enter__(self) -> Player:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    def play(self, part: Part) -> Played:
        """Run a DAG to its end."""
        self._pipe.send(part)
        if not self._pipe.poll(_SECONDS):
            raise TimeoutError(f"{part.module} takes longer than {_SECONDS:g} s")
        played = self._pipe.recv()
        if isinstance(played, str):
            raise RuntimeError(f"{part.module}: {played}")
        assert isinstance(played, Played)
        return played


def _prepare_airflow(home: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("AIRFLOW_CONN_", "AIRFLOW__", "AIRFLOW_VAR_"))]:
        del os.environ[name]
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(Path(__file__).parent / "ours"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def _serve(pipe: Pipe) -> None:
    while (part := pipe.recv()) is not None:
        try:
            pipe.send(_played(part))
        except Exception as error:
            pipe.send(f"{type(error).__name__}: {error}")


def _played(part: Part) -> Played:
    for name in [name for name in os.environ if name.startswith("AIRFLOW_CONN_")]:
        del os.environ[name]
    os.environ |= {f"AIRFLOW_CONN_{name.upper()}": fields for name, fields in part.connections.items()}
    dag = importlib.reload(importlib.import_module(part.module)).dag
    _hurry(dag)
    _register(dag)
    _forget()
    with _killed_after(*part.dies_after) if part.dies_after else nullcontext():
        began, cpu = time.monotonic(), time.process_time()
        run = dag.test(run_after=datetime.now(timezone.utc), logical_date=None)
        return Played(str(run.state), time.process_time() - cpu, time.monotonic() - began)


def _register(dag: Any) -> None:
    """Make a DAG known as if it lay in the dags folder, as ``airflow dags test`` does."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(os.devnull)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)


def _forget() -> None:
    """Forget what runs before have left to those after them: each begins as if there had been none."""
    from airflow.models.variable import Variable
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    from airflow_qa_provider.vendors.smartq.client.sessions import forget_sessions

    forget_sessions()
    with create_session() as session:
        session.execute(delete(Variable))


def _hurry(dag: Any) -> None:
    """Let retries begin soon: what is measured is what they do."""
    for task in dag.tasks:
        soon = timedelta(seconds=0.1)
        if task.is_mapped:
            task.partial_kwargs["retry_delay"] = soon
        else:
            task.retry_delay = soon


@contextmanager
def _killed_after(method: str, path: str, nth: int) -> Iterator[None]:
    """Let the task's process end when the answer to the nth such request has come, and before anybody has it."""
    import requests

    send: Callable[..., Any] = requests.Session.send
    seen = 0

    def send_and_die(self: Any, request: Any, **arguments: Any) -> Any:
        nonlocal seen
        answer = send(self, request, **arguments)
        if request.method == method and re.search(path, request.path_url.partition("?")[0]):
            seen += 1
            if seen == nth:
                raise SystemExit("the worker is killed")
        return answer

    requests.Session.send = send_and_die  # type: ignore[method-assign]
    try:
        yield
    finally:
        requests.Session.send = send  # type: ignore[method-assign]
