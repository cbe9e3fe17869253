"""One schedule per task, whatever happens to it. Counted at the vendor."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QAJournalError,
    QANotSupportedError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.operators.monitorqa import MonitorQACreateScheduleOperator
from airflow_qa_provider.vendors.monitorqa.client.repeats import (
    Daily,
    EndAfterDays,
    Monthly,
    MultipleWeeks,
    OneTime,
    StartOnDay,
    Weekly,
)
from qa_sandbox import Sandbox
from tests.resilience.attempts import Killed, Task
from tests.resilience.monitorqa.company import (
    ask,
    at_each_point,
    before_the_id_was_noted,
    kill_and_retry,
    named,
    writes,
)

WEEKLY = {"days_of_week": ["monday", "thursday"], "repeat_every": 2}
Make = Callable[..., Task]


@pytest.fixture
def schedule(sandbox: Sandbox) -> Make:
    """Returns a function that makes a task which creates a schedule."""

    def make(keeps_state: bool = True, **arguments: Any) -> Task:
        needed = {"template_id": named(sandbox, "template_id"), "audit_object_ids": [named(sandbox, "audit_object_id")]}
        pattern = {"repeat_pattern": "weekly", "repeat": WEEKLY}
        given = {"task_id": "create", "name": "Fire safety walk", **needed, **pattern, **arguments}
        return Task(lambda: MonitorQACreateScheduleOperator(**given), keeps_state)

    return make


def schedules() -> dict[str, Any]:
    """The schedules at the vendor that these tests have created, by id."""
    rows = ask(lambda client: list(client.schedules.list(page_size=100)))
    return {row["id"]: row for row in rows if row["name"] == "Fire safety walk"}


PATTERNS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "daily": ("Daily", {"repeat_every": "3"}, {"repeatEvery": 3}),
    "weekly": (4, {"daysOfWeek": [1, 4], "repeatEvery": 2}, {"daysOfWeek": [1, 4], "repeatEvery": 2}),
    "multiple_weeks": (
        None,
        MultipleWeeks(2, "monday", 9),
        {"repeatEvery": 2, "startDay": 1, "duration": 9},
    ),
    "monthly": (
        None,
        Monthly(1, StartOnDay(29), EndAfterDays(3)),
        {"repeatEvery": 1, "startRule": {"type": 0, "day": 29}, "endRule": {"type": 1, "days": 3}},
    ),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_of_a_schedule(pattern: str, sandbox: Sandbox, schedule: Make) -> None:
    word, repeat, shown = PATTERNS[pattern]
    sandbox.add_fault("reset_after", method="POST", times=1)
    losing = schedule(repeat_pattern=word, repeat=repeat)
    returned = losing.attempt()

    assert [row["repeat"] for row in schedules().values()] == [shown]
    assert list(schedules()) == [returned]
    assert [request.path for request in writes(sandbox)] == [f"/schedules/{pattern.replace('_', '-')}"]
    assert losing.told["outcome"] == "adopted"


def test_all_of_a_schedule_arrives(sandbox: Sandbox, schedule: Make) -> None:
    user = ask(lambda client: client.users.list()[1]["id"])
    returned = schedule(
        assignees_ids=[user],
        auditor_hint="Look at the roof",
        active=True,
        start_from_date=timedelta(0),
        stop_by_date="2099-01-31T18:00:00+01:00",
    ).attempt()

    made = ask(lambda client: client.schedules.get(returned))
    assert (made["auditorHint"], made["assignees"][0]["id"], made["active"]) == ("Look at the roof", user, True)
    assert made["stopByDate"] == "2099-01-31T17:00:00.000Z"
    asked_at = datetime.fromtimestamp(writes(sandbox)[0].time, timezone.utc)
    start = datetime.fromisoformat(made["startFromDate"].replace("Z", "+00:00"))
    assert timedelta(0) <= asked_at - start < timedelta(seconds=10)


@at_each_point
def test_a_killed_task_has_one_schedule(kill: Any, sandbox: Sandbox, schedule: Make) -> None:
    schedule().attempt()
    old = set(schedules())
    killed = schedule()
    returned = kill_and_retry(kill, sandbox, killed)

    assert list(set(schedules()) - old) * 2 == returned, "and not the older twin"
    assert len(writes(sandbox)) == 2
    assert killed.generation == 1


def test_a_request_that_never_arrived_is_sent_by_the_next_attempt(sandbox: Sandbox, schedule: Make) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = schedule()
    with pytest.raises(QAConnectionLostError, match="The schedule may have been created, but is not to be seen"):
        losing.attempt()

    assert [losing.attempt()] == list(schedules())


def test_mapped_schedules_of_one_name_are_told_apart_by_their_objects(sandbox: Sandbox, schedule: Make) -> None:
    sites = ask(lambda client: [row["id"] for row in client.audit_objects.list()[:2]])
    # the vendor lists both for the first site
    north, south = (schedule(audit_object_ids=sites[:count]) for count in (1, 2))
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    for task in (north, south):
        before_the_id_was_noted(sandbox, task)
        with pytest.raises(Killed):
            task.attempt()
        task.state.before = lambda value: None
        task.xcoms.clear()
    returned = [task.attempt() for task in (north, south)]

    assert [len(schedules()[one]["auditObjects"]) for one in returned] == [1, 2]
    assert len(schedules()) == 2


def test_a_cleared_task_keeps_its_schedule_and_a_deleted_one_is_refused(sandbox: Sandbox, schedule: Make) -> None:
    task = schedule()
    first = task.attempt()
    task.clear()
    assert task.attempt() == first
    assert task.told["reason"].endswith("; status: active")

    ask(lambda client: client.schedules.delete(first))
    with pytest.raises(QAJournalError, match="which this task had created, does not exist any more"):
        task.attempt()
    task.clear()
    assert task.attempt() != first


def test_changed_input_updates_a_schedule_and_keeps_what_is_not_given(sandbox: Sandbox, schedule: Make) -> None:
    user = ask(lambda client: client.users.list()[1]["id"])
    task = schedule(assignees_ids=[user], stop_by_date="2099-01-31T18:00:00Z", on_changed_input="update")
    first = task.attempt()
    task.make = schedule(repeat=Daily(5), repeat_pattern=None, auditor_hint="Roof", on_changed_input="update").make
    assert task.attempt() == first
    assert task.told["outcome"] == "updated"
    assert task.attempt() == first

    made = ask(lambda client: client.schedules.get(first))
    assert (made["repeatPattern"], made["repeat"], made["auditorHint"]) == (1, {"repeatEvery": 5}, "Roof")
    assert (made["assignees"][0]["id"], made["stopByDate"]) == (user, "2099-01-31T18:00:00.000Z")
    assert [request.method for request in writes(sandbox)] == ["POST", "PUT"]


def test_a_schedule_that_somebody_has_paused_stays_so_when_it_is_updated(schedule: Make) -> None:
    task = schedule(on_changed_input="update")
    made = task.attempt()
    pause = {"name": "Fire safety walk", "repeat": Daily(1), "active": False}
    sites = [site["id"] for site in schedules()[made]["auditObjects"]]
    ask(lambda client: client.schedules.update(made, audit_object_ids=sites, **pause))
    task.make = schedule(auditor_hint="Roof", on_changed_input="update").make
    task.attempt()

    assert ask(lambda client: client.schedules.get(made))["active"] is False


def test_the_template_of_a_schedule_cannot_be_changed(sandbox: Sandbox, schedule: Make) -> None:
    templates = ask(lambda client: [row["id"] for row in client.audit_templates.list()])
    other = next(one for one in templates if one != named(sandbox, "template_id"))
    task = schedule(on_changed_input="update")
    task.attempt()
    task.make = schedule(template_id=other, on_changed_input="update").make
    with pytest.raises(QANotSupportedError, match=r"schedule .* template_id cannot be changed, and it has"):
        task.attempt()


def test_with_relative_dates_any_dates_are_alike(schedule: Make) -> None:
    first = schedule(stop_by_date=timedelta(days=90)).attempt()

    assert schedule(stop_by_date=timedelta(days=91), if_exists="adopt").attempt() == first
    assert schedule(stop_by_date="2099-01-31T18:00:00Z", if_exists="adopt").attempt() != first


def test_without_a_state_an_equal_schedule_is_no_proof(sandbox: Sandbox, schedule: Make) -> None:
    task = schedule(keeps_state=False)
    first = task.attempt()
    with pytest.raises(QAUncertainError, match=first):
        task.attempt()

    assert len(writes(sandbox)) == 1


@pytest.mark.parametrize(("policy", "there", "sent"), [("adopt", 1, 1), ("create", 2, 2)])
def test_a_schedule_that_was_there_before(policy: str, there: int, sent: int, sandbox: Sandbox, schedule: Make) -> None:
    schedule().attempt()
    schedule(repeat=Weekly(["sunday"], 1), repeat_pattern=None).attempt()
    twin = schedule(repeat={**WEEKLY, "days_of_week": ["thursday", "monday"]}, if_exists=policy)
    twin.attempt()

    assert len(schedules()) == there + 1
    assert len(writes(sandbox)) == sent + 1


def test_a_paused_schedule_whose_answer_is_lost_is_uncertain(sandbox: Sandbox, schedule: Make) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    losing = schedule(active=False)
    for _ in range(2):
        with pytest.raises(QAUncertainError, match="MonitorQA lists active schedules only, and this one is not"):
            losing.attempt()

    assert len(writes(sandbox)) == 1


def test_a_dry_run_of_a_schedule_writes_nothing(sandbox: Sandbox, schedule: Make) -> None:
    task = schedule(preview="True")
    with pytest.raises(AirflowSkipException):
        task.attempt()

    shown = task.xcoms[-1, "preview"]["request"]
    assert (shown["method"], shown["url"].rpartition("/")[2]) == ("POST", "weekly")
    assert shown["body"]["daysOfWeek"] == [1, 4]
    assert sandbox.connections()["monitorqa_default"]["password"] not in json.dumps(task.xcoms[-1, "preview"])
    assert (writes(sandbox), schedules(), task.state) == ([], {}, {})


BAD_SCHEDULES: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "name is required"),
    ({"template_id": "None"}, "template_id is required"),
    ({"audit_object_ids": []}, "audit_object_ids or audit_object_group_ids must name at least one id"),
    ({"repeat_pattern": None}, "repeat_pattern is required when repeat is a mapping"),
    ({"repeat_pattern": "hourly"}, "repeat_pattern must be one of"),
    ({"repeat": {"repeat_every": 1}}, "repeat lacks days_of_week"),
    ({"repeat": {**WEEKLY, "repeat_every": 11}}, "repeat_every must be a whole number of weeks from 1 to 10"),
    ({"repeat": Monthly(1, {"type": 7}, EndAfterDays(1)), "repeat_pattern": None}, r"start_rule\.type must be"),
    ({"repeat": OneTime("2099-01-01T00:00:00Z", "2099-01-02T00:00:00Z"), "repeat_pattern": None}, "is for one time"),
    ({"stop_by_date": datetime(2099, 1, 1)}, "stop_by_date .* has no time zone"),
    ({"start_from_date": timedelta(2), "stop_by_date": timedelta(1)}, "stop_by_date .* must be after start_from_date"),
    ({"active": "perhaps"}, "active must be true or false"),
    ({"auditor_hint": "x" * 2001}, "at most 2000 are taken"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_SCHEDULES)
def test_bad_input_of_a_schedule_sends_nothing(
    arguments: dict[str, Any], message: str, sandbox: Sandbox, schedule: Make
) -> None:
    task = schedule(**arguments)
    asked = len(sandbox.requests("monitorqa"))
    with pytest.raises(QAValidationError, match=message):
        task.attempt()

    assert len(sandbox.requests("monitorqa")) == asked
