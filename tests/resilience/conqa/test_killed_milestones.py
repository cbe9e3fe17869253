"""One change per task, whatever happens to it. Counted at the vendor."""

from __future__ import annotations

from typing import Any

import pytest

from airflow_qa_provider.exceptions import QAConnectionLostError, QARateLimitError
from airflow_qa_provider.hooks.conqa import ConqaHook
from qa_sandbox import Sandbox
from tests.resilience.conqa.project import (
    NEEDED,
    NEW,
    POINTS,
    THERE,
    after_the_note,
    before_the_note,
    before_the_request,
    before_the_request_arrived,
    delete,
    ids,
    milestones,
    timestamps,
    upsert,
    writes,
)

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
