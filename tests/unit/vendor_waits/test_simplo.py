"""Reports of Simplo IS: until when they are waited for, and what a look holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from airflow_qa_provider.kinds.snapshot import Snapshot
from qa_sandbox import Sandbox
from tests.unit.vendor_waits.looks import Watch, ask, asked, poll, seen, store


def report(report_id: int, **fields: Any) -> Watch:
    return Watch("simplo.report", report_id=report_id, **{"until": "approved", "state": None, **fields})


@pytest.fixture
def new_report(sandbox: Sandbox) -> int:
    """A report with which nothing was done yet."""
    rows = store(sandbox, "simplo").snapshot()["reports"]
    return next(row["id"] for row in rows if row["state"] == "NEW")


def test_a_report_is_waited_for_until_it_is_sent_approved_and_invoiced(sandbox: Sandbox, new_report: int) -> None:
    secret = ask("simplo", lambda client: client.reports.get(new_report))["hash"]
    steps: dict[str, Callable[[Any], Any]] = {
        "sent": lambda client: client.reports.patch(new_report, state=2),
        "approved": lambda client: client.reports.approve(new_report, secret),
        "invoiced": lambda client: client.reports.issue_invoice(new_report),
    }
    for until, do in steps.items():
        watch = report(new_report, until=until)
        assert watch.goes_on()
        ask("simplo", do)
        assert watch.end() == ("succeeded", until)
    assert report(new_report, until="sent").end() == ("succeeded", "invoiced"), "what was reached stays reached"


def test_a_report_is_waited_for_until_it_has_one_of_the_states(new_report: int) -> None:
    watch = report(new_report, state=["02", 7])
    assert watch.goes_on()
    ask("simplo", lambda client: client.reports.patch(new_report, state=2))
    assert watch.end() == ("succeeded", "sent")


def test_a_deleted_report_is_gone(new_report: int) -> None:
    watch = report(new_report)
    ask("simplo", lambda client: client.reports.delete(new_report))
    assert watch.end() == ("gone", "not found")


def test_reports_are_looked_up_two_hundred_to_a_request(sandbox: Sandbox) -> None:
    there = [str(row["id"]) for row in store(sandbox, "simplo").snapshot()["reports"]]
    wanted = [*there, *(str(number) for number in range(10_000, 10_000 + 420 - len(there)))]
    with asked(sandbox, "simplo") as paths:
        looks = poll("simplo.report", *wanted)
    assert len(paths) == 3
    assert [object_id for object_id, one in looks.items() if isinstance(one, Snapshot)] == there


@pytest.mark.parametrize("number", [1, 5], ids=["few", "many"])
def test_what_is_seen_of_a_report_holds_no_hash(ids: dict[str, list[str]], number: int) -> None:
    wanted = ids["simplo.report"][:number]
    secrets = [ask("simplo", lambda client, one=one: client.reports.get(one))["hash"] for one in wanted]
    looks = poll("simplo.report", *wanted)
    told = json.dumps([seen(looks, object_id).as_dict() for object_id in wanted]) + repr(looks)
    assert len(secrets[0]) > 8
    assert "hash" not in told
    assert not [secret for secret in secrets if secret in told]
