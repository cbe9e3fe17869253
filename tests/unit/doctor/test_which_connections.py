"""Which connections the doctor looks at, where it finds them, and how it says what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airflow_qa_provider.rest import diagnosis
from qa_sandbox import Sandbox
from tests.unit.doctor.doors import KEY, Doctor, Opener

ROOT = Path(__file__).resolve().parents[3]


def test_good_connections_are_read_and_never_written(doctor: Doctor, sandbox: Sandbox) -> None:
    for conn_id, connection in sandbox.connections().items():
        doctor.connect(conn_id, connection.pop("conn_type"), **connection)
    before = {vendor: len(sandbox.requests(vendor)) for vendor in sandbox.vendors}
    lines = doctor.run().splitlines()

    assert doctor.code == 0
    assert [line.split()[:2] for line in lines] == [["ok", f"{vendor}_default"] for vendor in sorted(before)]
    assert "  MonitorQA answered: 4 audit templates visible" in "".join(lines)
    for vendor, seen in before.items():
        sent = [f"{entry.method} {entry.path}" for entry in sandbox.requests(vendor)[seen:]]
        sign_in = ["POST /api/v1/oauth2/"] if vendor == "smartq" else []
        assert sent[:-1] == sign_in
        assert sent[-1].startswith("GET ")


def test_lines_are_plain_when_they_go_into_a_pipe(doctor: Doctor, opened: Opener, closed_port: int) -> None:
    doctor.connect("good", host=opened().url)
    doctor.connect("longer_name", host=f"http://127.0.0.1:{closed_port}")
    first, second = doctor.run().splitlines()

    assert first == "ok       good         MonitorQA answered: 0 audit templates visible"
    assert second.startswith("FAILED   longer_name  refused: 127.0.0.1:")
    assert "\x1b" not in first + second
    assert doctor.code == 1


def test_all_finds_our_types_only(doctor: Doctor, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    host = opened().url
    doctor.connect("ours", host=host)
    doctor.connect("theirs", "http", host=host)
    monkeypatch.setenv("AIRFLOW_CONN_BROKEN", '{"conn_type": "qalyptus", ')
    monkeypatch.setenv("AIRFLOW_CONN_NOT_OURS", '{"conn_type": "postgres", ')
    found = doctor.findings()

    assert {conn_id: row["code"] for conn_id, row in found.items()} == {"broken": "unreadable", "ours": "ok"}
    assert "AIRFLOW_CONN_BROKEN" in found["broken"]["message"]
    assert "The metadata database was not read: there is none yet" in doctor.err


def test_a_connection_may_be_a_uri(doctor: Doctor, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    host, _, port = opened().url.removeprefix("http://").partition(":")
    monkeypatch.setenv("AIRFLOW_CONN_ONE", f"monitorqa://:{KEY}@{host}:{port}/http?read_timeout=5")

    assert doctor.findings("one")["one"]["code"] == "ok"


def test_named_connections_that_are_none_of_ours(doctor: Doctor, opened: Opener) -> None:
    doctor.connect("good", host=opened().url)
    doctor.connect("other", "http", host="https://api.example.com")
    found = doctor.findings("nowhere", "other", "good")

    assert list(found) == ["nowhere", "other", "good"]
    assert [row["code"] for row in found.values()] == ["no_connection", "other_type", "ok"]
    assert "the metadata database, which was not read" in found["nowhere"]["message"]
    assert "conqa, monitorqa" in found["other"]["hint"]
    assert doctor.code == 1


def test_nothing_found_is_exit_code_2(doctor: Doctor) -> None:
    assert doctor.run() == ""
    assert doctor.code == 2
    assert "There are no connections of the types conqa, monitorqa, qalyptus, simplo, smartq." in doctor.err

    assert doctor.findings("nowhere")["nowhere"]["code"] == "no_connection"
    assert doctor.code == 2


def test_bad_usage_is_exit_code_2(doctor: Doctor) -> None:
    with pytest.raises(SystemExit) as ended:
        doctor.run("--no-such-option")

    assert ended.value.code == 2


# In a process of its own, for Airflow opens its database once per process.
_WITH_DATABASE = """
import sys
from airflow import settings
from airflow.models import Connection
from airflow.utils.session import create_session
from sqlalchemy import text
from airflow_qa_provider.cli import main

