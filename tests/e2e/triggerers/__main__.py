"""``python -m tests.e2e.triggerers``: only this part of the kill harness, on a database of its own."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from qa_sandbox import Sandbox
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.database import NoDatabase, postgresql, programs, sqlite
from tests.e2e.kills.show import SANDBOX, connections_of, serving
from tests.e2e.kills.stage import staged
from tests.e2e.triggerers import plan
from tests.e2e.triggerers.show import Triggerers


def main() -> int:
    """Play it; 0 when everything is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.triggerers", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, though there is a PostgreSQL")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    home = Path(tempfile.mkdtemp(prefix="airflow-qa-triggerers-"))
    try:
        problems = _play(home, on_sqlite=args.sqlite)
    finally:
        if args.keep:
            print(home)
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(*[f"wrong: {problem}" for problem in problems], sep="\n")
    return 1 if problems else 0


def _play(home: Path, *, on_sqlite: bool) -> list[str]:
    files, empty = home / "files", home / "plan.json"
    files.mkdir()
    empty.write_text("{}")
    sandbox = Sandbox(["monitorqa", "qalyptus"], settings=SANDBOX)
    began = time.monotonic()
    triggerers = Triggerers(lambda line: print(f"{time.monotonic() - began:4.0f} s  {line}", flush=True))
    with ExitStack() as stack:
        try:
            address = stack.enter_context(sqlite(home) if on_sqlite else postgresql(home, programs()[0]))
        except NoDatabase as error:
            print(f"On SQLite: {error}")
            address = stack.enter_context(sqlite(home))
        triggerers.guard(sandbox)
        stack.enter_context(serving(sandbox))
        connections = {**connections_of(sandbox), **stack.enter_context(triggerers.serving())}
        stage = stack.enter_context(staged(home, address, connections, empty))
        stage.start(*plan.DAG_IDS)
        print(f"{time.monotonic() - began:4.0f} s  Airflow is up", flush=True)
        return triggerers.play(stage, World(sandbox, files), address)


if __name__ == "__main__":
    sys.exit(main())
