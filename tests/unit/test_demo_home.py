"""The folder of the demo's Airflow: what is in it stays, and only its owner gets in."""

from __future__ import annotations

import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn

from airflow_qa_provider.demo.downloads import served_files
from airflow_qa_provider.demo.home import DemoFailed, Home, free, opened
from airflow_qa_provider.demo.inputs import write_inputs
from qa_sandbox.smtp_sink import SmtpSink


def test_a_second_start_finds_what_the_first_has_made(tmp_path: Path) -> None:
    with opened(tmp_path / "ui") as home:
        first = (home.password(), home.keys(), home.ports())
        assert len(home.password()) >= 12
    with opened(tmp_path / "ui") as home:
        assert (home.password(), home.keys(), home.ports()) == first
        secret = [home.passwords, home.folder / "keys.json"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}


def test_a_port_that_is_taken_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    before = home.ports()
    with socket.create_server(("127.0.0.1", before.mail)):
        after = home.ports(ui=before.ui)
    assert after.mail != before.mail
    assert (after.ui, after.worker_logs, after.sandbox) == (before.ui, before.worker_logs, before.sandbox)
    assert len({*vars(after).values()}) == len(vars(after))


def test_ports_in_a_row_are_all_free(tmp_path: Path) -> None:
    first = Home(tmp_path).ports().sandbox
    with socket.create_server(("127.0.0.1", first + 3)):
        assert free(first, 3)
        assert not free(first, 5)


def test_only_one_demo_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(DemoFailed, match="is in use by a demo that runs"), opened(tmp_path):
        pass


def test_what_a_person_has_changed_is_not_overwritten(tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.csv"
    write_inputs(tmp_path)
    finding = json.loads((tmp_path / "findings.json").read_text())[0]
    assert (tmp_path / finding["photo"]).read_bytes().startswith(b"\xff\xd8\xff")
    assert schedule.read_text().startswith("activity,name,status,")

    schedule.write_text("mine")
    (tmp_path / "findings.json").write_text("[]")
    write_inputs(tmp_path)
    assert schedule.read_text() == "mine"
    assert (tmp_path / "findings.json").read_text() == "[]"


def test_files_are_shown_as_what_they_are_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a b.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "passwords.json").write_text("secret")
    with served_files(tmp_path / "files") as address:
        shown = requests.get(f"{address}/a%20b.pdf", timeout=10)
        other = requests.get(f"{address}/%2e%2e/passwords.json", timeout=10)
    assert (shown.headers["Content-Type"], shown.content) == ("application/pdf", b"%PDF-1.7")
    assert other.status_code == 404


def test_a_mail_server_goes_on_counting(tmp_path: Path) -> None:
    (tmp_path / "0007-somebody@example.com.eml").touch()
    with (
        SmtpSink(tmp_path) as sink,
        socket.create_connection((sink.host, sink.port)) as peer,
        peer.makefile("rwb") as io,
    ):
        for line in (
            "EHLO me",
            "MAIL FROM:<a@example.com>",
            "RCPT TO:<b@example.com>",
            "DATA",
            "Subject: x\r\n.",
            "QUIT",
        ):
            io.write(f"{line}\r\n".encode())
            io.flush()
        io.read()
    assert (tmp_path / "0008-b@example.com.eml").exists()


def test_log_servers_keep_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: started.append(options))
    from airflow_qa_provider.demo import component

    component.uvicorn.run("app", host="", port=8793)  # as Airflow starts them
    component.uvicorn.run("app", host="192.0.2.1", port=8080)
    assert [options["host"] for options in started] == ["127.0.0.1", "192.0.2.1"]
