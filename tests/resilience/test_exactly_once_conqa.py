"""CONQA milestones and reports: one effect per task, whatever happens to it. Counted at the vendor."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.bases.retrying import QARetryPolicy
from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QARateLimitError,
    QARequestRejectedError,
    QAResponseError,
    QAUncertainError,
    QAValidationError,
)
from airflow_qa_provider.hooks.conqa import ConqaHook
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.conqa import (
    ConqaDeleteMilestoneOperator,
    ConqaGenerateReportOperator,
    ConqaUpsertMilestoneOperator,
)
from airflow_qa_provider.vendors.conqa.client.fields import Option
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Killed, Task, connect, killed_when

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.2, no_id=0.2, settled=0.1, not_found=0.0)
THERE, NEW = "P6-A1310", "P6-A2000"
NEEDED = {"productType": {"value": "earthworks"}, "area": {"value": "area-1"}}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["conqa"], SandboxSettings(milestone_seconds=0.0)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    for base in (ChangingOperator, CreatingOperator):
        monkeypatch.setattr(base, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


def ids(sandbox: Sandbox) -> dict[str, Any]:
    extra: dict[str, Any] = sandbox.connections()["conqa_default"]["extra"]
    return extra


def upsert(sandbox: Sandbox, **arguments: Any) -> Task:
    given = {"external_id": THERE, "project_id": ids(sandbox)["project_id"], **arguments}
    return Task(lambda: ConqaUpsertMilestoneOperator(task_id="upsert", **given))


def delete(sandbox: Sandbox, **arguments: Any) -> Task:
    given = {"external_id": THERE, "project_id": ids(sandbox)["project_id"], **arguments}
    return Task(lambda: ConqaDeleteMilestoneOperator(task_id="delete", **given))


def milestones(sandbox: Sandbox, external_id: str = THERE) -> list[dict[str, Any]]:
    listed = sandbox.app("conqa").state.store.snapshot()["milestones"]
    project_id = ids(sandbox)["project_id"]
    return [one for one in listed if one["externalId"] == external_id and one["projectId"] == project_id]


def writes(sandbox: Sandbox) -> list[Any]:
    return [request for request in sandbox.requests("conqa") if request.method != "GET"]


def timestamps(sandbox: Sandbox) -> set[str]:
    """Transaction times that the vendor was sent; of a request that was cut off it has seen none."""
    bodies = [json.loads(request.body)["metadata"]["timestamp"] for request in writes(sandbox) if request.body]
    return {*bodies, *(request.query for request in writes(sandbox) if request.query)}


# What differs is sent


def test_a_milestone_is_created_updated_and_left_alone(sandbox: Sandbox) -> None:
    fields = {**NEEDED, "startDate": date(2026, 3, 16), "quantity": 42, "notes": "Night shift"}
    creating = upsert(sandbox, external_id=NEW, name="Fill, Area 1", status="planned", fields=fields)
    assert creating.attempt() == NEW
    assert creating.told["outcome"] == "created"
    assert creating.told["changes"]["fields.area"] == {"from": None, "to": "area-1"}

    updating = upsert(sandbox, external_id=NEW, status="closed", fields={"quantity": 42, "notes": None})
    updating.attempt()
    assert updating.told["outcome"] == "updated"
    assert updating.told["changes"] == {
        "status": {"from": "planned", "to": "closed"},
        "fields.notes": {"from": "Night shift", "to": None},
    }

    alike = upsert(sandbox, external_id=NEW, name="Fill, Area 1", status=Option(display="Closed"), fields=NEEDED)
    alike.attempt()
    assert alike.told == {
        "outcome": "unchanged",
        "reason": "the vendor shows what is asked for",
        "changes": {},
    }
    assert len(writes(sandbox)) == 2
    (milestone,) = milestones(sandbox, NEW)
    assert milestone["status"]["value"] == "closed"
    assert "notes" not in milestone["fields"]


@pytest.mark.parametrize(
    "fields",
    [
        {"area": {"value": "podium"}},
        {"area": Option(value="podium", display="another label")},
        {"area": Option(display="Podium")},
        {"level": None},
        {"level": {"value": None}},
    ],
    ids=str,
)
def test_equal_values_are_equal_however_they_are_written(fields: Any, sandbox: Sandbox) -> None:
    writing = upsert(sandbox, name="Podium planter membranes", status={"display": "Planned"}, fields=fields)
    if "level" in fields:  # an empty field is known to be empty where the list tells it of some other milestone
        with ConqaHook().get_conn() as client:
            client.milestones.upsert(ids(sandbox)["project_id"], "P6-A1210", fields={"level": {"value": "level-1"}})
    before = len(writes(sandbox))
    writing.attempt()

    assert writing.told["outcome"] == "unchanged"
    assert len(writes(sandbox)) == before


def test_a_new_option_is_equal_under_the_identifier_that_conqa_derives(sandbox: Sandbox) -> None:
    level = {"value": "Level 3 / East", "createNew": True}
    for outcome in ("updated", "unchanged"):
        writing = upsert(sandbox, fields={"level": level})
        writing.attempt()
        assert writing.told["outcome"] == outcome

    assert milestones(sandbox)[0]["fields"]["level"] == {"value": "level-3---east", "display": "Level 3 / East"}
    assert len(writes(sandbox)) == 1


def test_what_the_list_does_not_tell_is_sent(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    writing = upsert(sandbox, name="Podium planter membranes", fields={"notes": None})
    writing.attempt()

    assert "CONQA's list does not tell fields.notes of milestone P6-A1310: sent without" in caplog.text
    assert writing.told["outcome"] == "updated"
    assert len(writes(sandbox)) == 1


@pytest.mark.parametrize(
    ("extra", "body", "warning"),
    [
        ({"conqa": {"external_id_fields": ["ref"]}}, None, "The list of milestones tells no external ids under ref"),
        ({}, {"data": {"rows": {}}}, "The milestones of the project cannot be read: conqa milestones.list"),
    ],
)
@pytest.mark.parametrize("make", [upsert, delete])
def test_a_list_that_cannot_be_read_does_not_stop_the_change(
    make: Any,
    extra: Any,
    body: Any,
    warning: str,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connect(monkeypatch, sandbox, **extra)
    if body is not None:
        sandbox.add_fault({"status": 200, "body": body}, method="GET")
    changing = make(sandbox, **({} if make is delete else {"status": "closed"}))
    sandbox.add_fault("reset_after", method="POST" if make is upsert else "DELETE", times=1)
    with pytest.raises(QAConnectionLostError):
        changing.attempt()
    changing.attempt()

    assert warning in caplog.text
    assert [one["status"]["value"] for one in milestones(sandbox)] == (["closed"] if make is upsert else [])
    assert len(timestamps(sandbox)) == 1


@pytest.mark.parametrize("make", [upsert, delete])
def test_a_login_page_in_place_of_the_list_stops_the_change(make: Any, sandbox: Sandbox) -> None:
    sandbox.add_fault({"html": True}, method="GET")
    with pytest.raises(QAResponseError, match="is not JSON but text/html"):
        make(sandbox, **({} if make is delete else {"status": "closed"})).attempt()

    assert writes(sandbox) == []


def test_texts_of_templates_are_read_as_what_they_mean(sandbox: Sandbox) -> None:
    fields = json.dumps({**NEEDED, "quantity": 42})
    creating = upsert(sandbox, external_id=NEW, name="Fill", status='{"display": "Closed"}', fields=fields)
    creating.attempt()

    (milestone,) = milestones(sandbox, NEW)
    assert (milestone["status"]["value"], milestone["fields"]["quantity"]) == ("closed", 42)
    kept = upsert(sandbox, external_id=NEW, name="None", status="None", fields=fields)
    kept.attempt()
    assert kept.told["outcome"] == "unchanged"


def test_several_milestones_of_one_external_id_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(QARequestRejectedError, match="Several milestones have this external id"):
        upsert(sandbox, external_id="P6-A1900", status="closed").attempt()
    refused = delete(sandbox, external_id="P6-A1900")
    with pytest.raises(QARequestRejectedError, match="Several milestones have this external id"):
        refused.attempt()

    assert refused.state == {}, "a refused request leaves no trace"


def test_what_is_not_there_is_not_deleted(sandbox: Sandbox) -> None:
    deleting, again = delete(sandbox), delete(sandbox)
    assert deleting.attempt() == again.attempt() == THERE

    assert deleting.told["outcome"] == "deleted"
    assert deleting.told["changes"] == {"exists": {"from": True, "to": False}}
    assert again.told["outcome"] == "unchanged"
    assert len(writes(sandbox)) == 1


def test_what_conqa_does_not_find_was_not_deleted(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 200, "body": {"data": {"rows": {}}}}, method="GET")
    deleting = delete(sandbox, external_id="P6-A9999")
    deleting.attempt()

    assert (deleting.told["outcome"], deleting.told["changes"]) == ("unchanged", {})
    assert deleting.told["reason"] == "CONQA has no such milestone"


def test_a_milestone_that_moves_to_another_page_while_it_is_looked_for_is_deleted(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = ids(sandbox)["project_id"]
    with ConqaHook().get_conn() as client:
        listed = [row["externalId"] for row in client.milestones.list(project_id)]
    first_of_page_2 = listed[2]
    connect(monkeypatch, sandbox, page_size=2)
    before = len(sandbox.requests("conqa"))
    sandbox.add_fault({"delay": 0.5}, method="GET", nth=2)

    def delete_another() -> None:
        end = time.monotonic() + 10
        while len(sandbox.requests("conqa")) == before and time.monotonic() < end:
            time.sleep(0.005)
        with ConqaHook().get_conn() as client:
            client.milestones.delete(project_id, listed[0])

    sibling = threading.Thread(target=delete_another)
    sibling.start()
    deleting = delete(sandbox, external_id=first_of_page_2)
    deleting.attempt()
    sibling.join(10)

    assert deleting.told["outcome"] == "deleted"
    assert milestones(sandbox, first_of_page_2) == []


# One effect


def _die(value: Any) -> None:
    raise Killed


def _die_when_done(value: Any) -> None:
    if value["object_id"]:
        raise Killed


def before_the_request(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die
    with pytest.raises(Killed):
        task.attempt()


def before_the_request_arrived(sandbox: Sandbox, task: Task) -> None:
    sandbox.add_fault("reset_before", path="milestones/", times=1)
    with killed_when(lambda: bool(writes(sandbox))), pytest.raises(Killed):
        task.attempt()


def before_the_answer(sandbox: Sandbox, task: Task) -> None:
    before = milestones(sandbox), milestones(sandbox, NEW)
    sandbox.add_fault("reset_after", path="milestones/", times=1)
    sandbox.add_fault({"delay": 0.5}, method="GET", first=2, times=1)
    with killed_when(lambda: (milestones(sandbox), milestones(sandbox, NEW)) != before), pytest.raises(Killed):
        task.attempt()


def before_the_note(sandbox: Sandbox, task: Task) -> None:
    task.state.before = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


def after_the_note(sandbox: Sandbox, task: Task) -> None:
    task.state.after = _die_when_done
    with pytest.raises(Killed):
        task.attempt()


POINTS = [before_the_request, before_the_request_arrived, before_the_answer, before_the_note, after_the_note]
MAKE = {"create": upsert, "update": upsert, "delete": delete}
GIVEN: dict[str, dict[str, Any]] = {
    "create": {"external_id": NEW, "name": "Fill", "fields": NEEDED},
    "update": {"status": "closed"},
    "delete": {},
}


def seen(sandbox: Sandbox, change: str) -> list[Any]:
    """What the vendor has of the milestone of a change."""
    found = milestones(sandbox, NEW if change == "create" else THERE)
    return [one["name"] if change == "create" else one["status"]["value"] for one in found]


DONE: dict[str, list[Any]] = {"create": ["Fill"], "update": ["closed"], "delete": []}


@pytest.mark.parametrize("change", MAKE)
@pytest.mark.parametrize("kill", POINTS, ids=lambda point: point.__name__)
def test_a_killed_task_has_one_effect(kill: Any, change: str, sandbox: Sandbox) -> None:
    killed = MAKE[change](sandbox, **GIVEN[change])
    kill(sandbox, killed)
    killed.state.before = killed.state.after = lambda value: None
    returned = killed.attempt()
    arrived = len(writes(sandbox))

    assert returned == killed.attempt() == (NEW if change == "create" else THERE)
    assert seen(sandbox, change) == DONE[change]
    assert len(writes(sandbox)) == arrived == (2 if kill is before_the_request_arrived else 1)
    assert len(timestamps(sandbox)) == 1, "all attempts send one transaction time"


@pytest.mark.parametrize("change", MAKE)
def test_a_lost_answer_is_made_good_in_the_same_attempt(change: str, sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", path="milestones/", times=1)
    losing = MAKE[change](sandbox, **GIVEN[change])
    losing.attempt()

    assert seen(sandbox, change) == DONE[change]
    assert losing.told["outcome"] == f"{change}d"
    assert losing.told["reason"] == "the answer was lost, but the vendor shows the change"
    assert len(writes(sandbox)) == 1


@pytest.mark.parametrize("change", MAKE)
def test_a_change_that_is_still_queued_is_repeated_without_harm(change: str, sandbox: Sandbox) -> None:
    sandbox.add_outcome("milestone", "applied", seconds=600)
    sandbox.add_fault("reset_after", path="milestones/", times=1)
    losing = MAKE[change](sandbox, **GIVEN[change])
    with pytest.raises(QAConnectionLostError, match="A retry compares again, and sends only what is still missing"):
        losing.attempt()
    losing.attempt()
    sandbox.advance(600)

    assert seen(sandbox, change) == DONE[change]
    assert len(writes(sandbox)) == 2
    assert len(timestamps(sandbox)) == 1


@pytest.mark.parametrize("change", MAKE)
def test_a_refusal_does_not_make_a_lost_request_forgotten(change: str, sandbox: Sandbox) -> None:
    killed = MAKE[change](sandbox, **GIVEN[change])
    before_the_request(sandbox, killed)
    killed.state.before = killed.state.after = lambda value: None
    asked_at = killed.state["journal"]["sent_at"]
    sandbox.add_fault({"status": 429}, path="milestones/", times=1)
    with pytest.raises(QARateLimitError):
        killed.attempt()
    killed.attempt()

    assert killed.state["journal"]["sent_at"] == asked_at, "all attempts send one transaction time"
    assert seen(sandbox, change) == DONE[change]


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("noted", [True, False])
def test_a_retry_leaves_alone_what_somebody_has_changed_since(noted: bool, change: str, sandbox: Sandbox) -> None:
    killed = MAKE[change](sandbox, **GIVEN[change])
    (after_the_note if noted else before_the_note)(sandbox, killed)
    killed.state.before = killed.state.after = lambda value: None
    if noted is False:
        killed.state["journal"]["object_id"] = None
    with ConqaHook().get_conn() as client:
        fields = {"productType": {"value": "waterproofing"}, "area": {"value": "podium"}}
        client.milestones.upsert(ids(sandbox)["project_id"], THERE, status="ready-to-inspect", fields=fields)
    killed.attempt()

    assert seen(sandbox, change) == ["ready-to-inspect"]
    assert len(writes(sandbox)) == (2 if noted else 3)


def test_a_cleared_task_compares_anew(sandbox: Sandbox) -> None:
    cleared = upsert(sandbox, status="closed")
    cleared.attempt()
    with ConqaHook().get_conn() as client:
        client.milestones.upsert(ids(sandbox)["project_id"], THERE, status="planned")
    cleared.attempt()
    assert seen(sandbox, "update") == ["planned"]
    cleared.clear()
    cleared.attempt()

    assert seen(sandbox, "update") == ["closed"]
    assert cleared.told["outcome"] == "updated"
    assert len(timestamps(sandbox)) == 3


# What is not sent


@pytest.mark.parametrize(("make", "method"), [(upsert, "POST"), (delete, "DELETE")])
def test_a_dry_run_shows_the_request_and_sends_nothing(
    make: Any, method: str, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    previewing = make(sandbox, preview=True, **({} if make is delete else {"status": "closed"}))
    with pytest.raises(AirflowSkipException):
        previewing.attempt()

    shown = previewing.xcoms[-1, "preview"]
    assert shown["request"]["method"] == method
    assert shown["request"]["url"].endswith(f"/milestones/{THERE}")
    assert (
        shown["changes"] == {"exists": {"from": True, "to": False}}
        if make is delete
        else {"status": {"from": "planned", "to": "closed"}}
    )
    assert writes(sandbox) == []
    assert previewing.state == {}
    assert sandbox.connections()["conqa_default"]["password"] not in capsys.readouterr().out + json.dumps(shown)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"project_id": " ", "status": "closed"}, "project_id is required"),
        ({"project_id": "None", "status": "closed"}, "project_id is required, got 'None'"),
        ({"external_id": None, "status": "closed"}, "external_id is required, got None"),
        ({}, "name, status and fields are all unset"),
        ({"fields": {}}, "name, status and fields are all unset"),
        ({"name": ""}, "name is required, got ''"),
        ({"status": {"display": "Odd", "createNew": True}}, "status cannot be created"),
        ({"fields": {"area": ["podium"]}}, r"fields\['area'\] must be a string"),
        ({"fields": "{}", "name": "None", "status": ""}, "name, status and fields are all unset"),
        ({"fields": "[]"}, "fields must be an object of field name to value"),
        ({"fields": "{'area': None}"}, "fields is what Python prints, and not JSON"),
        ({"status": "closed", "preview": "perhaps"}, "preview must be true or false"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(arguments: Any, words: str, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match=words):
        upsert(sandbox, **arguments).attempt()

    assert sandbox.requests("conqa") == []


@pytest.mark.parametrize("arguments", [{"project_id": "None"}, {"project_id": ""}, {"external_id": "None"}])
def test_a_deletion_needs_both_ids(arguments: Any, sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match="is required"):
        delete(sandbox, **arguments).attempt()

    assert sandbox.requests("conqa") == []


def test_without_a_project_that_of_the_connection_is_meant(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert delete(sandbox, project_id=None).attempt() == THERE
    assert milestones(sandbox) == []
    arrived = len(sandbox.requests("conqa"))

    connect(monkeypatch, sandbox, project_id="")
    with pytest.raises(QAValidationError, match="project_id is required, got None"):
        delete(sandbox, project_id=None).attempt()
    assert len(sandbox.requests("conqa")) == arrived


# Reports


def report(sandbox: Sandbox, **arguments: Any) -> Task:
    found = {name: ids(sandbox)[name] for name in ("project_id", "checklist_id")}
    return Task(lambda: ConqaGenerateReportOperator(task_id="ask", **{**found, **arguments}))


def contexts(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What the webhook will hand back, of each report that is being made."""
    return [dict(run.given) for run in sandbox.app("conqa").state.store._runs.values()]


