"""Notifiers: one ticket for one trouble while it is open, whatever the callback knows and whatever smartQ does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG, task

from airflow_qa_provider import compat
from airflow_qa_provider.exceptions import QAError, QAValidationError
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from airflow_qa_provider.notifications.smartq import SmartQTicketNotifier
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import Run, a_dag, connect

NIGHTLY = DAG("nightly", schedule=None)
SECRET = "correct-horse-battery"
Notify = Callable[..., None]


@pytest.fixture(scope="module")
def board_server() -> Iterator[Sandbox]:
    with run_sandbox(["smartq"], SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture
def smartq(board_server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.setattr(SmartQTicketNotifier, "lookup_timeouts", LookupTimeouts(pause=0.05, lost_answer=0.2))
    board_server.reset()
    connect(monkeypatch, board_server)
    return board_server


@pytest.fixture(params=["worker", "triggerer"])
def notify(request: pytest.FixtureRequest) -> Notify:
    """Call a notifier as Airflow does: with the context of a callback, or awaited."""

    def in_worker(context: dict[str, Any], **arguments: Any) -> None:
        SmartQTicketNotifier(**arguments)(context)

    def in_triggerer(context: dict[str, Any], **arguments: Any) -> None:
        async def awaited() -> None:
            await SmartQTicketNotifier(context=context, **arguments)

        asyncio.run(awaited())

    return in_worker if request.param == "worker" else in_triggerer


def failed(task_id: str = "load", run_id: str = "monday", **more: Any) -> dict[str, Any]:
    """The context of a task that has failed."""
    ti = SimpleNamespace(
        dag_id="nightly",
        run_id=run_id,
        task_id=task_id,
        map_index=-1,
        try_number=3,
        state="failed",
        log_url="https://airflow.example.com/dags/nightly",
    )
    return {"dag": NIGHTLY, "run_id": run_id, "ti": ti, "exception": OSError("no disk"), **more}


def tickets(smartq: Sandbox) -> list[Any]:
    """The tickets that a notifier has opened, oldest first."""
    project = smartq.connections()["smartq_default"]["extra"]["project_id"]
    found = smartq.app("smartq").state.store.projects[int(project)].tickets.values()
    return [one for one in found if any(tag.startswith("alert-") for tag in one.tags)]


def notes(smartq: Sandbox) -> int:
    return sum(r.method == "POST" and r.path.endswith("/notes") for r in smartq.requests("smartq"))


def test_a_trouble_has_one_ticket_while_it_is_open(smartq: Sandbox, notify: Notify) -> None:
    notify(failed())
    notify(failed(run_id="tuesday"))
    notify(failed("publish"))

    first, other = tickets(smartq)
    assert (first.name, other.name) == ("load of nightly failed", "publish of nightly failed")
    assert first.description.splitlines() == [
        "DAG: nightly",
        "Run: monday",
        "Task: load",
        "Try: 3",
        "Error: no disk",
        "Log: https://airflow.example.com/dags/nightly",
    ]
    assert notes(smartq) == 1

    first.archived = True
    notify(failed(run_id="wednesday"))
    assert len(tickets(smartq)) == 3


def test_a_key_of_the_authors_joins_troubles(smartq: Sandbox, notify: Notify) -> None:
    arguments = {"dedup_key": "{{ dag.dag_id }}", "name": "{{ dag.dag_id }} is in trouble", "tags": "night, data"}
    notify(failed(), **arguments)
    notify(failed("publish"), **arguments)

    (one,) = tickets(smartq)
    assert one.name == "nightly is in trouble"
    assert {"night", "data"} < set(one.tags)


@pytest.mark.parametrize(
    ("context", "title"),
    [
        ({"dag_run": {"dag_id": "nightly", "dag_run_id": "monday"}, "deadline": {}}, "nightly missed its deadline"),
        ({"dag": NIGHTLY, "run_id": "monday", "reason": "task_failure"}, "nightly needs a look"),
        (
            {
                "dag": NIGHTLY,
                "dag_run": SimpleNamespace(dag_id="nightly", run_id="monday", state="failed"),
                "reason": "task_failure",
                "ti": failed()["ti"],
            },
            "nightly failed",
        ),
        (
            {**failed(), "exception": None, "ti": SimpleNamespace(dag_id="d", task_id="t", state="success")},
            "t of d succeeded",
        ),
    ],
    ids=["deadline", "run without state", "run", "success"],
)
def test_each_callback_says_what_happened(smartq: Sandbox, context: dict[str, Any], title: str) -> None:
    SmartQTicketNotifier()(context)

    (one,) = tickets(smartq)
    assert one.name == title


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_a_lost_answer_makes_one_ticket(smartq: Sandbox, fault: str) -> None:
    smartq.add_fault(fault, method="POST", path="/tickets$", times=1)

    SmartQTicketNotifier()(failed())

    assert len(tickets(smartq)) == 1


def test_a_refused_ticket_is_an_error_that_says_so(smartq: Sandbox) -> None:
    with pytest.raises(QAValidationError, match="project_id"):
        SmartQTicketNotifier(project_id="  ")(failed())
    smartq.add_fault({"status": 403}, method="POST", path="/tickets$")
    with pytest.raises(QAError, match=r"tickets\.create"):
        SmartQTicketNotifier()(failed())

    assert tickets(smartq) == []


def test_no_secret_of_an_error_is_in_the_ticket(smartq: Sandbox) -> None:
    from airflow.sdk.log import mask_secret

    mask_secret(SECRET)
    SmartQTicketNotifier()(failed(exception=OSError(f"refused with {SECRET}")))

    (one,) = tickets(smartq)
    assert "Error: refused with ***" in one.description


@pytest.mark.slow
def test_a_failing_task_opens_its_ticket(
    run_dag: Callable[..., Run], smartq: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with a_dag("nightly_load") as dag:

        @task(on_failure_callback=SmartQTicketNotifier(name="{{ ti.task_id }} failed on {{ run_id }}"))
        def load() -> None:
            raise OSError("no disk")

        load()
    with caplog.at_level(logging.INFO):
        run = run_dag(dag, logical_date=datetime(2026, 1, 2, tzinfo=timezone.utc))

    assert run.states == {"load": "failed"}
    (one,) = tickets(smartq)
    assert one.name == f"load failed on {run.dag_run.run_id}"
    # before Airflow 3.3, dag.test() does not tell callbacks the error
    assert "Error: no disk" in one.description or not compat.RETRY_POLICIES
