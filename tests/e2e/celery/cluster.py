"""The parts of an Airflow on CeleryExecutor, and the settings that they need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.kills.stage import COMPONENTS, PART

WORKERS, TRIGGERERS = ("worker-1", "worker-2"), ("triggerer-1", "triggerer-2")
SPARE = "worker-3"
"""What takes the place of a worker that has died."""
PRELOAD = dict.fromkeys((*WORKERS, SPARE), Path(__file__).parent / "preload")
"""Workers, to the folder of a module that imports what each of their tasks would."""
_CONCURRENCY = 4


def own_name() -> str:
    """Return which part of Airflow this process is: it stands where hosts have their names."""
    return os.environ.get(PART, "localhost")


def worker(name: str) -> Sequence[str]:
    """Return the command of a worker.

    :param name: Its name.
    """
    quiet = ("--skip-serve-logs", "--without-gossip", "--without-mingle")
    return ("celery", "worker", *quiet, "--concurrency", str(_CONCURRENCY), "--celery-hostname", f"{name}@localhost")


def parts() -> dict[str, Sequence[str]]:
    """Return the name of each part of Airflow, to its command."""
    alone = {name: command for name, command in COMPONENTS.items() if name != "triggerer"}
    # log servers would listen on all addresses of the machine; here everybody sees the same folder
    triggerers = {name: ("triggerer", "--skip-serve-logs") for name in TRIGGERERS}
    return {**alone, **{name: worker(name) for name in WORKERS}, **triggerers}


def settings(address: str, broker: str, dags: str) -> dict[str, str]:
    """Return what differs from the settings of the kill harness.

    :param address: SQLAlchemy address of the database, which is PostgreSQL.
    :param broker: Address of Redis.
    :param dags: Folder of the DAGs.
    """
    return {
        "CORE__EXECUTOR": "CeleryExecutor",
        "CORE__DAGS_FOLDER": dags,
        "CORE__PARALLELISM": "32",
        "CORE__HOSTNAME_CALLABLE": f"{__name__}.{own_name.__name__}",
        # the examples leave it to Airflow, which waits for five minutes
        "CORE__DEFAULT_TASK_RETRY_DELAY": "1",
        # what a dead worker has taken from the queue and not begun is given to another
        "SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
        "SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
        "CELERY__BROKER_URL": broker,
        "CELERY__RESULT_BACKEND": f"db+{address}",
        # so few at a time that the two of them have their part of a dozen waits
        "TRIGGERER__MAX_TRIGGER_TO_SELECT_PER_LOOP": "1",
    }
