"""What is left of yesterday is stopped, the data refreshed, and a report of each region stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from airflow_qa_provider.hooks.qalyptus import QalyptusHook
from qa_sandbox import Sandbox
from tests.dags.conftest import Run, unique_ids, writes
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow

REGIONS = ["Nordics", "DACH", "Iberia"]


@pytest.fixture
def qalyptus(vendors: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    connection = vendors.connections()["qalyptus_default"]
    extra = {**connection["extra"], "poll_interval": 0.05, "folder": f"file://{tmp_path}"}
    monkeypatch.setenv("AIRFLOW_CONN_QALYPTUS_DEFAULT", json.dumps({**connection, "extra": extra}))
    return vendors


def test_reports_are_stored_after_the_obsolete_are_stopped(
    run_dag: Callable[..., Run], qalyptus: Sandbox, tmp_path: Path
) -> None:
    report_id = unique_ids(qalyptus)["report_id"]
    runs = qalyptus.app("qalyptus").state.store.runs
    qalyptus.add_outcome("report", "never", times=2)
    with QalyptusHook().get_conn() as client:
        left = [client.reports.generate_on_demand(report_id, "Pdf") for _ in range(2)]
        others = client.reports.list()
        other = next(one["id"] for one in others if one["id"] != report_id)
        qalyptus.add_outcome("report", "never", times=1)
        somebody_elses = client.reports.generate_on_demand(other, "Pdf")
    asked = len(writes(qalyptus, "qalyptus"))
    run = run_dag(load("example_qalyptus_reports"))

    assert (run.state, run.errors) == ("success", {})
    assert [runs.record(request_id).stopped_at is None for request_id in (*left, somebody_elses)] == [
        False,
        False,
        True,
    ]
    assert sorted(run.xcom("stop", "status", map_index=index) for index in range(2)) == ["stopped"] * 2
    paths = [request.path.rpartition("/")[2] for request in writes(qalyptus, "qalyptus")[asked:]]
    assert sorted(paths[: -len(REGIONS)]) == ["run", "stop", "stop"]
    assert paths[-len(REGIONS) :] == ["Pdf"] * len(REGIONS)
    files = {path.name: path.read_bytes() for path in (tmp_path / f"{run.dag_run.run_after:%Y-%m-%d}").iterdir()}
    assert sorted(files) == sorted(f"{region}.pdf" for region in REGIONS)
    assert all(PdfReader(BytesIO(content)).pages for content in files.values())


def test_most_days_there_is_nothing_to_stop(run_dag: Callable[..., Run], qalyptus: Sandbox) -> None:
    run = run_dag(load("example_qalyptus_reports"))

    assert run.state == "success"
    assert (run.states["stop"], run.states["refresh"]) == ("skipped", "success")
    assert run.states["report"] == "success, success, success"
