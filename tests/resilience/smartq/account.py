"""What the account has and was sent, and where a task that changes it can be killed or lose an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.smartq import SmartQMoveTicketOperator
from airflow_qa_provider.vendors.connect import client_for
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task, killed_when

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.25, no_id=0.25, settled=0.1, not_found=0.0)
TICKETS, NOTES, FILES = "/tickets$", "/notes$", "/filesv2$"


def place(sandbox: Sandbox) -> dict[str, str]:
    extra = sandbox.connections()["smartq_default"]["extra"]
    return {"project_id": extra["project_id"], "step_id": extra["step_id"]}


def tickets(sandbox: Sandbox) -> dict[str, Any]:
    """All tickets of the first project, by id."""
    project = sandbox.app("smartq").state.store.projects[int(place(sandbox)["project_id"])]
    return {str(ticket.id): ticket for ticket in project.tickets.values()}


def writes(sandbox: Sandbox, path: str = "") -> list[Any]:
    """Requests that change something, signing in aside."""
    sent = [r for r in sandbox.requests("smartq") if r.method != "GET" and "oauth2" not in r.path]
    return [r for r in sent if path.strip("$") in r.path]


@contextmanager
def counting(things: Callable[[], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Fills the dictionary that it gives with what was made in the block, when that ends."""
    old, new = set(things()), {}
    yield new
    new.update({name: one for name, one in things().items() if name not in old})


def ask(call: Callable[[Any], Any]) -> Any:
    with client_for("smartq", "smartq_default") as client:
        return call(client)


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


@contextmanager
def dying(task: Task) -> Iterator[None]:
    with pytest.raises(Killed):
        yield
    task.state.before = task.state.after = lambda value: None


def before_the_intent(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.before = _die
    with dying(task):
        task.attempt()


def before_the_request(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.after = _die
    with dying(task):
        task.attempt()


def before_it_arrived(sandbox: Sandbox, task: Task, path: str) -> None:
    sandbox.add_fault("reset_before", method="POST", path=path, times=1)
    before = len(writes(sandbox, path))
    with dying(task), killed_when(lambda: len(writes(sandbox, path)) > before):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task, path: str) -> None:
    sandbox.add_fault({"slow": 1}, method="POST", path=path, times=1)
    before = len(writes(sandbox, path))
    with dying(task), killed_when(lambda: any(r.status for r in writes(sandbox, path)[before:])):
        task.attempt()


def before_the_id_was_noted(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.before = _die_with_an_id
    with dying(task):
        task.attempt()


def after_the_id_was_noted(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.after = _die_with_an_id
    with dying(task):
        task.attempt()


POINTS = [
    before_the_intent,
    before_the_request,
    before_it_arrived,
    before_the_answer,
    before_the_id_was_noted,
    after_the_id_was_noted,
]
LOST: list[Any] = ["reset_after", {"status": 503, "commit": True}, {"html": True, "commit": True}]
any_point = pytest.mark.parametrize("kill", POINTS, ids=lambda point: point.__name__)
any_loss = pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html"])


@dataclass
class Board:
    """A ticket of the sandbox, and its steps by name."""

    ticket: Any
    steps: dict[str, int]
    project_id: str

    def task(self, step: str = "Repaired", **arguments: Any) -> Task:
        given = {"project_id": self.project_id, "ticket_id": str(self.ticket.id), "step": step, **arguments}
        return Task(lambda: SmartQMoveTicketOperator(task_id="move", **given))

    @property
    def step(self) -> str:
        return next(name for name, step_id in self.steps.items() if step_id == self.ticket.step_id)

    def by_hand(self, step: str) -> None:
        self.ticket.step_id = self.steps[step]


def told(sandbox: Sandbox, note_id: str) -> int:
    """How often people were told of a note."""
    return sum(str(sent.note_id) == note_id for sent in sandbox.app("smartq").state.store.notifications)
