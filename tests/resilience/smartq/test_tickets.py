"""One ticket per task, whatever happens to it. Counted at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAJournalError,
    QAServerError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.operators.smartq import SmartQCreateTicketOperator
from airflow_qa_provider.vendors.smartq import ticket_lookup
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.settings import SmartQWire
from tests.resilience.attempts import Task, connect
from tests.resilience.smartq.account import (
    IN_A_MOMENT,
    TICKETS,
    any_loss,
    any_point,
    ask,
    before_it_arrived,
    before_the_answer,
    counting,
    place,
    tickets,
    writes,
)


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
