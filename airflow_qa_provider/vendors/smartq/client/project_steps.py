"""Steps of smartQ projects, also called stages: the columns of the board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_qa_provider.rest.client import Resource
from airflow_qa_provider.vendors.smartq.client import rules
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records, record, rows
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.rules import Id

if TYPE_CHECKING:
    from airflow_qa_provider.vendors.smartq.client.client import SmartQClient


class ProjectSteps(Resource):
    """The steps, or stages, that the tickets of a project move through. Their fields are not documented."""

    _client: SmartQClient

    def list(self, project_id: Id) -> Records:
        """Return the steps of a project (source: "Project Steps (Stages): returns the list of project steps").

        :param project_id: Id of the project.
        """
        answer = self._client.call("project_steps.list", {"project_id": project_id})
        return rows(self._client, answer, "project_steps.list")

    def create(
        self,
        project_id: Id,
        *,
        name: str,
        description: str | None = None,
        ticket_limit: int | None = None,
        position: int | None = None,
    ) -> Record:
        """Add a step to a project (source: "Project Steps (Stages): adds a new project step").

        :param project_id: Id of the project.
        :param name: Name of the step.
        :param description: Text that describes it.
        :param ticket_limit: Most tickets in this step.
        :param position: Place of the step among the others.
        :return: The step.
        :raises QAValidationError: The name is empty, or a number is not whole.
        """
        data = _step(name, description, ticket_limit, position)
        answer = self._client.call("project_steps.create", {"project_id": project_id}, data=data)
        return record(answer, "project_steps.create")

    def get(self, project_id: Id, step_id: Id) -> Record:
        """Return one step of a project (source: "Project Steps (Stages): returns project step details").

        :param project_id: Id of the project.
        :param step_id: Id of the step.
        """
        answer = self._client.call("project_steps.get", {"project_id": project_id, "step_id": step_id})
        return record(answer, "project_steps.get")

    def update(
        self,
        project_id: Id,
        step_id: Id,
        *,
        name: str,
        description: str | None = None,
        ticket_limit: int | None = None,
        position: int | None = None,
    ) -> Record:
        """Change a step of a project (source: "Project Steps (Stages): updates project step details").

        :param project_id: Id of the project.
        :param step_id: Id of the step.
        :param name: Name of the step; required in a change, too.
        :param description: Text that describes it.
        :param ticket_limit: Most tickets in this step.
        :param position: Place of the step among the others.
        :return: The step.
        :raises QAValidationError: The name is empty, or a number is not whole.
        """
        data = _step(name, description, ticket_limit, position)
        path = {"project_id": project_id, "step_id": step_id}
        return record(self._client.call("project_steps.update", path, data=data), "project_steps.update")

    def delete(self, project_id: Id, step_id: Id) -> None:
        """Delete a step of a project (source: "Project Steps (Stages): deletes project step").

        :param project_id: Id of the project.
        :param step_id: Id of the step.
        """
        self._client.call("project_steps.delete", {"project_id": project_id, "step_id": step_id})


def _step(name: str, description: str | None, ticket_limit: int | None, position: int | None) -> dict[str, str]:
    return form(
        "step",
        {
            "name": rules.required(name, "name"),
            "description": description,
            "limit": None if ticket_limit is None else rules.whole(ticket_limit, "ticket_limit"),
            "pos": None if position is None else rules.whole(position, "position"),
        },
    )
