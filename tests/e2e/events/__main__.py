"""``python -m tests.e2e.events``: lets vendors tell of what has happened, disturbs it, and counts the runs."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from qa_sandbox import Sandbox
from tests.e2e.events import plan
from tests.e2e.events.relay import Relay
from tests.e2e.kills.database import NoDatabase, postgresql, programs, sqlite
from tests.e2e.kills.processes import ShowStopped, await_that
from tests.e2e.kills.script import UNMAPPED, Key
from tests.e2e.kills.show import SANDBOX, connections_of, serving
from tests.e2e.kills.stage import Stage, staged

_SECONDS = 240.0
_RETRY_SECONDS = 10.0
_LOSES_EVERY = 3
_OVER = ("success", "failed", "upstream_failed")
_API_SERVER = ("api-server", "--apps", "core")


class Events:
    """The show.

    :param stage: The Airflow.
    :param sandbox: The vendors.
    :param relay: What is between them.
    """

    def __init__(self, stage: Stage, sandbox: Sandbox, relay: Relay) -> None:
        self._stage = stage
        self._sandbox = sandbox
        self._relay = relay
        self._extras = {name: one["extra"] for name, one in sandbox.connections().items()}

    def register(self, address: str) -> None:
        """Tell the vendors whom to call."""
        hook = f"{address}/qa/webhooks"
        self._sandbox.app("monitorqa").state.store.set_webhook(f"{hook}/monitorqa_default/{plan.TOKEN}")
        connection = self._sandbox.connections()["conqa_default"]
        requests.put(
            f"{connection['host']}/project/{connection['extra']['project_id']}/report/webhook",
            json={"name": "Airflow", "callbackUrl": f"{hook}/conqa_default/{plan.TOKEN}"},
            headers={"Authorization": connection["password"]},
            timeout=10,
        ).raise_for_status()

    def play(self) -> list[str]:
        """Play it, and return what is wrong."""
        # CONQA tells of a report once, so the API server has to be there
        self._stage.trigger(plan.WAITS, {"checklist_id": self._checklist()})
        await_that("the waits for reports", self._waits_over, _SECONDS, self._stage.logs)
        audits = {self._audit(number) for number in range(plan.AUDITS)}
        # some calls are on their way, some have not begun
        await_that("the first calls", lambda: self._relay.passed >= plan.AUDITS // 3, _SECONDS, self._stage.logs)
        self._stage.lose("api-server")
        await_that("calls that reach nobody", lambda: self._relay.unreached >= 1, _SECONDS, self._stage.logs)
        self._stage.begin("api-server", _API_SERVER)
        await_that("another API server", self._stage.api.healthy, _SECONDS, self._stage.logs)
        await_that("the calls", self._all_delivered, _SECONDS, self._stage.logs)
        await_that("the runs", lambda: self._all_over(len(audits)), _SECONDS, self._stage.logs)
        return [*self._problems_of_runs(audits), *self._problems_of_waits()]

    def _checklist(self) -> str:
        store = self._sandbox.app("conqa").state.store
        project_id = self._extras["conqa_default"]["project_id"]
        return str(next(store.checklists.of(one)[0].id for one in store.projects if one.id == project_id))

    def _audit(self, number: int) -> str:
        connection, ids = self._sandbox.connections()["monitorqa_default"], self._extras["monitorqa_default"]
        body = {
            "name": f"Walk {number}",
            "templateId": ids["template_id"],
            "auditObjectId": ids["audit_object_id"],
            "endDate": "2099-01-01T00:00:00.000Z",
        }
        headers = {"X-API-KEY": connection["password"]}
        answer = requests.post(f"{connection['host']}/audit", json=body, headers=headers, timeout=10)
        return str(answer.json()["id"])

    def _all_delivered(self) -> bool:
        results = Counter(
            one.result.value
            for vendor in ("monitorqa", "conqa")
            for one in self._sandbox.callbacks(vendor).deliveries()
        )
        told = self._told()
        if results["pending"] or len(told) < plan.AUDITS:
            self._sandbox.advance(_RETRY_SECONDS)
            return False
        return True

    def _told(self) -> list[Any]:
        calls = self._sandbox.callbacks("monitorqa").deliveries()
        return [one for one in calls if one.payload["event"] == "AUDIT_COMPLETED"]

    def _all_over(self, expected: int) -> bool:
        runs = self._stage.api.runs(plan.EACH)
        return len(runs) >= expected and all(state in _OVER for state in runs.values())

    def _waits_over(self) -> bool:
        waits = self._stage.api.tasks(plan.WAITS, self._stage.runs[plan.WAITS])
        return len(waits) == 2 * plan.REPORTS and all(str(task["state"]) in _OVER for task in waits.values())

    def _problems_of_runs(self, audits: set[str]) -> list[str]:
        runs = self._stage.api.runs(plan.EACH)
        read = Counter(
            str((self._stage.api.xcom(Key(plan.EACH, plan.READ, UNMAPPED), run_id, "return_value") or {}).get("id"))
            for run_id in runs
        )
        told, attempts = self._told(), sum(len(one.attempts) for one in self._told())
        duplicates = sum(count - 1 for count in read.values())
        lost, wrong = len(audits - set(read)), len(set(read) - audits)
        print(
            f"events: {len(told)}  calls: {attempts}  answers lost: {self._relay.lost}  not reached: "
            f"{self._relay.unreached}  runs: {len(runs)}  duplicates: {duplicates}  lost: {lost}  wrong: {wrong}"
        )
        found = [f"{name}: {count}" for name, count in (("duplicates", duplicates), ("lost", lost), ("wrong", wrong))]
        problems = [one for one in found if not one.endswith(": 0")]
        if attempts <= len(told) or not self._relay.lost or not self._relay.unreached:
            problems.append("nothing was disturbed")
        return problems

    def _problems_of_waits(self) -> list[str]:
        waits = self._stage.api.tasks(plan.WAITS, self._stage.runs[plan.WAITS])
        states = Counter(str(task["state"]) for key, task in waits.items() if key.task_id == plan.WAIT)
        print(f"waits for reports: {dict(states)}")
        return [] if states == {"success": plan.REPORTS} else [f"waits for reports ended as {dict(states)}"]


def main() -> int:
    """Play it; 0 when everything is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.events", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, though there is a PostgreSQL")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    home = Path(tempfile.mkdtemp(prefix="airflow-qa-events-"))
    began = time.monotonic()
    try:
        problems = _play(home, on_sqlite=args.sqlite)
    except ShowStopped as error:
        problems = [str(error)]
    finally:
        if args.keep:
            print(home)
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(f"{time.monotonic() - began:.0f} s", *[f"wrong: {problem}" for problem in problems], sep="\n")
    return 1 if problems else 0


