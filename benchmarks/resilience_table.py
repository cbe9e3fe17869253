"""Plays every row of the resilience table and prints it, or writes it into docs/resilience.md.

python -m benchmarks.resilience_table --write
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from rich.console import Console

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "resilience.md"
BEGIN, END = "<!-- begin: benchmarks.resilience_table -->", "<!-- end -->"
HEAD = ("What goes wrong", "Today's providers, measured on Airflow 3.3.2", "This package", "Requests")


def played() -> list[tuple[str, ...]]:
    """Play every row and return its cells."""
    from benchmarks.resilience import ROWS
    from benchmarks.stage import Stage
    from qa_sandbox import run_sandbox

    cells = []
    with run_sandbox(["monitorqa"]) as sandbox, patch.dict(os.environ), Console(stderr=True).status("") as status:
        for row in ROWS:
            status.update(row.what)
            seen = Stage(sandbox).play(row)
            cells.append((row.what, row.today, ", ".join(seen.outcomes), str(len(seen.calls))))
    return cells


def as_markdown(rows: list[tuple[str, ...]]) -> str:
    """Return the table."""
    lines = [HEAD, tuple("---" for _ in HEAD), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def documented() -> list[tuple[str, ...]]:
    """Return the cells of the table in the docs."""
    table = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in table.strip().splitlines()[2:]]


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the table into docs/resilience.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="airflow-qa-") as home:
        os.environ.update(AIRFLOW_HOME=home, AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR")
        table = as_markdown(played())
    if not arguments.write:
        print(table)
        return
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
