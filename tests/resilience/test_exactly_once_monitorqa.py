"""MonitorQA's operators: one object, one change, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.exceptions import (
    QAConflictError,
    QAConnectionLostError,
    QAJournalError,
    QANotFoundError,
    QANotSupportedError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateScheduleOperator, MonitorQAReopenAuditOperator
from airflow_qa_provider.vendors.monitorqa.client.repeats import (
    Daily,
    EndAfterDays,
    Monthly,
    MultipleWeeks,
    OneTime,
    StartOnDay,
    Weekly,
)
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from qa_sandbox.outcomes import Outcome
from tests.resilience.attempts import Killed, Task, connect

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.15, no_id=0.15, settled=0.05, not_found=0.0)
WEEKLY = {"days_of_week": ["monday", "thursday"], "repeat_every": 2}
Make = Callable[..., Task]


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"], SandboxSettings(audit_pickup_seconds=0.01, audit_seconds=0.02)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    for base in (CreatingOperator, ChangingOperator):
        monkeypatch.setattr(base, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


def ask(call: Callable[[Any], Any]) -> Any:
    with MonitorQAHook().get_conn() as client:
        return call(client)


def named(sandbox: Sandbox, name: str) -> Any:
    return sandbox.connections()["monitorqa_default"]["extra"][name]


def writes(sandbox: Sandbox) -> list[Any]:
    return [request for request in sandbox.requests("monitorqa") if request.method != "GET"]


# Where a task can be killed


def before_the_intent(sandbox: Sandbox, task: Task) -> None:
    task.state.before = _die


def before_the_request(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die


def before_the_id_was_noted(sandbox: Sandbox, task: Task) -> None:
    task.state.before = _die_with_an_id


def after_the_id_was_noted(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die_with_an_id


def _die(value: Any) -> None:
    raise Killed


def _die_with_an_id(value: Any) -> None:
    if value["object_id"]:
        raise Killed


KILLS = [before_the_intent, before_the_request, before_the_id_was_noted, after_the_id_was_noted]
at_each_point = pytest.mark.parametrize("kill", KILLS, ids=lambda point: point.__name__)


def kill_and_retry(kill: Any, sandbox: Sandbox, task: Task) -> list[Any]:
    """Kill the first attempt at a point; return what the next two return."""
    kill(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = task.state.after = lambda value: None
    return [task.attempt(), task.attempt()]


# Schedules


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


# Reopened audits


def wait_until(state: str, sandbox: Sandbox, audit_id: str) -> Any:
    """Return the audit at the vendor once it stands there."""
    deadline = time.monotonic() + 10
    audit = sandbox.app("monitorqa").state.store.main.audits.all.get(audit_id)
    while time.monotonic() < deadline:
        sandbox.app("monitorqa").state.store.snapshot()
        if audit.state.value == state:
            return audit
        time.sleep(0.01)
    raise AssertionError(f"it is {audit.state.value}, not {state}")


def create_audit(sandbox: Sandbox) -> str:
    ids = {name: named(sandbox, name) for name in ("template_id", "audit_object_id")}
    due = datetime.now(timezone.utc) + timedelta(days=1)
    made: str = ask(lambda client: client.audits.create(name="Walk", end_date=due, **ids))
    return made


def plan(sandbox: Sandbox, audit_id: str, result: str) -> None:
    """Decide what becomes of an audit."""
    assert sandbox.app("monitorqa").state.store.script(audit_id, Outcome(kind="audit", result=result))


@pytest.fixture
def completed(sandbox: Sandbox) -> str:
    """Id of a completed audit that, once reopened, stays open."""
    audit_id = create_audit(sandbox)
    wait_until("completed", sandbox, audit_id)
    plan(sandbox, audit_id, "never_started")
    return audit_id


def reopening(audit_id: str, keeps_state: bool = True, **arguments: Any) -> Task:
    given = {"task_id": "reopen", "audit_id": audit_id, "due": timedelta(days=2), **arguments}
    return Task(lambda: MonitorQAReopenAuditOperator(**given), keeps_state)


def reopenings(sandbox: Sandbox, audit_id: str) -> int:
    """How often an audit was reopened."""
    reopened: int = sandbox.app("monitorqa").state.store.main.audits.all.get(audit_id).round
    return reopened


def result(task: Task) -> tuple[str, str]:
    said = task.told
    return said["outcome"], said["reason"]


def test_an_audit_is_reopened_with_dates_from_the_moment_and_new_assignees(sandbox: Sandbox, completed: str) -> None:
    users = ask(lambda client: [user["id"] for user in client.users.list()[:2]])
    before = datetime.now(timezone.utc)
    task = reopening(completed, assignees_ids=users)
    assert task.attempt() == completed
    assert task.told["changes"] == {"state": {"from": "completed", "to": "active"}}

    audit = wait_until("pending", sandbox, completed)
    assert [user.id for user in audit.assignees] == users
    assert audit.end_date - audit.start_date == timedelta(days=2)
    assert timedelta(0) <= audit.start_date - before + timedelta(milliseconds=1) < timedelta(seconds=5)


@at_each_point
def test_a_killed_task_reopens_an_audit_once(kill: Any, sandbox: Sandbox, completed: str) -> None:
    killed = reopening(completed)
    assert kill_and_retry(kill, sandbox, killed) == [completed, completed]
    assert reopenings(sandbox, completed) == 1
    assert len(writes(sandbox)) == 2, "its creation and its reopening"


def test_a_lost_answer_is_made_good_in_the_same_attempt(sandbox: Sandbox, completed: str) -> None:
    sandbox.add_fault("reset_after", method="POST", path="/audit/reopen/", times=1)
    task = reopening(completed)
    task.attempt()

    assert (reopenings(sandbox, completed), len(writes(sandbox))) == (1, 2)
    assert result(task) == ("updated", "the answer was lost, but the vendor shows the change")


def test_a_reopening_that_never_arrived_is_sent_by_the_next_attempt(sandbox: Sandbox, completed: str) -> None:
    sandbox.add_fault("reset_before", method="POST", path="/audit/reopen/", times=1)
    task = reopening(completed)
    with pytest.raises(QAConnectionLostError, match="A retry compares again"):
        task.attempt()
    task.attempt()

    assert reopenings(sandbox, completed) == 1


def test_an_audit_that_was_completed_again_since_is_not_reopened_by_a_retry(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed)
    before_the_id_was_noted(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = lambda value: None
    plan(sandbox, completed, "completed")
    wait_until("completed", sandbox, completed)
    task.attempt()

    assert reopenings(sandbox, completed) == 1
    assert result(task)[1].startswith("the request of 2")
    assert result(task)[1].endswith("was carried out, and somebody has changed the object since")

    task.clear()
    task.attempt()
    assert reopenings(sandbox, completed) == 2, "a cleared task compares anew"


def test_its_own_dates_are_known_however_they_are_written(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed, start="2026-01-31T18:00:00Z", due="2099-01-31T18:00:00+00:00")
    before_the_id_was_noted(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = lambda value: None
    plan(sandbox, completed, "completed")
    wait_until("completed", sandbox, completed)
    audit = ask(lambda client: client.audits.get(completed))
    dates = {name: audit[name].replace(".000Z", "Z") for name in ("startDate", "endDate")}
    sandbox.add_fault({"status": 200, "body": {**audit, **dates}}, method="GET", path=f"/{completed}$")
    task.attempt()

    assert dates == {"startDate": "2026-01-31T18:00:00Z", "endDate": "2099-01-31T18:00:00Z"}
    assert reopenings(sandbox, completed) == 1


def test_an_audit_that_was_given_other_dates_and_completed_later_is_not_reopened_by_a_retry() -> None:
    with run_sandbox(["monitorqa"], SandboxSettings(audit_pickup_seconds=0.01, audit_seconds=90)) as sandbox:
        with pytest.MonkeyPatch.context() as patch:
            for name, connection in sandbox.connections().items():
                patch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))
            audit_id = create_audit(sandbox)
            sandbox.advance(100)
            # as if the clocks had been the same all along
            wait_until("completed", sandbox, audit_id).ended_at -= timedelta(seconds=100)
            task = reopening(audit_id)
            before_the_id_was_noted(sandbox, task)
            with pytest.raises(Killed):
                task.attempt()
            task.state.before = lambda value: None
            dates = [datetime.now(timezone.utc) + timedelta(days=days) for days in (-1, 5)]
            ask(
                lambda client: client.audits.update(
                    audit_id, name="Walk", start_date=dates[0], end_date=dates[1], assignee_id=None
                )
            )
            sandbox.advance(100)
            wait_until("completed", sandbox, audit_id)
            task.attempt()

        assert reopenings(sandbox, audit_id) == 1


def test_an_audit_that_was_just_completed_is_reopened_though_the_vendor_s_clock_is_ahead(
    sandbox: Sandbox, completed: str
) -> None:
    audit = sandbox.app("monitorqa").state.store.main.audits.all.get(completed)
    audit.ended_at += timedelta(seconds=30)
    sandbox.add_fault("reset_before", method="POST", path="/audit/reopen/", times=1)
    task = reopening(completed)
    with pytest.raises(QAConnectionLostError):
        task.attempt()
    task.attempt()

    assert reopenings(sandbox, completed) == 1


def test_an_audit_that_expired_after_the_reopening_counts_as_reopened(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed)
    before_the_id_was_noted(sandbox, task)
    with pytest.raises(Killed):
        task.attempt()
    task.state.before = lambda value: None
    ask(lambda client: client.audits.expire(completed))

    assert task.attempt() == completed
    assert result(task)[0] == "unchanged"


def test_an_active_audit_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.add_outcome("audit", "never_started")
    audit_id = create_audit(sandbox)
    task = reopening(audit_id)
    task.attempt()

    assert result(task) == ("unchanged", "the vendor shows what is asked for")
    assert [request.method for request in sandbox.requests("monitorqa")] == ["POST", "GET"]


def test_an_expired_audit_is_refused(sandbox: Sandbox) -> None:
    sandbox.add_outcome("audit", "never_started")
    audit_id = create_audit(sandbox)
    ask(lambda client: client.audits.expire(audit_id))
    task = reopening(audit_id)
    with pytest.raises(
        QANotSupportedError, match=r"has expired, .* completed audits only\. Nothing was changed\. Create"
    ):
        task.attempt()

    assert task.state == {}
    assert not [request for request in writes(sandbox) if "reopen" in request.path]


def test_an_audit_that_is_gone_and_an_unknown_assignee_are_errors_of_the_vendor(
    sandbox: Sandbox, completed: str
) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(QANotFoundError, match=nobody):
        reopening(nobody).attempt()
    task = reopening(completed, assignees_ids=[nobody])
    with pytest.raises(QAConflictError, match="user/not-found"):
        task.attempt()

    assert (reopenings(sandbox, completed), task.state) == (0, {})


def test_a_dry_run_of_a_reopening_writes_nothing(sandbox: Sandbox, completed: str) -> None:
    task = reopening(completed, preview=True, assignees_ids=[], remove_assignees=True)
    with pytest.raises(AirflowSkipException):
        task.attempt()

    shown = task.xcoms[-1, "preview"]
    assert shown["changes"] == {"state": {"from": "completed", "to": "active"}}
    assert shown["request"]["url"].endswith(f"/audit/reopen/{completed}")
    assert (shown["request"]["body"]["assigneesIds"], set(shown["request"]["body"])) == (
        [],
        {"assigneesIds", "startDate", "endDate"},
    )
    assert sandbox.connections()["monitorqa_default"]["password"] not in json.dumps(shown)
    assert (reopenings(sandbox, completed), task.state) == (0, {})


BAD_REOPENINGS: list[tuple[dict[str, Any], str]] = [
    ({"audit_id": "None"}, "audit_id is required"),
    ({"due": timedelta(days=-1)}, "due .* must be after start"),
    ({"due": "next week"}, "due must be a date and time"),
    ({"assignees_ids": []}, "would take the audit from all assignees"),
    ({"assignees_ids": ["a"], "remove_assignees": True}, "contradict each other"),
    ({"remove_assignees": "perhaps"}, "remove_assignees must be true or false"),
    ({"preview": "perhaps"}, "preview must be true or false"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD_REOPENINGS)
def test_bad_input_of_a_reopening_sends_nothing(arguments: dict[str, Any], message: str, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match=message):
        reopening(**{"audit_id": "a", **arguments}).attempt()

    assert sandbox.requests("monitorqa") == []
