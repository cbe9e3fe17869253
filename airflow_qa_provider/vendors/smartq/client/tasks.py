"""Tasks of smartQ tickets: the check list of a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, pages, record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class Tasks(Resource):
    """Tasks of a ticket. smartQ has no call for a single one, and does not document their fields."""

    _client: SmartQClient

    def list(
        self,
        project_id: Id,
        ticket_id: Id,
        *,
        offset: int = 0,
        page_size: int | None = None,
        limit: int | None = None,
    ) -> Paged:
        """Return the tasks of a ticket (source: "Tasks: returns the list of ticket tasks").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param offset: Tasks to leave out at the start.
        :param page_size: Rows per request; the connection's, then the vendor's default of 20 when unset.
        :param limit: Most rows in all.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id}
        return pages(self._client, "tasks.list", path, {}, offset, page_size, limit)

    def create(self, project_id: Id, ticket_id: Id, *, text: str) -> Record:
        """Add a task to a ticket, as plain ``task=text`` (source: "Tasks: adds a new ticket task").

        The form of the printed example. :meth:`create_structured` is the other documented form of the same request.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param text: What is to be done.
        :return: The task.
        :raises QAValidationError: The text is empty.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id}
        answer = self._client.call("tasks.create", path, data={"task": rules.required(text, "text")})
        return record(answer, "tasks.create")

    def create_structured(self, project_id: Id, ticket_id: Id, *, text: str, done: bool | None = None) -> Record:
        """Add a task to a ticket, as ``task[text]`` and ``task[done]`` (source: "Tasks: adds a new ticket note").

        The docs print this form for the same path, in a line that says note by mistake. Which of the two forms a
        server takes is not known; only this one can add a task that is already done.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param text: What is to be done.
        :param done: Whether it is done; it is not by default.
        :return: The task.
        :raises QAValidationError: The text is empty.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id}
        answer = self._client.call("tasks.create_structured", path, data=_task(text, done))
        return record(answer, "tasks.create_structured")

    def update(self, project_id: Id, ticket_id: Id, task_id: Id, *, text: str, done: bool | None = None) -> Record:
        """Change a task, or mark it as done (source: "Tasks: updates task details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param task_id: Id of the task.
        :param text: What is to be done; required in a change, too.
        :param done: Whether it is done. The docs give 0 as the default, so a task that is done may be reopened by
            leaving it out.
        :return: The task.
        :raises QAValidationError: The text is empty.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id, "task_id": task_id}
        return record(self._client.call("tasks.update", path, data=_task(text, done)), "tasks.update")

    def delete(self, project_id: Id, ticket_id: Id, task_id: Id) -> None:
        """Delete a task (source: "Tasks: deletes task").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param task_id: Id of the task.
        """
        self._client.call("tasks.delete", {"project_id": project_id, "ticket_id": ticket_id, "task_id": task_id})


def _task(text: str, done: bool | None) -> dict[str, str]:
    return form("task", {"text": rules.required(text, "text"), "done": done})
