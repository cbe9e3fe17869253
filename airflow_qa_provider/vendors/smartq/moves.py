"""Moving tickets of smartQ to another step of their board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from typing_extensions import Self, override

from airflow_qa_provider.exceptions import QAApiError, QANotSupportedError, QAValidationError, may_be_done
from airflow_qa_provider.kinds.change import Change, Shown
from airflow_qa_provider.kinds.given import Given
from airflow_qa_provider.vendors.smartq.client import SmartQClient, shown

# for how long the tasks of one session take the steps of a board for those that it was seen to have
_STEPS_SECONDS = 600.0


@dataclass(frozen=True)
class MoveTicket(Change):
    """A step that a ticket is to be in (source: "Tickets: updates ticket details").

    smartQ has no call for a move: the whole ticket is changed, and whether it keeps what is left out is not documented.
    What it shows is sent along.

    :param project_id: Id of the project.
    :param ticket_id: Id of the ticket.
    :param step: Id of the step, or its name in the project.
    :param content: What the ticket was created with, when that was a moment ago; ``None`` to read it.
    """

    project_id: str
    ticket_id: str
    step: str
    content: Shown | None = None

    id_field = "ticket_id"

    @classmethod
    @override
    def read(cls, given: Given) -> Self:
        return cls(given.id("project_id"), given.id("ticket_id"), given.text("step"))

    @override
    def identity(self) -> Mapping[str, Any]:
        return {name: value for name, value in super().identity().items() if name != "content"}

    @property
    @override
    def known(self) -> Shown | None:
        return self.content

    @override
    def wanted(self, client: SmartQClient) -> Shown:
        return {"step_id": self._from_memory(client) or self._looked_up(client)}

    @override
    def current(self, client: SmartQClient) -> Shown:
        ticket = client.tickets.get(self.project_id, self.ticket_id)
        fields = {
            "step_id": shown.step_of(ticket),
            "name": ticket.get("name"),
            "description": ticket.get("description"),
            "tags": shown.tags_of(ticket),
            "required_by": shown.deadline_of(ticket),
            "assigned_to": shown.assignees_of(ticket),
            "custom_fields": shown.custom_fields_of(ticket),
        }
        return {name: value for name, value in fields.items() if value}

    @override
    def send(self, client: SmartQClient, wanted: Shown, current: Shown | None) -> None:
        content = {**(current or {}), **wanted}
        if "name" not in content:
            raise QANotSupportedError(
                f"ticket {self.ticket_id} shows no name, and smartQ requires one to move it",
                vendor="smartq",
                operation="tickets.update",
                outcome="Nothing was sent",
                hint="Move it with SmartQOperator and tickets.update, with a name of yours. A retry fails again",
            )
        try:
            client.tickets.update(self.project_id, self.ticket_id, **content)
        except QAApiError as error:
            if not may_be_done(error) and self._from_memory(client):
                client.remember(self._steps, None)
                # the board may have changed since: a retry asks for its steps
                error.permanent = False
            raise

    @property
    def _steps(self) -> str:
        return f"steps of project {self.project_id}"

    def _from_memory(self, client: SmartQClient) -> str | None:
        try:
            return shown.step_named(client.recall(self._steps, _STEPS_SECONDS) or (), self.step, self.project_id)
        except QAValidationError:
            return None

    def _looked_up(self, client: SmartQClient) -> str:
        steps = [{"id": one.get("id"), "name": one.get("name")} for one in client.project_steps.list(self.project_id)]
        found = shown.step_named(steps, self.step, self.project_id)
        client.remember(self._steps, steps)
        return found

    @override
    def before(self, current: Shown | None) -> Shown:
        return {"step_id": (current or {}).get("step_id")}

    @override
    def has_effect(self, current: Shown | None, before: Shown) -> bool:
        # it has left its old step: it was moved, and is not moved back if somebody has moved it on
        old, now = before.get("step_id"), (current or {}).get("step_id")
        return old is not None and now is not None and old != now
