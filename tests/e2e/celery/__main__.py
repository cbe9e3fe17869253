"""``python -m tests.e2e.celery``: many workers and triggerers, some of which die; the last line has the counts."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from airflow_qa_provider.demo.environment import dag_folder, demo_connections
from qa_sandbox import Sandbox
from qa_sandbox.smtp_sink import SmtpSink, smtp_connection
from tests.e2e.celery import cluster, plan, storage
from tests.e2e.celery.broker import NoBroker, redis
from tests.e2e.celery.counts import Counts
from tests.e2e.celery.door import Midway
from tests.e2e.celery.judge import Judge, objects
from tests.e2e.celery.show import TICKETS_PATH, Show
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.database import NoDatabase, postgresql, programs
from tests.e2e.kills.processes import ShowStopped
from tests.e2e.kills.stage import staged
from tests.e2e.triggerers.door import Held

_OWN_DAGS = Path(__file__).parent / "dags"
_POLL_SECONDS = 1.0


def main() -> int:
    """Play it; 0 when everything is there once, 2 when something has to be installed before."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.celery", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    args = parser.parse_args()
    # what is started here is ended here, also when continuous integration gives up
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    home = Path(tempfile.mkdtemp(prefix="airflow-qa-celery-"))
    began, counts = time.monotonic(), Counts()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:4.0f} s  {line}", flush=True)

    try:
        kills, counts = _play(home, say)
    except (NoBroker, NoDatabase) as error:
        print(f"make e2e-celery cannot run here: {error}", file=sys.stderr)
        return 2
    except (ShowStopped, requests.RequestException) as error:
        kills, counts.problems = 0, [str(error)]
    finally:
        if args.keep:
            print(home)
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(*[f"wrong: {problem}" for problem in counts.problems], sep="\n", end="\n" if counts.problems else "")
    print(f"kills: {kills}  {counts.line}")
    return 1 if counts.problems else 0


def _play(home: Path, say: Any) -> tuple[int, Counts]:
    held, sandbox = Held(), Sandbox()
    sandbox.app("smartq").add_middleware(Midway, held=held, path=TICKETS_PATH, passed=plan.PASSED)
    with ExitStack() as stack:
        broker = stack.enter_context(redis(home))
        address = stack.enter_context(postgresql(home, programs()[0]))
        files = stack.enter_context(storage.s3(home))
        sink = stack.enter_context(SmtpSink(home / "mails"))
        sandbox.start()
        stack.callback(sandbox.stop)
        files.put(plan.TICKETS_FILE, plan.tickets_file())
        files.put(plan.SCHEDULE, plan.schedule())
        # nothing that is waited for ends before somebody has died
        sandbox.add_outcome("report", "never")
        sandbox.add_outcome("audit", "never_finished")
        world = World(sandbox, home)
        before = objects(world)
        more = cluster.settings(address, broker, str(_gathered(home / "dags")))
        airflow = stack.enter_context(
            staged(
                home,
                address,
                _connections(sandbox, sink, files),
                home / "none.json",
                more,
                cluster.parts(),
                cluster.PRELOAD,
            )
        )
        airflow.start(*plan.DAG_IDS)
        say(f"Airflow is up, with {', '.join((*cluster.WORKERS, *cluster.TRIGGERERS))}")
        show = Show(airflow, world, held, say)
        counts = Judge(airflow, show.play(), world, before).judge(files, sink.mails)
        counts.problems += show.problems
        say("all runs are over")
        return show.kills, counts


def _gathered(folder: Path) -> Path:
    """Put the DAGs into one folder: some examples as they are, and our own."""
    folder.mkdir()
    for file in (*(dag_folder() / f"{name}.py" for name in (plan.FLAGSHIP, plan.MILESTONES)), *_OWN_DAGS.glob("*.py")):
        shutil.copy(file, folder)
    return folder


def _connections(sandbox: Sandbox, sink: SmtpSink, files: storage.Storage) -> dict[str, dict[str, Any]]:
    vendors = sandbox.connections()
    connections = demo_connections(vendors, smtp_connection(sink), Path(), _POLL_SECONDS)
    for name in vendors:
        # requests are kept at the door for as long as it takes until somebody dies
        connections[name]["extra"] |= {"folder": storage.FOLDER, "read_timeout": 600, "total_timeout": 600}
    return {**connections, storage.CONN_ID: files.connection()}


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped; what was started has ended.")
