"""Run ``python -m benchmarks.authoring``: five jobs with this package and by hand, each under what goes wrong at night.

Prints how long the DAGs are, what they survive and what they take. Ends with 1 when ours are too long, call too often,
take too much of the processor, or do not survive.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.authoring.jobs import JOBS, MANY_ROWS, MOST_LINES, MOST_OF_MANY, Job
from benchmarks.authoring.lines import lines_of_code
from benchmarks.authoring.stage import FAULTS, Result, Stage, stage

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = (ROOT / "docs" / "authoring.md", ROOT / "README.md")
OURS, BY_HAND, SAFELY = "ours", "by_hand", "by_hand_safely"
TITLES = {OURS: "ours", BY_HAND: "by hand", SAFELY: "by hand, as safe"}
REPEATS = 3
BEGIN, END = "<!-- begin: benchmarks.authoring -->\n", "<!-- end: benchmarks.authoring -->"
Results = dict[tuple[str, str, str | None], Result]


def length(version: str, job: Job) -> int:
    """Count the lines of a DAG."""
    return lines_of_code((HERE / version / f"{job.name}.py").read_text())


def columns(faults: list[str]) -> list[str]:
    """Return the heads of the table."""
    return ["", "", "lines", "calls", "CPU s", *faults, "twice at the vendor", "wrong or twice mailed"]


def rows(jobs: list[Job], faults: list[str], results: Results) -> Iterator[list[str]]:
    """Yield what was found, a row for each version of each job."""
    for job in jobs:
        for version, title in TITLES.items():
            runs = [results[version, job.name, fault] for fault in faults]
            usual = results[version, job.name, None]
            yield [
                job.title if version == OURS else "",
                title,
                str(length(version, job)),
                str(usual.calls),
                f"{usual.played.cpu:.2f}",
                *("yes" if run.survived else "no" for run in runs),
                str(sum(run.found.extra for run in runs)),
                str(sum(run.found.wrong_mails for run in runs)),
            ]
    for number, (version, title) in enumerate(TITLES.items()):
        whole = [
            *("together" if number == 0 else "", title),
            str(sum(length(version, job) for job in jobs)),
            str(sum(results[version, job.name, None].calls for job in jobs)),
            f"{sum(results[version, job.name, None].played.cpu for job in jobs):.2f}",
        ]
        runs = [results[version, job.name, fault] for job in jobs for fault in faults]
        lived = [sum(results[version, job.name, fault].survived for job in jobs) for fault in faults]
        yield [
            *whole,
            *(f"{count} of {len(jobs)}" for count in lived),
            str(sum(run.found.extra for run in runs)),
            str(sum(run.found.wrong_mails for run in runs)),
        ]


def table(faults: list[str], found: list[list[str]]) -> Table:
    """Return what was found, to be printed."""
    shown = Table(title="Five jobs", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for number, column in enumerate(columns(faults)):
        shown.add_column(column, justify="left" if number < 2 else "right", no_wrap=number < 5)
    for row in found:
        shown.add_row(*("[red]no[/]" if cell == "no" else cell for cell in row))
    return shown


def markdown(faults: list[str], found: list[list[str]]) -> str:
    """Return the same for the docs."""
    heads = columns(faults)
    lines = ["| " + " | ".join(heads) + " |", "| --- | --- |" + " ---: |" * (len(heads) - 2)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in found)])


def write(text: str) -> None:
    """Put the table into the pages, between its marks."""
    for page in PAGES:
        head, begin, rest = page.read_text().partition(BEGIN)
        page.write_text(f"{head}{begin}{text}\n{END}{rest.partition(END)[2]}")


def problems(jobs: list[Job], faults: list[str], results: Results) -> Iterator[str]:
    """Say in what ours are worse than they are to be."""
    lines = sum(length(OURS, job) for job in JOBS)
    if lines > MOST_LINES:
        yield f"the DAGs of ours have {lines} lines together, the most are {MOST_LINES}"
    for job in jobs:
        usual = results[OURS, job.name, None]
        if usual.calls > job.most_calls:
            yield f"{job.title}: {usual.calls} calls, the most are {job.most_calls}"
        yield from _too_slow(job, usual, results[BY_HAND, job.name, None])
        for fault in (None, *faults):
            run = results[OURS, job.name, fault]
            if not run.survived:
                yield f"{job.title}, {fault or 'nothing goes wrong'}: {run}"
            elif run.found.extra > (1 if job.harmless else 0):
                yield f"{job.title}, {fault or 'nothing goes wrong'}: {run.found.extra} too many at the vendor"


def _too_slow(job: Job, ours: Result, by_hand: Result) -> Iterator[str]:
    pairs = [("s of processor time", ours.played.cpu, by_hand.played.cpu, job.most_cpu)]
    if job.bulk:
        pairs.append(("s", ours.played.seconds, by_hand.played.seconds, MOST_OF_MANY))
    for unit, own, other, most in pairs:
        if own > most * other:
            yield f"{job.title}: {own:.2f} {unit}, {own / other:.2f} times as many as by hand, the most are {most:g}"


def measure(jobs: list[Job], faults: list[str], console: Console) -> Results:
    """Run every version of every job, with every fault; those without one last, often, and in turn."""
    results: Results = {}
    with tempfile.TemporaryDirectory(prefix="airflow-qa-authoring-") as name, stage(Path(name)) as play:
        for job in jobs:
            for version in TITLES:
                for fault in (None, *faults):
                    with console.status(f"{job.title}, {TITLES[version]}: {fault or 'nothing goes wrong'}"):
                        found = results[version, job.name, fault] = play.play(job, version, fault)
                    if not console.is_terminal:
                        console.print(f"{job.name}, {version}, {fault}: {found}", highlight=False)
            with console.status(f"{job.title}: processor time"):
                _measure_again(job, play, results)
    return results


def _measure_again(job: Job, play: Stage, results: Results) -> None:
    """Keep of each version the quickest of several runs that take turns: what else the machine does slows both."""
    for _ in range(REPEATS):
        for version in TITLES:
            again, best = play.play(job, version, None), results[version, job.name, None]
            if again.survived and again.played.cpu < best.played.cpu:
                results[version, job.name, None] = Result(again.played, best.found, max(best.calls, again.calls))


def many_rows(console: Console) -> Iterator[str]:
    """Let ours take many rows, and say what is wrong with that."""
    job = next(job for job in JOBS if job.bulk)
    with tempfile.TemporaryDirectory(prefix="airflow-qa-authoring-") as name, stage(Path(name)) as play:
        run = play.play(job, OURS, None, rows=MANY_ROWS)
    console.print(
        f"{MANY_ROWS:,} rows: {run.calls:,} calls, {run.played.seconds:.1f} s, {run.played.cpu:.1f} s of CPU",
        highlight=False,
    )
    if not run.survived:
        yield f"{MANY_ROWS:,} rows: {run}"


def main() -> int:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[job.name for job in JOBS], help="jobs")
    parser.add_argument("--faults", nargs="*", choices=FAULTS, default=list(FAULTS), help="what goes wrong")
    parser.add_argument(
        "--write", action="store_true", help="write the table into docs/authoring.md and README.md, too"
    )
    arguments = parser.parse_args()
    jobs = [job for job in JOBS if not arguments.only or job.name in arguments.only]
    console = Console(width=None if sys.stdout.isatty() else 150)
    results = measure(jobs, arguments.faults, console)
    found = list(rows(jobs, arguments.faults, results))
    console.print(table(arguments.faults, found))
    worse = list(problems(jobs, arguments.faults, results))
    if not arguments.only:
        worse += many_rows(console)
        if arguments.write:
            write(markdown(arguments.faults, found))
    for one in worse:
        console.print(f"[red]{one}[/]", highlight=False)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
