"""The fixtures, in a pytest of their own that knows nothing of this repository's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = """
import urllib.request
import json

import pytest
from qa_sandbox import ManualClock, SandboxSettings


@pytest.fixture(scope="session")
def qa_sandbox_settings():
    return SandboxSettings(api_keys={"monitorqa": "my-key"})


@pytest.fixture(scope="session")
def qa_sandbox_clock():
    return ManualClock()


def call(sandbox, method, path, body=None):
    headers = {"X-API-KEY": "my-key", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(sandbox.url("monitorqa") + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def test_serves_what_the_ini_file_says(qa_sandbox):
    assert qa_sandbox.vendors == ["monitorqa"]
    assert len(call(qa_sandbox, "GET", "/users")) == 6
    role = call(qa_sandbox, "GET", "/roles")[0]["id"]
    call(qa_sandbox, "POST", "/users", {"fullName": "A", "email": "a@example.com", "roleId": role})
    assert len(call(qa_sandbox, "GET", "/users")) == 7
    qa_sandbox.add_fault({"status": 500}, path="/roles")


def test_every_test_begins_anew(qa_sandbox):
    assert len(call(qa_sandbox, "GET", "/users")) == 6
    call(qa_sandbox, "GET", "/roles")
    assert [entry.path for entry in qa_sandbox.requests("monitorqa")] == ["/users", "/roles"]


def test_scenario_of_the_ini_file_applies(qa_sandbox):
    with pytest.raises(urllib.error.HTTPError, match="429"):
        call(qa_sandbox, "GET", "/timezones")


def test_clock_is_turned(qa_sandbox):
    before = qa_sandbox.clock.now()
    qa_sandbox.advance(60)
    assert (qa_sandbox.clock.now() - before).total_seconds() == 60
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    source = Path(__file__).parents[2] / "sandbox"
    # With the entry point installed, pytest would find the plugin twice.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(source)}
    command = [sys.executable, "-m", "pytest", "-p", "qa_sandbox.pytest_plugin", "-q", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110)


def test_fixtures_serve_a_test_suite(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(TESTS)
    (tmp_path / "faults.yaml").write_text("rules:\n  - {path: ^/timezones, fault: {status: 429}}\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nqa_sandbox_vendors = monitorqa\nqa_sandbox_scenario = faults.yaml\n"
    )
    done = run(tmp_path)
    assert "4 passed" in done.stdout, done.stdout + done.stderr


def test_plugin_alone_loads_nothing_heavy() -> None:
    source = Path(__file__).parents[2] / "sandbox"
    heavy = {"fastapi", "uvicorn", "pydantic", "httpx", "yaml", "rich", "qa_sandbox.server", "qa_sandbox.settings"}
    code = f"import sys, qa_sandbox.pytest_plugin; sys.exit(', '.join({heavy!r} & set(sys.modules)) or 0)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(source)})
