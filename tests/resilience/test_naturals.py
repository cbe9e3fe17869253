"""What operations create is found again by its natural key. Counted at the vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from airflow_qa_provider.bases.calling import VendorOperator
from airflow_qa_provider.exceptions import QAConflictError, QAConnectionLostError, QAUncertainError, QAValidationError
from airflow_qa_provider.journal.ownership import Ownership
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateScheduleOperator, MonitorQAOperator
from airflow_qa_provider.operators.qalyptus import QalyptusOperator
from airflow_qa_provider.vendors import vendor_named
from airflow_qa_provider.vendors.connect import client_for
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Task, connect

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.1, settled=0.05, not_found=0.0)
LABELS = [{"min": 0, "max": 100, "label": "All", "color": "#00FF00"}]
REPORT = "reports.generate_on_demand"
DUE = datetime(2099, 1, 31, 18, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "qalyptus"], SandboxSettings(report_seconds=0.1, task_seconds=0.1)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    monkeypatch.setattr(VendorOperator, "lookup_timeouts", IN_A_MOMENT)
    connect(monkeypatch, shared_sandbox)
    return shared_sandbox


def ask(vendor: str, call: Callable[[Any], Any]) -> Any:
    with client_for(vendor, f"{vendor}_default") as client:
        return call(client)


def vendor_of(operation: str) -> str:
    return "qalyptus" if operation in (REPORT, "tasks.run") else "monitorqa"


@pytest.fixture
def calls(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    """Operation to arguments that are good."""
    ids = {name: value for c in sandbox.connections().values() for name, value in c["extra"].items()}
    role = ask("monitorqa", lambda client: client.roles.list()[0]["id"])
    audit = {"name": "Walk", "template_id": ids["template_id"]}
    schedule = {**audit, "audit_object_ids": [ids["audit_object_id"]], "repeat_every": "2"}
    monthly = {"start_rule": {"type": 0, "day": 29}, "end_rule": {"type": 1, "days": 3}}
    return {
        "audits.create": {**audit, "audit_object_id": ids["audit_object_id"], "end_date": DUE},
        "schedules.create_daily": {**schedule, "stop_by_date": "2099-01-31T18:00:00+01:00"},
        "schedules.create_weekly": {**schedule, "days_of_week": ["friday", 1]},
        "schedules.create_multiple_weeks": {**schedule, "start_day": "monday", "duration": 9},
        "schedules.create_monthly": {**schedule, **monthly},
        "audit_objects.create": {"name": " Warehouse 7 "},
        "audit_object_attributes.create": {"name": "Risk", "options": ["high", "low"]},
        "users.create": {"email": "Kim@example.com", "full_name": "Kim Doe", "role_id": role},
        "roles.create": {"name": "Visitor", "role_type": "observer"},
        "score_systems.create": {
            "name": "All good",
            "passed_threshold": 50,
            "score_system_type": 0,
            "labels": LABELS,
        },
        REPORT: {"report_id": ids["report_id"], "output_format": "pdf"},
        "tasks.run": {"task_id": ids["qalyptus_task_id"]},
    }


def calling(operation: str, arguments: Mapping[str, Any], *, keeps_state: bool = True, **policies: Any) -> Task:
    """A task that calls an operation with the generic operator of its vendor."""
    kind = QalyptusOperator if vendor_of(operation) == "qalyptus" else MonitorQAOperator
    return Task(lambda: kind(task_id="call", operation=operation, arguments=dict(arguments), **policies), keeps_state)


def posts(sandbox: Sandbox, operation: str) -> int:
    return sum(request.method == "POST" for request in sandbox.requests(vendor_of(operation)))


OPERATIONS = (
    *("audits.create", "schedules.create_daily", "schedules.create_weekly", "schedules.create_multiple_weeks"),
    *("schedules.create_monthly", "audit_objects.create", "audit_object_attributes.create", "users.create"),
    *("roles.create", "score_systems.create", REPORT, "tasks.run"),
)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != REPORT])
def test_what_a_lost_answer_named_is_found(operation: str, sandbox: Sandbox, calls: dict[str, dict[str, Any]]) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    away = sandbox.add_fault({"status": 503}, method="GET", first=3 if operation == "audits.create" else 2)
    losing = calling(operation, calls[operation])
    with pytest.raises(QAConnectionLostError):
        losing.attempt()
    sandbox.remove_fault(away)
    found = losing.attempt()

    assert posts(sandbox, operation) == 1, "nothing was sent again"
    assert show(operation, found)["id"] == found
    assert calling(operation, _another(calls[operation])).attempt() != found


def test_a_report_whose_answer_was_lost_is_asked_for_again(sandbox: Sandbox, calls: dict[str, dict[str, Any]]) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = calling(REPORT, {**calls[REPORT], "selections": {"Region": "Nordics"}})
    with pytest.raises(QAConnectionLostError, match="A retry asks again"):
        losing.attempt()
    strangers = calling(REPORT, calls[REPORT]).attempt()
    found = losing.attempt()

    assert found != strangers
    assert sandbox.app("qalyptus").state.store.runs.record(found).selections == {"Region": ("Nordics",)}


def show(operation: str, object_id: str) -> Any:
    """What the vendor says of an object."""
    if operation == "tasks.run":
        return ask("qalyptus", lambda client: client.status.get_scheduled(object_id))
    return ask("monitorqa", lambda client: getattr(client, operation.split(".")[0]).get(object_id))


def _another(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of another object; what has neither name nor address is another one each time."""
    names = {"name": "Another", "email": "another@example.com"}
    return {name: names.get(name, value) for name, value in arguments.items()}


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "users.create"])
def test_an_older_twin_is_not_taken_for_it(operation: str, sandbox: Sandbox, calls: dict[str, dict[str, Any]]) -> None:
    arguments = calls[operation]
    if operation == "audits.create":
        arguments = {**arguments, "name": "Night walk"}
    else:
        calling(operation, arguments).attempt()
    there = posts(sandbox, operation)
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = calling(operation, arguments)
    with pytest.raises(QAConnectionLostError):
        losing.attempt()
    losing.attempt()

    assert posts(sandbox, operation) == there + 2, "the one that never arrived, and the one that did"


