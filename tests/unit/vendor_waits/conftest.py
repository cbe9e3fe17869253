"""The vendors as new, on a clock that only tests move, and some of their objects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox
from tests.unit.vendor_waits.looks import MILESTONE_SECONDS, UNFINISHED, actions, ask, extra, store


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    settings = SandboxSettings(milestone_seconds=MILESTONE_SECONDS)
    with run_sandbox(["conqa", "monitorqa", "simplo", "smartq"], settings, clock=ManualClock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The vendors as new, and Airflow connections to them."""
    shared_sandbox.reset()
    for name, value in shared_sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return shared_sandbox


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, list[str]]:
    """Some objects of each kind that are there, of one project where there are projects."""
    project = extra(sandbox, "conqa")["project_id"]
    hook = {"name": "Report is ready", "callback_url": "http://127.0.0.1:9/hook"}
    hooks = ask("conqa", lambda client: [client.project_webhooks.register(project, "REPORT", **hook) for _ in range(5)])
    milestones = store(sandbox, "conqa").snapshot()["milestones"]
    board = store(sandbox, "smartq").snapshot()["projects"][0]
    return {
        "conqa.milestone": [f"{project}/{row['externalId']}" for row in milestones[:5]],
        "conqa.webhook": [f"project/{project}/{row['id']}" for row in hooks],
        "monitorqa.corrective_action": actions(sandbox, *UNFINISHED)[:5],
        "simplo.report": ["41", "42", "43", "44", "45"],
        "smartq.ticket": [f"{board['id']}/{row['id']}" for row in board["tickets"] if not row["archived"]][:5],
    }
