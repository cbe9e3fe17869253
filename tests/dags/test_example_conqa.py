"""The milestones of a schedule, and the reports of disputed checklists, arrive at CONQA."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa_sandbox import Sandbox, SandboxSettings, run_sandbox
from tests.dags.conftest import Run, writes
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow

COLUMNS = ("activity", "name", "status", "product_type", "area", "start", "dropped")
SCHEDULE = (
    ("P6-A1020", "Excavation, fill and subgrade, Area 1", "closed", "earthworks", "area-1", "2026-03-16", ""),
    ("P6-A1310", "Podium planter membranes", "ready-to-inspect", "waterproofing", "podium", "2026-04-07", ""),
    ("P6-A2000", "Car park drainage", "planned", "earthworks", "area-2", "", ""),
    ("P6-A1420", "Riser fire stopping, Podium", "planned", "fire-stopping", "podium", "", "yes"),
    ("P6-A9999", "Never built", "planned", "earthworks", "area-1", "", "yes"),
)


@pytest.fixture(scope="module")
def shared_conqa() -> Iterator[Sandbox]:
    with run_sandbox(["conqa"], SandboxSettings(milestone_seconds=0.0)) as sandbox:
        yield sandbox


@pytest.fixture
def conqa(shared_conqa: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared_conqa.reset()
    path = tmp_path / "schedule.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([COLUMNS, *SCHEDULE])
    connections = shared_conqa.connections()
    connections["conqa_default"]["extra"]["folder"] = f"file://{tmp_path}"
    for name, fields in connections.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))
    return shared_conqa


def milestones(conqa: Sandbox) -> dict[str, dict[str, Any]]:
    project_id = conqa.connections()["conqa_default"]["extra"]["project_id"]
    listed = conqa.app("conqa").state.store.snapshot()["milestones"]
    return {one["externalId"]: one for one in listed if one["projectId"] == project_id}


def outcomes(run: Run) -> dict[str, str]:
    """What became of each row, by the file that the task names."""
    lines = Path(run.xcom("sync")["uri"].removeprefix("file://")).read_text().splitlines()
    return {one["id"]: one["outcome"] for one in map(json.loads, lines)}


def test_the_schedule_arrives_and_a_second_run_has_nothing_to_say(run_dag: Callable[..., Run], conqa: Sandbox) -> None:
    first = run_dag(load("example_conqa_milestones"))
    assert (first.state, first.errors) == ("success", {})
    assert list(outcomes(first).values()) == ["updated", "updated", "created", "deleted", "unchanged"]
    assert {name: first.xcom("sync")[name] for name in ("rows", "updated", "failed")} == {
        "rows": 5,
        "updated": 2,
        "failed": 0,
    }

    there = milestones(conqa)
    for activity, name, status, product, area, start, dropped in SCHEDULE:
        assert (activity not in there) is bool(dropped)
        if not dropped:
            shown = there[activity]
            fields = {key: one["value"] if isinstance(one, dict) else one for key, one in shown["fields"].items()}
            assert (shown["name"], shown["status"]["value"]) == (name, status)
            assert (fields["productType"], fields["area"]) == (product, area)
            assert fields.get("startDate", "") == start

    assert_reports(first, conqa)
    changes = [request.path for request in writes(conqa, "conqa") if "/milestones/" in request.path]
    assert len(changes) == 4

    second = run_dag(load("example_conqa_milestones"))
    assert second.state == "success"
    assert set(outcomes(second).values()) == {"unchanged"}
    assert [request.path for request in writes(conqa, "conqa") if "/milestones/" in request.path] == changes


def assert_reports(run: Run, conqa: Sandbox) -> None:
    asked = [json.loads(request.body) for request in writes(conqa, "conqa") if request.path.endswith("/report")]
    returned = [run.xcom("ask_for_report", map_index=index) for index in range(len(asked))]
    today = f"{run.dag_run.run_after:%Y-%m-%d}"

    assert len(asked) > 1
    assert len({one["checklistId"] for one in asked}) == len(asked)
    assert sorted(one["context"].pop("airflow") for one in asked) == sorted(returned)
    assert all(one["context"] == {"reason": "disputed issues", "on": today} for one in asked)
