"""A DAG waits for what a vendor tells by webhook, and a run that was started by an event finds it in its templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowSensorTimeout
from airflow.sdk import Asset

from airflow_qa_provider.compat import PARTITIONS
from airflow_qa_provider.exceptions import QAJobFailedError, QAValidationError
from airflow_qa_provider.hooks.conqa import ConqaHook
from airflow_qa_provider.operators.conqa import ConqaGenerateReportOperator
from airflow_qa_provider.sensors.conqa import ConqaReportSensor
from airflow_qa_provider.templates import Names
from airflow_qa_provider.transfers.conqa import ConqaReportToObjectStorageOperator
from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import Run, a_dag
from tests.dags.receiving import TOKEN, events_of, forget_events, mounted, served, with_token
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow

CONFIG = "AIRFLOW__AIRFLOW_QA_PROVIDER__WEBHOOK_CONNECTIONS"


@pytest.fixture(scope="module")
def shared_conqa() -> Iterator[Sandbox]:
    with run_sandbox(["conqa"], SandboxSettings(report_seconds=0.0, report_queue_seconds=0.0)) as sandbox:
        yield sandbox


@pytest.fixture
def conqa(airflow_db: None, shared_conqa: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """CONQA, which tells Airflow of the reports of its project."""
    shared_conqa.reset()
    forget_events()
    connection = shared_conqa.connections()["conqa_default"]
    monkeypatch.setenv("AIRFLOW_CONN_CONQA_DEFAULT", with_token(connection))
    monkeypatch.setenv(CONFIG, "conqa_default")
    with served(mounted()) as url, ConqaHook().get_conn() as client:
        client.project_webhooks.register(
            connection["extra"]["project_id"],
            "report",
            name="Airflow",
            callback_url=f"{url}/qa/webhooks/conqa_default/{TOKEN}",
        )
        yield shared_conqa


def checklist(conqa: Sandbox) -> str:
    project_id = conqa.connections()["conqa_default"]["extra"]["project_id"]
    store = conqa.app("conqa").state.store
    return str(next(store.checklists.of(one)[0].id for one in store.projects if one.id == project_id))


def test_a_report_is_asked_for_awaited_and_stored(run_dag: Callable[..., Run], conqa: Sandbox, tmp_path: Path) -> None:
    with a_dag("reports") as dag:
        asked = ConqaGenerateReportOperator(task_id="ask", checklist_id=checklist(conqa))
        told = ConqaReportSensor(task_id="wait", report_id=asked.output, poke_interval=0.05, timeout=30)
        ConqaReportToObjectStorageOperator(task_id="store", url=told.output, target=f"file://{tmp_path}/")
    run = run_dag(dag)
    assert (run.state, run.errors) == ("success", {})
    (event,) = events_of("conqa://conqa_default/report_completed")
    assert event["object_id"] == event["key"] == run.xcom("ask")
    assert run.xcom("wait") == event["call"]["data"]["reportUrl"]
    assert Path(run.xcom("store")["uri"].removeprefix("file://")).read_bytes().startswith(b"%PDF")


def test_what_ends_a_wait_is_kept_of_a_call_that_is_too_large_to_be_kept(
    run_dag: Callable[..., Run], conqa: Sandbox
) -> None:
    large = {"items": ["x" * 100] * 200}
    with a_dag("large_reports") as dag:
        asked = ConqaGenerateReportOperator(task_id="ask", checklist_id=checklist(conqa), context=large)
        ConqaReportSensor(task_id="wait", report_id=asked.output, poke_interval=0.05, timeout=30)
    run = run_dag(dag)
    (event,) = events_of("conqa://conqa_default/report_completed")
    assert (run.state, event["call"]) == ("success", None)
    assert run.xcom("wait").startswith("http")

    conqa.add_outcome("report", "error")
    error = run_dag(dag).errors["wait"]
    (event,) = events_of("conqa://conqa_default/report_failed")
    assert event["call"] is None
    assert "There was an error generating the report" in str(error)


def test_several_reports_are_awaited_by_a_mapped_sensor(run_dag: Callable[..., Run], conqa: Sandbox) -> None:
    with a_dag("mapped_reports") as dag:
        asked = ConqaGenerateReportOperator.partial(task_id="ask", checklist_id=checklist(conqa)).expand(
            context=[{"number": 1}, {"number": 2}]
        )
        wait = ConqaReportSensor.partial(task_id="wait", poke_interval=0.05, timeout=30, inlets=[Asset("x://y")])
        wait.expand(report_id=asked.output)
    assert [asset.uri.rpartition("/")[2] for asset in dag.get_task("wait").inlets[1:]] == [
        "report_completed",
        "report_failed",
    ]
    run = run_dag(dag)
    assert (run.state, run.errors) == ("success", {})
    told = {event["call"]["data"]["reportUrl"] for event in events_of("conqa://conqa_default/report_completed")}
    assert {run.xcom("wait", map_index=index) for index in (0, 1)} == told


def test_a_sensor_of_events_is_not_mapped_over_connections(run_dag: Callable[..., Run], conqa: Sandbox) -> None:
    with a_dag("mapped_connections") as dag:
        ConqaReportSensor.partial(task_id="wait", report_id="airflow-1").expand(conqa_conn_id=["another"])
    error = run_dag(dag).errors["wait"]
    assert isinstance(error, QAValidationError)
    assert "conqa_conn_id was mapped over" in str(error)


def test_a_report_that_cannot_be_made_fails_at_once(run_dag: Callable[..., Run], conqa: Sandbox) -> None:
    conqa.add_outcome("report", "error")
    with a_dag("broken_report") as dag:
        asked = ConqaGenerateReportOperator(task_id="ask", checklist_id=checklist(conqa))
        ConqaReportSensor(task_id="wait", report_id=asked.output, poke_interval=0.05, timeout=30, retries=3)
    run = run_dag(dag)
    assert run.states == {"ask": "success", "wait": "failed"}
    error = run.errors["wait"]
    assert isinstance(error, QAJobFailedError)
    assert run.dag_run.get_task_instance("wait").try_number == 1
    for part in ("conqa: ", "There was an error generating the report", "support knows it as", "Clear the task"):
        assert part in str(error)


def test_reports_of_others_are_not_taken_for_ours(run_dag: Callable[..., Run], conqa: Sandbox) -> None:
    with ConqaHook().get_conn() as client:
        for context in ({"airflow": "airflow-other"}, {"airflow": None}, {}):
            client.reports.start(
                conqa.connections()["conqa_default"]["extra"]["project_id"], checklist(conqa), context=context
            )
    assert [one.result.value for one in conqa.deliveries("conqa")] == ["delivered"] * 3
    with a_dag("others") as dag:
        ConqaReportSensor(task_id="wait", report_id="airflow-ours", poke_interval=0.05, timeout=0.2, mode="poke")
    run = run_dag(dag)
    error = run.errors["wait"]
    assert isinstance(error, AirflowSensorTimeout)
    assert "conqa has not told of airflow-ours by webhook. Look whether" in str(error)


def test_what_is_no_id_is_refused(run_dag: Callable[..., Run], conqa: Sandbox) -> None:
    with a_dag("no_id") as dag:
        ConqaReportSensor(task_id="wait", report_id="{{ none }}")
    error = run_dag(dag).errors["wait"]
    assert isinstance(error, QAValidationError)
    assert "report_id" in str(error)


@pytest.mark.skipif(not PARTITIONS, reason="needs Airflow 3.2")
def test_each_report_is_stored_in_a_run_of_its_own(
    run_dag: Callable[..., Run], conqa: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = conqa.connections()["conqa_default"]
    connection["extra"]["folder"] = f"file://{tmp_path}"
    monkeypatch.setenv("AIRFLOW_CONN_CONQA_DEFAULT", with_token(connection))
    with ConqaHook().get_conn() as client:
        client.reports.start(connection["extra"]["project_id"], checklist(conqa), context={"airflow": "airflow-1"})
    conqa.deliveries("conqa")
    (event,) = events_of("conqa://conqa_default/report_completed")
    run = run_dag(load("example_conqa_reports"), run_conf={"qa_event": event})
    assert (run.state, run.errors) == ("success", {})
    name = event["call"]["data"]["breadcrumbs"][-1]["name"]
    assert run.xcom("store")["uri"] == f"file://{tmp_path}/reports/{run.dag_run.run_after:%Y-%m-%d}/{name}.pdf"


EVENT = {"vendor": "acme", "event": "inspection_completed", "object_id": "7", "call": {"data": 1}}


def context(*extras: dict[str, Any], conf: Any = None) -> dict[str, Any]:
    events = [SimpleNamespace(extra=extra) for extra in extras]
    return {"triggering_asset_events": {"acme://x": events}, "dag_run": SimpleNamespace(conf=conf)}


def test_templates_find_the_event_that_has_started_the_run() -> None:
    assert Names(context(EVENT)).event == EVENT
    assert Names(context(EVENT, {"of": "another asset"}, conf={"qa_event": {}})).event == EVENT
    assert Names(context(conf={"qa_event": EVENT})).event == EVENT


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (context(), "none have"),
        (context({"of": "another asset"}), "none have"),
        (context(EVENT, EVENT), "2 have"),
        (context(conf={"qa_event": "text"}), "none have"),
        ({}, "none have"),
    ],
)
def test_a_run_without_one_event_of_its_own_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(QAValidationError, match=f"{said}.*PartitionedAssetTimetable"):
        _ = Names(given).event


def test_what_came_before_the_run_could_start_is_not_asked_for(conqa: Sandbox) -> None:
    """A sensor reads the events of its run's time only: there may be any number before."""
    sensor = ConqaReportSensor(task_id="wait", report_id="airflow-1")
    moment = datetime(2026, 1, 31, tzinfo=timezone(timedelta(hours=1)))
    asked: list[Any] = []

    class Events(list[Any]):
        def __getitem__(self, asset: Any) -> Any:
            return self

        def after(self, since: str) -> list[Any]:
            asked.append(since)
            return []

    assert sensor.poke({"inlet_events": Events(), "dag_run": SimpleNamespace(run_after=moment)}) is False
    assert asked == ["2026-01-30T23:00:00+00:00"] * 2
