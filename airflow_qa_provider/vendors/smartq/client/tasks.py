"""Tasks of smartQ tickets: the check list of a ticket."""

from __future__ import annotations

from typing_extensions import Unpack

from airflow_qa_provider.rest.paging import Paged
from airflow_qa_provider.rest.parameters import Id
from airflow_qa_provider.vendors.smartq.client.answers import Record
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import Rows, SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check


class Tasks(SmartQResource):
    """Tasks of a ticket. smartQ has no call for a single one, and does not document their fields."""

    def list(self, project_id: Id, ticket_id: Id, **wanted: Unpack[Rows]) -> Paged:
        """Return the tasks of a ticket (source: "Tasks: returns the list of ticket tasks").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param wanted: Fields of :class:`~airflow_qa_provider.vendors.smartq.client.resource.Rows`.
        """
        return self._pages("tasks.list", wanted, project_id=project_id, ticket_id=ticket_id)

    def create(self, project_id: Id, ticket_id: Id, *, text: str) -> Record:
        """Add a task to a ticket, as plain ``task=text`` (source: "Tasks: adds a new ticket task").

        The form of the printed example. :meth:`create_structured` is the other documented form of the same request.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param text: What is to be done.
        :return: The task.
        """
        return self._record(
            "tasks.create", {"task": check.text(text, "text")}, project_id=project_id, ticket_id=ticket_id
        )

    def create_structured(self, project_id: Id, ticket_id: Id, *, text: str, done: bool | str | None = None) -> Record:
        """Add a task to a ticket, as ``task[text]`` and ``task[done]`` (source: "Tasks: adds a new ticket note").

        The docs print this form for the same path, in a line that says note by mistake. Which of the two forms a
        server takes is not known; only this one can add a task that is already done.

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param text: What is to be done.
        :param done: Whether it is done; it is not by default.
        :return: The task.
        """
        return self._record("tasks.create_structured", _task(text, done), project_id=project_id, ticket_id=ticket_id)

    def update(
        self, project_id: Id, ticket_id: Id, task_id: Id, *, text: str, done: bool | str | None = None
    ) -> Record:
        """Change a task, or mark it as done (source: "Tasks: updates task details").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param task_id: Id of the task.
        :param text: What is to be done; required in a change, too.
        :param done: Whether it is done. The docs give 0 as the default, so a task that is done may be reopened by
            leaving it out.
        :return: The task.
        """
        path = {"project_id": project_id, "ticket_id": ticket_id, "task_id": task_id}
        return self._record("tasks.update", _task(text, done), **path)

    def delete(self, project_id: Id, ticket_id: Id, task_id: Id) -> None:
        """Delete a task (source: "Tasks: deletes task").

        :param project_id: Id of the project.
        :param ticket_id: Id of the ticket.
        :param task_id: Id of the task.
        """
        self._client.call("tasks.delete", {"project_id": project_id, "ticket_id": ticket_id, "task_id": task_id})


def _task(text: str, done: bool | str | None) -> dict[str, str]:
    return form("task", {"text": check.text(text, "text"), "done": check.optional_flag(done, "done")})
