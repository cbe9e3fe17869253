"""One process of Airflow, whose log server keeps to this machine: Airflow itself opens it to the network."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

from airflow_qa_provider.demo.environment import loopback

_run = uvicorn.run


def _run_on_loopback(app: Any, **options: Any) -> None:
    _run(app, **{**options, "host": options.get("host") or loopback()})


# at import, so that a process which the scheduler spawns for its logs does it too
uvicorn.run = _run_on_loopback


def main() -> int:
    """Run a command of Airflow."""
    from airflow.__main__ import main as airflow

    airflow()  # type: ignore[no-untyped-call]
    return 0


if __name__ == "__main__":
    sys.exit(main())
