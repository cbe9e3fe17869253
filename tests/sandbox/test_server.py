"""Starting and stopping, connections, the command, and what the sandbox may not import."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from qa_sandbox import ManualClock, Sandbox, SandboxSettings, run_sandbox

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def refuses(url: str) -> bool:
    try:
        requests.get(url, timeout=2)
    except requests.ConnectionError:
        return True
    return False


def test_connections_are_ready_for_airflow() -> None:
    with run_sandbox(settings=SandboxSettings(api_keys={"monitorqa": "chosen"})) as sandbox:
        connections = json.loads(json.dumps(sandbox.connections()))
        monitorqa, qalyptus = connections["monitorqa_default"], connections["qalyptus_default"]
        assert monitorqa["host"] == sandbox.url("monitorqa")
        assert (monitorqa["conn_type"], monitorqa["password"]) == ("monitorqa", "chosen")
        assert set(monitorqa["extra"]) == {"template_id", "audit_object_id"}
        assert qalyptus["host"] == sandbox.url("qalyptus") + "/api/v1"
        assert (qalyptus["conn_type"], qalyptus["password"]) == ("qalyptus", "sandbox-qalyptus-key")
        assert set(qalyptus["extra"]) == {"report_id", "qalyptus_task_id"}
        assert json.loads(sandbox.environment()["AIRFLOW_CONN_QALYPTUS_DEFAULT"]) == qalyptus
        answer = requests.get(monitorqa["host"] + "/users", headers={"X-API-KEY": "chosen"}, timeout=5)
        assert answer.status_code == 200
        wrong = requests.get(monitorqa["host"] + "/users", headers={"X-API-KEY": "other"}, timeout=5)
        assert wrong.status_code == 401


def test_stop_leaves_no_thread_and_no_listener() -> None:
    before = set(threading.enumerate())
    with run_sandbox(["monitorqa"]) as sandbox:
        url = sandbox.url("monitorqa") + "/docs"
        assert requests.get(url, timeout=5).status_code == 200
    assert set(threading.enumerate()) <= before
    assert refuses(url)
    sandbox.stop()


@pytest.mark.parametrize("fault", [{"slow": 10}, {"delay": 300}])
def test_stop_does_not_wait_for_a_stuck_answer(api_of: Any, fault: dict[str, float]) -> None:
    before = set(threading.enumerate())
    failures: list[Exception] = []

    def call() -> None:
        try:
            api.get("/audit/complete")
        except requests.RequestException as error:
            failures.append(error)

    with run_sandbox(["monitorqa"]) as sandbox:
        api = api_of(sandbox, "monitorqa")
        api.get("/users")
        sandbox.add_fault(fault)
        caller = threading.Thread(target=call)
        caller.start()
        deadline = time.monotonic() + 30
        while len(sandbox.requests("monitorqa")) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    # leaving the block raises when the server has not ended within its 10 s
    caller.join(30)
    assert len(failures) == 1
    assert set(threading.enumerate()) <= before


def two_free_ports() -> int:
    """Return the first of two ports in a row that are free now."""
    for _ in range(50):
        base = free_port()
        with socket.socket() as second, suppress(OSError):
            second.bind(("127.0.0.1", base + 1))
            return base
    pytest.fail("no two free ports in a row")


def test_vendors_get_consecutive_ports() -> None:
    base = two_free_ports()
    with run_sandbox(["qalyptus", "monitorqa"], port_base=base) as sandbox:
        assert sandbox.url("qalyptus").endswith(f":{base}")
        assert sandbox.url("monitorqa").endswith(f":{base + 1}")
        other = Sandbox(["monitorqa"], port_base=base)
        with pytest.raises(OSError, match=f"port {base} on 127.0.0.1 is not free"):
            other.start()


def test_unknown_vendor_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="No sandbox for vendor 'nope'; there is one for monitorqa"):
        Sandbox(["nope"])
    with run_sandbox(["monitorqa"]) as sandbox, pytest.raises(ValueError, match="does not serve 'qalyptus'"):
        sandbox.url("qalyptus")


def test_settings_are_checked() -> None:
    with pytest.raises(ValueError, match="audit_seconds must be between"):
        SandboxSettings(audit_seconds=-1)
    with pytest.raises(ValueError, match="pdf_bytes must be between"):
        SandboxSettings(pdf_bytes=(1 << 30) + 1)


def test_many_clients_at_once(sandbox: Sandbox, monitorqa: Any) -> None:
    answers: list[int] = []

    def call() -> None:
        for _ in range(10):
            answers.append(requests.get(monitorqa.root + "/users", headers=monitorqa.headers, timeout=10).status_code)

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(20)
    assert answers == [200] * 80
    assert len(sandbox.requests("monitorqa")) == 80


def test_the_sandbox_imports_nothing_else_of_the_package() -> None:
    script = (
        "import sys\n"
        "from qa_sandbox.command import main\n"
        "heavy = {'fastapi', 'uvicorn', 'fpdf', 'openpyxl', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "from qa_sandbox import run_sandbox\n"
        "with run_sandbox():\n"
        "    pass\n"
        "allowed = ('qa_sandbox', 'airflow_qa_provider')\n"
        "own = [m for m in sys.modules if m.startswith('airflow_qa_provider')]\n"
        "other = [m for m in own if m != allowed[1] and not m.startswith(allowed[0])]\n"
        "assert not other, other\n"
        "assert 'airflow' not in sys.modules\n"
        "late = {'fpdf', 'openpyxl', 'PIL'} & set(sys.modules)\n"
        "assert not late, late\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def command(*arguments: str) -> list[str]:
    script = (
        "import argparse, sys\n"
        "from qa_sandbox.command import add_arguments, main\n"
        "parser = argparse.ArgumentParser()\n"
        "add_arguments(parser)\n"
        "sys.exit(main(parser.parse_args()))\n"
    )
    return [sys.executable, "-c", script, *arguments]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text('[{"vendor": "monitorqa", "nth": 1, "fault": {"status": 503}}]')
    arguments = command("--vendor", "monitorqa", "--scenario", str(scenario), "--audit-seconds", "0.5")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "80"}
    process = subprocess.Popen(
        arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        lines = []
        for line in process.stdout or ():
            lines.append(line)
            if "Ctrl+C" in line:
                break
        export = next(line for line in lines if line.startswith("export AIRFLOW_CONN_MONITORQA_DEFAULT="))
        connection = json.loads(export.split("=", 1)[1].strip().strip("'"))
        headers = {"X-API-KEY": connection["password"]}
        statuses = [requests.get(connection["host"] + "/users", headers=headers, timeout=5).status_code for _ in "12"]
        assert statuses == [503, 200]
        assert any(f"{connection['host']}/docs" in line for line in lines)
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait(10)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--vendor", "nope"], "No sandbox for vendor"),
        (["--scenario", "missing.json"], "missing.json"),
        (["--pdf-bytes", "-1"], "pdf_bytes"),
    ],
)
def test_command_refuses_wrong_arguments(
    capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    from qa_sandbox.command import add_arguments, main

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert main(parser.parse_args(arguments)) == 2
    assert problem in capsys.readouterr().err


def test_reset_seeds_anew_what_somebody_came_near_and_what_is_of_another_day() -> None:
    sandbox = Sandbox(["conqa"], clock=ManualClock())
    app = sandbox.app("conqa")
    seen = [app.state.store]
    for advanced, touched in ((0, True), (0, False), (0, True), (3600, False), (24 * 3600, False)):
        if touched:
            sandbox.app("conqa")
        sandbox.advance(advanced)
        sandbox.reset()
        seen.append(app.state.store)

    assert [before is after for before, after in pairwise(seen)] == [False, True, False, True, False]
