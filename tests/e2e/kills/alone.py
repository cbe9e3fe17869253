"""Plays one part of the harness on a database of its own."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from qa_sandbox import Sandbox
from tests.e2e.kills.database import NoDatabase, postgresql, programs, sqlite
from tests.e2e.kills.show import SANDBOX, serving


@dataclass
class Place:
    """What a part is played on.

    :param home: A folder of its own.
    :param address: SQLAlchemy address of its database.
    :param plan: A file with an empty plan.
    :param sandbox: The vendors; served with :meth:`serve`, once what stands before them is in place.
    :param say: Takes lines for whoever looks on.
    :param stack: Ends what was begun.
    """

    home: Path
    address: str
    plan: Path
    sandbox: Sandbox
    say: Callable[[str], None]
    stack: ExitStack

    def serve(self) -> None:
        """Serve the vendors."""
        self.stack.enter_context(serving(self.sandbox))


def alone(part: str, about: str | None, vendors: list[str], play: Callable[[Place], list[str]]) -> int:
    """Play it; 0 when everything is as it should be.

    :param part: Name of its package.
    :param about: What it is, for the help.
    :param vendors: The vendors that it needs.
    :param play: Plays it, and returns what is wrong.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tests.e2e.{part}", description=about)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, though there is a PostgreSQL")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    home = Path(tempfile.mkdtemp(prefix=f"airflow-qa-{part}-"))
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            plan = home / "plan.json"
            plan.write_text("{}")
            address, sandbox = _database(stack, home, on_sqlite=args.sqlite), Sandbox(vendors, settings=SANDBOX)
            problems = play(Place(home, address, plan, sandbox, _sayer(began), stack))
    finally:
        if args.keep:
            print(home)
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(*[f"wrong: {problem}" for problem in problems], sep="\n")
    return 1 if problems else 0


def _sayer(began: float) -> Callable[[str], None]:
    return lambda line: print(f"{time.monotonic() - began:4.0f} s  {line}", flush=True)


def _database(stack: ExitStack, home: Path, *, on_sqlite: bool) -> str:
    if not on_sqlite:
        try:
            return stack.enter_context(postgresql(home, programs()[0]))
        except NoDatabase as error:
            print(f"On SQLite: {error}")
    return stack.enter_context(sqlite(home))
