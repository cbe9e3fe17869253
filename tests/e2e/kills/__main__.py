"""``python -m tests.e2e.kills``: kill, retry, count, and say so in one last line."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from rich.console import Console
from rich.markup import escape

from tests.e2e.kills.catalogue import CATALOGUE
from tests.e2e.kills.database import NoDatabase, postgresql, programs, sqlite
from tests.e2e.kills.processes import ShowStopped
from tests.e2e.kills.show import perform
from tests.e2e.kills.table import last_line, show
from tests.e2e.kills.verdict import Findings
from tests.e2e.triggerers.show import Triggerers

LEAST_KILLS = 200
DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run the harness; 0 when every create is at the vendor once and every run ended as documented."""
    args = _arguments()
    # what is started here is ended here, also when continuous integration gives up
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    console = Console(width=None if sys.stdout.isatty() else 160)
    began = time.monotonic()
    findings: list[Findings] = []
    problems: list[str] = []
    played = []
    scale = 0 if args.quick else args.scale
    last = None if args.quick or args.only else (args.database or DATABASES)[-1]
    for part in args.database or DATABASES:
        with _home(keep=args.keep) as home, _noting(problems, part), _served(console, part, home) as served:
            database, url = served
            console.print(f"[bold]{database}[/]{f': {home}' if args.keep else ''}", highlight=False)
            more = Triggerers(lambda line: console.print(f"  {line}", highlight=False)) if part == last else None
            findings.append(perform(part, url, home, console, scale, args.only, more))
            played.append(database)
            problems += [f"{database}: {problem}" for problem in findings[-1].problems]
    least = 0 if args.quick or args.only or args.database else LEAST_KILLS
    return _conclude(console, findings, problems, played, time.monotonic() - began, least)


@contextmanager
def _home(*, keep: bool) -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="airflow-qa-kills-"))
    try:
        yield home
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _noting(problems: list[str], part: str) -> Iterator[None]:
    try:
        yield
    except (ShowStopped, requests.RequestException) as error:
        problems.append(f"{part}: {error}")


@contextmanager
def _served(console: Console, part: str, home: Path) -> Iterator[tuple[str, str]]:
    """Give name and address of a database: SQLite where there is no PostgreSQL, so that no kill is left out."""
    with ExitStack() as stack:
        url = None
        if part == "postgresql":
            try:
                url = _first_that_works(stack, home)
            except NoDatabase as error:
                console.print(f"No PostgreSQL, so its part is played on SQLite: {escape(str(error))}", highlight=False)
        yield (part, url) if url else ("sqlite", stack.enter_context(sqlite(home)))


def _first_that_works(stack: ExitStack, home: Path) -> str:
    problems = []
    for folder in programs():
        try:
            return stack.enter_context(postgresql(home, folder))
        except NoDatabase as error:
            problems.append(str(error))
    raise NoDatabase("; ".join(problems))


def _conclude(
    console: Console, findings: list[Findings], problems: list[str], played: list[str], seconds: float, least: int
) -> int:
    show(console, findings)
    line, good = last_line(findings)
    kills = sum(found.kills for found in findings)
    if kills < least:
        problems.append(f"{kills} kills are fewer than {least}")
    if not findings:
        problems.append("nothing was run")
    for problem in problems:
        console.print(f"[red]wrong[/] {escape(problem)}", highlight=False, soft_wrap=True)
    for one in (verdict for found in findings for verdict in found.verdicts if verdict.remark):
        console.print(f"note: {one.case.key}: {escape(one.remark)}", highlight=False, soft_wrap=True)
    console.print(f"{seconds:.0f} s on {' and '.join(dict.fromkeys(played))}", highlight=False)
    console.print(line, highlight=False)
    return 0 if good and not problems else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.kills", description=__doc__)
    parser.add_argument("--database", action="append", choices=DATABASES, help="only this one; may be repeated")
    parser.add_argument("--only", action="append", default=[], choices=sorted(CATALOGUE), metavar="OPERATOR")
    parser.add_argument("--quick", action="store_true", help="one script per operator, for whoever works on one")
    parser.add_argument("--scale", type=int, default=1, help="how often each script is played")
    parser.add_argument("--keep", action="store_true", help="keep the folders with all logs")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped; what was started has ended.")
