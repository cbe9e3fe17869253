"""The harness of many workers without any: what it counts, what it keeps at the door, and what it needs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_sandbox import Sandbox
from tests.e2e.celery import broker, cluster, judge, plan, storage
from tests.e2e.celery.counts import Counts
from tests.e2e.celery.door import Midway
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.processes import await_that
from tests.e2e.kills.stage import PART
from tests.e2e.triggerers.door import Held

# What is wrong


@pytest.mark.parametrize(
    ("wanted", "there", "spare", "counts"),
    [
        ("ab", "ba", 0, (0, 0, 0)),
        ("ab", "abb", 0, (1, 0, 0)),
        ("ab", "a", 0, (0, 1, 0)),
        ("ab", "ac", 0, (0, 1, 1)),
        ("ab", "abcd", 1, (0, 0, 1)),
        ("ab", "abc", 1, (0, 0, 0)),
        ("ab", "aac", 1, (1, 1, 0)),
        ("aa", "aa", 0, (0, 0, 0)),
        ("", "", 0, (0, 0, 0)),
    ],
)
def test_what_there_should_be_and_what_there_is(
    wanted: str, there: str, spare: int, counts: tuple[int, int, int]
) -> None:
    found = Counts()
    found.compare("rows", wanted, there, spare)
    assert (found.duplicates, found.lost, found.wrong) == counts
    assert bool(found.problems) == any(counts)
    assert found.found["rows"] == len(there)


def test_the_last_line_has_all_counts() -> None:
    found = Counts()
    found.compare("files", ["a"], ["a", "a"])
    found.mistake("a ticket is another's")
    assert found.line == "objects: 0  files: 2  mails: 0  rows: 0  duplicates: 1  lost: 0  wrong: 1"


def test_a_mail_with_the_file_of_another_region_is_another_mail() -> None:
    ours, other = "0" * 64, "1" * 64
    assert judge._letter("a@example.com", [ours, other]) == judge._letter("a@example.com", [other, ours])
    assert judge._letter("a@example.com", [ours]) != judge._letter("a@example.com", [other])


def test_an_object_is_known_by_the_uri_of_its_manifest() -> None:
    assert storage.key_of(f"{storage.FOLDER}/2026-01-31/a b.pdf") == storage.placed("2026-01-31/a b.pdf")


# What is kept at the door


@pytest.fixture
def door() -> Iterator[tuple[Sandbox, Held]]:
    sandbox, held = Sandbox(["smartq"]), Held()
    held.hold("/tickets")
    sandbox.app("smartq").add_middleware(Midway, held=held, path="/tickets", passed=1)
    sandbox.start()
    yield sandbox, held
    held.let_in("/tickets")
    sandbox.stop()


def test_in_the_middle_every_other_request_is_carried_out_and_none_is_answered(
    door: tuple[Sandbox, Held], tmp_path: Path
) -> None:
    sandbox, held = door
    ids = World(sandbox, tmp_path).ids("smartq")
    answered: list[str] = []

    def create(name: str) -> None:
        # a client is one thread's
        client = World(sandbox, tmp_path).client("smartq")
        answered.append(client.tickets.create(ids["project_id"], step_id=ids["step_id"], name=name)["id"])

    def made() -> int:
        tickets = sandbox.app("smartq").state.store.projects[int(ids["project_id"])].tickets.values()
        return sum(one.name.startswith("Door ") for one in tickets)

    create("Door 0")
    others = [threading.Thread(target=create, args=[f"Door {number}"]) for number in range(1, 5)]
    for one in others:
        one.start()
    await_that("four requests at the door", lambda: held.has_come("/tickets") == len(others), 30)
    assert (len(answered), made()) == (1, 3)
    held.let_in("/tickets")
    for one in others:
        one.join(30)
    assert (len(answered), made()) == (5, 5)


# What it needs


def test_without_redis_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker.shutil, "which", lambda name: None)
    monkeypatch.setattr(broker, "find_spec", lambda name: None)
    with pytest.raises(broker.NoBroker, match=r"^no Redis: install Debian's redis-server"):
        broker.program()


def test_processes_are_called_by_the_part_of_airflow_that_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PART, "worker-2")
    assert cluster.own_name() == "worker-2"
    parts = cluster.parts()
    assert {*cluster.WORKERS, *cluster.TRIGGERERS} < set(parts)
    assert all("--skip-serve-logs" in parts[name] for name in (*cluster.WORKERS, *cluster.TRIGGERERS))


def test_the_files_have_all_rows() -> None:
    assert len(plan.tickets_file().splitlines()) == len(plan.schedule().splitlines()) == plan.ROWS + 1
    assert plan.PASSED + plan.IN_FLIGHT < plan.ROWS
