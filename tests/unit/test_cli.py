"""The console command: the list of routes as data and as a table, and a sandbox that comes and goes quietly."""

from __future__ import annotations

import json
import os
import queue
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from airflow_qa_provider import __version__
from airflow_qa_provider.cli import main
from airflow_qa_provider.rest.describe import describe
from airflow_qa_provider.vendors import vendor_named
from tests.registered import VENDORS, routes_of

CONTRACTS = Path(__file__).parents[1] / "contract"
COMMAND = [sys.executable, "-W", "ignore", "-m", "airflow_qa_provider.cli"]
ROW = ["vendor", "operation", "method", "path", "title", "source"]


# Routes


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["routes", "list", "--json", *arguments]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    rows: list[dict[str, Any]] = json.loads(printed.out)
    return rows


def test_every_route_is_a_row_of_the_same_shape(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed(capsys)

    assert {row["vendor"] for row in rows} == set(VENDORS)
    for row in rows:
        assert list(row) == ROW
        assert all(isinstance(value, str) and value for value in row.values())
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", row["operation"]), row
        assert row["method"] in {"GET", "POST", "PUT", "PATCH", "DELETE"}
        assert row["source"] in {"documented", "public", "inferred"}
        # placeholders stand in braces, and nothing else does
        assert re.fullmatch(r"(/(\{\w+\}|[\w.~-]+(\{\w+\})?))+/?", row["path"]), row
    assert len({(row["vendor"], row["operation"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_s_rows_are_what_its_documentation_lists(vendor: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed(capsys, "--vendor", vendor)
    inventory = yaml.safe_load((CONTRACTS / vendor / "inventory.yaml").read_text())
    entries = inventory["operations"] if isinstance(inventory, dict) else inventory

    assert {row["vendor"] for row in rows} == {vendor}
    assert {(row["operation"], row["title"]) for row in rows} == {(one["operation"], one["title"]) for one in entries}
    assert rows == [route.as_dict() for route in routes_of(vendor).values()]


def test_the_list_for_people_has_the_same_rows_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "list", "--vendor", "monitorqa"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [list(route.as_dict().values()) for route in routes_of("monitorqa").values()]

    assert [re.split(r" {2,}", line) for line in lines] == rows
    assert len({line.index(row[3]) for line, row in zip(lines, rows, strict=True)}) == 1, "paths are below each other"


def test_a_reader_that_has_seen_enough_gets_no_complaint() -> None:
    with subprocess.Popen(
        [*COMMAND, "routes", "list", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(20)

    assert complaint == b""
    assert process.returncode == 0


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"airflow-qa-provider {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["routes"], ["routes", "list", "--vendor", "acme"], ["serve"]])
def test_bad_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert "usage: airflow-qa" in capsys.readouterr().err


# Sandbox


class Served:
    """``airflow-qa sandbox`` as a process, and what it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def until(self, text: str, seconds: float = 30) -> list[str]:
        """The lines up to one that holds a text."""
        seen: list[str] = []
        deadline = time.monotonic() + seconds
        while not seen or text not in seen[-1]:
            line = self._lines.get(timeout=max(0.1, deadline - time.monotonic()))
            assert line is not None, f"it ended before it printed {text!r}: {seen}"
            seen.append(line)
        return seen


@contextmanager
def sandbox(*arguments: str) -> Iterator[Served]:
    process = subprocess.Popen(
        [*COMMAND, "sandbox", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    with process:
        try:
            yield Served(process)
        finally:
            if process.poll() is None:
                process.kill()


def connections_in(lines: list[str]) -> dict[str, dict[str, Any]]:
    """The connections that a shell would have after the printed exports."""
    exports = [shlex.split(line) for line in lines if line.startswith("export ")]
    assert all(len(words) == 2 for words in exports), "each line can be pasted"
    pairs = [words[1].partition("=") for words in exports]
    return {name: json.loads(value) for name, _, value in pairs}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sandbox_starts_prints_its_connections_and_ends_quietly(number: signal.Signals, tmp_path: Path) -> None:
    file = tmp_path / "connections.json"
    with sandbox("--vendor", "monitorqa", "--vendor", "qalyptus", "--connections", str(file)) as served:
        connections = connections_in(served.until("Ctrl+C"))
        monitorqa = connections["AIRFLOW_CONN_MONITORQA_DEFAULT"]
        answer = requests.get(
            f"{monitorqa['host']}/audit/templates", headers={"X-API-KEY": monitorqa["password"]}, timeout=10
        )
        served.process.send_signal(number)
        code = served.process.wait(15)
        assert served.process.stderr is not None
        complaint = served.process.stderr.read()

    assert list(connections) == ["AIRFLOW_CONN_MONITORQA_DEFAULT", "AIRFLOW_CONN_QALYPTUS_DEFAULT"]
    assert {
        f"AIRFLOW_CONN_{name.upper()}": value for name, value in json.loads(file.read_text()).items()
    } == connections
    assert answer.status_code == 200
    assert code == 0
    assert complaint == ""
    with pytest.raises(requests.ConnectionError):
        requests.get(monitorqa["host"], timeout=10)


def test_a_sandbox_ends_quietly_with_a_request_under_way() -> None:
    with sandbox("--vendor", "monitorqa") as served:
        host = connections_in(served.until("Ctrl+C"))["AIRFLOW_CONN_MONITORQA_DEFAULT"]["host"]
        fault = {"fault": {"delay": 60}}
        assert requests.post(f"{host}/__sandbox__/scenario", json=fault, timeout=10).status_code == 201
        address = host.rpartition("/")[2].split(":")
        with socket.create_connection((address[0], int(address[1])), 10) as waiting:
            waiting.sendall(b"GET /users HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            deadline = time.monotonic() + 10
            while not requests.get(f"{host}/__sandbox__/requests", timeout=10).json()["total"]:
                assert time.monotonic() < deadline
            served.process.send_signal(signal.SIGINT)
            code = served.process.wait(15)
            assert served.process.stderr is not None
            complaint = served.process.stderr.read()

    assert (code, complaint) == (0, "")


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with sandbox("--vendor", "monitorqa", "--port-base", str(port)) as served:
            code = served.process.wait(30)
            assert served.process.stderr is not None
            complaint = served.process.stderr.read()

    assert code == 1
    assert complaint.startswith(f"[Errno 98] Sandbox monitorqa: port {port} on 127.0.0.1 is not free")
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vendor", "acme"], "acme"),
        (["--audit-seconds", "-1"], "audit_seconds"),
        (["--scenario", "nowhere.json"], "nowhere.json"),
    ],
)
def test_arguments_that_cannot_work_are_said(arguments: list[str], words: str) -> None:
    done = subprocess.run([*COMMAND, "sandbox", *arguments], capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


# What an operation takes


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_operation_can_be_described(vendor: str) -> None:
    record = vendor_named(vendor)
    with record.form().example_client() as client:
        for operation, route in record.client.routes.items():
            found = describe(client, operation)
            assert found.words, operation
            names = {one.name for one in found.arguments}
            assert len(names) >= len(route.placeholders), operation
            assert not any("Annotated" in one.type or "Required" in one.type for one in found.arguments), operation


def test_an_operation_is_shown_with_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "show", "audits.create"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith('MonitorQA: audits.create\nPOST /audit ("Create one-time audit", documented, changes ')
    assert "  template_id (Id, required)\n      Template to use." in printed
    assert "  start_date (Moment | None)\n" in printed
    assert "Raises QAConflictError: " in printed

    assert main(["routes", "show", "reports.get"]) == 0
    assert {line for line in capsys.readouterr().out.splitlines() if line.endswith(": reports.get")} == {
        "Qalyptus Cloud: reports.get",
        "Simplo IS: reports.get",
    }


def test_an_operation_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "show", "audit.create"]) == 2
    assert "There is no operation 'audit.create'. Did you mean audits.create" in capsys.readouterr().err
