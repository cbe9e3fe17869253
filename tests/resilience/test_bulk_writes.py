"""Bulk writes: every row once, whatever happens to the task. Counted at the vendor."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import (
    QAConfigurationError,
    QAFileError,
    QARateLimitError,
    QARequestRejectedError,
    QARowsError,
    QAServerError,
    QAValidationError,
    QAWaitTimeoutError,
)
from airflow_qa_provider.operators.conqa import ConqaSyncMilestonesOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.resilience.attempts import Task, connect, killed_process

COLUMNS = {
    "external_id": "activity",
    "name": "name",
    "status": "status",
    "fields": {"productType": {"value": "product"}, "area": {"value": "area"}, "startDate": "start"},
}
HEADER = ("activity", "name", "status", "product", "area", "start", "dropped")
SCHEDULE = (
    ("P6-A1310", "Podium planter membranes", "ready-to-inspect", "waterproofing", "podium", "2026-04-07", ""),
    ("P6-A2000", "Car park drainage", "planned", "earthworks", "area-2", "", "no"),
    ("P6-A2001", "Car park slab", "planned", "concrete-slab", "area-2", "2026-05-01", ""),
    ("P6-A1420", "Riser fire stopping, Podium", "planned", "fire-stopping", "podium", "", "yes"),
    ("P6-A9999", "Never built", "planned", "earthworks", "area-1", "", "yes"),
)


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["conqa"], SandboxSettings(milestone_seconds=0.0)) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    return shared_sandbox


def sync(**arguments: Any) -> Task:
    given = {"columns": COLUMNS, "delete_where": "dropped", **arguments}
    return Task(lambda: ConqaSyncMilestonesOperator(task_id="sync", **given))


def rows(count: int, **values: Any) -> list[dict[str, Any]]:
    """Rows of milestones that are not there yet."""
    given = {"name": "Slab", "status": "planned", "product": "earthworks", "area": "area-1", "start": None, **values}
    return [{"activity": f"N-{number:04d}", **given} for number in range(1, count + 1)]


def schedule(folder: Path, lines: Any = SCHEDULE, name: str = "schedule.csv", separator: str = ",") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=separator).writerows([HEADER, *lines])
    return path


def writes(sandbox: Sandbox) -> list[Any]:
    return [request for request in sandbox.requests("conqa") if request.method != "GET"]


def made(sandbox: Sandbox) -> Counter[str]:
    """How often each row was carried out: requests of one transaction time count once."""
    sent = {
        (request.path.rpartition("/")[2], json.loads(request.body)["metadata"]["timestamp"])
        for request in writes(sandbox)
        if request.body and request.status == 202
    }
    return Counter(name for name, _ in sent)


def lists(sandbox: Sandbox) -> int:
    return sum(request.method == "GET" for request in sandbox.requests("conqa"))


def there(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    listed = sandbox.app("conqa").state.store.snapshot()["milestones"]
    project_id = sandbox.connections()["conqa_default"]["extra"]["project_id"]
    return {one["externalId"]: one for one in listed if one["projectId"] == project_id}


def results(summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    lines = Path(summary["uri"].removeprefix("file://")).read_text(encoding="utf-8").splitlines()
    return {one["id"] or str(one["row"]): one for one in map(json.loads, lines)}


# What differs is sent


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_schedule_arrives_and_a_second_run_has_nothing_to_say(
    separator: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    source = str(schedule(tmp_path, separator=separator))
    summary = sync(source=source).attempt()

    assert summary["rows"] == 5
    outcomes = {name: one["outcome"] for name, one in results(summary).items()}
    assert outcomes == {
        "P6-A1310": "updated",
        "P6-A2000": "created",
        "P6-A2001": "created",
        "P6-A1420": "deleted",
        "P6-A9999": "unchanged",
    }
    assert results(summary)["P6-A2000"]["changes"]["fields.area"] == {"from": None, "to": "area-2"}
    assert (len(writes(sandbox)), lists(sandbox)) == (4, 2), "a second list, for a row that is not there to be deleted"
    assert there(sandbox)["P6-A2001"]["fields"]["startDate"] == "2026-05-01"
    assert "P6-A1420" not in there(sandbox)

    again = sync(source=source).attempt()
    assert (again["unchanged"], again["rows"], len(writes(sandbox))) == (5, 5, 4)


def test_a_relative_file_lies_below_the_folder_of_a_connection(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule(tmp_path)
    monkeypatch.setenv("AIRFLOW_CONN_PLANS", json.dumps({"conn_type": "fs", "extra": {"path": str(tmp_path)}}))
    summary = sync(source="schedule.csv", object_storage_conn_id="plans").attempt()
    assert summary["uri"].startswith(f"file://{tmp_path}/schedule.results.manual")

    connect(monkeypatch, sandbox, folder=str(tmp_path))
    assert sync(source="schedule.csv", results="out/").attempt()["uri"].startswith(f"file://{tmp_path}/out/results.")
    with pytest.raises(QAConfigurationError, match="there is no connection 'nowhere'"):
        sync(source="schedule.csv", object_storage_conn_id="nowhere").attempt()


def test_rows_of_other_tasks_need_no_columns_and_leave_out_what_they_do_not_name(sandbox: Sandbox) -> None:
    mapped = [[{"external_id": "P6-A1310", "status": "closed"}], [{"external_id": "P6-A1310x", "fields": {}}]]
    mapped[1][0]["fields"] = {"productType": {"value": "earthworks"}, "area": {"value": "area-1"}}
    summary = sync(columns=None, delete_where=None, rows=mapped).attempt()

    assert (summary["updated"], summary["created"], summary["uri"]) == (1, 1, None)
    assert there(sandbox)["P6-A1310"]["name"] == "Podium planter membranes"


def test_many_rows_take_one_list_and_one_request_each(sandbox: Sandbox) -> None:
    summary = sync(rows=rows(60), columns=COLUMNS, delete_where=None, max_in_flight=8).attempt()

    assert (summary["created"], lists(sandbox), len(writes(sandbox))) == (60, 1, 60)
    assert len(there(sandbox).keys() & {f"N-{number:04d}" for number in range(1, 61)}) == 60


def test_no_rows_are_no_reason_to_ask_anybody(sandbox: Sandbox, tmp_path: Path) -> None:
    summary = sync(source=str(schedule(tmp_path, lines=()))).attempt()

    assert (summary["rows"], sandbox.requests("conqa")) == (0, [])
    assert sync(rows=[]).attempt()["rows"] == 0


def test_the_changes_are_waited_for(sandbox: Sandbox) -> None:
    sandbox.add_outcome("milestone", "never", match="N-0002")
    waiting = sync(rows=rows(3), delete_where=None, wait_until_shown=True, timeout=0.1)
    with pytest.raises(QAWaitTimeoutError, match=r"1 changes are not shown after 0.1 s: row 2 \(N-0002\)"):
        waiting.attempt()

    assert len(writes(sandbox)) == 3
    with pytest.raises(QAWaitTimeoutError):
        waiting.attempt()
    assert len(writes(sandbox)) == 3


# Rows that are not right


def test_all_bad_rows_are_named_together_before_the_first_request(sandbox: Sandbox, tmp_path: Path) -> None:
    bad = [*SCHEDULE, ("", "Nameless", "planned", "earthworks", "area-1", "", ""), SCHEDULE[0]]
    with pytest.raises(QAValidationError) as refused:
        sync(source=str(schedule(tmp_path, bad))).attempt()

    assert "2 of 7 rows cannot be sent: row 6: external_id is required" in str(refused.value)
    assert "row 7 (P6-A1310): row 1 is about the same milestone" in str(refused.value)
    assert sandbox.requests("conqa") == []

    summary = sync(source=str(schedule(tmp_path, bad)), on_row_error="continue").attempt()
    assert (summary["failed"], summary["created"]) == (2, 2)
    assert summary["not_taken"][0] == {"row": 6, "id": None, "reason": "external_id is required, got None"}


def test_a_row_that_the_vendor_refuses_ends_the_sending_unless_told_otherwise(sandbox: Sandbox) -> None:
    wrong = rows(30)
    wrong[1]["area"] = "area-77"
    failing = sync(rows=wrong, delete_where=None, max_in_flight=1)
    with pytest.raises(QARequestRejectedError, match=r"row 2 \(N-0002\): HTTP 400 .* 1 of 30 rows are as they should"):
        failing.attempt()
    assert len(writes(sandbox)) == 2

    wrong[1]["area"] = "area-2"
    failing.clear()
    assert failing.attempt()["created"] == 29, "the first is there already"
    assert made(sandbox).most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    ("policy", "fails"),
    [
        ({"on_row_error": "continue"}, False),
        ({"fail_on": "any"}, True),
        ({"fail_on": 0.3}, False),
        ({"fail_on": 0.1}, True),
    ],
    ids=str,
)
def test_how_many_bad_rows_fail_the_task(policy: Any, fails: bool, sandbox: Sandbox, tmp_path: Path) -> None:
    wrong = rows(5)
    wrong[4]["area"] = "area-77"
    task = sync(rows=wrong, delete_where=None, results=f"{tmp_path}/", **policy)
    if fails:
        with pytest.raises(QARowsError, match=r"1 of 5 rows were not taken: row 5 \(N-0005\)") as failure:
            task.attempt()
        assert failure.value.permanent
        (path,) = tmp_path.iterdir()
        assert [json.loads(line)["outcome"] for line in path.read_text().splitlines()] == ["created"] * 4 + ["failed"]
    else:
        assert task.attempt()["failed"] == 1
    assert len(there(sandbox).keys() & {f"N-{number:04d}" for number in range(1, 6)}) == 4


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"columns": {"external_id": "activty"}}, "no row has the column 'activty'; .*Did you mean 'activity'"),
        ({"columns": {"externalid": "activity"}}, "externalid: a row has no such field; .*Did you mean external_id"),
        ({"columns": {"external_id": ["activity"]}}, "columns.external_id must name a column"),
        ({"columns": None}, "a row has no such field; it has external_id"),
        ({"delete_where": "gone"}, "no row has the column 'gone'"),
        ({"rows": []}, "one of source, rows and sql must be given, got source and rows"),
        ({"source": None}, "one of source, rows and sql must be given, got none"),
        ({"fail_on": 2}, "fail_on must be any, all, or a share"),
        ({"on_row_error": "fail", "fail_on": "any"}, "leaves nothing to fail_on"),
        ({"max_in_flight": 0}, "max_in_flight must be a whole number"),
        ({"timeout": 0}, "timeout must be a positive number"),
    ],
    ids=str,
)
def test_bad_arguments_are_refused_before_the_first_request(
    arguments: Any, problem: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(QAValidationError, match=problem):
        sync(**{"source": str(schedule(tmp_path)), **arguments}).attempt()

    assert sandbox.requests("conqa") == []


def test_a_place_for_the_results_that_cannot_be_written_is_found_out_before_anything_is_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(QAFileError):
        sync(source=str(schedule(tmp_path)), results=f"{tmp_path}/file/results.jsonl").attempt()

    assert sandbox.requests("conqa") == []


def test_a_preview_writes_the_differences_and_sends_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    task = sync(source=str(schedule(tmp_path)), preview=True)
    with pytest.raises(AirflowSkipException, match="4 of 5 rows would be sent"):
        task.attempt()

    assert (writes(sandbox), task.state) == ([], {})
    shown = task.xcoms[-1, "preview"]
    assert results(shown)["P6-A1310"]["changes"]["status"] == {"from": "planned", "to": "ready-to-inspect"}
    assert (shown["created"], shown["updated"], shown["deleted"], shown["unchanged"]) == (2, 1, 1, 1)


# Whatever happens


@pytest.mark.parametrize("shown_late", [False, True])
def test_a_killed_process_leaves_no_row_behind_and_sends_none_twice(
    shown_late: bool, sandbox: Sandbox, tmp_path: Path
) -> None:
    if shown_late:  # the comparison shows nothing of what was sent
        sandbox.add_outcome("milestone", "applied", seconds=3600, times=None)
    task = sync(rows=rows(80), delete_where=None, max_in_flight=4)
    sandbox.add_fault({"delay": 0.02}, method="POST")
    for _ in range(2):
        enough = len(writes(sandbox)) + 20
        killed_process(task, tmp_path / "state.json", lambda enough=enough: len(writes(sandbox)) >= enough)
    summary = task.attempt()

    assert (summary["created"], summary["rows"]) == (80, 80)
    assert (len(made(sandbox)), set(made(sandbox).values())) == (80, {1})
    assert len({json.loads(request.body)["metadata"]["timestamp"] for request in writes(sandbox) if request.body}) == 1


def test_a_row_whose_answer_is_lost_is_sent_again_as_the_same(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, sandbox, retries=1)
    monkeypatch.setattr("airflow_qa_provider.bulk.changes._PAUSES", (0.01,))
    sandbox.add_fault("reset_after", method="POST", nth=3, times=1)
    sandbox.add_fault({"status": 502, "commit": True}, method="POST", nth=7, times=1)
    summary = sync(rows=rows(10), delete_where=None).attempt()

    assert (summary["created"], len(writes(sandbox))) == (10, 12)
    assert (len(made(sandbox)), set(made(sandbox).values())) == (10, {1})


def test_what_could_not_be_sent_is_left_to_a_retry(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, method="POST", nth=4, times=1)
    task = sync(rows=rows(10), delete_where=None, on_row_error="continue")
    with pytest.raises(QARowsError, match=r"1 of 10 rows were not taken: .*A retry sends 1 of them again") as failure:
        task.attempt()
    assert not failure.value.permanent

    assert task.attempt()["created"] == 10
    assert len(writes(sandbox)) == 11

    sandbox.add_fault({"status": 503}, method="POST", times=1)
    last = sync(rows=rows(11), delete_where=None, on_row_error="continue")
    last.try_number = last.max_tries
    assert last.attempt()["uncertain"] == 1, "in the last attempt it counts as not taken"


def test_a_vendor_that_is_ill_is_left_alone(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, method="POST")
    task = sync(rows=rows(200), delete_where=None, on_row_error="continue", max_in_flight=4)
    with pytest.raises(QAServerError, match=r"0 of 200 rows are as they should be. A retry goes on with the others"):
        task.attempt()
    assert len(writes(sandbox)) < 20


def test_a_rate_limit_holds_all_back_and_is_left_to_a_retry_when_it_goes_on(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, sandbox, retries=3)
    sandbox.add_fault({"status": 429, "retry_after": 1}, method="POST", nth=5, times=1)
    began = time.monotonic()
    summary = sync(rows=rows(12), delete_where=None, max_in_flight=2).attempt()
    assert (summary["created"], len(writes(sandbox))) == (12, 13)
    assert time.monotonic() - began > 1

    connect(monkeypatch, sandbox, retries=0)
    rule = sandbox.add_fault({"status": 429, "retry_after": 600}, method="POST", nth=3)
    task = sync(rows=rows(12, name="Wall"), delete_where=None, max_in_flight=1)
    with pytest.raises(QARateLimitError) as failure:
        task.attempt()
    assert failure.value.retry_after == 600
    sandbox.remove_fault(rule)
    assert task.attempt()["updated"] == 12
    assert len(writes(sandbox)) == 13 + 3 + 10


def test_all_requests_in_flight_share_the_budget_of_the_connection(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, sandbox, requests_per_minute=3000)
    began = time.monotonic()
    assert sync(rows=rows(10), delete_where=None, max_in_flight=10).attempt()["created"] == 10
    assert time.monotonic() - began > 10 * 60 / 3000


def test_a_row_that_changes_between_attempts_is_sent_as_a_new_one(sandbox: Sandbox) -> None:
    given = rows(6)
    sandbox.add_fault({"status": 503}, method="POST", nth=6, times=1)
    task = sync(rows=given, delete_where=None, on_row_error="continue", max_in_flight=1)
    with pytest.raises(QARowsError):
        task.attempt()
    given[0]["name"] = "Wall"
    assert task.attempt()["rows"] == 6

    assert there(sandbox)["N-0001"]["name"] == "Wall"
    assert (made(sandbox)["N-0001"], made(sandbox)["N-0002"]) == (2, 1)


def test_a_task_that_is_cleared_compares_anew(sandbox: Sandbox) -> None:
    task = sync(rows=rows(3), delete_where=None)
    task.attempt()
    others = sync(rows=rows(3, name="Wall"), delete_where=None)
    others.attempt()
    assert task.attempt()["created"] == 3, "a retry leaves alone what somebody has changed since"
    assert there(sandbox)["N-0001"]["name"] == "Wall"

    task.clear()
    assert task.attempt()["updated"] == 3
    assert there(sandbox)["N-0001"]["name"] == "Slab"


def test_a_deletion_whose_answer_is_lost_is_told_as_one(sandbox: Sandbox, tmp_path: Path) -> None:
    task = sync(source=str(schedule(tmp_path)), on_row_error="continue")
    sandbox.add_fault("reset_after", method="DELETE", times=1)
    with pytest.raises(QARowsError):
        task.attempt()
    summary = task.attempt()

    assert (summary["deleted"], summary["unchanged"]) == (1, 1)
    assert "P6-A1420" not in there(sandbox)


def test_without_a_state_of_tasks_a_retry_compares(sandbox: Sandbox) -> None:
    task = sync(rows=rows(5), delete_where=None, on_row_error="continue", max_in_flight=1)
    task.keeps_state = False
    sandbox.add_fault({"status": 503}, method="POST", nth=2, times=1)
    with pytest.raises(QARowsError):
        task.attempt()

    summary = task.attempt()
    assert (summary["created"], summary["unchanged"], len(writes(sandbox))) == (1, 4, 6)
