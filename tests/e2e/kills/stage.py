"""A throw-away Airflow, and what can be done to it."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
from cryptography.fernet import Fernet

from airflow_qa_provider.demo.environment import airflow_environment
from airflow_qa_provider.demo.processes import child, ending, succeeded
from airflow_qa_provider.demo.runner import tail
from airflow_qa_provider.demo.standalone import free_port, settings_for
from tests.e2e.kills.api import Api
from tests.e2e.kills.processes import Component, ShowStopped, await_that, is_gone, kill, listens, survivors
from tests.e2e.kills.script import Deed, Step, Strike, Visit

ROOT = Path(__file__).parents[3]
DAGS = Path(__file__).parent / "dags"
PRELOAD: Mapping[str, Path] = {"scheduler": Path(__file__).parent / "preload"}
"""Parts whose tasks are forks of them, to the folder of a module that imports what each task would."""
_MIGRATE_SECONDS = 180.0
_START_SECONDS = 180.0
_STOPPED_SECONDS = 60.0
# what tasks ask and what people ask are served apart: on SQLite, one server for both locks itself out, since the audit
# log of people's requests blocks the event loop that a task's half-written state waits for
COMPONENTS: Mapping[str, Sequence[str]] = {
    "api-server": ("api-server", "--apps", "core"),
    "execution-api": ("api-server", "--apps", "execution"),
    "dag-processor": ("dag-processor",),
    "scheduler": ("scheduler",),
    "triggerer": ("triggerer",),
}
PART = "KILLS_PART"
"""Variable in the environment of a process that says which part of Airflow it is."""
_HEALTH = ("metadatabase", "scheduler", "triggerer", "dag_processor")

SETTINGS = {
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__DAGS_FOLDER": str(DAGS),
    "CORE__PARALLELISM": "10",
    # more than a pipe of 64 KiB holds would stop the scheduler for ever while all workers are dead
    "CORE__MAX_ACTIVE_TASKS_PER_DAG": "20",
    "API__WORKERS": "1",
    # a worker whose heartbeats stay away is noticed after this many seconds, and not after five minutes
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    # five seconds are little on a busy machine, and a task that is not answered in time has failed
    "WORKERS__EXECUTION_API_TIMEOUT": "30",
    # the same for triggerers: the next one takes over what the dead one held
    "TRIGGERER__JOB_HEARTBEAT_SEC": "1",
    "TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "6",
    # the DAG file never changes
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600",
    "DAG_PROCESSOR__REFRESH_INTERVAL": "3600",
}


class Stage:
    """The processes of one Airflow.

    :param home: Its home, a folder of its own.
    :param env: The environment of its processes.
    :param api: Its REST API.
    :param execution_port: Port of the API that its tasks ask.
    :param components: Name of each part to its command; all parts with a LocalExecutor by default.
    :param preload: Parts whose tasks are forks of them, see :data:`PRELOAD`.
    """

    def __init__(
        self,
        home: Path,
        env: Mapping[str, str],
        api: Api,
        execution_port: int,
        components: Mapping[str, Sequence[str]] = COMPONENTS,
        preload: Mapping[str, Path] = PRELOAD,
    ) -> None:
        self.home = home
        self.api = api
        self.runs: dict[str, str] = {}
        self._execution_port = execution_port
        self._env = env
        self._preload = preload
        self._parts = {
            name: Component.of_airflow(
                name,
                [*command, "--port", str(execution_port)] if name == "execution-api" else command,
                self._env_of(name),
                home,
            )
            for name, command in components.items()
        }
        self._lock = threading.Lock()

    @property
    def logs(self) -> list[Path]:
        """The logs of the processes."""
        return [part.log for part in self._parts.values()]

    def start(self, *dag_ids: str) -> None:
        """Make the database, start everything, and wait until the DAGs are there.

        :param dag_ids: DAGs to wait for.
        """
        log = self.home / "migrate.log"
        with child(["airflow", "db", "migrate"], self._env, log) as process:
            if not succeeded(process, _MIGRATE_SECONDS):
                raise ShowStopped(f"`airflow db migrate` {ending(process)}\n{tail(log, 30)}")
        for part in self._parts.values():
            part.start()

        def ready() -> bool:
            self.check()
            if not self.api.healthy() or not listens(self._execution_port):
                return False
            if errors := self.api.import_errors():
                raise ShowStopped("\n".join(errors))
            return self.api.healthy(*_HEALTH) and self.api.dag_ids() >= set(dag_ids)

        await_that("starting Airflow", ready, _START_SECONDS, self.logs)

    def check(self) -> None:
        """Raise when a process has ended that nobody killed.

        :raises ShowStopped: One has.
        """
        with self._lock:
            for name, part in self._parts.items():
                if part.process is not None and not part.runs:
                    raise ShowStopped(f"airflow {name} {ending(part.process)}\n{tail(part.log, 30)}")

    def begin(self, name: str, command: Sequence[str], like: str | None = None) -> None:
        """Start one more part.

        :param name: What it is called.
        :param command: Airflow's command and its arguments.
        :param like: Part that it is another one of, where its tasks are forks of it.
        """
        part = Component.of_airflow(name, command, self._env_of(like or name), self.home)
        with self._lock:
            self._parts[name] = part
            part.start()

    def _env_of(self, name: str) -> dict[str, str]:
        paths = [self._env["PYTHONPATH"], *([str(self._preload[name])] if name in self._preload else [])]
        return {**self._env, "PYTHONPATH": os.pathsep.join(paths), PART: name}

    def pid_of(self, name: str) -> int:
        """Return the id of the process of a part.

        :param name: What it is called.
        """
        return self._parts[name].pid

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> None:
        """Start the one run of a DAG.

        :param dag_id: The DAG.
        :param conf: What the run is told.
        """
        self.runs[dag_id] = self.api.trigger(dag_id, conf)

    def kill_triggerer(self) -> int:
        """Kill the triggerer, start the next one, and return the id of the one that was killed."""
        with self._lock:
            pid = self._parts["triggerer"].kill()
            self._parts["triggerer"].start()
            return pid

    def lose(self, name: str) -> int:
        """Kill a part and all that it has started, and start no other one; return the id that it had.

        :param name: What it is called.
        """
        with self._lock:
            part = self._parts.pop(name)
            # tasks are process groups of their own
            started = psutil.Process(part.pid).children(recursive=True)
            pid = part.kill()
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    kill(process)
            return pid

    def strike(self, step: Step, visit: Visit) -> Strike:
        """Do what a step says, and return when the process of the attempt is gone, if it is to be.

        :param step: The step.
        :param visit: The attempt.
        """
        task = psutil.Process(visit.pid)
        worker = task.parent()
        if worker is None or self._parts["scheduler"].pid not in [parent.pid for parent in worker.parents()]:
            raise RuntimeError(f"process {visit.pid} is no task of our scheduler")
        struck: tuple[int, ...] = ()
        if step.deed is Deed.KILL_SUPERVISOR:
            kill(worker)
            return Strike(step, visit, (worker.pid,))
        if step.deed is Deed.KILL_TASK:
            kill(task)
            struck = (task.pid,)
        elif step.deed is Deed.KILL_WORKER:
            kill(worker)
            kill(task)
            struck = (worker.pid, task.pid)
        elif step.deed is Deed.CLEAR:
            self.api.clear([visit.key], self.runs[visit.key.dag_id])
        elif step.deed is Deed.FAIL:
            self.api.mark_failed(visit.key, self.runs[visit.key.dag_id])
        await_that(f"the end of {visit.key}, {step.title}", lambda: is_gone(task), _STOPPED_SECONDS, self.logs)
        return Strike(step, visit, struck)

    def stop(self) -> list[str]:
        """End everything, and return what had to be killed because it stayed behind."""
        # each has its time, which a busy machine takes
        with ThreadPoolExecutor(len(self._parts)) as pool:
            list(pool.map(Component.stop, self._parts.values()))
        left = survivors(self.home)
        described = [f"process {one.pid}: {' '.join(one.cmdline())[:120]}" for one in left]
        for one in left:
            kill(one)
        return described


@contextmanager
def staged(
    home: Path,
    address: str,
    connections: Mapping[str, Mapping[str, Any]],
    plan: Path,
    more: Mapping[str, str] | None = None,
    components: Mapping[str, Sequence[str]] = COMPONENTS,
    preload: Mapping[str, Path] = PRELOAD,
) -> Iterator[Stage]:
    """Prepare an Airflow, and end it.

    :param home: Its home.
    :param address: SQLAlchemy address of its database.
    :param connections: Its connections.
    :param plan: File that the DAGs are made of.
    :param more: Settings beside those of the kill harness, or in place of them.
    :param components: Name of each part to its command.
    :param preload: Parts whose tasks are forks of them, see :data:`PRELOAD`.
    """
    port, execution_port = free_port(), free_port()
    settings = {
        **settings_for(port),
        **SETTINGS,
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{execution_port}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": address,
        # the parts must agree on them
        "API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "API__SECRET_KEY": secrets.token_hex(32),
        "CORE__FERNET_KEY": Fernet.generate_key().decode(),
        **(more or {}),
    }
    env = airflow_environment(home, settings, connections)
    env |= {"KILLS_PLAN": str(plan), "PYTHONPATH": str(ROOT)}
    stage = Stage(home, env, Api(port), execution_port, components, preload)
    try:
        yield stage
    finally:
        left = stage.stop()
        if left:
            print("These stayed behind and were killed:", *left, sep="\n  ")
