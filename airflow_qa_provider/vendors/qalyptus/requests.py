"""Waiting for Qalyptus Cloud requests and task runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

from airflow_qa_provider.exceptions import QAError, QANotFoundError
from airflow_qa_provider.kinds.polling import Statuses, not_gone, poll_each
from airflow_qa_provider.kinds.snapshot import Phase, Snapshot
from airflow_qa_provider.vendors.qalyptus.client import QalyptusClient
from airflow_qa_provider.vendors.qalyptus.client.dialect import Dialect

_FEW = 2


class RequestPoller:
    """On-demand requests: few are asked for one by one, many by the list, and what it does not show one by one.

    What the list holds is not documented, so gone is only what neither way shows.
    """

    kind = "qalyptus.request"
    noun = "report request"

    def poll(self, client: QalyptusClient, ids: Collection[str], since: float) -> Statuses:
        """Look at on-demand requests.

        :param client: The client.
        :param ids: Ids of requests.
        :param since: Not used: the list takes no window.
        """
        return _look(client.dialect, ids, client.status.get_on_demand, client.status.list_on_demand)

    def cancel(self, client: QalyptusClient, object_id: str) -> str:
        """Stop a request (source: "Stop the execution of a specified task or request").

        :param client: The client.
        :param object_id: Id of the request.
        """
        client.status.stop(object_id)
        return "the request was stopped"


class TaskRunPoller:
    """Runs of tasks, in the list that the dialect's ``task_runs`` names."""

    kind = "qalyptus.task_run"
    noun = "task run"

    def poll(self, client: QalyptusClient, ids: Collection[str], since: float) -> Statuses:
        """Look at task runs.

        :param client: The client.
        :param ids: Ids of runs.
        :param since: Not used: the list takes no window.
        """
        status = client.status
        if client.dialect.task_runs == "on_demand":
            return _look(client.dialect, ids, status.get_on_demand, status.list_on_demand)
        return _look(client.dialect, ids, status.get_scheduled, status.list_scheduled)

    def cancel(self, client: QalyptusClient, object_id: str) -> str:
        """Stop a run (source: "Stop the execution of a specified task or request").

        :param client: The client.
        :param object_id: Id of the run.
        """
        client.status.stop(object_id)
        return "the task run was stopped"


def snapshot(record: Mapping[str, Any], dialect: Dialect) -> Snapshot:
    """Return the snapshot of a status record.

    :param record: A record of the Status group.
    :param dialect: Status words and field names of the tenant.
    """
    status = dialect.status_of(record)
    phase = _phase(status, dialect)
    names = ("outputFormat", "reportName", "taskName", "startDate", "endDate")
    detail = {name: record[name] for name in names if record.get(name) is not None}
    message = dialect.message_of(record)
    if message:
        detail["message"] = message
    return Snapshot(dialect.find_id(record) or "", phase or Phase.ACTIVE, status, detail, known=phase is not None)


def _phase(status: str, dialect: Dialect) -> Phase | None:
    word = status.strip().lower()
    for phase, words in (
        (Phase.SUCCEEDED, dialect.succeeded),
        (Phase.WARNING, dialect.warning),
        (Phase.FAILED, dialect.failed),
        (Phase.CANCELLED, dialect.cancelled),
        (Phase.ACTIVE, dialect.active),
    ):
        if word in (known.lower() for known in words):
            return phase
    return None


def _look(
    dialect: Dialect,
    ids: Collection[str],
    get: Callable[[str], dict[str, Any]],
    list_all: Callable[[], list[dict[str, Any]]],
) -> Statuses:
    def one(object_id: str) -> Snapshot:
        return snapshot({"id": object_id, **get(object_id)}, dialect)

    def listed() -> Statuses | None:
        try:
            rows = {dialect.find_id(row): row for row in list_all()}
        except QANotFoundError:
            return None
        return {object_id: snapshot(rows[object_id], dialect) for object_id in ids if object_id in rows}

    many = len(ids) > _FEW
    shown = listed() if many else {}
    looks = poll_each(one, [object_id for object_id in ids if object_id not in (shown or {})])
    missing = [object_id for object_id, seen in looks.items() if isinstance(seen, QANotFoundError)]
    if missing and not many:
        shown = listed()
    if shown is None:
        # both paths are inferred: where neither is there, nothing is known about the object
        looks.update({object_id: not_gone(cast(QAError, looks[object_id])) for object_id in missing})
    return {**looks, **(shown or {})}
