"""Servers that are broken in one way each, the sandbox, and a doctor to run on connections to them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qa_sandbox import Sandbox, run_sandbox
from tests.unit.doctor.doors import Doctor, Door, Opener


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


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Doctor:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    # no metadata database, whatever other tests left behind
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{tmp_path}/none.db")
    return Doctor(monkeypatch, capsys)
