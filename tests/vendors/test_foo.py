"""A vendor in a distribution of its own gets all that the built-in ones have, without a change of this package."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from airflow_qa_provider import cli, vendors
from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from tests.dags.conftest import Run, a_dag, airflow_db, run_dag  # noqa: F401 - fixtures
from tests.vendors.foo_server import REPORT, TOKEN, Foo

HERE = Path(__file__).parent
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("airflow")]


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Foo, installed into a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*install, "--target", str(target), str(HERE / "foo")], check=True, capture_output=True, timeout=90)
    return target


@pytest.fixture
def faces(distribution: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The operators of Foo; the vendors are looked for anew, before and after."""
    caches = (vendors._places, vendors.vendor_named)
    for cached in caches:
        cached.cache_clear()
    monkeypatch.syspath_prepend(str(distribution))
    yield importlib.import_module("foo_qa.faces")
    for name in [name for name in sys.modules if name.partition(".")[0] == "foo_qa"]:
        del sys.modules[name]
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def foo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Foo]:
    with Foo() as server:
        extra = {"poll_interval": 0.1, "retries": 0}
        connection = {"conn_type": "foo", "host": server.url, "password": TOKEN, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_FOO_DEFAULT", json.dumps(connection))
        yield server
        server.shutdown()


def test_create_wait_download_and_a_lost_answer(
    faces: Any,
    foo: Foo,
    run_dag: Callable[..., Run],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts(pause=0.05, lost_answer=0.5, settled=0.1))
    foo.answers_to_lose = 1
    with a_dag("inspections") as dag:
        made = faces.FooInspectionOperator(task_id="inspect", site="north", deferrable=True)
        again = faces.FooInspectionSensor(task_id="wait", inspection_id=made.output, deferrable=True)
        stored = faces.FooReportToObjectStorageOperator(
            task_id="store", inspection_id=made.output, target=f"file://{tmp_path}/reports/"
        )
        listed = faces.FooOperator(task_id="list", operation="inspections.list", arguments={"site": "north"})
        again >> stored >> listed
    run = run_dag(dag)

    assert (run.state, run.errors) == ("success", {})
    assert [asked for asked in foo.asked if asked[0] == "POST"] == [("POST", "/inspections")]
    # Airflow's own model decodes a text of digits twice
    assert str(run.xcom("inspect")) == str(run.xcom("wait")) == "1"
    told = run.told("inspect")
    assert (told["phase"], told["score"], told["outcome"]) == ("succeeded", 87, "adopted")
    assert run.xcom("inspect", "_link_ObjectLink") == "https://app.foo.example.com/inspections/1"
    manifest = run.xcom("store")
    assert (manifest["name"], manifest["rows"], manifest["vendor"]) == ("inspection-1.csv", 2, "foo")
    assert (tmp_path / "reports" / "inspection-1.csv").read_bytes() == REPORT
    assert [row["id"] for row in run.xcom("list")] == ["1"]


def test_the_command_line_knows_it(faces: Any, foo: Foo, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["routes", "list", "--vendor", "foo", "--json"]) == 0
    assert {row["operation"] for row in json.loads(capsys.readouterr().out)} >= {"inspections.create"}
    assert cli.main(["doctor", "foo_default", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["code"] == "ok"


def test_what_it_cannot_do_is_said(faces: Any, foo: Foo) -> None:
    task = faces.FooInspectionOperator(task_id="inspect", site="<Task(x): y>")
    with pytest.raises(Exception, match="site must be an id"):
        task.execute({})
    with pytest.raises(Exception, match=r"there is no kind 'foo\.site'; Foo has foo\.inspection"):
        vendors.kind_of("foo.site")
    assert foo.asked == []


def test_it_is_small() -> None:
    lines = sum(
        len(path.read_text().splitlines()) for path in (HERE / "foo").rglob("*") if path.suffix in (".py", ".toml")
    )
    assert lines < 300
