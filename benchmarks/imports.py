"""What it costs a DAG file to import this package, beyond Airflow itself: all operators, sensors and transfers.

DAG files are read every few seconds, each in a process of its own. Exits non-zero where it is missed by more than a
fifth.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bulk import ROOT
from benchmarks.wanted import Wanted, conclude

_ROOMS = ("operators", "sensors", "transfers")
_PROGRAM = """
import sys, time
from importlib import import_module
from airflow.sdk import DAG, BaseHook, BaseOperator, BaseSensorOperator, ObjectStoragePath, task
began = time.process_time()
for module in sys.argv[1:]:
    import_module(module)
print(time.process_time() - began)
"""


def modules() -> list[str]:
    """Return the modules that DAG files import."""
    package = ROOT / "airflow_qa_provider"
    paths = [path for room in _ROOMS for path in sorted((package / room).glob("[!_]*.py"))]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]


def seconds() -> float:
    """Return the processor time of importing all of them in a fresh process."""
    with tempfile.TemporaryDirectory() as home:
        # compiled once, as it is wherever DAG files are read again and again
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "AIRFLOW_HOME": home, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-c", _PROGRAM, *modules()]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    """Import some times, and print the best."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    arguments = parser.parse_args()
    best = min(seconds() for _ in range(arguments.turns))
    conclude([Wanted(f"{len(modules())} modules for DAG files: ms of CPU", best * 1000, 15)], arguments.json)


if __name__ == "__main__":
    main()
