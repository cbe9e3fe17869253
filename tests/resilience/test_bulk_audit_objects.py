"""Audit objects from somebody else's list: each there once, and as its row says, whatever happens to the task."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSkipException

from airflow_qa_provider.exceptions import QARowsError, QAValidationError
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.operators.monitorqa import MonitorQAUpsertAuditObjectsOperator
from qa_sandbox import Sandbox, run_sandbox
from tests.resilience.attempts import Task, connect, killed_process

QUICK = LookupTimeouts(pause=0.02, lost_answer=0.3, no_id=0.3, settled=0.2)
PLACE = {"lat": "55.7", "lng": "12.6", "name": "Harbour", "address": "Quay 4"}


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa"]) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_sandbox.reset()
    connect(monkeypatch, shared_sandbox)
    monkeypatch.setattr(MonitorQAUpsertAuditObjectsOperator, "lookup_timeouts", QUICK)
    return shared_sandbox


def upsert(rows: Any = None, **arguments: Any) -> Task:
    return Task(lambda: MonitorQAUpsertAuditObjectsOperator(task_id="objects", rows=rows, **arguments))


def store(sandbox: Sandbox) -> Any:
    return sandbox.app("monitorqa").state.store.main.objects


def there(sandbox: Sandbox) -> dict[str, Any]:
    return {site.name: site for site in store(sandbox).sites}


def options_of(sandbox: Sandbox, name: str) -> set[str]:
    objects = store(sandbox)
    return {objects.option(*pair).name for pair in there(sandbox)[name].assigned}


def sent(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in sandbox.requests("monitorqa") if one.method != "GET"]


def an_attribute(sandbox: Sandbox) -> tuple[str, str, str]:
    """Name of an attribute and of two of its options."""
    attribute = next(one for one in store(sandbox).attributes if len(one.options) > 1)
    return attribute.name, attribute.options[0].name, attribute.options[1].name


def test_what_differs_is_sent_and_a_second_run_has_nothing_to_say(sandbox: Sandbox, tmp_path: Path) -> None:
    attribute, first, second = an_attribute(sandbox)
    old = next(site for site in store(sandbox).sites)
    before, address = len(there(sandbox)), old.geo_address
    lines = [
        ("site", "remark", "lat", "lng", "place", "street", "option"),
        (old.name, "Ask for the key at gate 2", "", "", "", "", second),
        ("Crane 7", "", "55.7", "12.6", "Harbour", "Quay 4", first),
        ("Crane 8", "", "", "", "", "", ""),
    ]
    with (tmp_path / "sites.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)
    columns = {
        "name": "site",
        "notes": "remark",
        "geo_address": {"lat": "lat", "lng": "lng", "name": "place", "address": "street"},
        "attributes": {attribute: "option"},
    }
    summary = upsert(source=str(tmp_path / "sites.csv"), columns=columns).attempt()

    assert (summary["created"], summary["updated"]) == (2, 1)
    now = there(sandbox)
    assert len(now) == before + 2
    assert (now[old.name].notes, now[old.name].geo_address) == ("Ask for the key at gate 2", address)
    assert second in options_of(sandbox, old.name)
    assert first not in options_of(sandbox, old.name)
    assert now["Crane 7"].geo_address.model_dump(by_alias=True) == PLACE
    assert (options_of(sandbox, "Crane 7"), options_of(sandbox, "Crane 8")) == ({first}, set())
    results = [json.loads(line) for line in Path(summary["uri"].removeprefix("file://")).read_text().splitlines()]
    assert [one["id"] for one in results] == [now[name].id for name in (old.name, "Crane 7", "Crane 8")]
    changes = sent(sandbox)
    assert Counter(method for method, _ in changes)["PUT"] == 1

    again = upsert(source=str(tmp_path / "sites.csv"), columns=columns).attempt()
    assert (again["unchanged"], sent(sandbox)) == (3, changes)


def test_names_alone_take_one_list_and_no_details(sandbox: Sandbox) -> None:
    names = [{"name": name} for name in there(sandbox)]
    assert upsert(names).attempt()["unchanged"] == len(names)
    assert len(sandbox.requests("monitorqa")) == 1


def test_an_id_renames_and_leaves_the_rest(sandbox: Sandbox) -> None:
    old = next(site for site in store(sandbox).sites if site.notes)
    kept = (old.notes, old.geo_address)
    summary = upsert([{"audit_object_id": old.id, "name": "Gate 9"}]).attempt()

    assert (summary["updated"], old.name, (old.notes, old.geo_address)) == (1, "Gate 9", kept)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"notes": "Nowhere"}, "name is required"),
        ({"name": "A", "notes": "x" * 801}, "notes has 801 characters"),
        ({"name": "A", "geo_address": {"lat": "1"}}, "geo_address lacks lng, name, address"),
        ({"name": "A", "attributes": {"Colour": "red"}}, "there is no attribute 'Colour'"),
        ({"audit_object_id": "nobody"}, "there is no audit object nobody"),
        ({"name": "Twin"}, "2 audit objects are called 'Twin'"),
    ],
    ids=str,
)
def test_rows_that_cannot_be_sent_are_named_before_anything_is(row: Any, problem: str, sandbox: Sandbox) -> None:
    body = type(next(iter(store(sandbox).sites)))
    for number in (1, 2):
        store(sandbox).sites.add(body(f"twin-{number}", "Twin"))
    with pytest.raises(QAValidationError, match=f"1 of 2 rows cannot be sent: row 2.*{problem}"):
        upsert([{"name": "Fine"}, row]).attempt()

    assert sent(sandbox) == []
    summary = upsert([{"name": "Fine"}, row], on_row_error="continue").attempt()
    assert (summary["created"], summary["failed"]) == (1, 1)


def test_an_option_that_there_is_not_is_named_with_the_nearest(sandbox: Sandbox) -> None:
    attribute, first, _ = an_attribute(sandbox)
    with pytest.raises(QAValidationError, match=f"has no option '{first}x'; did you mean '{first}'"):
        upsert([{"name": "A", "attributes": {attribute: f"{first}x"}}]).attempt()


def test_two_rows_about_one_object_are_refused(sandbox: Sandbox) -> None:
    old = next(iter(store(sandbox).sites))
    with pytest.raises(QAValidationError, match="row 1 is about the same audit object"):
        upsert([{"name": "A"}, {"name": "A", "notes": "x"}]).attempt()
    with pytest.raises(QAValidationError, match="is the same audit object"):
        upsert([{"name": old.name}, {"audit_object_id": old.id, "notes": "x"}]).attempt()


def test_a_preview_sends_nothing(sandbox: Sandbox) -> None:
    task = upsert([{"name": "A", "notes": "x"}], preview=True)
    with pytest.raises(AirflowSkipException, match="1 of 1 rows would be sent"):
        task.attempt()
    assert (sent(sandbox), task.state) == ([], {})


# Whatever happens


def rows_of(sandbox: Sandbox, count: int) -> list[dict[str, Any]]:
    attribute, first, _ = an_attribute(sandbox)
    return [{"name": f"N-{number:03d}", "attributes": {attribute: first}} for number in range(count)]


def assert_each_once(sandbox: Sandbox, count: int) -> None:
    names = Counter(site.name for site in store(sandbox).sites if site.name.startswith("N-"))
    assert (len(names), set(names.values())) == (count, {1})
    assert all(options_of(sandbox, name) for name in names)


@pytest.mark.parametrize("shown_late", [False, True])
def test_a_killed_process_leaves_no_row_behind_and_makes_none_twice(
    shown_late: bool, sandbox: Sandbox, tmp_path: Path
) -> None:
    task = upsert(rows_of(sandbox, 40), max_in_flight=4)
    sandbox.add_fault({"delay": 0.02, **({"list_lag": 0.15} if shown_late else {})}, method="POST")
    for _ in range(2):
        enough = len(sent(sandbox)) + 21
        killed_process(task, tmp_path / "state.json", lambda enough=enough: len(sent(sandbox)) >= enough)
    summary = task.attempt()

    assert (summary["created"], summary["rows"]) == (40, 40)
    assert_each_once(sandbox, 40)


@pytest.mark.parametrize("fault", ["reset_after", {"status": 502, "commit": True}], ids=str)
def test_an_answer_that_is_lost_is_looked_for(fault: Any, sandbox: Sandbox) -> None:
    sandbox.add_fault(fault, method="POST", path="/audit/objects$", nth=2, times=1)
    summary = upsert(rows_of(sandbox, 6)).attempt()

    assert (summary["created"], summary["uncertain"]) == (6, 0)
    assert_each_once(sandbox, 6)


def test_a_request_that_never_arrived_is_sent_by_a_retry(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, method="POST", path="/audit/objects$", nth=2, times=1)
    task = upsert(rows_of(sandbox, 4), on_row_error="continue")
    with pytest.raises(QARowsError, match=r"1 of 4 rows were not taken"):
        task.attempt()

    assert task.attempt()["created"] == 4
    assert_each_once(sandbox, 4)


def test_an_object_that_was_made_without_its_attributes_gets_them(sandbox: Sandbox) -> None:
    sandbox.add_fault({"status": 503}, method="POST", path="/attributes$", nth=1, times=1)
    task = upsert(rows_of(sandbox, 3), on_row_error="continue")
    with pytest.raises(QARowsError):
        task.attempt()

    assert task.attempt()["created"] == 3
    assert_each_once(sandbox, 3)
    assert sum(path.endswith("/objects") for _, path in sent(sandbox)) == 3
