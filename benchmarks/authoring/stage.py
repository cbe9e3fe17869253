"""The vendors, a mail server and an Airflow for one run of one DAG after the other."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.authoring.jobs import FINDINGS, ROWS, Found, Job
from benchmarks.authoring.player import Part, Played, Player
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
SETTLE_SECONDS = 2.0
FAULTS = ("lost answer", "killed", "429", "login page")


@dataclass(frozen=True)
class Result:
    """How a run went.

    :param played: The run.
    :param found: What it has left behind.
    :param calls: Requests that reached the vendor.
    """

    played: Played
    found: Found
    calls: int

    @property
    def survived(self) -> bool:
        """Whether the job is done as if nothing had happened."""
        return self.played.state == "success" and self.found.right and not self.found.wrong_mails


class Stage:
    """All that a job talks to.

    :param sandbox: The vendors.
    :param player: Airflow.
    :param folder: For files.
    """

    def __init__(self, sandbox: Sandbox, player: Player, folder: Path) -> None:
        self.sandbox, self.player, self.folder = sandbox, player, folder
        self.rows, self._count = ROWS, 0
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

    def play(self, job: Job, version: str, fault: str | None, *, rows: int = ROWS) -> Result:
        """Run a job from new, with something that goes wrong in it.

        :param job: The job.
        :param version: Folder of the DAG.
        :param fault: What goes wrong.
        :param rows: Rows of the schedule.
        """
        self.sandbox.reset()
        self._count, self.rows = self._count + 1, rows
        folder = self.folder / f"{self._count}-{version}-{job.name}"
        self._prepare(folder)
        with SmtpSink(folder / "mails") as self.sink:
            self._trouble(job, fault)
            dies_after = (*job.write, job.nth) if fault == "killed" else None
            part = Part(f"benchmarks.authoring.{version}.{job.name}", self._connected(folder), dies_after)
            played = self.player.play(part)
            return Result(played, job.look(self), len(self.sandbox.requests(job.vendor)))

    def _prepare(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "findings.json").write_text(json.dumps(FINDINGS))
        for one in FINDINGS:
            (folder / one["photo"]).write_bytes(b"\xff\xd8\xff\xe0" + one["photo"].encode() * 500)
        columns = ["activity", "name", "status", "product_type", "area", "start", "dropped"]
        with (folder / "schedule.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(columns)
            for number in range(self.rows):
                name = f"Drainage, section {number}"
                rows.writerow([f"B-{number:04}", name, "planned", "earthworks", "area-2", "2026-04-07", ""])
        self.before = sum(one.name.startswith("Safety walk ") for one in self.store("monitorqa").main.audits.all)
        extra = self.connections["smartq_default"]["extra"]
        self.before_ids = set(self.store("smartq").projects[int(extra["project_id"])].tickets)

    def _connected(self, folder: Path) -> dict[str, str]:
        connections = {**self.connections, "smtp_default": smtp_connection(self.sink)}
        connections["site_files"] = {"conn_type": "fs", "extra": {"path": f"file://{folder}"}}
        more = {"poll_interval": POLL_SECONDS, "settle_time": SETTLE_SECONDS, "folder": f"file://{folder}"}
        made = {}
        for name, fields in connections.items():
            extra = {**fields.get("extra", {}), **(more if name.partition("_")[0] in self._vendors else {})}
            made[name] = json.dumps({**fields, "extra": extra})
        return made

    @property
    def _vendors(self) -> set[str]:
        return {name.partition("_")[0] for name in self.connections}

    def _trouble(self, job: Job, fault: str | None) -> None:
        method, path = job.write
        once = {"vendor": job.vendor, "times": 1}
        if fault == "lost answer":
            self.sandbox.add_fault("reset_after", method=method, path=path, nth=job.nth, **once)
        elif fault == "429":
            self.sandbox.add_fault({"status": 429, "retry_after": 1}, method=method, path=path, nth=job.nth, **once)
        elif fault == "login page":
            where = job.page or job.write
            page = {"html": True} if job.page else {"html": True, "commit": True}
            self.sandbox.add_fault(page, method=where[0], path=where[1], nth=job.nth, **once)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Serve everything for the length of a ``with`` block.

    :param folder: For files.
    """
    with run_sandbox(settings=QUICK) as sandbox, Player(folder / "airflow") as player:
        yield Stage(sandbox, player, folder)
