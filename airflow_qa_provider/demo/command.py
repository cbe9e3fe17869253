"""The console command ``airflow-qa demo``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``airflow-qa demo``.

    :param parser: The sub-command's parser.
    """
    parser.add_argument("--all", action="store_true", help="run all example DAGs, and say how each ended")
    parser.add_argument("--ui", action="store_true", help="open the demo in a real Airflow with its user interface")
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="port of the user interface; a free one by default"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="where the files go: demo-output, emptied first, or with --ui .airflow/ui, where all is kept",
    )
    parser.add_argument("--verbose", action="store_true", help="show every log line of Airflow")
    parser.add_argument(
        "--limit", type=float, metavar="S", help="seconds after which the run is given up: 300, or 900 for all examples"
    )


def main(args: argparse.Namespace) -> int:
    """Run the demo.

    :param args: What :func:`add_arguments` declared.
    :return: Exit code: 0 when everything arrived, 1 when a step failed, 2 when a package is missing, 130 after Ctrl-C.
    """
    try:
        if args.ui:
            from airflow_qa_provider.demo.standalone import run_standalone

            return run_standalone((args.output or Path(".airflow/ui")).resolve(), args.port, args.verbose)
        from airflow_qa_provider.demo.runner import run_demo

        with _every_stop_is_an_interrupt():
            return run_demo(
                (args.output or Path("demo-output")).resolve(), args.limit or _limit(args.all), args.verbose, args.all
            )
    except ModuleNotFoundError as error:
        print(
            f"The demo needs {error.name!r}: pip install 'airflow-qa-provider[sandbox,inspect]'",
            file=sys.stderr,
        )
        return 2


def _limit(every: bool) -> float:
    return 900.0 if every else 300.0


@contextmanager
def _every_stop_is_an_interrupt() -> Iterator[None]:
    """Let a cancelled CI job and a closed terminal end the child processes like Ctrl-C does."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    previous = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
