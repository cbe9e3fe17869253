"""Changes of milestones: what differs is sent, and nothing where nothing is to be changed."""

from __future__ import annotations

import json
import threading
import time
from datetime import date
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConnectionLostError,
    QARequestRejectedError,
    QAResponseError,
    QAValidationError,
)
from airflow_qa_provider.hooks.conqa import ConqaHook
from airflow_qa_provider.vendors.conqa.client.fields import Option
from qa_sandbox import Sandbox
from tests.resilience.attempts import connect
from tests.resilience.conqa.project import NEEDED, NEW, THERE, delete, ids, milestones, timestamps, upsert, writes

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