def test_a_user_who_was_there_is_refused_by_the_vendor_and_adopted_on_demand(
    sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    arguments = {**calls["users.create"], "email": "kim@EXAMPLE.com"}
    first = calling("users.create", calls["users.create"]).attempt()
    with pytest.raises(QAConflictError):
        calling("users.create", arguments).attempt()

    assert calling("users.create", arguments, if_exists="adopt").attempt() == first


def test_without_a_state_a_name_is_no_proof_but_an_address_is(
    sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    place = calling("audit_objects.create", calls["audit_objects.create"], keeps_state=False)
    person = calling("users.create", calls["users.create"], keeps_state=False)
    first, second = place.attempt(), person.attempt()

    with pytest.raises(QAUncertainError, match=rf"audit object {first} \('Warehouse 7'\)") as refused:
        place.attempt()
    assert "this Airflow keeps no state of tasks, so what an earlier attempt sent is unknown" in str(refused.value)
    assert person.attempt() == second
    assert posts(sandbox, "users.create") == 2


@pytest.mark.parametrize("hidden", [{"active": False}, {"start_from_date": "2099-01-01T00:00:00Z"}])
def test_a_schedule_that_the_list_may_hide_is_uncertain(
    hidden: dict[str, Any], sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = calling("schedules.create_daily", {**calls["schedules.create_daily"], **hidden})
    for _ in range(2):
        with pytest.raises(QAUncertainError, match="MonitorQA lists active schedules only"):
            losing.attempt()

    assert posts(sandbox, "schedules.create_daily") == 1


def test_a_schedule_that_starts_later_is_found_where_it_is_listed(
    sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    start = datetime.now(timezone.utc) + timedelta(days=3)
    arguments = {**calls["schedules.create_daily"], "start_from_date": start.isoformat()}
    calling("schedules.create_daily", arguments).attempt()

    assert posts(sandbox, "schedules.create_daily") == 1


def test_a_new_schedule_that_repeats_otherwise_is_named_and_not_taken(
    sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    weekly = calls["schedules.create_weekly"]
    other = {**weekly, "days_of_week": ["sunday"]}
    sandbox.add_fault("reset_before", method="POST", times=1)
    losing = calling("schedules.create_weekly", weekly)
    with pytest.raises(QAConnectionLostError):
        losing.attempt()
    stranger = calling("schedules.create_weekly", other).attempt()

    with pytest.raises(QAUncertainError, match=stranger):
        losing.attempt()


def test_a_mapped_task_does_not_take_what_another_index_holds(
    sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    north, south = (calling("audit_objects.create", calls["audit_objects.create"]) for _ in range(2))
    north.map_index, south.map_index = 0, 1
    south.xcoms = north.xcoms
    sandbox.add_fault("reset_before", method="POST", times=1)
    with pytest.raises(QAConnectionLostError):
        north.attempt()
    of_south = south.attempt()

    assert north.attempt() != of_south


def test_tasks_of_a_generic_operator_may_hold_any_object_of_its_vendor() -> None:
    listing = {"operation": "audit_objects.create"}
    with DAG("ownership", schedule=None) as dag:
        MonitorQAOperator(task_id="one", **listing)
        MonitorQAOperator.partial(task_id="many", **listing).expand(arguments=[{"name": "a"}, {"name": "b"}])
        QalyptusOperator(task_id="of_another_vendor", operation="tasks.run")
        MonitorQACreateScheduleOperator(task_id="of_another_kind", name="s", template_id="t", repeat={})
    asked: list[list[str]] = []
    ti = SimpleNamespace(xcom_pull=lambda task_ids, key: asked.append(sorted(task_ids)) or ["held", None])

    assert Ownership({"ti": ti, "dag": dag}, "monitorqa.audit_object").of_others() == {"held"}
    assert asked == [["many", "one"]]


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("audit_objects.create", {"name": " "}, "name is required"),
    ("users.create", {"email": None}, "email is required"),
    ("roles.create", {"role_type": "boss"}, "role_type must be one of"),
    ("audits.create", {"end_date": "tomorrow"}, "end_date must be a date and time"),
    ("schedules.create_daily", {"audit_object_ids": []}, "audit_object_ids or audit_object_group_ids must name"),
    ("schedules.create_weekly", {"days_of_week": None}, "days_of_week names no day"),
    (REPORT, {"output_format": "exe"}, "output_format must be"),
    (REPORT, {"selections": "{'Region': 'Nordics'}"}, "Use the filter tojson"),
    (REPORT, {"selections": ["Nordics"]}, "selections must look like"),
    ("tasks.run", {"task_id": "None"}, "task_id is required"),
]


@pytest.mark.parametrize(("operation", "arguments", "message"), BAD)
def test_what_cannot_be_recognised_is_refused(
    operation: str, arguments: dict[str, Any], message: str, sandbox: Sandbox, calls: dict[str, dict[str, Any]]
) -> None:
    asked = len(sandbox.requests(vendor_of(operation)))
    with pytest.raises(QAValidationError, match=message):
        calling(operation, {**calls[operation], **arguments}).attempt()

    assert len(sandbox.requests(vendor_of(operation))) == asked


def test_other_operations_make_no_kind() -> None:
    assert vendor_named("monitorqa").made_by("audits.reopen") is None
    assert vendor_named("monitorqa").made_by("no.operation") is None


@pytest.mark.parametrize("vendor", ["monitorqa", "qalyptus"])
def test_all_of_them_are_operations(vendor: str) -> None:
    made = {operation for kind in vendor_named(vendor).kinds for operation in kind.made_by}
    assert made <= set(ask(vendor, lambda client: client.route_table))
    assert made == {name for name in OPERATIONS if vendor_of(name) == vendor}, "all of them are tested"
