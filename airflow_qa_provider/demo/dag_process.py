"""Runs DAGs once each with ``dag.test()`` and reports what happens as JSON lines. A process of its own."""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from airflow.listeners import hookimpl

from airflow_qa_provider.compat import listener_manager
from airflow_qa_provider.demo.webhooks import configuration_of, received


class TaskEvents:
    """Airflow listener that writes a line for each change of a task's state.

    :param stream: Where the lines go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.dag_id = ""

    def write(self, event: str, **facts: Any) -> None:
        """Write one event.

        :param event: Its name.
        :param facts: Plain JSON.
        """
        self._stream.write(json.dumps({"event": event, "at": time.time(), "dag_id": self.dag_id, **facts}) + "\n")
        self._stream.flush()

    def _task(self, state: str, ti: Any, error: Any = None) -> None:
        facts = {"task_id": ti.task_id, "map_index": ti.map_index, "state": state}
        if error is not None:
            facts["error"] = str(error)
            facts["error_type"] = type(error).__name__
        self.write("task", **facts)

    @hookimpl
    def on_task_instance_running(self, previous_state: Any, task_instance: Any) -> None:
        """Note that a task runs."""
        self._task("running", task_instance)

    @hookimpl
    def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
        """Note that a task has succeeded."""
        self._task("success", task_instance)

    @hookimpl
    def on_task_instance_skipped(self, previous_state: Any, task_instance: Any) -> None:
        """Note that a task was skipped."""
        self._task("skipped", task_instance)

    @hookimpl
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        """Note that a task has failed, and why."""
        self._task("failed", task_instance, error)


def run(dag_file: Path, events: TaskEvents) -> bool:
    """Run the DAG of a file and report its tasks, their results, and how it ended.

    :param dag_file: A file that defines ``dag``.
    :param events: Where to report.
    :return: Whether the run was a success.
    """
    events.dag_id = dag_file.stem
    events.write("dag", state="running")
    began = time.monotonic()
    try:
        state, error = _run(dag_file, events), None
    except Exception as problem:  # of one file; the others are run all the same
        state, error = "failed", f"{type(problem).__name__}: {problem}"
    events.write("dag", state=state, seconds=time.monotonic() - began, error=error)
    return state == "success"


def _run(dag_file: Path, events: TaskEvents) -> str:
    spec = importlib.util.spec_from_file_location(dag_file.stem, dag_file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{dag_file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dag_run = module.dag.test(run_conf=configuration_of(module.dag))
    results = _xcoms(dag_run)
    for ti in sorted(dag_run.get_task_instances(), key=lambda ti: (str(ti.start_date), ti.map_index)):
        took = (ti.end_date - ti.start_date).total_seconds() if ti.start_date and ti.end_date else None
        key = (ti.task_id, ti.map_index)
        events.write(
            "result",
            task_id=ti.task_id,
            map_index=ti.map_index,
            state=str(ti.state or "not run"),
            seconds=took,
            xcoms=results.get(key, {}),
        )
    return str(dag_run.state)


def _xcoms(dag_run: Any) -> dict[tuple[str, int], dict[str, Any]]:
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    found: dict[tuple[str, int], dict[str, Any]] = {}
    with create_session() as session:
        rows = session.scalars(
            select(XComModel).where(XComModel.dag_id == dag_run.dag_id, XComModel.run_id == dag_run.run_id)
        )
        for row in rows:
            found.setdefault((row.task_id, row.map_index), {})[row.key] = XComModel.deserialize_value(row)
    return found


def main() -> int:
    """Run the process and return its exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("events_file", type=Path)
    parser.add_argument("webhooks", type=int, help="port where webhooks are received")
    parser.add_argument("dag_files", type=Path, nargs="+")
    args = parser.parse_args()
    with args.events_file.open("a", encoding="utf-8") as stream:
        events = TaskEvents(stream)
        listener_manager().add_listener(events)
        with received(args.webhooks):
            ended = [run(dag_file, events) for dag_file in args.dag_files]
        return 0 if all(ended) else 1


if __name__ == "__main__":
    sys.exit(main())
