"""CONQA."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

from tests.e2e.kills.catalogue.entry import Arguments, Entry, World, changed
from tests.e2e.kills.catalogue.files import all_stored, stored, uri_and_digest
from tests.e2e.kills.catalogue.rows import COUNT, IN_FLIGHT, all_taken, one_effect, rows
from tests.e2e.kills.script import Point, Request

_FIELDS = {
    "productType": {"value": "earthworks", "display": "Earthworks", "createNew": False},
    "area": {"value": "area-1", "display": "Area 1", "createNew": False},
}
_SHOWN_SECONDS = 10.0


def _new_milestone(world: World, label: str) -> Arguments:
    return {"project_id": world.ids("conqa")["project_id"], "external_id": label, "name": label}


def _old_milestone(world: World, label: str) -> Arguments:
    arguments = {"project_id": world.ids("conqa")["project_id"], "external_id": label}
    moment = datetime.now(timezone.utc) - timedelta(hours=1)
    world.client("conqa").milestones.upsert(**arguments, name=label, fields=_FIELDS, timestamp=moment)
    deadline = time.monotonic() + _SHOWN_SECONDS
    while not _is_there(world, label) and time.monotonic() < deadline:
        time.sleep(0.05)
    return arguments


def _is_there(world: World, label: str) -> bool:
    return any(one["externalId"] == label for one in world.store("conqa").snapshot()["milestones"])


def _changes(world: World, label: str) -> list[str]:
    """Return the external id once for every change of it that CONQA accepted and did not take for a repeat."""
    skipped = [one for one in world.store("conqa").snapshot()["skippedCommands"] if one["externalId"] == label]
    return [label] * (world.accepted(label) - len(skipped))


def _milestones(world: World, label: str) -> Arguments:
    same = {"name": label, "fields": _FIELDS}
    return {"project_id": world.ids("conqa")["project_id"], "rows": rows(label, "external_id", **same)}


def _synced(world: World, label: str, _: Arguments) -> list[str]:
    snapshot = world.store("conqa").snapshot()
    skipped = [one for one in snapshot["skippedCommands"] if one["externalId"].startswith(f"{label}.")]
    twice = world.accepted(label) - len(skipped) - COUNT
    return one_effect(label, (one["externalId"] for one in snapshot["milestones"]), max(0, twice))


def _issues(world: World, label: str) -> Arguments:
    return {"project_id": world.ids("conqa")["project_id"], "target": f"file://{world.files / label}.jsonl"}


def _report(world: World, label: str) -> Arguments:
    ids = world.ids("conqa")
    return {"project_id": ids["project_id"], "checklist_id": ids["checklist_id"], "context": {"label": label}}


def _webhook(world: World, label: str) -> Arguments:
    # CONQA shows the host only: another one for each
    return {"project_id": world.ids("conqa")["project_id"], "airflow_url": f"https://{label}.example.com"}


def _webhooks(world: World) -> dict[str, str]:
    return {one.id: one.endpoint.url for one in world.store("conqa").webhooks}


ENTRIES = (
    Entry(
        "operators.conqa:ConqaUpsertMilestoneOperator",
        "conqa",
        _new_milestone,
        lambda world, label, _: _changes(world, label) if _is_there(world, label) else [],
        lambda world: set(),
        write=Request("POST", "/milestones/.*-ConqaUpsertMilestone-"),
        lookup=Request("GET", "/milestones$"),
        fixed={"fields": _FIELDS},
        believed=changed,
    ),
    Entry(
        "operators.conqa:ConqaDeleteMilestoneOperator",
        "conqa",
        _old_milestone,
        lambda world, label, _: [] if _is_there(world, label) else _changes(world, label),
        lambda world: set(),
        write=Request("DELETE", "/milestones/"),
        lookup=Request("GET", "/milestones$"),
        believed=changed,
    ),
    Entry(
        "operators.conqa:ConqaOperator",
        "conqa",
        lambda world, label: {"arguments": {**_new_milestone(world, label), "fields": _FIELDS}},
        lambda world, label, _: _changes(world, label) if _is_there(world, label) else [],
        lambda world: set(),
        write=Request("POST", "/milestones/.*-ConqaOperator-"),
        fixed={"operation": "milestones.upsert"},
        # the answer is empty
        believed=lambda xcoms, arguments: arguments["arguments"]["external_id"],
        title="ConqaOperator",
        repeats=True,
    ),
    Entry(
        "operators.conqa:ConqaGenerateReportOperator",
        "conqa",
        _report,
        lambda world, label, _: [
            run.given["airflow"] for run in world.store("conqa")._runs.values() if run.given.get("label") == label
        ],
        lambda world: {run.given.get("airflow", run.id) for run in world.store("conqa")._runs.values()},
        write=Request("POST", "/report$"),
        # nothing at CONQA tells of a report that is being made
        uncertain=frozenset({Point.BEFORE, Point.COMMITTED, Point.ANSWERED}),
    ),
    Entry(
        "operators.conqa:ConqaSyncMilestonesOperator",
        "conqa",
        _milestones,
        _synced,
        lambda world: set(),
        write=Request("POST", "/milestones/.*-ConqaSyncMilestones-"),
        lookup=Request("GET", "/milestones$"),
        fixed={"max_in_flight": IN_FLIGHT},
        believed=all_taken,
        repeats=True,
        sections=("kills",),
    ),
    Entry(
        "operators.conqa:ConqaUpsertWebhookOperator",
        "conqa",
        _webhook,
        lambda world, label, _: [key for key, url in _webhooks(world).items() if f"/{label}.example.com/" in url],
        lambda world: set(_webhooks(world)),
        write=Request("PUT", "/report/webhook$"),
        lookup=Request("GET", "/webhooks$"),
        believed=changed,
        sections=("kills",),
    ),
    Entry(
        "transfers.conqa:ConqaRecordsToObjectStorageOperator",
        "conqa",
        _issues,
        stored,
        all_stored("ConqaRecordsToObjectStorage"),
        download=Request("GET", "/issues$"),
        fixed={"records": "issues"},
        believed=uri_and_digest,
        sections=("kills",),
    ),
)
