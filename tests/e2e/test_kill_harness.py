"""The kill harness without Airflow: what it plans, how it stops requests, and that it sees what is wrong."""

from __future__ import annotations

import inspect
import io
import itertools
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from rich.console import Console

from airflow_qa_provider import operators, transfers
from airflow_qa_provider.bases.bulk import BulkSyncOperator
from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.bases.jobs import RemoteJobOperator
from airflow_qa_provider.bases.reporting import RemoteReportOperator
from airflow_qa_provider.bases.webhooks import WebhookOperator
from qa_sandbox import Sandbox, SandboxSettings
from tests.e2e.kills import __main__ as harness
from tests.e2e.kills import boundary, database, verdict
from tests.e2e.kills.catalogue import CATALOGUE
from tests.e2e.kills.gate import Gate
from tests.e2e.kills.plan import SECTIONS, TWINS, Case, scripts
from tests.e2e.kills.processes import ShowStopped, await_that, is_gone, kill, survivors
from tests.e2e.kills.script import Book, Deed, Key, Point, Request, Step, Strike, Visit

# transfers have no code of their own: those of reports stand for all; and bulk creates are one code, too
BASES = (
    CreatingOperator,
    RemoteJobOperator,
    RemoteReportOperator,
    ChangingOperator,
    WebhookOperator,
    BulkSyncOperator,
)
KEY = Key("kills", "audit", 0)
WRITE, LOOKUP = Request("POST", "/audit$"), Request("GET", "/audit/pending$")
REQUESTS = {Point.BEFORE: WRITE, Point.COMMITTED: WRITE, Point.ANSWERED: WRITE, Point.LOOKING: LOOKUP}


# What is planned


