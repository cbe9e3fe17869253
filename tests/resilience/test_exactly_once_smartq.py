"""smartQ: one ticket, one note, each file once, one move, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException, ObjectStoragePath

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAFileError,
    QAJournalError,
    QANotFoundError,
    QANotSupportedError,
    QARequestRejectedError,
    QAServerError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.smartq import (
    SmartQAddNoteOperator,
    SmartQCreateTicketOperator,
    SmartQMoveTicketOperator,
)
from airflow_qa_provider.vendors.connect import client_for
from airflow_qa_provider.vendors.smartq import notes, ticket_lookup
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import SmartQWire
from tests.resilience.attempts import Killed, Task, connect, killed_when

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.25, no_id=0.25, settled=0.1, not_found=0.0)
TICKETS, NOTES, FILES = "/tickets$", "/notes$", "/filesv2$"


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["smartq"]) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", IN_A_MOMENT)
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", IN_A_MOMENT)
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
    with client_for("smartq", "smartq_default") as client:
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


# Tickets with what belongs to them


@pytest.fixture
def finding(sandbox: Sandbox, tmp_path: Path) -> Callable[..., Task]:
    """Returns a function that makes a task which creates a ticket with a photo, and hands it over."""
    for name in ("door.jpg", "frame.jpg"):
        (tmp_path / name).write_bytes(b"\xff\xd8" + name.encode())

    users = sandbox.app("smartq").state.store.users

    def make(**arguments: Any) -> Task:
        given: dict[str, Any] = {
            "name": "Door closer missing",
            "assigned_to": sorted(users)[:2],
            "required_by": timedelta(days=2),
            "files": ["door.jpg", str(tmp_path / "frame.jpg")],
            "files_from": f"file://{tmp_path}/",
            "note": "As seen",
            "notify_users": True,
            "then_move_to": "Accepted",
            **arguments,
        }
        return Task(lambda: SmartQCreateTicketOperator(task_id="create", **given))

    return make


def assert_whole(sandbox: Sandbox, made: dict[str, Any], returned: str) -> None:
    """There is one new ticket, with its note, its files and its deadline, in its step; and people were told once."""
    assert list(made) == [returned]
    ticket = made[returned]
    (note,) = ticket.notes.values()
    project = sandbox.app("smartq").state.store.projects[int(place(sandbox)["project_id"])]
    assert (note.text, [file.name for file in note.files.values()]) == ("As seen", ["door.jpg", "frame.jpg"])
    assert project.step(ticket.step_id).name == "Accepted"
    assert abs(ticket.deadline - datetime.now(timezone.utc) - timedelta(days=2)) < timedelta(hours=1)
    assert told(sandbox, str(note.id)) == 1


def test_a_ticket_with_its_files_is_one_thing(sandbox: Sandbox, finding: Callable[..., Task]) -> None:
    task = finding()
    with counting(lambda: tickets(sandbox)) as made:
        returned = task.attempt()
    assert_whole(sandbox, made, returned)
    assert task.xcoms[-1, "remote_id"] == returned
    (note_id,) = made[returned].notes
    assert task.told["note"] == {"id": str(note_id), "outcome": "created"}
    assert task.told["move"] == {"id": returned, "outcome": "updated"}
    calls = [f"{call.method} {call.path.rpartition('/')[2]}" for call in sandbox.requests("smartq")]
    reads = [call for call in calls if call.startswith("GET")]
    assert reads == ["GET tickets", "GET steps"], "one look before the ticket, and the step by its name"
    assert len(writes(sandbox)) == 5

    sent = len(writes(sandbox))
    assert task.attempt() == returned
    assert len(writes(sandbox)) == sent, "all is noted"


@any_loss
@pytest.mark.parametrize("path", [TICKETS, NOTES, FILES, r"/tickets/\d+$"], ids=["ticket", "note", "file", "move"])
def test_a_ticket_loses_an_answer_and_nothing_else(
    path: str, fault: Any, sandbox: Sandbox, finding: Callable[..., Task]
) -> None:
    sandbox.add_fault(fault, method="PUT" if "d+" in path else "POST", path=path, times=1)
    with counting(lambda: tickets(sandbox)) as made:
        returned = finding().attempt()
    assert_whole(sandbox, made, returned)
    assert len(writes(sandbox)) == 5


@pytest.mark.parametrize("path", [TICKETS, NOTES, FILES, r"/tickets/\d+$"], ids=["ticket", "note", "file", "move"])
def test_a_retry_takes_up_at_what_is_missing(path: str, sandbox: Sandbox, finding: Callable[..., Task]) -> None:
    method = "PUT" if "d+" in path else "POST"
    sandbox.add_fault({"status": 422, "body": {"error": "no"}}, method=method, path=path, times=1)
    task = finding()
    with counting(lambda: tickets(sandbox)) as made:
        with pytest.raises(QARequestRejectedError):
            task.attempt()
        returned = task.attempt()
    assert_whole(sandbox, made, returned)


def test_a_ticket_that_is_made_anew_has_all_that_the_first_one_had(
    sandbox: Sandbox, finding: Callable[..., Task]
) -> None:
    task = finding(on_gone="new")
    first = task.attempt()
    ask(lambda client: client.tickets.delete(place(sandbox)["project_id"], first))
    with counting(lambda: tickets(sandbox)) as made:
        second = task.attempt()
    assert first != second
    assert_whole(sandbox, made, second)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"files": "kerb.jpg"}, "the file kerb.jpg at"),
        ({"files": "../door.jpg"}, "leads out of its folder"),
        ({"files_from": "None"}, "files_from names no folder"),
        ({"files": None, "note": None}, "notify_users is about a note"),
        ({"notify_users": "perhaps"}, "notify_users must be true or false"),
    ],
)
def test_what_a_ticket_cannot_have_is_refused_before_it_is_there(
    arguments: dict[str, Any], problem: str, sandbox: Sandbox, finding: Callable[..., Task]
) -> None:
    with pytest.raises((QAValidationError, QAFileError)) as refused:
        finding(**arguments).attempt()
    assert problem in str(refused.value)
    assert writes(sandbox) == []


def test_files_without_a_text_are_named_in_it(sandbox: Sandbox, finding: Callable[..., Task]) -> None:
    with counting(lambda: tickets(sandbox)) as made:
        returned = finding(note=None, then_move_to=None, notify_users=None).attempt()
    (note,) = made[returned].notes.values()
    assert note.text == "door.jpg, frame.jpg"


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
    assert killed.told["outcome"] == "adopted"


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
    assert made[returned].tags == ("defect", losing.state["journal"]["fields"]["marker"])[: 1 + marker_tag]
    assert "the answer to the request was lost, it was found" in losing.told["reason"]


def test_looks_after_a_lost_answer_are_few_and_a_retry_looks_further(
    sandbox: Sandbox, ticket: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", replace(IN_A_MOMENT, lost_answer=0.19, settled=5.0))
    sandbox.add_fault({"status": 503}, method="POST", path=TICKETS, times=1)
    lost = ticket()
    with pytest.raises(QAServerError, match="A retry looks for it again"):
        lost.attempt()
    looks = [request.query for request in sandbox.requests("smartq") if request.method == "GET"]
    assert len(looks) == 4, "one before the request, three after it"
    assert all("nameFilter" in query for query in looks)

    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", IN_A_MOMENT)
    made = lost.attempt()
    later = [request.query for request in sandbox.requests("smartq") if request.method == "GET"][len(looks) :]
    assert any("nameFilter" not in query for query in later), "somebody may have renamed it by then"
    assert made in tickets(sandbox)


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


@pytest.mark.parametrize("left", [0, 30], ids=["removed", "cut"])
def test_a_ticket_that_has_lost_its_marker_is_uncertain(
    left: int, sandbox: Sandbox, ticket: Callable[..., Task]
) -> None:
    killed = ticket()
    with counting(lambda: tickets(sandbox)) as made:
        before_the_answer(sandbox, killed, TICKETS)
        changed = list(tickets(sandbox).values())[-1]
        changed.tags = tuple(tag[:left] if tag.startswith("airflow-") else tag for tag in changed.tags)
        with pytest.raises(
            QAUncertainError, match=rf"cannot be told whether one of these.*ticket {changed.id} \('Door"
        ):
            killed.attempt()
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


def test_a_name_that_is_shown_as_html_is_the_same(ticket: Callable[..., Task], monkeypatch: pytest.MonkeyPatch) -> None:
    with run_sandbox(["smartq"], SandboxSettings(smartq=SmartQWire(hidden=("tags",)))) as sandbox:
        connect(monkeypatch, sandbox)
        killed = ticket(sandbox, name="Door's closer & frame")
        with counting(lambda: tickets(sandbox)) as made:
            before_the_answer(sandbox, killed, TICKETS)
            shown = {"id": list(tickets(sandbox))[-1], "name": "Door&#039;s closer &amp; frame", "step_id": "1"}
            body = {"error": None, "data": {"items": [shown], "count": 1}}
            sandbox.add_fault({"status": 200, "body": body}, method="GET", path="/tickets$")
            assert killed.attempt() == shown["id"]
        assert len(made) == 1


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
    assert after.tags == ("defect", "seen", "fire", changing.state["journal"]["fields"]["marker"])
    assert [r.method for r in writes(sandbox)] == ["POST", "PUT"]


def test_a_ticket_that_was_there_before(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    there = ticket().attempt()

    assert ticket(if_exists="adopt").attempt() == there
    assert ticket(if_exists="adopt", name="Door closer").attempt() != there
    with pytest.raises(QAJournalError, match=f"if_exists is 'fail', and there is one already: ticket {there}"):
        ticket(if_exists="fail").attempt()


def test_a_dry_run_shows_the_ticket_and_sends_nothing(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    dry = ticket(preview=True, custom_fields={"f1": "Stair B"})
    with counting(lambda: tickets(sandbox)) as made, pytest.raises(AirflowSkipException):
        dry.attempt()

    shown = dry.xcoms[-1, "preview"]["request"]
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
        ({"assigned_to": [3, "None"]}, "assigned_to is required, got 'None'"),
        ({"assigned_to": "['3', '4']"}, "assigned_to is what Python prints, and not JSON"),
        ({"custom_fields": {"name": "x"}}, "'name' is not the name of a custom field"),
        ({"custom_fields": "{'f1': 'x'}"}, "custom_fields is what Python prints, and not JSON"),
        ({"tags": "['a', 'b']"}, "tags is what Python prints, and not JSON.*tojson"),
        ({"required_by": "2026-02-31"}, "required_by must be a date"),
        ({"required_by": "2026-01-31T18:00"}, "required_by 2026-01-31T18:00 has no time zone"),
        ({"project_id": {"id": 1}}, "project_id must be"),
        ({"step_id": "<Task(PythonOperator): find>"}, "step_id must be an id"),
        ({"marker_tag": "perhaps"}, "marker_tag must be true or false, got 'perhaps'"),
        ({"notify_involved": "perhaps"}, "notify_involved must be true or false, got 'perhaps'"),
        ({"if_exists": "skip"}, "if_exists must be one of"),
    ],
)
def test_a_bad_ticket_is_refused_before_any_request(
    given: dict[str, Any], words: str, sandbox: Sandbox, ticket: Callable[..., Task]
) -> None:
    with pytest.raises(QAValidationError, match=words):
        ticket(**given).attempt()
    assert sandbox.requests("smartq") == []


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"tags": '["defect", "fire"]'}, {"ticket[tags]": "defect,fire"}),
        ({"tags": "defect, fire"}, {"ticket[tags]": "defect,fire"}),
        ({"tags": "None"}, {}),
        ({"tags": []}, {}),
        (
            {"custom_fields": '{"f1": "Stair B", "f5": [12, "13"]}'},
            {"ticket[f1]": "Stair B", "ticket[f5][0]": "12", "ticket[f5][1]": "13"},
        ),
        ({"custom_fields": {"f1": "None", "f2": None, "f4": 7}}, {"ticket[f4]": "7"}),
        ({"assigned_to": "None", "description": None, "notify_involved": ""}, {}),
        ({"assigned_to": '["3", 4]'}, {"ticket[assigned_to][0]": "3", "ticket[assigned_to][1]": "4"}),
        ({"notify_involved": "False"}, {"ticket[notify_involved]": "0"}),
        ({"required_by": "2026-01-31"}, {"ticket[required_by]": "2026-01-31"}),
        ({"required_by": "2026-01-31 18:00:00"}, {"ticket[required_by]": "2026-01-31 18:00:00"}),
        ({"required_by": "2026-01-31T18:00:00+01:00"}, {"ticket[required_by]": "2026-01-31 17:00:00"}),
        (
            {"required_by": datetime(2026, 1, 31, 18, tzinfo=timezone.utc)},
            {"ticket[required_by]": "2026-01-31 18:00:00"},
        ),
    ],
)
def test_what_templates_make_of_a_ticket_is_read(
    given: dict[str, Any], sent: dict[str, str], ticket: Callable[..., Task]
) -> None:
    dry = ticket(**{"tags": None, "marker_tag": "no", "preview": True, **given})
    with pytest.raises(AirflowSkipException):
        dry.attempt()
    body = dry.xcoms[-1, "preview"]["request"]["body"]
    del body["ticket[name]"], body["ticket[step_id]"]
    assert body == sent


def test_long_texts_are_not_noted_and_a_date_in_the_accounts_time_stays_as_it_is(ticket: Callable[..., Task]) -> None:
    noting = ticket(description="Stair B " * 900, custom_fields={"f1": "x" * 500}, required_by="2026-01-31")
    noting.attempt()
    noted = noting.state["journal"]["fields"]
    assert "description" not in noted
    assert "custom_fields" not in noted
    assert (noted["required_by"], noted["tags"]) == ("2026-01-31", ["defect"])


def test_an_id_of_another_type_is_the_same_ticket(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    there = place(sandbox)
    again = ticket(tags=["defect", "fire"])
    made = again.attempt()
    numbers = {name: int(value) for name, value in there.items()}
    again.make = ticket(**numbers, tags='["defect", "fire"]', notify_involved="None").make

    assert again.attempt() == made
    assert len(writes(sandbox)) == 1


def test_more_tickets_than_are_read_are_uncertain(
    sandbox: Sandbox, ticket: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_lookup, "_MOST_ROWS", 2)
    killed = ticket()
    before_the_answer(sandbox, killed, TICKETS)
    assert killed.attempt() == list(tickets(sandbox))[-1], "it is among those that are read"

    renamed = ticket(description="Stair B")
    with counting(lambda: tickets(sandbox)) as made:
        before_the_answer(sandbox, renamed, TICKETS)
        lost = list(tickets(sandbox).values())[-1]
        lost.name = "Door 12"
        for number in range(3):
            ticket(name=f"Window {number}").attempt()
        with pytest.raises(QAUncertainError, match="there are more than 2 tickets since the day before the request"):
            renamed.attempt()

        unmarked = ticket(name="Door closer", marker_tag=False)
        before_the_answer(sandbox, unmarked, TICKETS)
        for number in range(3):
            ticket(name=f"Door closer {number}").attempt()
        with pytest.raises(QAUncertainError, match="there are more than 2 tickets with that text in their name"):
            unmarked.attempt()
    assert len(made) == 8


def test_a_ticket_that_its_id_does_not_show_is_seen_in_the_list(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    there = ticket()
    made = there.attempt()
    sandbox.add_fault({"status": 404}, method="GET", path=f"/tickets/{made}$")
    assert there.attempt() == made
    assert len(writes(sandbox)) == 1


def test_a_ticket_that_cannot_be_seen_now_is_kept(sandbox: Sandbox, ticket: Callable[..., Task]) -> None:
    there = ticket()
    made = there.attempt()
    sandbox.add_fault({"status": 200, "body": "[]"}, method="GET", path=f"/tickets/{made}$")
    assert there.attempt() == made
    assert len(writes(sandbox)) == 1


# Moves


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


@pytest.fixture
def board(sandbox: Sandbox) -> Board:
    project_id = place(sandbox)["project_id"]
    steps = sandbox.app("smartq").state.store.projects[int(project_id)].steps
    names = dict(zip(("Reported", "Planned", "In repair", "Repaired"), steps, strict=False))
    for name, step in names.items():
        step.name = name
    found = [one for one in tickets(sandbox).values() if one.deadline and one.values.get("f3") and one.values["f5"]]
    board = Board(found[0], {step.name: step.id for step in steps}, project_id)
    board.by_hand("Planned")
    board.ticket.assigned_to = (next(iter(sandbox.app("smartq").state.store.users)),)
    return board


def moves(sandbox: Sandbox) -> int:
    return sum(request.method == "PUT" for request in sandbox.requests("smartq"))


def test_a_move_is_made_once_and_keeps_everything_else(sandbox: Sandbox, board: Board) -> None:
    kept = ("name", "description", "tags", "deadline", "assigned_to", "archived", "values", "notes")
    before = {name: copy(getattr(board.ticket, name)) for name in kept}
    moving, old, new = board.task(" repaired "), board.steps["Planned"], board.steps["Repaired"]

    assert moving.attempt() == str(board.ticket.id) == moving.attempt()
    assert board.step == "Repaired"
    assert {name: getattr(board.ticket, name) for name in kept} == before
    assert moves(sandbox) == 1
    (body,) = [parse_qs(r.body) for r in writes(sandbox)]
    assert body["ticket[name]"] == [board.ticket.name]
    assert body["ticket[tags]"] == [",".join(board.ticket.tags)]
    assert {"ticket[description]", "ticket[required_by]", "ticket[assigned_to][0]", "ticket[f5][0]"} <= body.keys()

    first = board.task(str(old))
    first.attempt()
    result = first.told
    assert (result["outcome"], result["changes"]) == ("updated", {"step_id": {"from": str(new), "to": str(old)}})


def test_a_ticket_that_is_in_the_step_is_left_alone(sandbox: Sandbox, board: Board) -> None:
    idle = board.task("Planned")
    idle.attempt()

    assert idle.told["outcome"] == "unchanged"
    assert writes(sandbox) == []
    assert sum(r.method == "GET" for r in sandbox.requests("smartq")) == 2


MOVE_POINTS = [before_the_intent, before_the_request, before_the_id_was_noted, after_the_id_was_noted]


@pytest.mark.parametrize("kill", MOVE_POINTS, ids=lambda point: point.__name__)
@pytest.mark.parametrize("moved_on", [False, True])
def test_a_killed_move_is_not_repeated_over_somebody_elses(
    moved_on: bool, kill: Any, sandbox: Sandbox, board: Board
) -> None:
    killed = board.task()
    kill(sandbox, killed, "")
    if moved_on:
        board.by_hand("In repair")
    killed.attempt()
    killed.attempt()

    came_too_late = moved_on and kill is not before_the_intent
    assert board.step == ("In repair" if came_too_late else "Repaired")
    assert moves(sandbox) == (0 if came_too_late and kill is before_the_request else 1)


@pytest.mark.parametrize("fault", LOST, ids=["reset", "503", "html"])
def test_a_move_whose_answer_is_lost_is_seen(fault: Any, sandbox: Sandbox, board: Board) -> None:
    sandbox.add_fault(fault, method="PUT", times=1)
    losing = board.task()
    losing.attempt()

    assert (board.step, moves(sandbox)) == ("Repaired", 1)
    assert losing.told["reason"] == "the answer was lost, but the vendor shows the change"


@pytest.mark.parametrize("moved_on", [False, True])
def test_a_move_that_never_arrived_is_made_by_the_next_attempt(moved_on: bool, sandbox: Sandbox, board: Board) -> None:
    sandbox.add_fault("reset_before", method="PUT", times=1)
    losing = board.task()
    with pytest.raises(QAConnectionLostError, match="may be changed, but the vendor does not show it"):
        losing.attempt()
    if moved_on:
        board.by_hand("In repair")
    losing.attempt()

    assert board.step == ("In repair" if moved_on else "Repaired")
    if moved_on:
        assert "the request of 2" in losing.told["reason"]


def test_a_cleared_task_moves_again(sandbox: Sandbox, board: Board) -> None:
    moving = board.task()
    moving.attempt()
    board.by_hand("In repair")
    moving.clear()
    moving.attempt()

    assert (board.step, moves(sandbox)) == ("Repaired", 2)


def test_a_dry_run_shows_the_move(sandbox: Sandbox, board: Board) -> None:
    dry = board.task(preview="True")
    with pytest.raises(AirflowSkipException):
        dry.attempt()

    shown = dry.xcoms[-1, "preview"]
    assert (board.step, writes(sandbox), dry.state) == ("Planned", [], {})
    assert shown["changes"]["step_id"]["to"] == shown["request"]["body"]["ticket[step_id]"]
    assert "sandbox-smartq" not in json.dumps(shown)


def test_a_bad_move_is_refused(sandbox: Sandbox, board: Board) -> None:
    for given in ({"step": ""}, {"ticket_id": "None"}, {"project_id": ""}):
        with pytest.raises(QAValidationError, match="is required"):
            board.task(**given).attempt()
    assert sandbox.requests("smartq") == []

    with pytest.raises(QAValidationError, match=r"has no step 'Demolished'; it has 'Reported' \(\d+\), 'Planned'"):
        board.task("Demolished").attempt()
    sandbox.app("smartq").state.store.projects[int(board.project_id)].steps[0].name = "Repaired"
    with pytest.raises(QAValidationError, match=r"has several steps 'Repaired'.*Give the id of the step"):
        board.task().attempt()
    with pytest.raises(QANotFoundError):
        board.task(ticket_id="1", step=str(board.steps["Planned"])).attempt()
    assert writes(sandbox) == []


def test_a_ticket_without_a_name_is_not_moved(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_sandbox(["smartq"], SandboxSettings(smartq=SmartQWire(hidden=("name",)))) as sandbox:
        connect(monkeypatch, sandbox)
        with pytest.raises(QANotSupportedError, match="shows no name, and smartQ requires one to move it"):
            board.task(str(board.steps["Repaired"])).attempt()
        assert writes(sandbox) == []


# Notes and their files


@dataclass
class Thread:
    """A ticket of the sandbox and its notes."""

    ticket: Any
    files: list[str]
    project_id: str

    def task(self, text: str = "<b>Seen</b> on site & noted", **arguments: Any) -> Task:
        path = {"project_id": self.project_id, "ticket_id": str(self.ticket.id)}
        given = {**path, "text": text, "files": self.files, "notify_users": True, **arguments}
        return Task(lambda: SmartQAddNoteOperator(task_id="note", **given))

    def notes(self) -> dict[str, Any]:
        return {str(note.id): note for note in self.ticket.notes.values()}

    def attached(self) -> list[tuple[str, bytes]]:
        """Files of the latest note."""
        return [(file.name, file.content) for file in list(self.ticket.notes.values())[-1].files.values()]


CONTENT = {"walk report.pdf": b"%PDF-1.7 walk", "photo 1.jpg": b"\xff\xd8" * 2000, "list.csv": b"a;b\n1;2\n"}


@pytest.fixture
def thread(board: Board, tmp_path: Path) -> Thread:
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    return Thread(board.ticket, [str(tmp_path / name) for name in CONTENT], board.project_id)


def told(sandbox: Sandbox, note_id: str) -> int:
    """How often people were told of a note."""
    return sum(str(sent.note_id) == note_id for sent in sandbox.app("smartq").state.store.notifications)


@any_point
def test_a_killed_task_has_one_note(kill: Any, sandbox: Sandbox, thread: Thread) -> None:
    thread.task().attempt()
    killed = thread.task()
    with counting(thread.notes) as made:
        kill(sandbox, killed, NOTES)
        returned = killed.attempt()
        again = killed.attempt()

    assert list(made) == [returned] == [again]
    assert thread.attached() == list(CONTENT.items())
    assert told(sandbox, returned) == 1


@any_loss
def test_a_lost_note_is_found(fault: Any, sandbox: Sandbox, thread: Thread) -> None:
    thread.task().attempt()
    sandbox.add_fault(fault, method="POST", path=NOTES, times=1)
    with counting(thread.notes) as made:
        returned = thread.task().attempt()

    assert list(made) == [returned]
    assert thread.attached() == list(CONTENT.items())


def test_without_a_state_the_text_and_the_time_tell(sandbox: Sandbox, thread: Thread) -> None:
    there = thread.task()
    old = there.attempt()
    thread.notes()[old].inserted -= timedelta(hours=30)
    killed = thread.task()
    killed.keeps_state = False
    before_the_answer(sandbox, killed, NOTES)
    returned = killed.attempt()

    assert returned == list(thread.notes())[-1] != old
    assert thread.attached() == list(CONTENT.items())


def test_two_notes_with_one_text_are_uncertain(sandbox: Sandbox, thread: Thread) -> None:
    killed, other = thread.task(), thread.task("Seen\non site &amp; noted")
    before_the_answer(sandbox, killed, NOTES)
    seen = other.attempt()
    with pytest.raises(QAUncertainError, match=rf"cannot be told whether one of these came of it: note.*note {seen} "):
        killed.attempt()

    killed.xcoms[1, "remote_id"] = seen
    assert killed.attempt() != seen, "another task of the run has said that it is its own"


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", {"slow": 1}], ids=["before", "after", "unanswered"])
def test_each_file_is_attached_once(fault: Any, nth: int, sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault(fault, method="POST", path=FILES, nth=nth)
    killed = thread.task()
    arrived = fault != "reset_before"
    there = _stored(sandbox)
    sent = lambda: len(writes(sandbox, FILES)) >= nth and (not arrived or _stored(sandbox) >= there + nth)  # noqa: E731
    with _dying(killed), killed_when(sent):
        killed.attempt()
    returned = killed.attempt()
    killed.attempt()

    assert thread.attached() == list(CONTENT.items())
    assert len(writes(sandbox, FILES)) == (3 if arrived else 4)
    assert told(sandbox, returned) == 1


def _stored(sandbox: Sandbox) -> int:
    return sum(len(note.files) for ticket in tickets(sandbox).values() for note in ticket.notes.values())


@any_loss
def test_a_lost_upload_is_looked_for_before_it_is_sent_again(fault: Any, sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault(fault, method="POST", path=FILES, nth=3)
    returned = thread.task().attempt()

    assert thread.attached() == list(CONTENT.items())
    assert len(writes(sandbox, FILES)) == 3
    assert told(sandbox, returned) == 1


def test_an_upload_that_never_arrived_is_sent_by_the_next_attempt(sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault("reset_before", method="POST", path=FILES, nth=2)
    losing = thread.task()
    with pytest.raises(QAConnectionLostError) as lost:
        losing.attempt()
    note_id = losing.state["journal"]["object_id"]
    assert f"Note {note_id} is there; photo 1.jpg may be attached, but the note does not show it." in str(lost.value)
    assert told(sandbox, note_id) == 0
    assert losing.attempt() == note_id

    assert thread.attached() == list(CONTENT.items())
    assert told(sandbox, note_id) == 1


def test_a_refused_file_says_that_the_note_is_there(sandbox: Sandbox, thread: Thread) -> None:
    sandbox.add_fault({"status": 413}, method="POST", path=FILES, nth=2)
    refused = thread.task()
    with pytest.raises(QARequestRejectedError, match=r"Note \d+ is there; Nothing was changed"):
        refused.attempt()
    refused.attempt()

    assert thread.attached() == list(CONTENT.items())


def test_files_that_the_vendor_has_renamed_are_not_sent_again(sandbox: Sandbox, thread: Thread) -> None:
    again = thread.task()
    again.attempt()
    files = list(list(thread.ticket.notes.values())[-1].files.values())
    files[0].name, files[1].name = "walk_report.PDF", "Photo-1.jpg"
    again.attempt()
    assert len(writes(sandbox, FILES)) == 3

    files[2].name = "IMG_0001.csv"
    with pytest.raises(
        QAUncertainError, match=r"cannot be told whether note \d+ has list.csv: it shows \d+ \(IMG_0001"
    ):
        again.attempt()
    again.make = thread.task(on_uncertain="repeat").make
    again.attempt()
    assert [name for name, _ in thread.attached()] == ["walk_report.PDF", "Photo-1.jpg", "IMG_0001.csv", "list.csv"]


def test_manifests_of_transfers_are_attached(sandbox: Sandbox, thread: Thread) -> None:
    def manifest(uri: str, fetched_at: str, **other: Any) -> dict[str, Any]:
        content = Path(uri).read_bytes()
        facts = {"bytes": len(content), "sha256": sha256(content).hexdigest(), "content_type": "application/pdf"}
        return {"uri": f"file://{uri}", "name": "Walk.pdf", **facts, "fetched_at": fetched_at, **other}

    uri = thread.files[0]
    noting = thread.task(files=[[manifest(uri, "2026-01-31T06:00:00Z")], ObjectStoragePath(thread.files[2])])
    noting.attempt()
    noting.make = thread.task(files=[manifest(uri, "2026-01-31T07:00:00Z"), thread.files[2]]).make
    noting.attempt()
    assert thread.attached() == [("Walk.pdf", b"%PDF-1.7 walk"), ("list.csv", CONTENT["list.csv"])]

    with pytest.raises(QAFileError, match=r"Walk.pdf at file:.* has 13 bytes and had 99 when it was stored"):
        thread.task(files=manifest(uri, "", bytes=99)).attempt()


def test_what_templates_make_of_a_note_is_read(sandbox: Sandbox, thread: Thread) -> None:
    users = [str(user) for user in sandbox.app("smartq").state.store.users][:2]
    noting = thread.task(files=None, parent_id="None", private="true", notify_users="yes", users=json.dumps(users))
    returned = noting.attempt()

    (body,) = [parse_qs(r.body) for r in writes(sandbox)]
    assert (body["note[private]"], body["note[notify_users]"]) == (["1"], ["1"])
    assert [body["note[users][0]"], body["note[users][1]"]] == [[user] for user in users]
    assert "note[parent_id]" not in body
    assert thread.notes()[returned].parent_id is None
    noted = noting.state["journal"]["fields"]
    assert "text" not in noted
    assert (len(noted["text_key"]), noted["users"]) == (32, users)


def test_more_notes_than_are_read_are_uncertain(
    sandbox: Sandbox, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "_MOST_ROWS", len(thread.notes()) + 1)
    killed, other = thread.task(files=None), thread.task("Another", files=None)
    with counting(thread.notes) as made:
        before_the_answer(sandbox, killed, NOTES)
        other.attempt()
        with pytest.raises(QAUncertainError, match=rf"more than \d+ notes of ticket {thread.ticket.id}, and no more"):
            killed.attempt()
    assert len(made) == 2


def test_a_file_that_is_gone_since_it_was_attached_is_not_missed(sandbox: Sandbox, thread: Thread) -> None:
    noting = thread.task()
    noting.attempt()
    for file in thread.files:
        Path(file).unlink()
    noting.attempt()
    assert len(writes(sandbox, FILES)) == 3


def test_a_note_without_files_is_one_request(sandbox: Sandbox, thread: Thread) -> None:
    noting = thread.task(files=None, parent_id=next(iter(thread.notes()), None), private=True)
    returned = noting.attempt()
    note = thread.notes()[returned]

    assert (note.text, note.private, told(sandbox, returned)) == ("<b>Seen</b> on site & noted", True, 1)
    assert len(writes(sandbox)) == 1


def test_a_dry_run_shows_the_note_and_then_the_first_file(sandbox: Sandbox, thread: Thread) -> None:
    dry = thread.task(preview=True)
    with counting(thread.notes) as made, pytest.raises(AirflowSkipException):
        dry.attempt()
    assert (made, writes(sandbox), dry.state) == ({}, [], {})
    assert dry.xcoms[-1, "preview"]["request"]["body"]["note[has_attachments]"] == "1"

    sandbox.add_fault({"status": 413}, method="POST", path=FILES, first=1)
    half = thread.task()
    with pytest.raises(QARequestRejectedError):
        half.attempt()
    half.make = dry.make
    with pytest.raises(AirflowSkipException):
        half.attempt()
    assert half.xcoms[-1, "preview"]["request"]["operation"] == "files.upload"


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"text": " "}, QAValidationError, "text is required"),
        ({"ticket_id": ""}, QAValidationError, "ticket_id is required"),
        ({"users": []}, QAValidationError, "users names no id"),
        ({"parent_id": ["1", "2"]}, QAValidationError, "parent_id must be an id"),
        ({"users": "[1, None]"}, QAValidationError, "users is what Python prints, and not JSON"),
        ({"private": "perhaps"}, QAValidationError, "private must be true or false, got 'perhaps'"),
        ({"notify_users": "perhaps"}, QAValidationError, "notify_users must be true or false, got 'perhaps'"),
        ({"files": ["[{'uri': ..."]}, QAValidationError, "files takes paths, URIs and the manifests"),
        ({"files": {"name": "x"}}, QAValidationError, "files takes the manifests that the transfers return"),
        (
            {"files": "nfs://site/a.pdf?sig=s3cr3t"},
            QAFileError,
            r"the file a\.pdf at nfs://site/a.pdf\?sig=\*\*\* cannot",
        ),
        ({"files": "/nowhere/a.pdf"}, QAFileError, "the file a.pdf at /nowhere/a.pdf does not exist"),
    ],
)
def test_a_bad_note_is_refused_before_any_request(
    given: dict[str, Any], error: type[Exception], words: str, sandbox: Sandbox, thread: Thread
) -> None:
    with pytest.raises(error, match=words):
        thread.task(**given).attempt()
    assert sandbox.requests("smartq") == []
