"""``python -m tests.e2e.events``: only this part of the kill harness, on a database of its own."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from airflow_qa_provider.demo import webhooks
from qa_sandbox import Sandbox
from tests.e2e.events import plan
from tests.e2e.events.show import Events
from tests.e2e.kills.database import NoDatabase, postgresql, programs, sqlite
from tests.e2e.kills.show import SANDBOX, connections_of, serving
from tests.e2e.kills.stage import staged


def main() -> int:
    """Play it; 0 when everything is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.events", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, though there is a PostgreSQL")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    home = Path(tempfile.mkdtemp(prefix="airflow-qa-events-"))
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
    empty = home / "plan.json"
    empty.write_text("{}")
    sandbox, began = Sandbox(["conqa", "monitorqa", "smartq"], settings=SANDBOX), time.monotonic()
    events = Events(lambda line: print(f"{time.monotonic() - began:4.0f} s  {line}", flush=True))
    with ExitStack() as stack:
        try:
            address = stack.enter_context(sqlite(home) if on_sqlite else postgresql(home, programs()[0]))
        except NoDatabase as error:
            print(f"On SQLite: {error}")
            address = stack.enter_context(sqlite(home))
        stack.enter_context(serving(sandbox))
        stack.enter_context(events.serving())
        connections = events.connections(connections_of(sandbox))
        stage = stack.enter_context(staged(home, address, connections, empty, webhooks.SETTINGS))
        stage.start(*plan.DAG_IDS)
        return events.play(stage, sandbox)


if __name__ == "__main__":
    sys.exit(main())
