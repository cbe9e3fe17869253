"""The folder in which the demo's Airflow lives from one start to the next."""

from __future__ import annotations

import base64
import fcntl
import json
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from airflow_qa_provider.demo.environment import loopback

USER = "admin"
_VENDORS = 5
_TRIES = 50


class DemoFailed(Exception):
    """A step of the demo failed; the message says which and why."""


@dataclass(frozen=True)
class Ports:
    """The ports of the demo's Airflow; the same at each start, as long as they are free.

    :param ui: User interface and API.
    :param tasks: API that the tasks talk to.
    :param worker_logs: Log server of the scheduler.
    :param trigger_logs: Log server of the triggerer.
    :param mail: Mail server.
    :param files: Server of the files.
    :param sandbox: First of the vendors.
    """

    ui: int
    tasks: int
    worker_logs: int
    trigger_logs: int
    mail: int
    files: int
    sandbox: int


@dataclass(frozen=True)
class Home:
    """The folder and what is where in it.

    :param folder: The folder.
    """

    folder: Path

    @property
    def airflow(self) -> Path:
        """``AIRFLOW_HOME``: configuration, database, logs."""
        return self.folder / "home"

    @property
    def files(self) -> Path:
        """Reports, and what the example DAGs read."""
        return self.folder / "files"

    @property
    def mails(self) -> Path:
        """Mails as they arrived."""
        return self.folder / "mails"

    @property
    def passwords(self) -> Path:
        """File of Airflow's simple auth manager."""
        return self.folder / "passwords.json"

    def password(self) -> str:
        """Return the password of the user interface, made at the first start."""
        return str(_kept(self.passwords, lambda: {USER: secrets.token_urlsafe(9)})[USER])

    def keys(self) -> dict[str, str]:
        """Return the settings of Airflow with keys, made at the first start.

        Its processes start at the same time, and each would make keys of its own.
        """

        def make() -> dict[str, str]:
            return {
                "CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "API__SECRET_KEY": secrets.token_urlsafe(48),
                "API_AUTH__JWT_SECRET": secrets.token_urlsafe(48),
            }

        return _kept(self.folder / "keys.json", make)

    def webhook_token(self) -> str:
        """Return the token of the webhooks, made at the first start."""
        return _kept(self.folder / "webhooks.json", lambda: {"token": secrets.token_urlsafe(24)})["token"]

    def ports(self, ui: int = 0) -> Ports:
        """Return the ports of the last start, with others for those that are taken by now.

        :param ui: Port that the user interface has to have; 0 for any.
        """
        file = self.folder / "ports.json"
        last = json.loads(file.read_text()) if file.exists() else {}
        used = {
            name: port if (port := last.get(name, 0)) and free(port) else free_port()
            for name in ("tasks", "worker_logs", "trigger_logs", "mail", "files")
        }
        first = last.get("sandbox", 0)
        ports = Ports(
            ui=ui or (last["ui"] if last.get("ui") and free(last["ui"]) else free_port()),
            sandbox=first if first and free(first, _VENDORS) else free_port(_VENDORS),
            **used,
        )
        file.write_text(json.dumps(vars(ports)))
        return ports


@contextmanager
def opened(folder: Path) -> Iterator[Home]:
    """Make the folder or take it up, and keep others out of it for the length of a ``with`` block.

    :param folder: The folder.
    :raises DemoFailed: It holds something else, or another demo runs in it.
    """
    mark = folder / ".airflow-qa-ui"
    check_ours(folder, mark)
    home = Home(folder)
    home.airflow.mkdir(parents=True, exist_ok=True)
    with mark.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoFailed(f"{folder} is in use by a demo that runs; end that, or name another.") from None
        yield home


def check_ours(folder: Path, mark: Path) -> None:
    """See that a folder is new, empty, or the demo's.

    :param folder: The folder.
    :param mark: The file in it by which an earlier demo is known.
    :raises DemoFailed: It holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise DemoFailed(f"{folder} is a file; name a folder with --output.")
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise DemoFailed(f"{folder} has files that are not the demo's; name another folder with --output.")


def _kept(file: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Return what a file holds that only its owner may read; what is made, if there is none yet."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps(make()) + "\n")
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def free_port(count: int = 1) -> int:
    """Return a port that is free now.

    :param count: How many in a row have to be.
    """
    for _ in range(_TRIES):
        with socket.socket() as sock:
            sock.bind((loopback(), 0))
            first = int(sock.getsockname()[1])
        if free(first, count):
            return first
    raise DemoFailed(f"there are no {count} free ports in a row on {loopback()}.")


def free(first: int, count: int = 1) -> bool:
    """Tell whether ports are free.

    :param first: The first of them.
    :param count: How many in a row.
    """
    try:
        with ExitStack() as stack:
            for port in range(first, first + count):
                sock = stack.enter_context(socket.socket())
                # as servers do it: what a closed connection has left there is no hindrance
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind((loopback(), port))
    except (OSError, OverflowError):
        return False
    return True
