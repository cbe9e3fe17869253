"""What the tutorial and the README tell a reader to paste works as it stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from airflow.sdk import DAG

from airflow_qa_provider.bases.creating import CreatingOperator
from airflow_qa_provider.kinds.lookup import LookupTimeouts
from qa_sandbox import Sandbox
from qa_sandbox.smtp_sink import SmtpSink
from tests.dags.conftest import Run, register

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def block(page: str, heading: str = "") -> str:
    """The first Python block of a page, or below a heading of it."""
    found = re.search(rf"{heading}.*?```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert found is not None, page
    return found[1]


def dag_of(source: str) -> DAG:
    names: dict[str, Any] = {}
    exec(compile(source, "<page>", "exec"), names)  # noqa: S102 - our own page
    dag: DAG = names["dag"]
    return dag


def test_the_dag_of_the_readme_can_be_pasted() -> None:
    assert {task.task_id for task in dag_of(block("README.md")).tasks} == {"walk", "region", "deliver"}


def test_the_tutorial_delivers_once_also_when_it_is_broken(
    run_dag: Callable[..., Run], vendors: Sandbox, mail_server: SmtpSink, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "tutorial.md").read_text()
    (fault,) = re.findall(r"-d '(.+)'", page)
    origin = vendors.connections()["monitorqa_default"]["host"]
    requests.post(f"{origin}/__sandbox__/scenario", json=json.loads(fault), timeout=10).raise_for_status()

    source = block("docs/tutorial.md")
    assert "file:///tmp/reports/" in source
    run = run_dag(dag_of(source.replace("/tmp/reports", str(tmp_path))))  # noqa: S108 - the reader's

    assert (run.state, run.errors) == ("success", {})
    assert run.xcom("walk", "outcome") == "adopted", "the fault struck"
    assert len([one for one in vendors.requests("monitorqa") if (one.method, one.path) == ("POST", "/audit")]) == 1
    (file,) = tmp_path.rglob("*.pdf")
    (mail,) = mail_server.mails
    assert (mail.recipients, mail.attachments[0].content) == (["site.lead@example.com"], file.read_bytes())


def test_the_recipe_for_tests_is_a_test(airflow_db: None, qa_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {}
    exec(compile(block("docs/recipes.md", "## Test your DAG"), "<page>", "exec"), names)  # noqa: S102 - our own page
    # the sandbox shows at once what it has made
    monkeypatch.setattr(CreatingOperator, "lookup_timeouts", LookupTimeouts(pause=0.1, lost_answer=1.0, settled=1.0))
    register(names["walks"])
    names["test_a_lost_answer_makes_no_second_audit"](qa_sandbox, monkeypatch)

    assert qa_sandbox.scenario.describe()[0]["applied"] == 1
