"""Milestones and webhooks of CONQA: until when they are waited for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from airflow_qa_provider.waiting.decisions import grace_for
from qa_sandbox import Sandbox
from tests.sandbox.receiver import Receiver
from tests.unit.vendor_waits.looks import (
    HOUR,
    INTERVAL,
    MILESTONE_SECONDS,
    MISSING,
    NO_SUCH,
    PLANNED,
    SHOWN,
    START,
    Watch,
    ask,
    extra,
)

NEW_MILESTONE = {"productType": {"value": "concrete-slab"}, "area": {"value": "podium"}}


def milestone(sandbox: Sandbox, external_id: str, **fields: Any) -> Watch:
    arguments = {"project_id": extra(sandbox, "conqa")["project_id"], "until": "visible", "status": None}
    return Watch("conqa.milestone", **{**arguments, "external_id": external_id, **fields})


def upsert(sandbox: Sandbox, external_id: str, **change: Any) -> None:
    project = extra(sandbox, "conqa")["project_id"]
    ask("conqa", lambda client: client.milestones.upsert(project, external_id, **change))


def test_a_milestone_is_waited_for_until_the_list_shows_it(sandbox: Sandbox) -> None:
    watch = milestone(sandbox, "P6-NEW/7")
    assert watch.goes_on()
    upsert(sandbox, "P6-NEW/7", name="Podium slab, pour 3", fields=NEW_MILESTONE)
    assert watch.goes_on()
    sandbox.advance(MILESTONE_SECONDS)
    assert watch.end() == ("succeeded", "planned")


def test_a_milestone_that_never_shows_up_runs_into_the_time_out(sandbox: Sandbox) -> None:
    sandbox.add_outcome("milestone", "never")
    upsert(sandbox, MISSING, fields=NEW_MILESTONE)
    sandbox.advance(HOUR)
    end = milestone(sandbox, MISSING).give_up()
    assert end.timed_out
    assert f"{MISSING} is not in the list of {extra(sandbox, 'conqa')['project_id']}" in end.reason


def test_a_deleted_milestone_is_waited_for_until_the_list_no_longer_shows_it(sandbox: Sandbox) -> None:
    watch = milestone(sandbox, SHOWN, until="deleted")
    project = extra(sandbox, "conqa")["project_id"]
    ask("conqa", lambda client: client.milestones.delete(project, SHOWN))
    assert watch.goes_on()
    sandbox.advance(MILESTONE_SECONDS)
    assert watch.goes_on(), "one look may have met a replica that lags behind"
    assert watch.end() == ("succeeded", "not found")


def test_a_milestone_of_a_project_that_is_not_there_has_not_been_deleted(sandbox: Sandbox) -> None:
    end = milestone(sandbox, SHOWN, until="deleted", project_id=NO_SUCH).give_up()
    assert not end.timed_out
    assert "Project not found" in end.reason


@pytest.mark.parametrize("status", ["ready-to-inspect", ["closed", "Ready-To-Inspect"]])
def test_a_milestone_is_waited_for_until_it_has_one_of_the_statuses(sandbox: Sandbox, status: Any) -> None:
    watch = milestone(sandbox, PLANNED, status=status)
    assert watch.goes_on()
    upsert(sandbox, PLANNED, status="ready-to-inspect")
    assert watch.goes_on()
    sandbox.advance(MILESTONE_SECONDS)
    assert watch.end() == ("succeeded", "ready-to-inspect")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.mark.parametrize("owner", ["project", "account"])
def test_a_webhook_is_inactive_after_ten_failures_in_a_row(sandbox: Sandbox, receiver: Receiver, owner: str) -> None:
    receiver.status = 500
    owner_id = extra(sandbox, "conqa")[f"{owner}_id"]

    def register(client: Any) -> str:
        webhooks = client.project_webhooks if owner == "project" else client.account_webhooks
        hook: dict[str, Any] = webhooks.register(owner_id, "MILESTONE", name="Schedule", callback_url=receiver.url)
        return hook["id"]

    fields = {"project_id": None, "account_id": None, f"{owner}_id": owner_id, "webhook_id": ask("conqa", register)}
    assert Watch("conqa.webhook", **fields, status="Active").end() == ("succeeded", "active")
    watch = Watch("conqa.webhook", **fields, status="inactive")
    for failures in range(1, 11):
        assert watch.goes_on()
        upsert(sandbox, PLANNED, name=f"Version {failures}")
        sandbox.advance(MILESTONE_SECONDS)
        ask("conqa", lambda client: client.milestones.list(extra(sandbox, "conqa")["project_id"]).total)
        assert len(sandbox.deliveries("conqa")) == failures
    assert watch.end() == ("succeeded", "inactive")


def test_a_deleted_webhook_is_gone(sandbox: Sandbox, ids: dict[str, list[str]]) -> None:
    _, project, webhook_id = ids["conqa.webhook"][0].split("/")
    watch = Watch("conqa.webhook", webhook_id=webhook_id, project_id=project, account_id=None, status="inactive")
    assert watch.goes_on()
    ask("conqa", lambda client: client.project_webhooks.delete(project, "REPORT", webhook_id))
    assert watch.end() == ("gone", "not found")
    assert watch.now >= START + grace_for(INTERVAL)
