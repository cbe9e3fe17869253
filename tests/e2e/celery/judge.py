"""What is at the vendors, in the storage and in the mailboxes, beside what the DAGs tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from airflow_qa_provider.demo.environment import RECIPIENTS
from qa_sandbox.smtp_sink import ReceivedMail
from tests.e2e.celery import plan
from tests.e2e.celery.counts import Counts
from tests.e2e.celery.storage import Storage, Stored, key_of, placed
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.stage import Stage

_CLEAN = ("success", "skipped")
_RESULTS = "application/x-ndjson"
_MADE_BY = {
    "audit": ("walk",),
    "task run": ("refresh",),
    "request": ("region", "report_"),
    "checklist report": ("ask_for_report",),
}
Objects = dict[str, set[str]]
"""Kind of object to the ids of all that the vendor has."""


def objects(world: World) -> Objects:
    """Return what the vendors have that DAGs make one by one.

    :param world: The vendors.
    """
    runs = list(world.store("qalyptus").runs)
    return {
        "audit": {one["id"] for one in world.store("monitorqa").snapshot()["audits"]},
        "task run": {run.id for run in runs if run.kind == "scheduled"},
        "request": {run.id for run in runs if run.kind == "on-demand"},
        "checklist report": {run.given.get("airflow", run.id) for run in world.store("conqa")._runs.values()},
    }


class Judge:
    """Counts everything.

    :param stage: The Airflow.
    :param tasks: All task instances.
    :param world: The vendors.
    :param before: What they had before.
    """

    def __init__(self, stage: Stage, tasks: Mapping[Key, Mapping[str, Any]], world: World, before: Objects) -> None:
        self._stage = stage
        self._tasks = tasks
        self._world = world
        self._before = before
        self.counts = Counts()

    def judge(self, storage: Storage, mails: Iterable[ReceivedMail]) -> Counts:
        """Compare, and return the counts.

        :param storage: Where the files are.
        :param mails: All that have arrived.
        """
        there = storage.objects()
        self._states()
        self._objects()
        self._rows(there)
        self._files(there)
        self._mails(mails)
        return self.counts

    def _states(self) -> None:
        for key, task in self._tasks.items():
            if task["state"] not in _CLEAN:
                self.counts.problems.append(f"{key} ended as {task['state']}")

    def _objects(self) -> None:
        now = objects(self._world)
        for kind, names in _MADE_BY.items():
            # what was expanded over nothing is one task that was skipped
            keys = [
                key for key, task in self._tasks.items() if key.task_id.startswith(names) and task["state"] != "skipped"
            ]
            known = [f"{kind} {self._xcom(key, 'remote_id')}" for key in keys]
            # a report that is asked for again does no harm, as the documentation says
            spare = sum(int(self._tasks[key]["try_number"]) - 1 for key in keys) if kind == "request" else 0
            new = now[kind] - self._before[kind]
            self.counts.compare("objects", known, [f"{kind} {one}" for one in new], spare)

    def _rows(self, there: Mapping[str, Stored]) -> None:
        board = self._world.store("smartq").projects[int(self._world.ids("smartq")["project_id"])]
        names = {str(one.id): one.name for one in board.tickets.values() if one.name.startswith("Finding ")}
        self.counts.compare("rows", plan.tickets(), names.values())
        ours = set(plan.milestones())
        shown = [one["externalId"] for one in self._world.store("conqa").snapshot()["milestones"]]
        self.counts.compare("rows", plan.milestones(), [one for one in shown if one in ours])
        sent = [one for one in self._world.sandbox.requests("conqa") if one.method == "POST" and "/P6-C" in one.path]
        if len(sent) > plan.ROWS:
            self.counts.duplicates += len(sent) - plan.ROWS
            self.counts.problems.append(f"{len(sent)} requests were sent for {plan.ROWS} milestones")
        for number, row in enumerate(self._results(plan.TICKETS, "tickets", there)):
            if names.get(str(row["id"])) != plan.tickets()[number]:
                self.counts.mistake(f"row {row['row']} is told to be ticket {row['id']}: {names.get(str(row['id']))}")

    def _results(self, dag_id: str, task_id: str, there: Mapping[str, Stored]) -> list[dict[str, Any]]:
        told = self._xcom(Key(dag_id, task_id, UNMAPPED), "return_value") or {}
        stored = there.get(key_of(told.get("uri", "")))
        return [json.loads(line) for line in stored.content.splitlines()] if stored else []

    def _files(self, there: Mapping[str, Stored]) -> None:
        wanted = [f"{key_of(one['uri'])} {one['content_type']} {one['sha256']}" for one in self._manifests()]
        inputs = {placed(plan.TICKETS_FILE), placed(plan.SCHEDULE)}
        for dag_id, task_id in ((plan.TICKETS, "tickets"), (plan.MILESTONES, "sync")):
            told = self._xcom(Key(dag_id, task_id, UNMAPPED), "return_value") or {}
            key = key_of(told.get("uri", ""))
            rows = self._results(dag_id, task_id, there)
            wanted.append(f"{key} {_RESULTS} {there[key].sha256}" if len(rows) == plan.ROWS else f"results of {dag_id}")
        found = {key: one for key, one in there.items() if key not in inputs}
        self.counts.compare("files", wanted, [f"{key} {one.content_type} {one.sha256}" for key, one in found.items()])

    def _mails(self, mails: Iterable[ReceivedMail]) -> None:
        weekly = [one["sha256"] for one in self._manifests(plan.FLAGSHIP)]
        wanted = [_letter(reader, weekly) for reader in RECIPIENTS]
        for region, reader in plan.READERS.items():
            manifest = self._xcom(Key(plan.REGIONS, f"report_{plan.task_of(region)}", UNMAPPED), "return_value") or {}
            wanted.append(_letter(reader, [manifest.get("sha256", "")]))
            if manifest:
                chosen = self._world.store("qalyptus").runs.record(manifest["source"]["request_id"]).selections
                if chosen.get("Region") != (region,):
                    self.counts.mistake(f"the report of {region} is one of {chosen}")
        found = [_letter(to, [file.sha256 for file in mail.attachments]) for mail in mails for to in mail.recipients]
        self.counts.compare("mails", wanted, found)

    def _manifests(self, *dag_ids: str) -> list[dict[str, Any]]:
        """Return what the tasks of DAGs tell of files that they have stored; of all DAGs by default."""
        told = [
            self._xcom(key, "return_value") for key in self._tasks if key.dag_id in (dag_ids or self._stage.runs.keys())
        ]
        return [one for one in told if isinstance(one, dict) and {"uri", "sha256", "content_type"} <= one.keys()]

    def _xcom(self, key: Key, name: str) -> Any:
        return self._stage.api.xcom(key, self._stage.runs[key.dag_id], name)


def _letter(to: str, digests: Iterable[str]) -> str:
    return f"{to}: {' '.join(sorted(digest[:12] for digest in digests))}"
