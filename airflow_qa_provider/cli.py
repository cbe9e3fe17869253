"""The console command ``airflow-qa``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from airflow_qa_provider import __version__
from airflow_qa_provider.clients.vendors import VENDORS


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    :param argv: Arguments without the program name; those of the process by default.
    """
    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except BrokenPipeError:
        # the reader of a pipe, such as head, has seen enough
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    from airflow_qa_provider.demo import command as demo
    from airflow_qa_provider.sandbox import command as sandbox

    parser = argparse.ArgumentParser(prog="airflow-qa", description="Tools of the Airflow QA provider.")
    parser.add_argument("--version", action="version", version=f"airflow-qa-provider {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("demo", help="run the example DAG against local sandboxes, no account needed")
    demo.add_arguments(command)
    command.set_defaults(run=demo.main)

    command = commands.add_parser("sandbox", help="serve the vendors' APIs locally")
    sandbox.add_arguments(command)
    command.set_defaults(run=sandbox.main)

    _add_routes(commands.add_parser("routes", help="which HTTP route each client operation uses"))
    return parser


def _add_routes(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("list", help="list the routes, and where we know them from")
    command.add_argument("--vendor", choices=VENDORS, help="only this vendor")
    command.add_argument("--json", action="store_true", help="print a JSON array of objects")
    command.set_defaults(run=_routes_list)


def _routes_list(args: argparse.Namespace) -> int:
    from airflow_qa_provider.clients.vendors import routes_of

    vendors = [args.vendor] if args.vendor else VENDORS
    rows = [route.as_dict() for vendor in vendors for route in routes_of(vendor).values()]
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    widths = {name: max(len(row[name]) for row in rows) for name in rows[0]}
    for row in rows:
        print("  ".join(value.ljust(widths[name]) for name, value in row.items()).rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
