"""Run ``python -m benchmarks.authoring``: five jobs with this package and by hand, each under what goes wrong at night.

Prints how long the DAGs are and what they survive. Ends with 1 when ours are too long, call too often, or do not
survive.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.authoring.jobs import JOBS, MOST_LINES, Job
from benchmarks.authoring.lines import lines_of_code

if TYPE_CHECKING:
    from benchmarks.authoring.stage import Result

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "authoring.md"
OURS, BY_HAND = "ours", "by_hand"
TITLES = {OURS: "ours", BY_HAND: "by hand"}
Results = dict[tuple[str, str, str | None], "Result"]


def length(version: str, job: Job) -> int:
    """Count the lines of a DAG."""
    return lines_of_code((HERE / version / f"{job.name}.py").read_text())


def table(jobs: list[Job], faults: list[str], results: Results) -> Table:
    """Return what was found, a row for each version of each job."""
    shown = Table(title="Five jobs", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("", "", "lines", "calls", *faults, "twice at\nthe vendor", "wrong or\ntwice mailed"):
        shown.add_column(column, justify="left" if not column else "right", no_wrap=True)
    for job in jobs:
        for version in TITLES:
            runs = [results[version, job.name, fault] for fault in faults]
            shown.add_row(
                job.title if version == OURS else "",
                TITLES[version],
                str(length(version, job)),
                str(results[version, job.name, None].calls),
                *("yes" if run.survived else "[red]no[/]" for run in runs),
                str(sum(run.found.extra for run in runs) or ""),
                str(sum(run.found.wrong_mails for run in runs) or ""),
            )
    totals = [f"{TITLES[version]} {sum(length(version, job) for job in jobs)}" for version in TITLES]
    shown.caption, shown.caption_justify = f"Lines together: {', '.join(totals)}", "left"
    return shown


def markdown(jobs: list[Job], faults: list[str], results: Results) -> str:
    """Return the same for the docs."""
    columns = ["", "", "lines", "calls", *faults, "twice at the vendor", "wrong or twice mailed"]
    rows = ["| " + " | ".join(columns) + " |", "| --- | --- |" + " ---: |" * (len(columns) - 2)]
    for job in jobs:
        for version, title in TITLES.items():
            runs = [results[version, job.name, fault] for fault in faults]
            cells = [job.title if version == OURS else "", title, str(length(version, job))]
            cells += [str(results[version, job.name, None].calls), *("yes" if run.survived else "no" for run in runs)]
            cells += [str(sum(run.found.extra for run in runs)), str(sum(run.found.wrong_mails for run in runs))]
            rows.append("| " + " | ".join(cells) + " |")
    sums = [str(sum(length(version, job) for job in jobs)) for version in TITLES]
    rows += [
        f"| together | {title} | {total} |" + " |" * (len(columns) - 3)
        for title, total in zip(TITLES.values(), sums, strict=True)
    ]
    return "\n".join(rows)


def write(text: str) -> None:
    """Put the table into the docs, between its marks."""
    head, begin, rest = DOCS.read_text().partition("<!-- begin: benchmarks.authoring -->\n")
    tail = rest.partition("<!-- end: benchmarks.authoring -->")[2]
    DOCS.write_text(f"{head}{begin}{text}\n<!-- end: benchmarks.authoring -->{tail}")


def problems(jobs: list[Job], faults: list[str], results: Results) -> Iterator[str]:
    """Say in what ours are worse than they are to be."""
    lines = sum(length(OURS, job) for job in JOBS)
    if lines > MOST_LINES:
        yield f"the DAGs of ours have {lines} lines together, the most are {MOST_LINES}"
    for job in jobs:
        calls = results[OURS, job.name, None].calls
        if calls > job.most_calls:
            yield f"{job.title}: {calls} calls, the most are {job.most_calls}"
        for fault in (None, *faults):
            run = results[OURS, job.name, fault]
            if not run.survived:
                yield f"{job.title}, {fault or 'nothing goes wrong'}: {run}"
            elif run.found.extra > (1 if job.harmless else 0):
                yield f"{job.title}, {fault or 'nothing goes wrong'}: {run.found.extra} too many at the vendor"


def measure(jobs: list[Job], faults: list[str], console: Console) -> Results:
    """Run every version of every job, with every fault."""
    results: Results = {}
    with tempfile.TemporaryDirectory(prefix="airflow-qa-authoring-") as name:
        folder = Path(name)
        _prepare_airflow(folder / "airflow")
        from benchmarks.authoring.stage import stage  # Airflow reads its settings when it is imported

        with stage(folder) as play:
            for job in jobs:
                for version in TITLES:
                    for fault in (None, *faults):
                        with console.status(f"{job.title}, {TITLES[version]}: {fault or 'nothing goes wrong'}"):
                            found = results[version, job.name, fault] = play.play(job, version, fault)
                        if not console.is_terminal:
                            console.print(f"{job.name}, {version}, {fault}: {found}", highlight=False)
    return results


def _prepare_airflow(home: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("AIRFLOW_CONN_", "AIRFLOW__", "AIRFLOW_VAR_"))]:
        del os.environ[name]
    os.environ |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(HERE / OURS),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def main() -> int:
    """Run it and print the table."""
    faults = ["lost answer", "killed", "429", "login page"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[job.name for job in JOBS], help="jobs")
    parser.add_argument("--faults", nargs="*", choices=faults, default=faults, help="what goes wrong")
    parser.add_argument("--write", action="store_true", help="write the table into docs/authoring.md, too")
    arguments = parser.parse_args()
    jobs = [job for job in JOBS if not arguments.only or job.name in arguments.only]
    console = Console(width=None if sys.stdout.isatty() else 130)
    results = measure(jobs, arguments.faults, console)
    console.print(table(jobs, arguments.faults, results))
    if arguments.write:
        write(markdown(jobs, arguments.faults, results))
    worse = list(problems(jobs, arguments.faults, results))
    for one in worse:
        console.print(f"[red]{one}[/]", highlight=False)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