def _play(home: Path, *, on_sqlite: bool) -> list[str]:
    empty = home / "plan.json"
    empty.write_text("{}")
    sandbox, relay = Sandbox(["conqa", "monitorqa"], settings=SANDBOX), Relay(_LOSES_EVERY)
    settings = {
        "CORE__DAGS_FOLDER": str(Path(__file__).parent / "dags"),
        "AIRFLOW_QA_PROVIDER__WEBHOOK_CONNECTIONS": "conqa_default, monitorqa_default",
    }
    with ExitStack() as stack:
        try:
            address = stack.enter_context(sqlite(home) if on_sqlite else postgresql(home, programs()[0]))
        except NoDatabase as error:
            print(f"On SQLite: {error}")
            address = stack.enter_context(sqlite(home))
        stack.enter_context(serving(sandbox))
        connections = {
            name: {**one, "extra": {**one["extra"], "webhook_token": plan.TOKEN}}
            for name, one in connections_of(sandbox).items()
        }
        called = stack.enter_context(relay.serving())
        stage = stack.enter_context(staged(home, address, connections, empty, settings))
        relay.target = stage.api.address
        stage.start(plan.EACH, plan.WAITS)
        events = Events(stage, sandbox, relay)
        events.register(called)
        return events.play()


if __name__ == "__main__":
    sys.exit(main())
