"""smartQ: one ticket, one note, each file once, one move, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAJournalError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.smartq import SmartQHook
from airflow_qa_provider.journal.attempt import Patience
from airflow_qa_provider.operators.base import CreatingOperator
from airflow_qa_provider.operators.smartq import SmartQCreateTicketOperator
from airflow_qa_provider.sandbox import Sandbox, SandboxSettings, run_sandbox
from airflow_qa_provider.sandbox.settings import SmartQWire
from tests.resilience.attempts import Killed, Task, killed_when

IN_A_MOMENT = Patience(pause=0.02, lost_answer=0.25, no_id=0.25, settled=0.1, not_found=0.0)
TICKETS, NOTES, FILES = "/tickets$", "/notes$", "/filesv2$"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["smartq"]) as sandbox:
        yield sandbox


def connect(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, **extra: Any) -> None:
    for name, connection in sandbox.connections().items():
        fields = {**connection, "extra": {"retries": 0, **connection["extra"], **extra}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(CreatingOperator, "patience", IN_A_MOMENT)
    return shared_sandbox


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
    with SmartQHook().get_conn() as client:
        return call(client)


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


@contextmanager
def _dying(task: Task) -> Iterator[None]:
    with pytest.raises(Killed):
        yield
    task.state.before = task.state.after = lambda value: None


def before_the_intent(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.before = _die
    with _dying(task):
        task.attempt()


def before_the_request(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.after = _die
    with _dying(task):
        task.attempt()


def before_it_arrived(sandbox: Sandbox, task: Task, path: str) -> None:
    sandbox.add_fault("reset_before", method="POST", path=path, times=1)
    before = len(writes(sandbox, path))
    with _dying(task), killed_when(lambda: len(writes(sandbox, path)) > before):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task, path: str) -> None:
    sandbox.add_fault({"slow": 1}, method="POST", path=path, times=1)
    before = len(writes(sandbox, path))
    with _dying(task), killed_when(lambda: any(r.status for r in writes(sandbox, path)[before:])):
        task.attempt()


def before_the_id_was_noted(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.before = _die_with_an_id
    with _dying(task):
        task.attempt()


def after_the_id_was_noted(sandbox: Sandbox, task: Task, path: str) -> None:
    task.state.after = _die_with_an_id
    with _dying(task):
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


# Tickets


@pytest.fixture
def ticket(sandbox: Sandbox) -> Callable[..., Task]:
    """Returns a function that makes a task which creates a ticket."""

    def make(sandbox: Sandbox = sandbox, **arguments: Any) -> Task:
        given = {**place(sandbox), "name": "Door closer missing", "tags": ["defect"], **arguments}
        return Task(lambda: SmartQCreateTicketOperator(task_id="create", **given))

    return make


@any_point
def test_a_killed_task_has_one_ticket(kill: Any, sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    killed = ticket()
    with counting(lambda: tickets(sandbox)) as made:
        kill(sandbox, killed, TICKETS)
        returned = killed.attempt()
        again = killed.attempt()

    assert list(made) == [returned] == [again]
    assert len(writes(sandbox)) == (2 if kill is before_it_arrived else 1)
    assert killed.journal["outcome"] == "adopted"


@any_loss
@pytest.mark.parametrize("marker_tag", [True, False])
def test_a_lost_ticket_is_found(marker_tag: bool, fault: Any, sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    ticket(name="Door closer missing").attempt()
    sandbox.add_fault(fault, method="POST", path=TICKETS, times=1)
    losing = ticket(marker_tag=marker_tag)
    losing.task_id = "another"
    with counting(lambda: tickets(sandbox)) as made:
        returned = losing.attempt()

    assert list(made) == [returned] == [losing.state["journal"]["object_id"]]
    assert made[returned].tags == ("defect", losing.state["journal"]["facts"]["marker"])[: 1 + marker_tag]
    assert "the answer to the request was lost, it was found" in losing.journal["reason"]


def test_a_ticket_that_somebody_has_renamed_moved_and_archived_is_found(
    sandbox: Sandbox, ticket: Callable[..., Task]
) -> None:
    killed = ticket()
    with counting(lambda: tickets(sandbox)) as made:
        before_the_answer(sandbox, killed, TICKETS)
        changed = list(tickets(sandbox).values())[-1]
        changed.name, changed.step_id, changed.archived = "Door 12", changed.step_id + 1, True
        assert killed.attempt() == str(changed.id)
    assert len(made) == 1


def test_where_tags_are_not_shown_the_name_and_what_was_there_before_tell(
    ticket: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    with run_sandbox(["smartq"], SandboxSettings(smartq=SmartQWire(hidden=("tags",)))) as sandbox:
        connect(monkeypatch, sandbox)
        there = ticket(sandbox).attempt()
        killed = ticket(sandbox)
        with counting(lambda: tickets(sandbox)) as made:
            before_the_answer(sandbox, killed, TICKETS)
            returned = killed.attempt()
        assert list(made) == [returned] != [there]

        twice = ticket(sandbox, description="Stair B")
        before_the_answer(sandbox, twice, TICKETS)
        other = ticket(sandbox).attempt()
        with pytest.raises(QAUncertainError, match=rf"cannot be told whether one of these.*ticket {other} \('Door"):
            twice.attempt()


def test_mapped_tickets_of_one_name_are_told_apart(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    north, south = ticket(), ticket()
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    with counting(lambda: tickets(sandbox)) as made:
        before_the_answer(sandbox, north, TICKETS)
        before_the_answer(sandbox, south, TICKETS)
        assert [south.attempt(), north.attempt()] == [*reversed(list(made or tickets(sandbox))[-2:])]
    assert len(made) == 2


def test_without_a_state_the_marker_tells(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    killed = ticket()
    killed.keeps_state = False
    with counting(lambda: tickets(sandbox)) as made:
        before_the_answer(sandbox, killed, TICKETS)
        returned = killed.attempt()
    assert list(made) == [returned]


def test_a_ticket_that_never_arrived_is_created_by_the_next_attempt(
    sandbox: Sandbox, ticket: Callable[..., Task]
) -> None:
    sandbox.add_fault("reset_before", method="POST", path=TICKETS, times=1)
    losing = ticket()
    with counting(lambda: tickets(sandbox)) as made:
        with pytest.raises(QAConnectionLostError, match="A retry looks for it again, and creates it when it is nowh"):
            losing.attempt()
        returned = losing.attempt()
    assert list(made) == [returned]


def test_a_cleared_task_keeps_its_ticket_unless_told_otherwise(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    keeping, renewing = ticket(), ticket(name="Door 13", on_clear="new")
    first, second = keeping.attempt(), renewing.attempt()
    keeping.clear()
    renewing.clear()

    assert keeping.attempt() == first
    assert renewing.attempt() != second


def test_a_deleted_ticket_fails_a_retry(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    deleting = ticket()
    made = deleting.attempt()
    ask(lambda client: client.tickets.delete(place(sandbox)["project_id"], made))
    with pytest.raises(QAJournalError, match=f"ticket {made}, which this task had created, does not exist any more"):
        deleting.attempt()


def test_changed_input_updates_a_ticket_where_it_is_now(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    changing = ticket(on_changed_input="update", required_by=timedelta(days=3))
    made = changing.attempt()
    at_vendor = tickets(sandbox)[made]
    at_vendor.step_id += 1
    at_vendor.tags += ("seen",)
    step_id = at_vendor.step_id
    changing.make = ticket(on_changed_input="update", description="Stair B, level 2", tags="defect, fire").make

    assert changing.attempt() == made
    assert changing.attempt() == made
    after = tickets(sandbox)[made]
    assert (after.description, after.step_id) == ("Stair B, level 2", step_id)
    assert after.tags == ("defect", "seen", "fire", changing.state["journal"]["facts"]["marker"])
    assert [r.method for r in writes(sandbox)] == ["POST", "PUT"]


def test_a_ticket_that_was_there_before(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    there = ticket().attempt()

    assert ticket(if_exists="adopt").attempt() == there
    assert ticket(if_exists="adopt", name="Door closer").attempt() != there
    with pytest.raises(QAJournalError, match=f"if_exists is 'fail', and there is one already: ticket {there}"):
        ticket(if_exists="fail").attempt()


def test_a_dry_run_shows_the_ticket_and_sends_nothing(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    dry = ticket(dry_run=True, custom_fields={"f1": "Stair B"})
    with counting(lambda: tickets(sandbox)) as made, pytest.raises(AirflowSkipException):
        dry.attempt()

    shown = dry.xcoms[-1, "dry_run"]["request"]
    assert made == {} == dry.state
    assert writes(sandbox) == []
    assert shown["body"]["ticket[name]"] == "Door closer missing"
    assert shown["body"]["ticket[f1]"] == "Stair B"
    assert "sandbox-smartq" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"project_id": "None"}, "project_id is required, got 'None'"),
        ({"name": " "}, "name is required"),
        ({"step_id": ""}, "step_id is required"),
        ({"tags": ["a,b"]}, "'a,b' has a comma"),
        ({"required_by": "tomorrow"}, "required_by must be a date"),
        ({"assigned_to": []}, "assigned_to is an empty list"),
        ({"custom_fields": {"name": "x"}}, "'name' is not the name of a custom field"),
        ({"if_exists": "skip"}, "if_exists must be one of"),
    ],
)
def test_a_bad_ticket_is_refused_before_any_request(
    given: dict[str, Any], words: str, sandbox: Sandbox, ticket: Callable[..., Task]
) -> None:
    with pytest.raises(QAValidationError, match=words):
        ticket(**given).attempt()
    assert sandbox.requests("smartq") == []
