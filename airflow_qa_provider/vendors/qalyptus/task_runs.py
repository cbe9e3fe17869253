"""Runs of Qalyptus Cloud tasks: what is asked for, where one stands, and which one a lost answer named."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import tenacity
from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAResponseError
from airflow_qa_provider.kinds.conditions import Target
from airflow_qa_provider.kinds.fields import KindFields
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.kinds.kind import Kind
from airflow_qa_provider.kinds.lookup import Candidate, Search
from airflow_qa_provider.kinds.polling import Statuses
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.records import (
    CLOCK_SECONDS,
    TIMES,
    Record,
    candidates,
    is_same,
    poll_records,
    unsearchable,
)

# the tries of one request, with all pauses that the client may make between them
_REQUEST_SECONDS = 900.0
_SECONDS_TO_SHOW_UP = 30.0


@dataclass(frozen=True)
class TaskRunFields(KindFields):
    """A run of a task (source: "Run").

    :param qalyptus_task_id: UUID of the task.
    """

    qalyptus_task_id: str

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.id("qalyptus_task_id"))

    @classmethod
    def of_call(cls, given: Given) -> Self:
        """Return what the arguments of ``tasks.run`` ask for."""
        return cls(given.id("task_id"))

    @override
    def create(self, client: QalyptusClient) -> str | None:
        return client.tasks.run(self.qalyptus_task_id)


def poll_runs(client: QalyptusClient, ids: Collection[str], since: float) -> Statuses:
    """Ask where runs of tasks stand, in the list that the dialect's ``task_runs`` names."""
    status = client.status
    if client.dialect.task_runs == "on_demand":
        return poll_records(client.dialect, ids, status.get_on_demand, status.list_on_demand)
    return poll_records(client.dialect, ids, status.get_scheduled, status.list_scheduled)


def find_runs(client: QalyptusClient, search: Search) -> list[Candidate]:
    """Find runs of a task, by task, in the list that the dialect's ``task_runs`` names.

    Which runs are new is told by comparison with what was there before the request, and by when they were made, where
    the records say so. A run sends mail, so none is started again as long as one of these may be the one.

    :raises QANotSupportedError: No record names its task.
    """
    rows = listed_runs(client)
    if rows and all(client.dialect.task_id_of(row) is None for row in rows):
        raise unsearchable("tasks", "task_id_fields", client.dialect.task_id_fields)
    task_id = search.fields.qalyptus_task_id
    matching = [row for row in rows if is_same(client.dialect.task_id_of(row), task_id)]
    return candidates(client, matching, search, lambda created: _is_sure(search, created))


def _is_sure(search: Search, created: float | None) -> bool:
    if search.since is None:
        return True
    if created is None:
        return search.compared
    # what was not there before is new, however slow the vendor's clock is; what came much later is somebody else's
    new = search.compared or created >= search.since - CLOCK_SECONDS
    return new and created <= search.sent_at + _REQUEST_SECONDS


def listed_runs(client: QalyptusClient) -> list[Record]:
    """Return the records of all task runs."""
    on_demand = client.dialect.task_runs == "on_demand"
    return client.status.list_on_demand() if on_demand else client.status.list_scheduled()


def run_and_find(client: QalyptusClient, task_id: str) -> str:
    """Run a task and return the id of the run that this started.

    When the answer holds no id, the run is looked for in the status list: the one of this task that was not there
    before.

    :param client: The client.
    :param task_id: UUID of the task.
    :raises QAResponseError: The run was started but cannot be told from others, or does not show up.
    """
    before = _runs_of(client, task_id)
    run_id = client.tasks.run(task_id)
    return run_id if run_id is not None else _new_run(client, task_id, before)


def _new_run(client: QalyptusClient, task_id: str, before: set[str]) -> str:
    until_shown = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda runs: not runs),
        stop=tenacity.stop_after_delay(_SECONDS_TO_SHOW_UP),
        wait=tenacity.wait_exponential(multiplier=0.5, max=5),
        retry_error_callback=lambda state: set(),
    )
    new: set[str] = until_shown(lambda: _runs_of(client, task_id) - before)
    if len(new) == 1:
        return new.pop()
    found = f"{len(new)} new runs {sorted(new)} are" if new else "no new run is"
    raise QAResponseError(
        f"the answer holds no id, and {found} in the status list of task {task_id}",
        vendor="qalyptus",
        operation="tasks.run",
        object_id=task_id,
        outcome="The task was started",
        hint=(
            "Look at its status in Qalyptus before you run it again. If runs are listed under on-demand requests, "
            'set {"qalyptus": {"task_runs": "on_demand"}} in the extra of the connection'
        ),
    )


def _runs_of(client: QalyptusClient, task_id: str) -> set[str]:
    dialect = client.dialect
    ids = (dialect.find_id(row) for row in listed_runs(client) if is_same(dialect.task_id_of(row), task_id))
    return {run_id for run_id in ids if run_id}


def stop(client: QalyptusClient, run_id: str) -> str:
    """Stop a run (source: "Stop the execution of a specified task or request")."""
    client.status.stop(run_id)
    return "the task run was stopped"


TASK_RUN = Kind(
    name="qalyptus.task_run",
    noun="task run",
    poll=poll_runs,
    condition=lambda given: Target(given.id("run_id")),
    cancel=stop,
    fields=TaskRunFields,
    lookup=find_runs,
    made_by={"tasks.run": TaskRunFields.of_call},
    facts={"task_name": "name of the task", **TIMES},
)
