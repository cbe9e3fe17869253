"""The lists of all vendors arrive in the lake, and the picture shows what is at the vendors."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from airflow_qa_provider.demo.environment import demo_connections
from airflow_qa_provider.vendors.connect import client_for
from qa_sandbox import Sandbox, run_sandbox
from tests.dags.conftest import Run
from tests.dags.test_example_dags import load

pytestmark = pytest.mark.slow

LISTS = {
    "conqa": ("issues", "milestones"),
    "monitorqa": ("completed_audits", "pending_actions", "expired_actions"),
    "qalyptus": ("task_runs",),
    "simplo": ("reports", "report_tasks"),
    "smartq": ("steps", "tickets"),
}


@pytest.fixture
def vendors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with run_sandbox() as sandbox:
        for name, fields in demo_connections(sandbox.connections(), {}, tmp_path).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(fields))
        yield sandbox


def test_the_lake_is_filled_and_its_picture_tells_what_is_at_the_vendors(
    run_dag: Callable[..., Run], vendors: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dag = load("example_quality_lake")
    answers: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}
    picture = dag.get_task("picture").python_callable
    draw = picture.__globals__["draw"]

    def drawn(axes: Any, kind: str, title: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
        answers[title] = names, rows
        draw(axes, kind, title, names, rows)

    monkeypatch.setitem(picture.__globals__, "draw", drawn)
    run = run_dag(dag)

    assert (run.state, run.errors) == ("success", {})
    names = [name for lists in LISTS.values() for name in lists]
    assert set(run.states) == {*names, "picture"}
    (folder,) = (tmp_path / "lake").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{name}.parquet" for name in names), "quality.png"]
    )
    assert run.xcom("picture") == f"file://{folder}/quality.png"
    with Image.open(io.BytesIO((folder / "quality.png").read_bytes())) as image:
        assert image.width > 1500
        assert len(image.convert("RGB").getcolors(1 << 24)) > 50

    ages, audits, overdue, milestones, hours, _ = (totals(*answer) for answer in answers.values())
    store = {vendor: vendors.app(vendor).state.store for vendor in LISTS}
    with client_for("conqa", "conqa_default") as client:
        issues = list(client.issues.list(project(vendors)))
    assert ages["CONQA issues"] == sum(one["status"] != "closed" for one in issues)
    assert max(audits.values()) > 0
    assert sum(overdue.values()) == sum(int(one.status) == 4 for one in store["monitorqa"].main.actions.all)
    shown = [one for one in store["conqa"].snapshot()["milestones"] if one["projectId"] == project(vendors)]
    closed = sum(one["status"]["value"] == "closed" for one in shown)
    assert (milestones["done"], sum(milestones.values())) == (closed, len({one["externalId"] for one in shown}))
    assert sum(hours.values()) > 100


def totals(names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, float]:
    return {name: sum(row[place] or 0 for row in rows) for place, name in enumerate(names, start=1)}


def project(vendors: Sandbox) -> str:
    return str(vendors.connections()["conqa_default"]["extra"]["project_id"])
