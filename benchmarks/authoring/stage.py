"""The vendors, a mail server and an Airflow for one run of one DAG after the other."""

from __future__ import annotations

import csv
import importlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import requests
from airflow.sdk import DAG

from benchmarks.authoring.jobs import FINDINGS, ROWS, Found, Job
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.smtp_sink import SmtpSink, smtp_connection

POLL_SECONDS = 0.5
QUICK = SandboxSettings(
    audit_pickup_seconds=0.05,
    audit_seconds=0.2,
    report_queue_seconds=0.05,
    report_seconds=0.2,
    milestone_seconds=0.0,
)
FAULTS = ("lost answer", "killed", "429", "login page")


@dataclass(frozen=True)
class Result:
    """How a run went.

    :param state: Of the DAG run.
    :param found: What it has left behind.
    :param calls: Requests that reached the vendor.
    """

    state: str
    found: Found
    calls: int

    @property
    def survived(self) -> bool:
        """Whether the job is done as if nothing had happened."""
        return self.state == "success" and self.found.right and not self.found.wrong_mails


class Stage:
    """All that a job talks to.

    :param sandbox: The vendors.
    :param folder: For files.
    """

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.connections = sandbox.connections()
        self.sink: SmtpSink
        self.before, self.before_ids = 0, set[int]()

    def store(self, vendor: str) -> Any:
        """What a vendor has."""
        return self.sandbox.app(vendor).state.store

    def carried_out(self, path: str) -> int:
        """How many requests to a path the vendor has carried out, whatever became of the answer."""
        lost = {rule["id"] for rule in self.sandbox.scenario.describe() if rule["fault"].get("status") == 429}
        sent = self.sandbox.requests("qalyptus")
        return sum(bool(re.search(path, one.path)) and one.fault not in lost for one in sent)

    def play(self, job: Job, version: str, fault: str | None) -> Result:
        """Run a job from new, with something that goes wrong in it."""
        self.sandbox.reset()
        folder = self.folder / f"{version}-{job.name}-{fault}"
        self._prepare(folder)
        with SmtpSink(folder / "mails") as self.sink:
            self._connect(folder)
            dag = _fresh(f"benchmarks.authoring.{version}.{job.name}")
            _hurry(dag)
            with self._trouble(job, fault):
                state = _run(dag)
            return Result(state, job.look(self), len(self.sandbox.requests(job.vendor)))

    def _prepare(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "findings.json").write_text(json.dumps(FINDINGS))
        for one in FINDINGS:
            (folder / one["photo"]).write_bytes(b"\xff\xd8\xff\xe0" + one["photo"].encode() * 500)
        columns = ["activity", "name", "status", "product_type", "area", "start", "dropped"]
        with (folder / "schedule.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(columns)
            for number in range(ROWS):
                name = f"Drainage, section {number}"
                rows.writerow([f"B-{number:04}", name, "planned", "earthworks", "area-2", "2026-04-07", ""])
        self.before = sum(one.name.startswith("Safety walk ") for one in self.store("monitorqa").main.audits.all)
        extra = self.connections["smartq_default"]["extra"]
        self.before_ids = set(self.store("smartq").projects[int(extra["project_id"])].tickets)

    def _connect(self, folder: Path) -> None:
        connections = {**self.connections, "smtp_default": smtp_connection(self.sink)}
        connections["site_files"] = {"conn_type": "fs", "extra": {"path": f"file://{folder}"}}
        more = {"poll_interval": POLL_SECONDS, "folder": f"file://{folder}"}
        for name, fields in connections.items():
            extra = {**fields.get("extra", {}), **(more if name.partition("_")[0] in self._vendors else {})}
            os.environ[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps({**fields, "extra": extra})

    @property
    def _vendors(self) -> set[str]:
        return {name.partition("_")[0] for name in self.connections}

    @contextmanager
    def _trouble(self, job: Job, fault: str | None) -> Iterator[None]:
        method, path = job.write
        once = {"vendor": job.vendor, "times": 1}
        if fault == "killed":
            with _killed_after(method, path, job.nth):
                yield
            return
        if fault == "lost answer":
            self.sandbox.add_fault("reset_after", method=method, path=path, nth=job.nth, **once)
        elif fault == "429":
            self.sandbox.add_fault({"status": 429, "retry_after": 1}, method=method, path=path, nth=job.nth, **once)
        elif fault == "login page":
            where = job.page or job.write
            page = {"html": True} if job.page else {"html": True, "commit": True}
            self.sandbox.add_fault(page, method=where[0], path=where[1], nth=job.nth, **once)
        yield


@contextmanager
def _killed_after(method: str, path: str, nth: int) -> Iterator[None]:
    """Let the task's process end when the answer to the nth such request has come, and before anybody has it."""
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


def _fresh(name: str) -> DAG:
    dag: DAG = importlib.reload(importlib.import_module(name)).dag
    return dag


def _hurry(dag: DAG) -> None:
    """Let retries begin soon: what is measured is what they do."""
    for task in dag.tasks:
        soon = timedelta(seconds=0.1)
        if task.is_mapped:
            task.partial_kwargs["retry_delay"] = soon  # type: ignore[union-attr]
        else:
            task.retry_delay = soon


def _run(dag: DAG) -> str:
    """Run a DAG as ``airflow dags test`` does, and return the state of the run."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(os.devnull)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)
    return str(dag.test(run_after=datetime.now(timezone.utc), logical_date=None).state)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Serve everything for the length of a ``with`` block.

    :param folder: For files.
    """
    with run_sandbox(settings=QUICK) as sandbox:
        yield Stage(sandbox, folder)
