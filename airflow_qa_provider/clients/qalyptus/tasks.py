"""Tasks of Qalyptus Cloud: jobs that generate reports and send them to recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_qa_provider.clients.base import Resource

if TYPE_CHECKING:
    from airflow_qa_provider.clients.qalyptus.client import QalyptusClient


class Tasks(Resource):
    """Task definitions, and running them."""

    _client: QalyptusClient

    def list(self) -> list[dict[str, Any]]:
        """Return all tasks of the organization (source: "Get tasks")."""
        return list(self._client.call("tasks.list") or [])

    def get(self, task_id: str) -> dict[str, Any]:
        """Return one task (source: "Get task").

        :param task_id: UUID of the task.
        :raises QANotFoundError: There is no such task.
        """
        return dict(self._client.call("tasks.get", {"id": task_id}) or {})

    def run(self, task_id: str) -> str | None:
        """Run a task and return the id of the run, if the vendor tells it (source: "Run").

        :param task_id: UUID of the task.
        :return: Id of the run; ``None`` when the answer holds none, for the docs show no answer.
        :raises QANotFoundError: There is no such task.
        """
        found = self._client.dialect.find_id(self._client.call("tasks.run", {"id": task_id}))
        # an answer that echoes the task tells nothing about the run
        return None if found == task_id else found
