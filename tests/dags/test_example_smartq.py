"""Findings of a site walk become tickets with photos, each once, as the board shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider.operators.smartq import SmartQCreateTicketOperator, SmartQMoveTicketOperator
from qa_sandbox import Sandbox, run_sandbox
from tests.dags.conftest import Run, a_dag
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow

FINDINGS = [
    {"title": "Fire door 2.14 without closer", "trade": "carpentry", "photo": "door.jpg"},
    {"title": "Membrane torn at the kerb", "trade": "roofing", "photo": "kerb.jpg"},
    {"title": "Membrane torn at the kerb", "trade": "roofing", "photo": "kerb.jpg"},
]
PHOTOS = {"door.jpg": b"\xff\xd8\xff\xe0 door", "kerb.jpg": b"\xff\xd8\xff\xe0 kerb" * 9000}


@pytest.fixture(scope="module")
def shared_smartq() -> Iterator[Sandbox]:
    with run_sandbox(["smartq"]) as sandbox:
        yield sandbox


@pytest.fixture
def smartq(shared_smartq: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_smartq.reset()
    (tmp_path / "findings.json").write_text(json.dumps(FINDINGS))
    for name, content in PHOTOS.items():
        (tmp_path / name).write_bytes(content)
    fields = shared_smartq.connections()["smartq_default"]
    fields = {**fields, "extra": {**fields["extra"], "folder": f"file://{tmp_path}"}}
    monkeypatch.setenv("AIRFLOW_CONN_SMARTQ_DEFAULT", json.dumps(fields))
    return shared_smartq


def board(smartq: Sandbox) -> Any:
    project_id = smartq.connections()["smartq_default"]["extra"]["project_id"]
    return smartq.app("smartq").state.store.projects[int(project_id)]


def test_each_finding_has_a_ticket_with_its_photo(run_dag: Callable[..., Run], smartq: Sandbox) -> None:
    before = set(board(smartq).tickets)
    smartq.add_fault("reset_after", method="POST", path="/tickets$", nth=2)
    run = run_dag(load("example_smartq_tickets"))
    project = board(smartq)
    made = {str(number): ticket for number, ticket in project.tickets.items() if number not in before}

    assert (run.state, run.errors) == ("success", {})
    ids = [str(run.xcom("ticket", map_index=index)) for index in range(len(FINDINGS))]
    assert sorted(made) == sorted(ids)
    for ticket_id, finding in zip(ids, FINDINGS, strict=True):
        ticket = made[ticket_id]
        (note,) = ticket.notes.values()
        (photo,) = note.files.values()
        assert (ticket.name, ticket.tags[:2]) == (finding["title"], ("site walk", finding["trade"]))
        assert project.step(ticket.step_id).name == "Accepted"
        assert abs(ticket.deadline - datetime.now(timezone.utc) - timedelta(days=14)) < timedelta(minutes=2)
        assert note.text == f"As seen on {run.dag_run.run_after:%Y-%m-%d}"
        assert (photo.name, photo.content) == (finding["photo"], PHOTOS[finding["photo"]])
    assert_few_calls(smartq)
    assert_nothing_is_left_but_the_session(smartq)


def assert_few_calls(smartq: Sandbox) -> None:
    """What one task has found out, the others use."""
    sent = [request.path for request in smartq.requests("smartq")]
    assert sum("oauth2" in path for path in sent) == 1
    assert sum(path.endswith("/steps") for path in sent) == 1


def assert_nothing_is_left_but_the_session(smartq: Sandbox) -> None:
    from airflow.models.variable import Variable
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        stored = {row.key: row.val for row in session.scalars(select(Variable)) if row.key.startswith("airflow_qa_")}
    ((name, value),) = stored.items()
    assert name.startswith("airflow_qa_provider.session_token.")
    (token,) = smartq.app("smartq").state.store.tokens._access
    assert token not in value


def test_a_dry_run_that_a_template_asks_for_changes_nothing(run_dag: Callable[..., Run], smartq: Sandbox) -> None:
    place = {name: smartq.connections()["smartq_default"]["extra"][name] for name in ("project_id", "step_id")}
    closed = board(smartq).steps[-1].id
    ticket = next(one for one in board(smartq).tickets.values() if one.step_id != closed and not one.archived)
    dry = "{{ dag_run.conf.dry }}"
    with a_dag("dry_tickets") as dag:
        SmartQCreateTicketOperator(task_id="create", name="Door 12", preview=dry, **place)
        SmartQMoveTicketOperator(
            task_id="move", project_id=place["project_id"], ticket_id=ticket.id, step="Closed", preview=dry
        )
    run = run_dag(dag, run_conf={"dry": True})

    assert run.states == {"create": "skipped", "move": "skipped"}
    assert run.xcom("create", "preview")["request"]["body"]["ticket[name]"] == "Door 12"
    assert run.xcom("move", "preview")["changes"]["step_id"]["from"] == str(ticket.step_id)
    changed = [r.path for r in smartq.requests("smartq") if r.method != "GET" and "oauth2" not in r.path]
    assert changed == []
