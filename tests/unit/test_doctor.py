"""The doctor on broken connections, over real sockets: each way to be broken has an answer of its own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from airflow_qa_provider import cli, compat
from airflow_qa_provider.rest import diagnosis
from qa_sandbox import Sandbox, run_sandbox

KEY = "key-that-must-not-be-seen"
ROOT = Path(__file__).resolve().parents[2]


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Door:
    """What a local server answers to everything, and what it was asked."""

    status: int = 200
    body: bytes = b"[]"
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    clock_is_ahead: timedelta = timedelta()
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{request.command} {request.path}")
        request.send_response_only(self.status)
        date = format_datetime(utc_now() + self.clock_is_ahead, usegmt=True)
        facts = {"Content-Type": self.kind, "Content-Length": str(len(self.body)), "Date": date}
        for name, value in {**facts, **self.headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(self.body)


Opener = Callable[..., Door]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens doors, with TLS when a context is given."""
    with contextlib.ExitStack() as stack:

        def open_door(tls: ssl.SSLContext | None = None, **facts: Any) -> Door:
            door = Door(**facts)

            class Handler(BaseHTTPRequestHandler):
                wbufsize = -1

                def do_GET(self) -> None:
                    door.answer(self)

                do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

                def log_message(self, format: str, *args: Any) -> None:
                    """Keep the output of the tests clean."""

            class Server(ThreadingHTTPServer):
                def handle_error(self, request: Any, client_address: Any) -> None:
                    """A client that hangs up in the handshake is what some tests are about."""

            server = Server(("127.0.0.1", 0), Handler)
            if tls:
                server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            door.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return door

        yield open_door


@pytest.fixture
def listening() -> Iterator[Callable[[bool], str]]:
    """Listens without a word; hangs up at once when told so."""
    with contextlib.ExitStack() as stack:

        def listen(hang_up: bool) -> str:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def serve() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = server.accept()
                        connection.close() if hang_up else stack.callback(connection.close)

            threading.Thread(target=serve, daemon=True).start()
            stack.callback(server.shutdown, socket.SHUT_RDWR)
            return f"http://127.0.0.1:{server.getsockname()[1]}"

        yield listen


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[ssl.SSLContext, str]]:
    """Makes a self-signed certificate: a server's context, and the path of the certificate for its clients."""

    def certify(name: str = "127.0.0.1", years: tuple[int, int] = (2000, 2100)) -> tuple[ssl.SSLContext, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "door.example.com")])
        alternative = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            # for any clock: OpenSSL goes by that of the machine, whatever the tests have
            .not_valid_before(datetime(years[0], 1, 1, tzinfo=timezone.utc))
            .not_valid_after(datetime(years[1], 1, 1, tzinfo=timezone.utc))
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        folder = tmp_path_factory.mktemp("certificate")
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        return context, str(folder / "certificate.pem")

    return certify