def test_every_operator_that_writes_is_in_the_catalogue() -> None:
    found = set()
    for package in (operators, transfers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
                if issubclass(kind, BASES) and kind not in BASES and not name.startswith("_"):
                    found.add(kind)
    assert found <= {entry.operator() for entry in CATALOGUE.values()}


def test_the_plan_has_more_than_200_kills_at_all_vendors() -> None:
    kills = dict.fromkeys((entry.vendor for entry in CATALOGUE.values()), 0)
    for entry in CATALOGUE.values():
        for section, base in itertools.product(SECTIONS, ("sqlite", "postgresql")):
            steps = [step for script in scripts(entry, section, base, 1) for step in script]
            kills[entry.vendor] += sum(step.deed.kills and step.point is not Point.DEFERRED for step in steps)
    assert sum(kills.values()) >= 200
    assert min(kills.values()) >= 15


def test_what_ends_a_task_is_the_last_step_of_its_script() -> None:
    for entry in CATALOGUE.values():
        for section in SECTIONS[:2]:
            for script in scripts(entry, section, "sqlite", 1):
                assert not {step.point for step in script[:-1]} & entry.uncertain


# Which request is the moment


def book(*points: Point) -> Book:
    made = Book()
    made.add(KEY, [Step(point) for point in points], REQUESTS)
    return made


def test_each_step_is_taken_once_and_in_its_order() -> None:
    made, first, second = book(Point.BEFORE, Point.LOOKING), Visit(KEY, 1, 11), Visit(KEY, 2, 12)
    assert made.take(first, "GET", "/audit/pending") is None, "it is not the turn of the look"
    step = made.take(first, "POST", "/audit")
    assert step == Step(Point.BEFORE)
    assert made.take(first, "POST", "/audit") is None
    assert made.take(second, "GET", "/audit/pending") is None, "the first has not happened yet"
    made.enter(Strike(step, first, (11,)))
    assert made.take(second, "GET", "/audit/pending") == Step(Point.LOOKING)
    assert made.parts[KEY].pending == (Step(Point.LOOKING),)
    assert made.kills == 1


def test_one_triggerer_is_one_kill() -> None:
    made, other = book(), Key("kills", "audit", 1)
    made.add(other, [], REQUESTS)
    for key in (KEY, other):
        made.enter(Strike(Step(Point.DEFERRED, Deed.KILL_TRIGGERER), Visit(key, 1, 7), (7,)))
    assert made.kills == 1


# How it is stopped at the door


@pytest.fixture
def door() -> Iterator[tuple[Sandbox, Book, list[Step]]]:
    """A sandbox behind a gate that kills nobody."""
    made, struck = Book(), []

    def strike(step: Step, visit: Visit) -> Strike:
        struck.append(step)
        return Strike(step, visit, (visit.pid,))

    sandbox = Sandbox(["monitorqa"], SandboxSettings())
    sandbox.app("monitorqa").add_middleware(Gate, vendor="monitorqa", book=made, strike=strike)
    sandbox.start()
    yield sandbox, made, struck
    sandbox.stop()


def ask(sandbox: Sandbox, method: str, path: str, body: Any = None) -> requests.Response:
    headers = {boundary.TASK: "kills/audit/0", boundary.TRY: "1", boundary.PID: "11"}
    headers["X-API-KEY"] = sandbox.connections()["monitorqa_default"]["password"]
    return requests.request(method, sandbox.url("monitorqa") + path, json=body, headers=headers, timeout=10)


def create(sandbox: Sandbox) -> requests.Response:
    ids = sandbox.connections()["monitorqa_default"]["extra"]
    names = {"templateId": ids["template_id"], "auditObjectId": ids["audit_object_id"]}
    return ask(sandbox, "POST", "/audit", {"name": "Walk", "endDate": "2099-01-31T18:00:00.000Z", **names})


def audits(sandbox: Sandbox) -> int:
    return sum(one["name"] == "Walk" for one in sandbox.app("monitorqa").state.store.snapshot()["audits"])


@pytest.mark.parametrize(("point", "carried_out"), [(Point.BEFORE, 0), (Point.COMMITTED, 1)])
def test_a_request_is_dropped_or_only_its_answer(
    point: Point, carried_out: int, door: tuple[Sandbox, Book, list[Step]]
) -> None:
    sandbox, made, struck = door
    made.add(KEY, [Step(point)], REQUESTS)
    assert create(sandbox).status_code == 503
    assert (audits(sandbox), made.parts[KEY].accepted) == (carried_out, carried_out)
    assert struck == [strike.step for strike in made.parts[KEY].strikes] == [Step(point)]
    assert made.problems == []
    assert create(sandbox).ok, "nothing is left of the script"


def test_after_the_answer_the_process_is_met(door: tuple[Sandbox, Book, list[Step]]) -> None:
    sandbox, made, struck = door
    made.add(KEY, [Step(Point.ANSWERED)], REQUESTS)
    answer = create(sandbox)
    assert answer.ok
    assert answer.headers[boundary.MEET]
    assert struck == []
    ask(sandbox, "POST", boundary.MEETING_PLACE)
    assert struck == [Step(Point.ANSWERED)]


def test_what_was_refused_is_no_commit(door: tuple[Sandbox, Book, list[Step]]) -> None:
    sandbox, made, _ = door
    made.add(KEY, [Step(Point.COMMITTED)], REQUESTS)
    ask(sandbox, "POST", "/audit", {})
    assert "was answered 4" in made.problems[0]
    assert made.parts[KEY].accepted == 0


def test_a_task_without_its_supervisor_goes_on(door: tuple[Sandbox, Book, list[Step]]) -> None:
    sandbox, made, struck = door
    made.add(KEY, [Step(Point.BEFORE, Deed.KILL_SUPERVISOR)], REQUESTS)
    assert create(sandbox).ok
    assert (len(struck), audits(sandbox)) == (1, 1)


# Who is killed


def test_a_process_is_killed_and_found_by_its_home(tmp_path: Path) -> None:
    code = "import time; time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "AIRFLOW_HOME": str(tmp_path)})
    try:
        await_that("its start", lambda: [one.pid for one in survivors(tmp_path)] == [process.pid], 10)
        assert survivors(tmp_path / "other") == []
        kill(psutil.Process(process.pid))
        assert is_gone(psutil.Process(process.pid)), "a zombie is gone, too"
        assert survivors(tmp_path) == []
    finally:
        process.kill()
        process.wait()


def test_a_wait_that_is_too_long_says_so(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    log.write_text("the reason\n")
    with pytest.raises(ShowStopped, match=r"^the end took longer than 0\.01 s\n--- part\.log\n(.|\n)*the reason"):
        await_that("the end", lambda: False, 0.01, [log])


def test_without_drivers_there_is_no_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "find_spec", lambda name: None)
    with pytest.raises(database.NoDatabase, match=r"psycopg2 is not installed \(extra e2e\)"):
        database.programs()


def test_a_postgresql_that_does_not_start_is_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho no such locale >&2\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setattr(harness, "programs", lambda: [tmp_path])
    said = io.StringIO()
    console = Console(file=said, width=400)
    with harness._served(console, "postgresql", tmp_path) as (database, url):
        assert (database, url.partition(":")[0]) == ("sqlite", "sqlite")
    assert "its part is played on SQLite" in said.getvalue()


# What is wrong


@pytest.mark.parametrize(
    ("state", "effects", "believed", "counts"),
    [
        ("success", ["a"], "a", (0, 0, 0)),
        ("success", ["a", "b"], "a", (1, 0, 0)),
        ("success", ["a", "a"], "a", (1, 0, 0)),
        ("success", [], "a", (0, 1, 0)),
        ("success", ["a"], "b", (0, 1, 0)),
        ("success", ["a"], None, (0, 1, 0)),
        ("failed", ["a"], None, (0, 1, 0)),
    ],
)
def test_what_the_vendor_has_and_what_the_dag_believes(
    state: str, effects: list[str], believed: str | None, counts: tuple[int, int, int], tmp_path: Path
) -> None:
    one = verdict.Verdict(Case(CATALOGUE["MonitorQACreateAudit"], KEY, "label", {}, ()), [], believed=believed)
    verdict._conclude(one, state, effects, 1, {}, tmp_path)
    assert (one.duplicates, one.lost, one.uncertain) == counts
    assert bool(one.problem) == any(counts)


@pytest.mark.parametrize(("attempts", "duplicates"), [(1, 1), (2, 0)])
def test_what_is_asked_for_again_leaves_no_more_than_one_for_each_attempt(
    attempts: int, duplicates: int, tmp_path: Path
) -> None:
    one = verdict.Verdict(
        Case(CATALOGUE["QalyptusGenerateReport"], KEY, "label", {}, ()), [], believed="b", attempts=attempts
    )
    verdict._conclude(one, "success", ["a", "b"], 1, {}, tmp_path)
    assert one.duplicates == duplicates


@pytest.mark.parametrize(("entry", "uncertain"), [("ConqaGenerateReport", 1), ("MonitorQACreateAudit", 0)])
def test_uncertain_is_good_only_where_it_is_documented(entry: str, uncertain: int, tmp_path: Path) -> None:
    log = tmp_path / "logs/dag_id=kills/run_id=kills-kills/task_id=audit/map_index=0/attempt=1.log"
    log.parent.mkdir(parents=True)
    log.write_text('{"error_detail": [{"exc_type": "QAUncertainError", "exc_value": "nobody knows"}]}\n')
    one = verdict.Verdict(Case(CATALOGUE[entry], KEY, "label", {}, ()), [])
    verdict._conclude(one, "failed", [], 1, {}, tmp_path)
    assert (one.uncertain, one.lost) == (uncertain, 1 - uncertain)
    assert bool(one.problem) != bool(uncertain)


@pytest.mark.parametrize(("objects", "wrong"), [(("a", "b"), [0, 0]), (("a", "a"), [0, 1]), (("a", None), [0, 0])])
def test_two_dags_on_one_object_are_wrong(objects: tuple[str | None, str | None], wrong: list[int]) -> None:
    twins = [
        verdict.Verdict(Case(CATALOGUE["QalyptusRunTask"], Key(dag_id, "run", -1), "twins", {}, ()), [], believed=one)
        for dag_id, one in zip(TWINS, objects, strict=True)
    ]
    verdict._find_wrong(twins)
    assert [one.wrong for one in twins] == wrong
    assert [bool(one.problem) for one in twins] == [bool(count) for count in wrong]
