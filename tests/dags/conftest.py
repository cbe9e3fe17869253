"""One Airflow per test process, the vendors and a mail server on real sockets, and DAG runs that can be asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from airflow.listeners import hookimpl
from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import DAG
from airflow.sdk.execution_time import supervisor

from airflow_qa_provider.compat import listener_manager
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.smtp_sink import SmtpSink, smtp_connection

HERE = Path(__file__).parent
VENDORS = ("monitorqa", "qalyptus")
POLL_SECONDS = 0.05
QUICK = SandboxSettings(
    audit_pickup_seconds=0.05, audit_seconds=0.15, report_queue_seconds=0.05, report_seconds=0.15, task_seconds=0.15
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all tests that need the database in one process: a second one would migrate a database of its own."""
    for item in items:
        if HERE in item.path.parents and "airflow_db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("airflow"))


@pytest.fixture(scope="session")
def airflow_db() -> None:
    """An empty metadata database in the home of the tests, and one API server in this process."""
    if not hasattr(supervisor.in_process_api_server, "cache_info"):
        # before Airflow 3.3, dag.test() makes one for each task, which takes seconds
        supervisor.in_process_api_server = lru_cache(maxsize=1)(supervisor.in_process_api_server)
    subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True, timeout=600, env=os.environ
    )


def connect(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, **extra: Any) -> None:
    """Hand the connections of a sandbox to Airflow, with a short poll interval."""
    for name, connection in sandbox.connections().items():
        fields = {**connection, "extra": {**connection["extra"], "poll_interval": POLL_SECONDS, **extra}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))


@pytest.fixture(scope="session")
def quick_sandbox() -> Iterator[Sandbox]:
    """MonitorQA and Qalyptus, where everything takes a fraction of a second."""
    with run_sandbox(VENDORS, QUICK) as sandbox:
        yield sandbox


@pytest.fixture
def vendors(quick_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The quick sandbox as new, and the connections to it."""
    quick_sandbox.reset()
    connect(monkeypatch, quick_sandbox)
    return quick_sandbox


@pytest.fixture
def mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpSink]:
    """A mail server, and the connection to it."""
    with SmtpSink(tmp_path / "mails") as sink:
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(smtp_connection(sink)))
        yield sink


def writes(sandbox: Sandbox, vendor: str) -> list[Any]:
    """What changed something at a vendor, oldest first."""
    return [r for r in sandbox.requests(vendor) if r.method != "GET" and r.status is not None and r.status < 400]


def unique_ids(sandbox: Sandbox) -> dict[str, Any]:
    """What the extras of the sandbox's connections name: template, object, report and task."""
    return {name: value for c in sandbox.connections().values() for name, value in c["extra"].items()}


@contextmanager
def a_dag(name: str) -> Iterator[DAG]:
    # what fails fails at once, and not after pauses that a test would have to sit out
    once = {"retries": 0}
    with DAG(name, schedule=None, start_date=datetime(2026, 1, 1, tzinfo=timezone.utc), default_args=once) as dag:
        yield dag


@dataclass
class Run:
    """A DAG run that has ended."""

    dag_run: Any
    errors: dict[str, BaseException] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return str(self.dag_run.state)

    @property
    def states(self) -> dict[str, str]:
        """State of each task; of the instances of a mapped one, in the order of their indexes, joined by a comma."""
        found: dict[str, list[str]] = {}
        for ti in sorted(self.dag_run.get_task_instances(), key=lambda ti: ti.map_index):
            found.setdefault(ti.task_id, []).append(str(ti.state))
        return {task_id: ", ".join(states) for task_id, states in found.items()}

    def xcom(self, task_id: str, key: str = "return_value", map_index: int = -1) -> Any:
        """Return what a task has stored."""
        ti = self.dag_run.get_task_instance(task_id, map_index=map_index)
        return ti.xcom_pull(task_ids=task_id, key=key, map_indexes=map_index)

    def told(self, task_id: str, map_index: int = -1) -> dict[str, Any]:
        """Return what a task tells besides its result: XCom key to value, without the links."""
        from airflow.models.xcom import XComModel
        from airflow.utils.session import create_session
        from sqlalchemy import select

        place = {"run_id": self.dag_run.run_id, "dag_id": self.dag_run.dag_id, "task_id": task_id}
        with create_session() as session:
            rows = session.scalars(select(XComModel).filter_by(**place, map_index=map_index)).all()
            found = {row.key: XComModel.deserialize_value(row) for row in rows}
        return {key: value for key, value in found.items() if key != "return_value" and not key.startswith("_link_")}


class _Failures:
    """Airflow listener that keeps the errors of tasks."""

    def __init__(self) -> None:
        self.errors: dict[str, BaseException] = {}

    @hookimpl
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        # before Airflow 3.3, an error that no retry can mend comes inside of Airflow's own
        ours = error.__cause__ if isinstance(error, AirflowFailException) else None
        self.errors[task_instance.task_id] = ours or error


def register(*dags: DAG) -> None:
    """Make DAGs known as if they lay in the dags folder, and no others; Airflow runs no other."""
    try:
        from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
    except ImportError:  # Airflow 3.1
        from airflow.models.dagbag import DagBag, sync_bag_to_db

    from airflow.dag_processing.bundles.manager import DagBundlesManager

    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(os.devnull)
    for dag in dags:
        bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)


def _forget_variables() -> None:
    """Forget what tasks of other tests have asked for and never got: their vendors are as new."""
    from airflow.models.variable import Variable
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(Variable).where(Variable.key.startswith("airflow_qa_provider.", autoescape=True)))


@pytest.fixture
def run_dag(airflow_db: None) -> Iterator[Callable[..., Run]]:
    """Returns a function that runs a DAG with ``dag.test()``."""
    failures = _Failures()
    listeners = listener_manager()
    listeners.add_listener(failures)

    _forget_variables()

    def run(dag: DAG, **arguments: Any) -> Run:
        register(dag)
        failures.errors = {}
        return Run(dag.test(**arguments), failures.errors)

    yield run
    listeners.pm.unregister(failures)
