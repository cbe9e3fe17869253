"""Airflow's REST API, as far as the harness asks it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from tests.e2e.kills.script import UNMAPPED, Key

_PAGE = 100
_SECONDS = 60.0
_TRIES_OF_LOCKED = 4


class Api:
    """The API of one Airflow without login.

    :param port: Its port.
    """

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._token: str | None = None
        # on SQLite, two of these at a time lock each other out inside of the API server until one fails
        self._changing = threading.Lock()

    def healthy(self, *components: str) -> bool:
        """Tell whether parts of this Airflow are up.

        :param components: Names as the API spells them.
        """
        try:
            health = self._ask("GET", "/api/v2/monitor/health")
        except (OSError, ValueError):
            return False
        return all((health.get(name) or {}).get("status") == "healthy" for name in components)

    def dag_ids(self) -> set[str]:
        """Return the DAGs that the DAG processor has read."""
        return {dag["dag_id"] for dag in self._v2("GET", "/dags?limit=100")["dags"]}

    def import_errors(self) -> list[str]:
        """Return why DAG files could not be read."""
        return [error["stack_trace"] for error in self._v2("GET", "/importErrors")["import_errors"]]

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run and return its id.

        :param dag_id: The DAG.
        :param conf: What the run is told.
        """
        body = {"logical_date": None, "dag_run_id": f"kills-{dag_id}", "conf": dict(conf or {})}
        return str(self._v2("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def backfill(self, dag_id: str, first: datetime, last: datetime) -> None:
        """Let a DAG be run for days that are over.

        :param dag_id: The DAG.
        :param first: The first day.
        :param last: The last one.
        """
        days = {"from_date": first.isoformat(), "to_date": last.isoformat()}
        self._v2("POST", "/backfills", {"dag_id": dag_id, **days, "max_active_runs": 4})

    def runs(self, dag_id: str) -> dict[str, str]:
        """Return the ids of the runs of a DAG, and their states.

        :param dag_id: The DAG.
        """
        found = self._v2("GET", f"/dags/{dag_id}/dagRuns?limit={_PAGE}")["dag_runs"]
        return {run["dag_run_id"]: str(run["state"]) for run in found}

    def tasks(self, dag_id: str, run_id: str) -> dict[Key, dict[str, Any]]:
        """Return the task instances of a run, as the API describes them.

        :param dag_id: The DAG.
        :param run_id: Its run.
        """
        found: list[dict[str, Any]] = []
        while True:
            query = f"limit={_PAGE}&offset={len(found)}&order_by=id"
            answer = self._v2("GET", f"{_run(dag_id, run_id)}/taskInstances?{query}")
            found += answer["task_instances"]
            if len(found) >= answer["total_entries"] or not answer["task_instances"]:
                return {Key(dag_id, ti["task_id"], ti["map_index"]): ti for ti in found}

    def xcom(self, key: Key, run_id: str, name: str) -> Any:
        """Return an XCom of a task instance, ``None`` where there is none.

        :param key: The task instance.
        :param run_id: Its run.
        :param name: Key of the XCom.
        """
        path = f"{_run(key.dag_id, run_id)}/taskInstances/{key.task_id}/xcomEntries/{name}"
        try:
            return self._v2("GET", f"{path}?map_index={key.map_index}")["value"]
        except requests.HTTPError as error:
            if error.response.status_code == 404:
                return None
            raise

    def clear(self, keys: Iterable[Key], run_id: str) -> None:
        """Clear task instances of one DAG, as a person does.

        :param keys: The task instances.
        :param run_id: Their run.
        """
        listed = list(keys)
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [key.task_id if key.map_index == UNMAPPED else [key.task_id, key.map_index] for key in listed],
            "only_failed": False,
            "reset_dag_runs": True,
        }
        with self._changing:
            self._v2("POST", f"/dags/{listed[0].dag_id}/clearTaskInstances", body)

    def mark_failed(self, key: Key, run_id: str) -> None:
        """Mark a task instance as failed, as a person does.

        :param key: The task instance.
        :param run_id: Its run.
        """
        index = "" if key.map_index == UNMAPPED else f"/{key.map_index}"
        path = f"{_run(key.dag_id, run_id)}/taskInstances/{key.task_id}{index}"
        with self._changing:
            self._v2("PATCH", path, {"new_state": "failed"})

    def _v2(self, method: str, path: str, body: Any = None) -> Any:
        if self._token is None:
            self._token = self._ask("GET", "/auth/token")["access_token"]
        # a locked SQLite database is answered with 500
        for _ in range(_TRIES_OF_LOCKED - 1):
            try:
                return self._ask(method, f"/api/v2{path}", body)
            except requests.HTTPError as error:
                if error.response.status_code != 500:
                    raise
        return self._ask(method, f"/api/v2{path}", body)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        answer = requests.request(method, self.address + path, json=body, headers=headers, timeout=_SECONDS)
        if not answer.ok:
            raise requests.HTTPError(f"{method} {path}: {answer.status_code} {answer.text[:500]}", response=answer)
        return answer.json()


def _run(dag_id: str, run_id: str) -> str:
    return f"/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"