class Doctor:
    """Runs ``airflow-qa doctor`` on connections of the environment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.code = -1
        self.err = ""

    def connect(self, conn_id: str, kind: str = "monitorqa", **fields: Any) -> str:
        connection = {"conn_type": kind, "password": KEY, **fields}
        self._monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
        return conn_id

    def run(self, *arguments: str) -> str:
        self.code = cli.main(["doctor", *arguments])
        captured = self._capsys.readouterr()
        self.err = captured.err
        assert KEY not in captured.out + captured.err
        return captured.out

    def findings(self, *arguments: str) -> dict[str, dict[str, Any]]:
        return {row["conn_id"]: row for row in json.loads(self.run(*arguments, "--json"))}

    def finding(self, **fields: Any) -> dict[str, Any]:
        return self.findings(self.connect("one", **fields))["one"]


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Doctor:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    # no metadata database, whatever other tests left behind
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/none.db")
    return Doctor(monkeypatch, capsys)


def test_each_broken_connection_gets_its_own_correct_answer(
    doctor: Doctor,
    sandbox: Sandbox,
    opened: Opener,
    listening: Callable[[bool], str],
    certified: Callable[..., tuple[ssl.SSLContext, str]],
    closed_port: int,
) -> None:
    context, _ = certified()
    asked: list[list[str]] = []

    def door(**facts: Any) -> str:
        one = opened(**facts)
        asked.append(one.asked)
        return one.url

    plain = door()
    good = sandbox.connections()
    doors = {
        "name_not_found": {"host": "https://no-such-host.invalid"},
        "refused": {"host": f"http://127.0.0.1:{closed_port}"},
        "tls_certificate": {"host": door(tls=context)},
        "tls_protocol": {"host": plain.replace("http://", "https://")},
        "timeout": {"host": listening(False), "extra": {"read_timeout": 0.3}},
        "connection_lost": {"host": listening(True)},
        "unauthorized": {"host": good["monitorqa_default"]["host"], "password": "wrong"},
        "forbidden": {"host": door(status=403, body=b'{"message": "no access"}')},
        "not_found": {**good["qalyptus_default"], "kind": "qalyptus", "host": sandbox.url("qalyptus") + "/wrong"},
        "html": {"host": door(kind="text/html", body=b"<html>Sign in</html>")},
        "redirect": {"host": door(status=302, headers={"Location": "https://login.example.com/?next=1"})},
        "not_json": {"host": door(kind="text/plain", body=b"It works")},
        "unexpected_answer": {"kind": "simplo", "host": door(body=b'{"hello": "world"}')},
        "clock_skew": {"host": door(status=401, body=b"{}", clock_is_ahead=timedelta(minutes=-47))},
        "rate_limited": {"host": door(status=429, body=b"{}", headers={"Retry-After": "90"})},
        "vendor_down": {"host": door(status=503, body=b"", headers={"Retry-After": "1"})},
        "rejected": {"host": door(status=422, body=b'{"message": "no"}')},
        "missing_key": {"password": ""},
        "missing_host": {"kind": "qalyptus"},
        "missing_login": {"kind": "smartq", "host": plain, "extra": {"api_key": KEY}},
        "unknown_option": {"extra": {"read_timout": 5}},
        "bad_option": {"extra": {"read_timeout": "soon"}},
        "bad_route": {"extra": {"routes": {"audits.fetch": "GET /audit"}}},
        "bad_ca_path": {"extra": {"ca_path": "/no/such/bundle.pem"}},
        "bad_extra": {"extra": "read_timeout=5"},
        "bad_host": {"kind": "qalyptus", "extra": {"tenant": "tenant.qalyptus.net"}},
        "bad_setting": {"host": "ftp://127.0.0.1"},
    }
    if not compat.RETRY_POLICIES:
        del doors["bad_extra"]  # older Airflow does not read such a connection at all
    for code, facts in doors.items():
        doctor.connect(f"qa_{code}", **{name: value for name, value in facts.items() if name != "conn_type"})

    found = doctor.findings(*(f"qa_{code}" for code in doors))

    assert {conn_id: row["code"] for conn_id, row in found.items()} == {f"qa_{code}": code for code in doors}
    assert len(doors) >= 12
    assert len({row["message"] for row in found.values()}) == len(doors)
    assert all(row["hint"] for row in found.values())
    assert not any(row["ok"] for row in found.values())
    assert doctor.code == 1
    assert max(map(len, asked)) == 1, "what failed is not asked again"
    assert {code for code in doors} <= set(diagnosis.__doc__.replace("`", " ").split())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("facts", "status", "message", "hint"),
    [
        ({}, 401, "MonitorQA does not accept the credentials: HTTP 401", "Check the key in the password field"),
        ({"kind": "conqa"}, 401, "CONQA does not accept the credentials", "Check the key in the password field"),
        ({"kind": "simplo"}, 401, "Simplo IS does not accept the credentials", '"auth_scheme": "Bearer"'),
        ({"kind": "smartq", "login": "me@example.com", "extra": {"api_key": KEY}}, 401, "smartQ", "Options > API"),
        ({}, 403, "MonitorQA knows the key but gives it no right to read: HTTP 403", "give its user the right"),
        ({"kind": "simplo"}, 403, "knows the key", "needs the permission access on reports"),
        ({}, 404, "There is no MonitorQA API at http://127.0.0.1", "normally it is https://api-external.monitorqa.com"),
        ({"kind": "conqa"}, 404, "There is no CONQA API at", "normally it is https://api-{region}.con.qa/api-v1"),
        ({"kind": "simplo"}, 404, "/api/v0", "normally it is https://{host}/api/v0"),
        ({"kind": "qalyptus"}, 404, "There is no Qalyptus Cloud API", "https://{tenant}.qalyptus.net/api/v1"),
        ({"kind": "smartq", "login": "me@example.com", "extra": {"api_key": KEY}}, 404, "no smartQ", "{account}"),
        ({"extra": {"routes": {"audit_templates.list": "GET /x"}}}, 404, "GET /x", 'extra.routes["audit_templates'),
        ({}, 429, "answers no more for now", "Wait 90 s and test again"),
        ({}, 500, "MonitorQA, or a gateway before it, failed: HTTP 500", "test again later"),
    ],
)
def test_an_error_of_the_vendor_names_what_to_change(
    doctor: Doctor, opened: Opener, facts: dict[str, Any], status: int, message: str, hint: str
) -> None:
    door = opened(status=status, body=b"{}", headers={"Retry-After": "90"} if status in (429, 500) else {})
    found = doctor.finding(**{"host": door.url, **facts})

    assert message in found["message"]
    assert hint in found["hint"]
    assert "retry" not in found["hint"].lower(), "nobody retries a test of a connection"
    assert len(door.asked) == 1, "what failed is not asked again"


def test_a_firewall_that_answers_with_a_page_is_not_a_missing_right(doctor: Doctor, opened: Opener) -> None:
    found = doctor.finding(host=opened(status=403, kind="text/html", body=b"<h1>Blocked</h1>").url)

    assert found["code"] == "forbidden"
    assert "firewall or gateway" in found["hint"]


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=47), "is 47 min ahead of this machine's"),
        (timedelta(hours=-3), "is 3 hours behind this machine's"),
        (timedelta(days=400), "is 400 days ahead of this machine's"),
    ],
)
def test_a_clock_that_is_off_is_a_warning(doctor: Doctor, opened: Opener, ahead: timedelta, words: str) -> None:
    doctor.connect("one", host=opened(clock_is_ahead=ahead).url)
    line = doctor.run("one")

    assert line.startswith("warning  one  clock_skew: MonitorQA answered: 0 audit templates visible, but the server's")
    assert words in line
    assert doctor.code == 0


@pytest.mark.parametrize("facts", [{"clock_is_ahead": timedelta(minutes=4)}, {"headers": {"Date": "yesterday"}}])
def test_a_small_skew_or_no_date_is_fine(doctor: Doctor, opened: Opener, facts: dict[str, Any]) -> None:
    assert doctor.finding(host=opened(**facts).url)["code"] == "ok"


def test_a_date_out_of_a_cache_is_no_clock(doctor: Doctor, opened: Opener) -> None:
    door = opened(status=401, body=b"{}", clock_is_ahead=timedelta(hours=-2), headers={"Age": "7200"})

    assert doctor.finding(host=door.url)["code"] == "unauthorized"


def test_a_refused_key_with_a_wrong_clock_blames_the_clock_first(doctor: Doctor, opened: Opener) -> None:
    found = doctor.finding(host=opened(status=401, body=b"{}", clock_is_ahead=timedelta(hours=5)).url)

    assert (found["ok"], found["code"]) == (False, "clock_skew")
    assert "HTTP 401" in found["message"]
    assert "5 hours ahead" in found["message"]
    assert found["hint"].startswith("Check the clock of this machine (NTP) first")
    assert "Check the key" in found["hint"]


@pytest.mark.parametrize(
    ("name", "years", "trusted", "code", "words"),
    [
        ("127.0.0.1", (2000, 2100), True, "ok", "answered"),
        ("127.0.0.1", (2000, 2100), False, "tls_certificate", "set ca_path in the extra"),
        ("127.0.0.1", (2000, 2001), True, "tls_certificate", "has to be renewed"),
        ("127.0.0.1", (2100, 2101), True, "tls_certificate", "not valid yet"),
        ("other.example.com", (2000, 2100), True, "tls_certificate", "The certificate is for another host"),
    ],
)
def test_certificates(
    doctor: Doctor,
    opened: Opener,
    certified: Callable[..., tuple[ssl.SSLContext, str]],
    name: str,
    years: tuple[int, int],
    trusted: bool,
    code: str,
    words: str,
) -> None:
    context, path = certified(name, years)
    found = doctor.finding(host=opened(tls=context).url, extra={"ca_path": path} if trusted else {})

    assert found["code"] == code
    assert words in f"{found['message']} {found['hint']}"


def test_a_proxy_that_is_away_is_named(doctor: Doctor, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{KEY}@127.0.0.1:{closed_port}")
    found = doctor.finding(host="https://api.example.com")

    assert found["code"] == "proxy"
    assert "HTTPS_PROXY" in found["hint"]


def test_a_host_that_takes_no_connection_is_unreachable(doctor: Doctor) -> None:
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(8):  # until its queue is full, a Linux host drops what comes
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        extra = {"connect_timeout": 0.4}
        found = doctor.finding(host=f"http://127.0.0.1:{full.getsockname()[1]}", extra=extra)

    assert found["code"] == "unreachable"
    assert "within 0.4 s" in found["message"]


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

    assert [(row["conn_id"], row["code"]) for row in json.loads(ran.stdout.partition("--\n")[2])] == [("ours", "ok")]
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
