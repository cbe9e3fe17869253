"""What the demo says when it cannot even begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from airflow_qa_provider.demo import runner
from airflow_qa_provider.demo.environment import airflow_environment
from airflow_qa_provider.demo.home import DemoFailed
from airflow_qa_provider.demo.runner import migrate, run_demo
from airflow_qa_provider.demo.standalone import run_standalone
from airflow_qa_provider.demo.summary import print_dags


@pytest.mark.parametrize("folder", ["plain", "[bold]", "x[/y]"])
def test_a_folder_of_somebody_else_is_left_alone_and_named(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Brackets in what is shown, as in every log line, are no markup: they were dropped, or raised an error."""
    output = tmp_path / folder
    output.mkdir(parents=True)
    (output / "mine.txt").touch()

    codes = [run_demo(output, 1, verbose=False), run_standalone(output, 0, verbose=False)]

    assert codes == [1, 1]
    assert capsys.readouterr().out.count(f"{output} has files that are not the demo's") == 2
    assert (output / "mine.txt").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "report.pdf"
    output.touch()

    assert run_demo(output, 1, verbose=False) == 1
    assert f"{output} is a file" in capsys.readouterr().out


def test_a_machine_that_is_too_slow_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "COMMAND_SECONDS", 0.01)

    with pytest.raises(DemoFailed, match="the Airflow database could not be made: it is still running"):
        migrate(tmp_path, airflow_environment(tmp_path, {}), verbose=False)


def test_one_bad_example_among_all_is_named_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    dags = [
        {"dag_id": "good", "state": "success", "seconds": 1.0},
        {"dag_id": "bad", "state": "failed", "seconds": 2.5},
        {"dag_id": "broken", "state": "failed", "seconds": 0.0, "error": "SyntaxError: [bold]"},
    ]
    results = [
        {"dag_id": "good", "state": "success"},
        *({"dag_id": "bad", "state": one} for one in ("failed", "success")),
    ]
    failures = [{"dag_id": "bad", "task_id": "walk", "error": "HTTP 503"}]
    console = Console(width=100)

    assert not print_dags(console, dags, results, failures)
    shown = capsys.readouterr().out
    assert "1 failed, 1 success" in shown
    assert "bad.walk: HTTP 503" in shown
    assert "broken: SyntaxError: [bold]" in shown
    assert "1 of 3 DAGs were a success." in shown
    assert print_dags(console, dags[:1], results[:1], [])