def test_a_report_is_asked_for_under_an_id_that_comes_back(sandbox: Sandbox) -> None:
    asking = report(sandbox, context={"building": "B2"})
    returned = asking.attempt()
    assert asking.attempt() == returned

    assert re.fullmatch("airflow-[0-9a-f]{32}", returned)
    assert contexts(sandbox) == [{"building": "B2", "airflow": returned}]
    assert asking.told["remote_id"] == returned
    assert asking.told["outcome"] == "adopted"


def test_an_unexpected_answer_to_a_report_is_an_answer(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 200, "body": {"status": "queued"}, "commit": True}, method="POST", times=1)
    asking = report(sandbox)

    assert asking.attempt() == contexts(sandbox)[0]["airflow"]
    assert asking.told["outcome"] == "created"


def test_mapped_reports_have_ids_of_their_own(sandbox: Sandbox) -> None:
    siblings = [report(sandbox) for _ in range(3)]
    for index, sibling in enumerate(siblings):
        sibling.map_index = index
    returned = [sibling.attempt() for sibling in siblings]

    assert [one["airflow"] for one in contexts(sandbox)] == returned
    assert len(set(returned)) == len(siblings)


@pytest.mark.parametrize("policy", ["fail", "repeat"])
def test_nobody_can_tell_whether_a_lost_report_is_made(policy: str, sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", method="POST", times=1)
    losing = report(sandbox, on_uncertain=policy)
    kind, words = (
        (QAUncertainError, "nothing at the vendor shows whether any report came of it")
        if policy == "fail"
        else (QAConnectionLostError, "on_uncertain is 'repeat': a retry creates another one")
    )
    with pytest.raises(kind, match=words) as lost:
        losing.attempt()
    decision = QARetryPolicy().evaluate(lost.value, 1, 3)

    assert decision.action.value == ("fail" if policy == "fail" else "retry")
    if policy == "fail":
        with pytest.raises(QAUncertainError, match="This attempt has created nothing"):
            losing.attempt()
        assert len(contexts(sandbox)) == 1
    else:
        returned = losing.attempt()
        assert losing.attempt() == returned
        assert [one["airflow"] == returned for one in contexts(sandbox)] == [False, True]


@pytest.mark.parametrize("kill", [before_the_request, before_the_note, after_the_note], ids=lambda kill: kill.__name__)
def test_a_killed_task_asks_for_one_report(kill: Any, sandbox: Sandbox) -> None:
    killed = report(sandbox)
    kill(sandbox, killed)
    killed.state.before = killed.state.after = lambda value: None
    if kill is after_the_note:
        assert killed.attempt() == contexts(sandbox)[0]["airflow"]
    else:
        with pytest.raises(QAUncertainError):
            killed.attempt()

    assert len(contexts(sandbox)) == (0 if kill is before_the_request else 1)


@pytest.mark.parametrize("fault", ["reset_before", {"status": 429, "retry_after": 1}])
def test_a_report_that_was_refused_is_asked_for_again(fault: Any, sandbox: Sandbox) -> None:
    sandbox.add_fault(fault, method="POST", times=1)
    asking = report(sandbox, on_uncertain="repeat")
    with pytest.raises((QAConnectionLostError, QARateLimitError)):
        asking.attempt()

    assert asking.attempt() == contexts(sandbox)[0]["airflow"]
    assert len(contexts(sandbox)) == 1


def test_a_cleared_report_is_asked_for_anew_where_that_is_wanted(sandbox: Sandbox) -> None:
    kept, renewed = report(sandbox), report(sandbox, on_clear="new")
    for cleared in (kept, renewed):
        first = cleared.attempt()
        cleared.clear()
        assert (cleared.attempt() == first) is (cleared is kept)

    assert len(contexts(sandbox)) == 3


def test_a_report_is_not_asked_for_in_a_preview(sandbox: Sandbox) -> None:
    previewing = report(sandbox, context={"building": "B2"}, preview="true")
    with pytest.raises(AirflowSkipException):
        previewing.attempt()

    body = previewing.xcoms[-1, "preview"]["request"]["body"]
    assert body["checklistId"] == ids(sandbox)["checklist_id"]
    assert body["context"]["building"] == "B2"
    assert writes(sandbox) == []
    assert previewing.state == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"checklist_id": ""}, "checklist_id is required"),
        ({"project_id": "None"}, "project_id is required"),
        ({"context": "B2"}, "context is not JSON: 'B2'"),
        ({"context": ["B2"]}, "context must be an object"),
        ({"context": {"airflow": 1}}, r"context has the name 'airflow'.*Take another name"),
        ({"context": {"share": float("nan")}}, "context cannot be sent as JSON"),
    ],
)
def test_bad_input_for_a_report_is_refused_before_anything_is_sent(
    arguments: Any, words: str, sandbox: Sandbox
) -> None:
    with pytest.raises(QAValidationError, match=words):
        report(sandbox, **arguments).attempt()

    assert sandbox.requests("conqa") == []
