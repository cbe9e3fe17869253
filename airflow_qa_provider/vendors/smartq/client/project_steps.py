"""Steps of smartQ projects, also called stages: the columns of the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from typing_extensions import Required, Unpack

from airflow_qa_provider.rest.parameters import FreeText, Id, Text, Whole, Wire
from airflow_qa_provider.vendors.smartq.client.answers import Record, Records
from airflow_qa_provider.vendors.smartq.client.forms import form
from airflow_qa_provider.vendors.smartq.client.resource import SmartQResource
from airflow_qa_provider.vendors.smartq.client.rules import check


class StepFields(TypedDict, total=False):
    """What a step has.

    :param name: Name of the step; required in a change, too.
    :param description: Text that describes it.
    :param ticket_limit: Most tickets in this step.
    :param position: Place of the step among the others.
    """

    name: Required[Text]
    description: FreeText | None
    ticket_limit: Annotated[Whole | None, Wire("limit")]
    position: Annotated[Whole | None, Wire("pos")]


class ProjectSteps(SmartQResource):
    """The steps, or stages, that the tickets of a project move through. Their fields are not documented.

    A name that is empty, and a number that is not whole, raise a QAValidationError.
    """

    def list(self, project_id: Id) -> Records:
        """Return the steps of a project (source: "Project Steps (Stages): returns the list of project steps").

        :param project_id: Id of the project.
        """
        return self._rows("project_steps.list", project_id=project_id)

    def create(self, project_id: Id, **step: Unpack[StepFields]) -> Record:
        """Add a step to a project and return it (source: "Project Steps (Stages): adds a new project step").

        :param project_id: Id of the project.
        :param step: Fields of :class:`StepFields`.
        """
        return self._record("project_steps.create", _step(step), project_id=project_id)

    def get(self, project_id: Id, step_id: Id) -> Record:
        """Return one step of a project (source: "Project Steps (Stages): returns project step details").

        :param project_id: Id of the project.
        :param step_id: Id of the step.
        """
        return self._record("project_steps.get", project_id=project_id, step_id=step_id)

    def update(self, project_id: Id, step_id: Id, **step: Unpack[StepFields]) -> Record:
        """Change a step of a project and return it (source: "Project Steps (Stages): updates project step details").

        :param project_id: Id of the project.
        :param step_id: Id of the step.
        :param step: Fields of :class:`StepFields`.
        """
        return self._record("project_steps.update", _step(step), project_id=project_id, step_id=step_id)

    def delete(self, project_id: Id, step_id: Id) -> None:
        """Delete a step of a project (source: "Project Steps (Stages): deletes project step").

        :param project_id: Id of the project.
        :param step_id: Id of the step.
        """
        self._client.call("project_steps.delete", {"project_id": project_id, "step_id": step_id})


def _step(step: Mapping[str, Any]) -> dict[str, str]:
    return form("step", check.wire(StepFields, step))
