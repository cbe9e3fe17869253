"""The example DAG of MonitorQA's audits does over the wire what it says, and its operators run in real DAG runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from airflow_qa_provider.hooks.monitorqa import MonitorQAHook
from qa_sandbox import Sandbox
from tests.dags.conftest import Run, unique_ids, writes
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow

NAME = "example_monitorqa_audits"
RunDag = Callable[..., Run]


def ask(call: Callable[[Any], Any]) -> Any:
    with MonitorQAHook().get_conn() as client:
        return call(client)


@pytest.fixture
def sites(vendors: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of two sites, which the connection names."""
    ids = [row["id"] for row in ask(lambda client: client.audit_objects.list()[:2])]
    connection = vendors.connections()["monitorqa_default"]
    extra = {**connection["extra"], "sites": ids, "poll_interval": 0.05}
    monkeypatch.setenv("AIRFLOW_CONN_MONITORQA_DEFAULT", json.dumps({**connection, "extra": extra}))
    return ids


def schedules() -> list[Any]:
    rows = ask(lambda client: list(client.schedules.list()))
    return [row for row in rows if row["name"] == "Fire safety walk"]


def test_low_scores_are_walked_again(run_dag: RunDag, vendors: Sandbox, sites: list[str]) -> None:
    began = datetime.now(timezone.utc)
    run = run_dag(load(NAME), run_conf={"lowest_score": 101})

    assert set(" ".join(run.states.values()).replace(",", "").split()) == {"success"}, run.errors
    (schedule,) = schedules()
    assert (schedule["repeat"], schedule["id"]) == (
        {"daysOfWeek": [1, 4], "repeatEvery": 1},
        run.xcom("schedule_walks"),
    )
    assert sorted(one["id"] for one in schedule["auditObjects"]) == sorted(sites)

    audits = {run.xcom("walk", map_index=index): site for index, site in enumerate(sites)}
    assert [run.xcom("walk_again", map_index=index) for index in range(2)] == list(audits)
    store = vendors.app("monitorqa").state.store.main
    for audit_id, site in audits.items():
        audit = store.audits.all.get(audit_id)
        assert (audit.round, audit.state.value, audit.audit_object.id) == (1, "completed", site)
        assert began <= audit.end_date - timedelta(days=3) + timedelta(milliseconds=1) <= datetime.now(timezone.utc)
    paths = [request.path for request in writes(vendors, "monitorqa")]
    assert sum(path == "/audit" for path in paths) == len(sites)


def test_a_good_score_ends_the_run_and_the_schedule_is_there_once(
    run_dag: RunDag, vendors: Sandbox, sites: list[str]
) -> None:
    runs = [run_dag(load(NAME), run_conf={"lowest_score": 0}) for _ in range(2)]

    for run in runs:
        assert run.states["walk_again"] == run.states["second_walk"] == "skipped"
        assert run.state == "success"
    (schedule,) = schedules()
    assert [run.xcom("schedule_walks") for run in runs] == [schedule["id"]] * 2
    outcomes = [run.xcom("schedule_walks", "outcome") for run in runs]
    assert outcomes == ["created", "adopted"]
    assert sum(request.path.startswith("/audit/reopen") for request in vendors.requests("monitorqa")) == 0


def test_the_example_is_for_any_account(vendors: Sandbox, run_dag: RunDag) -> None:
    run = run_dag(load(NAME), run_conf={"lowest_score": 0})

    assert run.state == "success"
    (schedule,) = schedules()
    assert [one["id"] for one in schedule["auditObjects"]] == [unique_ids(vendors)["audit_object_id"]]
