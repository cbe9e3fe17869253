"""Reports that were sent to clients are approved and invoiced, each once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from airflow_qa_provider.bases.changing import ChangingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import Run
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared_simplo() -> Iterator[Sandbox]:
    with run_sandbox(["simplo"], SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture
def simplo(shared_simplo: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_simplo.reset()
    monkeypatch.setattr(ChangingOperator, "lookup_timeouts", LookupTimeouts(pause=0.02, lost_answer=0.2, settled=0.1))
    monkeypatch.setenv("AIRFLOW_CONN_SIMPLO_DEFAULT", json.dumps(shared_simplo.connections()["simplo_default"]))
    return shared_simplo


def test_what_was_sent_is_billed_once(run_dag: Callable[..., Run], simplo: Sandbox) -> None:
    store = simplo.app("simplo").state.store
    sent = [one for one in store.reports() if one.is_active and one.sent_at and not one.invoiced_at]
    approved = [str(one.id) for one in sent if one.approved_at]
    assert 0 < len(approved) < len(sent)

    run = run_dag(load("example_simplo_billing"))
    assert (run.state, run.errors) == ("success", {})
    found = [(run.xcom("bill", "approve", map_index=i), run.xcom("bill", map_index=i)) for i in range(len(sent))]
    assert {one["id"] for one, _ in found if one["outcome"] == "unchanged"} == set(approved)
    assert run.xcom("numbers") == [number for _, number in found]
    assert sorted(run.xcom("numbers")) == sorted(invoice.number for invoice in store.invoices)
    assert sorted(invoice.report_id for invoice in store.invoices) == sorted(one.id for one in sent)
    assert len(store.mails) == len(sent) - len(approved)

    again = run_dag(load("example_simplo_billing"))
    assert (again.states["due"], again.states["numbers"]) == ("success", "skipped")
    assert len(store.invoices) == len(sent), "there is nothing left to bill"


def test_an_invoice_that_was_lost_stops_no_other(run_dag: Callable[..., Run], simplo: Sandbox) -> None:
    simplo.add_fault({"status": 503}, path="/issue-invoice$", nth=2)
    dag = load("example_simplo_billing")
    dag.get_task("bill").retry_delay = timedelta(0)
    run = run_dag(dag)
    store = simplo.app("simplo").state.store
    states = run.states["bill"].split(", ")

    assert run.state == "failed"
    assert sorted(set(states)) == ["failed", "success"]
    assert states.count("failed") == 1
    assert len({invoice.report_id for invoice in store.invoices}) == len(store.invoices) == len(states) - 1
    assert run.states["numbers"] == "upstream_failed"
    asked = [request for request in simplo.requests("simplo") if request.path.endswith("/issue-invoice")]
    assert len(asked) == len(states), "the retry of the one that was lost sends nothing"
