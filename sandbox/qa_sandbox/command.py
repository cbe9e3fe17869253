"""The console command ``qa-sandbox``."""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_sandbox.server import Sandbox
    from qa_sandbox.settings import SandboxSettings

_DURATIONS = {
    "audit_pickup_seconds": "seconds until the simulated auditor starts an audit",
    "audit_seconds": "seconds until an audit is completed",
    "report_queue_seconds": "seconds a report request or task run stays queued",
    "report_seconds": "seconds until a requested report is ready",
    "task_seconds": "seconds until a task run has ended",
    "milestone_seconds": "seconds until lists show a change of a milestone",
}
_SIZES = {
    "pdf_bytes": "exact size of every PDF, up to 1073741824; default: natural size",
    "xlsx_bytes": "exact size of every XLSX, up to 1073741824; default: natural size",
}


def run(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="qa-sandbox", description="Five vendors' APIs as local servers.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the vendors' APIs on 127.0.0.1 until Ctrl-C")
    add_arguments(serve)
    return main(parser.parse_args(argv))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vendor", action="append", metavar="NAME", help="vendor to serve, may be given several times; default: all"
    )
    parser.add_argument(
        "--port-base", type=int, default=0, metavar="N", help="port of the first vendor; default: free ports"
    )
    parser.add_argument("--scenario", metavar="FILE", help="JSON or YAML file with fault rules and outcomes")
    parser.add_argument("--connections", metavar="FILE", help="write the connections as JSON, once all vendors listen")
    parser.add_argument("--seed", type=int, metavar="N", help="seed of the invented data and of all ids")
    for name, text in _DURATIONS.items():
        parser.add_argument("--" + name.replace("_", "-"), type=float, metavar="S", help=text)
    for name, text in _SIZES.items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, metavar="BYTES", help=text)


def main(args: argparse.Namespace) -> int:
    """
    Serve the vendors until SIGINT or SIGTERM.

    :return: exit code: 0 after a signal, 2 for wrong arguments or a missing package, 1 when a port is taken or the
        connections cannot be written
    """
    try:
        from qa_sandbox.server import Sandbox

        settings, rules = _settings(args)
        sandbox = Sandbox(args.vendor, settings, scenario=rules, port_base=args.port_base)
    except ModuleNotFoundError as error:
        print(
            f"The sandbox needs the package {error.name!r}, which is not installed. Install it, or qa-sandbox anew.",
            file=sys.stderr,
        )
        return 2
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    stopped = threading.Event()
    previous = {number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return _serve(sandbox, stopped, args.connections)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _settings(args: argparse.Namespace) -> tuple[SandboxSettings, list[Any]]:
    from qa_sandbox.outcomes import Outcome
    from qa_sandbox.scenario import read_scenario
    from qa_sandbox.settings import SandboxSettings

    rules, outcomes = read_scenario(args.scenario) if args.scenario else ([], [])
    names = (*_DURATIONS, *_SIZES, "seed")
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    return SandboxSettings(**given, outcomes=tuple(Outcome.parse(item) for item in outcomes)), rules


def _serve(sandbox: Sandbox, stopped: threading.Event, connections_file: str | None) -> int:
    try:
        sandbox.start()
        if connections_file:
            _write_whole(Path(connections_file), json.dumps(sandbox.connections()))
        _announce(sandbox)
        while not stopped.wait(0.5):
            pass
    except (OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        sandbox.stop()
    return 0


def _write_whole(path: Path, text: str) -> None:
    """Write through a temporary name, so that a reader that waits for the file never sees half of it."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text)
    part.replace(path)


def _announce(sandbox: Sandbox) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="qa-sandbox", title_justify="left")
    for heading in ("Vendor", "Base URL", "API documentation"):
        table.add_column(heading, no_wrap=True)
    for vendor in sandbox.vendors:
        url = sandbox.url(vendor)
        table.add_row(vendor, url, f"{url}/docs")
    console.print(table)
    console.print("Requests, faults, outcomes and the clock: below /__sandbox__/ of each.\n")
    console.print("Point Airflow at it:\n")
    for name, value in sandbox.environment().items():
        # Plain print: rich would wrap the line, and a wrapped line cannot be pasted.
        print(f"export {name}={shlex.quote(value)}")
    console.print("\nPress Ctrl+C to stop.")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run())
