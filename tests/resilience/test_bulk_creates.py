"""Bulk creates: every row one object, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.bases.bulk import BulkOperator
from airflow_qa_provider.exceptions import QARequestRejectedError, QARowsError, QAUncertainError, QAValidationError
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQACreateAuditsOperator
from airflow_qa_provider.operators.smartq import SmartQCreateTicketsOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Task, connect, killed_process

IN_A_MOMENT = LookupTimeouts(pause=0.02, lost_answer=0.1, no_id=0.1, settled=0.1, not_found=0.0)
SLOW = SandboxSettings(audit_pickup_seconds=3600, audit_seconds=7200)


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["smartq", "monitorqa"], SLOW) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(BulkOperator, "lookup_timeouts", IN_A_MOMENT)
    return shared_sandbox


def tickets_task(rows: list[Any], **arguments: Any) -> Task:
    return Task(lambda: SmartQCreateTicketsOperator(task_id="tickets", rows=rows, **arguments))


def audits_task(rows: list[Any], **arguments: Any) -> Task:
    return Task(lambda: MonitorQACreateAuditsOperator(task_id="audits", rows=rows, **arguments))


def findings(count: int) -> list[dict[str, Any]]:
    return [{"name": f"Finding {number}", "tags": "night, site"} for number in range(1, count + 1)]


def walks(count: int, **dates: Any) -> list[dict[str, Any]]:
    return [{"name": f"Walk {number}", **(dates or {"due": "P1D"})} for number in range(1, count + 1)]


def tickets(sandbox: Sandbox) -> Counter[str]:
    """How many tickets there are of each name that the tests give."""
    project_id = int(sandbox.connections()["smartq_default"]["extra"]["project_id"])
    there = sandbox.app("smartq").state.store.projects[project_id].tickets.values()
    return Counter(one.name for one in there if one.name.startswith("Finding"))


def audits(sandbox: Sandbox) -> Counter[str]:
    there = sandbox.app("monitorqa").state.store.snapshot()["audits"]
    return Counter(one["name"] for one in there if one["name"].startswith("Walk"))


def posts(sandbox: Sandbox, vendor: str = "smartq") -> int:
    return sum(r.method == "POST" and "oauth2" not in r.path for r in sandbox.requests(vendor))


def test_each_row_becomes_a_ticket_and_a_retry_makes_none(sandbox: Sandbox, tmp_path: Path) -> None:
    rows = [*findings(30), findings(1)[0]]
    task = tickets_task(rows, results=f"{tmp_path}/results.jsonl", max_in_flight=4)
    summary = task.attempt()
    assert (summary["created"], summary["rows"]) == (31, 31)
    assert tickets(sandbox)["Finding 1"] == 2, "two rows that are alike are two tickets"
    assert len({line for line in (tmp_path / "results.jsonl").read_text().splitlines() if '"id": "' in line}) == 31

    assert task.attempt()["created"] == 31
    task.clear()
    rows.append({"name": "Finding 31"})
    assert task.attempt()["created"] == 32
    assert (posts(sandbox), tickets(sandbox).total()) == (32, 32)


def test_a_killed_process_leaves_no_row_behind_and_makes_none_twice(sandbox: Sandbox, tmp_path: Path) -> None:
    task = tickets_task(findings(40), max_in_flight=3)
    sandbox.add_fault({"delay": 0.02}, vendor="smartq", method="POST")
    for _ in range(2):
        enough = posts(sandbox) + 13
        killed_process(task, tmp_path / "state.json", lambda enough=enough: posts(sandbox) >= enough)
    assert task.attempt()["created"] == 40

    assert (tickets(sandbox).total(), set(tickets(sandbox).values())) == (40, {1})


def test_a_killed_process_makes_no_audit_twice(sandbox: Sandbox, tmp_path: Path) -> None:
    twins = [*walks(20), *walks(20)]
    task = audits_task(twins, max_in_flight=3)
    sandbox.add_fault({"delay": 0.02}, vendor="monitorqa", method="POST")
    killed_process(task, tmp_path / "state.json", lambda: posts(sandbox, "monitorqa") >= 16)
    assert task.attempt()["created"] == 40

    assert (audits(sandbox).total(), set(audits(sandbox).values())) == (40, {2})


def test_a_lost_answer_is_looked_up(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", vendor="smartq", path="/tickets$", method="POST", nth=2, times=1)
    summary = tickets_task(findings(5), max_in_flight=1).attempt()

    assert (summary["created"], posts(sandbox), tickets(sandbox).total()) == (5, 5, 5)


def test_what_is_not_to_be_seen_is_left_to_a_retry(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_before", vendor="smartq", path="/tickets$", method="POST", nth=2, times=1)
    task = tickets_task(findings(5), max_in_flight=1, on_row_error="continue")
    with pytest.raises(QARowsError, match=r"1 of 5 rows were not taken: row 2: .*A retry sends 1 of them again"):
        task.attempt()

    assert task.attempt()["created"] == 5
    assert (tickets(sandbox).total(), set(tickets(sandbox).values())) == (5, {1})


def test_an_audit_that_cannot_be_told_apart_is_uncertain_and_not_made_again(sandbox: Sandbox) -> None:
    sandbox.add_fault("reset_after", vendor="monitorqa", method="POST", nth=2, times=1)
    task = audits_task(walks(4, due="2031-01-31T18:00:00Z"), max_in_flight=1, on_row_error="continue")
    summary = task.attempt()

    assert (summary["created"], summary["uncertain"]) == (3, 1)
    assert "cannot be told: it may be audit" in summary["not_taken"][0]["reason"]
    assert task.attempt()["uncertain"] == 1
    assert audits(sandbox).total() == 4


def test_bad_rows_and_refusals(sandbox: Sandbox) -> None:
    with pytest.raises(QAValidationError, match=r"1 of 3 rows cannot be sent: row 3: name is required"):
        tickets_task([*findings(2), {"tags": "x"}]).attempt()
    assert sandbox.requests("smartq") == []

    sandbox.add_fault({"status": 422, "body": {"message": "no"}}, vendor="smartq", path="/tickets$", nth=2, times=1)
    task = tickets_task(findings(3), max_in_flight=1)
    with pytest.raises(QARequestRejectedError, match="row 2: HTTP 422"):
        task.attempt()
    task.clear()
    assert task.attempt()["created"] == 3
    assert (tickets(sandbox).total(), set(tickets(sandbox).values())) == (3, {1})


def test_a_preview_and_an_airflow_without_state(sandbox: Sandbox) -> None:
    previewing = tickets_task(findings(3), preview=True)
    with pytest.raises(AirflowSkipException, match="3 of 3 rows would be sent"):
        previewing.attempt()
    assert (posts(sandbox), previewing.state) == (0, {})

    task = tickets_task(findings(3))
    task.keeps_state = False
    assert task.attempt()["created"] == 3
    with pytest.raises(QAUncertainError, match="keeps no state of tasks"):
        task.attempt()
    assert tickets(sandbox).total() == 3