if "empty" in sys.argv:
    open(settings.engine.url.database, "w").close()
else:
    tables = Connection.metadata.tables
    Connection.metadata.create_all(settings.engine, [tables[name] for name in ("team", "connection") if name in tables])
    with create_session() as session:
        for conn_id, kind in (("stored", "monitorqa"), ("Stored_Too", "monitorqa"), ("web", "http"), ("lost", "conqa")):
            session.add(Connection(conn_id=conn_id, conn_type=kind, host=sys.argv[1], password="{key}"))
        session.add(Connection(conn_id="ours", conn_type="monitorqa", host="https://hidden.invalid"))
    with settings.engine.begin() as database:
        database.execute(text("update connection set password = 'gAAAA' where conn_id = 'lost'"))
print("--", flush=True)
sys.exit(main(["doctor", "--json"]))
"""


def in_airflow(tmp_path: Path, host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    connection = json.dumps({"conn_type": "monitorqa", "host": host, "password": KEY})
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "AIRFLOW__CORE__FERNET_KEY": "81HqDtbqAywKSOumSha3BhWNOdQ26slT6K0YaZeZyPs=",
        "AIRFLOW_CONN_OURS": connection,
    }
    program = _WITH_DATABASE.replace("{key}", KEY)
    return subprocess.run(
        [sys.executable, "-c", program, host, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.real_clock
def test_connections_of_the_metadata_database(tmp_path: Path, opened: Opener) -> None:
    ran = in_airflow(tmp_path, opened().url)
    found = json.loads(ran.stdout.partition("--\n")[2])

    assert [(row["conn_id"], row["source"], row["code"]) for row in found] == [
        ("Stored_Too", "metadata database", "ok"),
        ("lost", "metadata database", "unreadable"),
        ("ours", "environment", "ok"),
        ("stored", "metadata database", "ok"),
    ]
    assert "fernet key" in found[1]["message"]
    assert ran.returncode == 1
    assert KEY not in ran.stdout + ran.stderr


@pytest.mark.real_clock
def test_a_database_that_cannot_be_read_is_said_and_the_environment_goes_on(tmp_path: Path, opened: Opener) -> None:
    ran = in_airflow(tmp_path, opened().url, "empty")

    # an Airflow of 3.2 logs there what it sets up
    found = json.loads(ran.stdout[ran.stdout.index("[\n") :])
    assert [(row["conn_id"], row["code"]) for row in found] == [("ours", "ok")]
    assert "The metadata database was not read: OperationalError:" in ran.stderr
    assert "no such table: connection" in ran.stderr
    assert ran.returncode == 0


@pytest.mark.parametrize("message", ["The key is expired", "The key is expired."])
def test_a_finding_and_its_hint_are_two_sentences(message: str) -> None:
    assert str(diagnosis.Diagnosis(False, "unauthorized", message, "Renew it")) == "The key is expired. Renew it"


SHORT_OF_TIME = """
from airflow_qa_provider.doctor import connections
connections._DATABASE_SECONDS = 1.0
try:
    print("said:", connections.of_types(("monitorqa",)))
except Exception as error:
    print("said:", error)
"""


def test_what_airflow_takes_to_load_does_not_count_as_silence_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "airflow.db").touch()
    env = {**os.environ, "AIRFLOW_HOME": str(tmp_path)}
    env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{tmp_path}/airflow.db"

    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SHORT_OF_TIME], env=env, capture_output=True, text=True, check=True
    )

    assert "no such table" in ran.stdout
