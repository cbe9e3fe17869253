"""The console command ``airflow-qa``."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_qa_provider import __version__, vendors

if TYPE_CHECKING:
    from airflow_qa_provider.rest.openapi_import import RouteImport


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
    from airflow_qa_provider.doctor import adding
    from airflow_qa_provider.doctor import command as doctor

    parser = argparse.ArgumentParser(prog="airflow-qa", description="Tools of the Airflow QA provider.")
    parser.add_argument("--version", action="version", version=f"airflow-qa-provider {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("demo", help="run the example DAG against local sandboxes, no account needed")
    demo.add_arguments(command)
    command.set_defaults(run=demo.main)

    _add_sandbox(commands.add_parser("sandbox", help="serve the vendors' APIs locally (qa-sandbox serve)"))

    command = commands.add_parser("doctor", help="prove connections, and say what is wrong with those that fail")
    doctor.add_arguments(command)
    command.set_defaults(run=doctor.main)

    command = commands.add_parser("connections", help="ask for a connection, prove it and store it")
    actions = command.add_subparsers(required=True, metavar="COMMAND")
    command = actions.add_parser("add", help="add a connection to Airflow's metadata database")
    adding.add_arguments(command)
    command.set_defaults(run=adding.main)

    _add_routes(commands.add_parser("routes", help="which HTTP route each client operation uses"))
    return parser


def _add_sandbox(parser: argparse.ArgumentParser) -> None:
    try:
        from qa_sandbox import command as sandbox
    except ModuleNotFoundError:
        parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
        parser.set_defaults(run=_no_sandbox)
    else:
        sandbox.add_arguments(parser)
        parser.set_defaults(run=sandbox.main)


def _no_sandbox(args: argparse.Namespace) -> int:
    print("The sandbox is a distribution of its own: pip install 'airflow-qa-provider[sandbox]'", file=sys.stderr)
    return 2


def _add_routes(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("list", help="list the routes, and where we know them from")
    command.add_argument("--vendor", choices=vendors.names(), help="only this vendor")
    command.add_argument("--json", action="store_true", help="print a JSON array of objects")
    command.set_defaults(run=_routes_list)

    command = commands.add_parser("show", help="tell what an operation does, takes and returns")
    command.add_argument("operation", help="its name, such as reports.list")
    command.add_argument("--vendor", choices=vendors.names(), help="only this vendor")
    command.set_defaults(run=_routes_show)

    text = "find the real routes in the OpenAPI file of a tenant, and print the overrides for the connection's extra"
    command = commands.add_parser("import", help=text, description=f"{text.capitalize()}. Changes nothing.")
    command.add_argument("vendor", choices=vendors.names(), help="vendor whose tenants can download one")
    command.add_argument("file", help="OpenAPI 3 or Swagger 2 file, JSON or YAML; - for standard input")
    command.add_argument("--json", action="store_true", help="print overrides and report as one JSON object")
    command.set_defaults(run=_routes_import)


def _routes_list(args: argparse.Namespace) -> int:
    wanted = [args.vendor] if args.vendor else vendors.names()
    rows = [route.as_dict() for name in wanted for route in vendors.vendor_named(name).client.routes.values()]
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    widths = {name: max(len(row[name]) for row in rows) for name in rows[0]}
    for row in rows:
        print("  ".join(value.ljust(widths[name]) for name, value in row.items()).rstrip())
    return 0


def _routes_show(args: argparse.Namespace) -> int:
    from airflow_qa_provider.rest.describe import describe

    wanted = [args.vendor] if args.vendor else vendors.names()
    found = [one for one in map(vendors.vendor_named, wanted) if args.operation in one.client.routes]
    if not found:
        names = sorted({route for name in wanted for route in vendors.vendor_named(name).client.routes})
        similar = difflib.get_close_matches(args.operation, names, 3)
        hint = f"Did you mean {' or '.join(similar)}?" if similar else "`airflow-qa routes list` shows all."
        print(f"There is no operation {args.operation!r}. {hint}", file=sys.stderr)
        return 2
    for number, vendor in enumerate(found):
        route = vendor.client.routes[args.operation]
        print(*([""] if number else []), f"{vendor.title}: {route.operation}", sep="\n")
        effect = "changes nothing" if route.safe else "changes something"
        print(f'{route.method} {route.path} ("{route.title}", {route.source}, {effect})', "", sep="\n")
        with vendor.form().example_client() as client:
            print(*describe(client, args.operation).lines(), sep="\n")
    return 0


def _routes_import(args: argparse.Namespace) -> int:
    from airflow_qa_provider.exceptions import QAValidationError
    from airflow_qa_provider.rest.openapi_import import import_routes

    vendor = vendors.vendor_named(args.vendor)
    client = vendor.client
    if client.openapi_base_path is None:
        print(f"{client.title} lets nobody download an OpenAPI file that we know of.", file=sys.stderr)
        return 2
    try:
        found = import_routes(_read_document(args.file), client.routes, client.openapi_base_path, vendor.guesses)
    except OSError as error:
        print(f"{args.file} cannot be read: {error.strerror or error}.", file=sys.stderr)
        return 2
    except (QAValidationError, ValueError) as error:
        print(f"{args.file}: {error}", file=sys.stderr)
        return 2
    if args.json:
        rest = {name: value for name, value in vars(found).items() if name != "overrides"}
        print(json.dumps({"routes": found.overrides, **rest}, indent=1))
        return 0
    print(json.dumps({"routes": found.overrides}, indent=1))
    _report(found, args.vendor)
    return 0


def _report(found: RouteImport, vendor: str) -> None:
    total = len(found.overrides) + len(found.unchanged) + len(found.unmatched)
    print(
        f"{total} operations of {vendor}: {len(found.unchanged)} confirmed, {len(found.overrides)} to be overridden, "
        f"{len(found.unmatched)} not found. Endpoints of the file that belong to none of them: {len(found.unused)}.",
        file=sys.stderr,
    )
    for operation, reason in found.unmatched.items():
        print(f"  {operation}: {reason}", file=sys.stderr)
    for about, difference in found.differences.items():
        print(f"  {about}: {difference}", file=sys.stderr)
    if found.overrides:
        print("Merge the JSON above into the extra of the connection. Nothing was changed.", file=sys.stderr)


def _read_document(path: str) -> Any:
    """Read JSON or YAML.

    :raises ValueError: It is neither.
    """
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the file is not text in UTF-8") from None
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("the file is nested too deep to be one") from None
    except ValueError as error:
        problem = f"not JSON ({error})"
    import yaml

    try:
        return yaml.safe_load(text)
    except RecursionError:
        raise ValueError("the file is nested too deep to be one") from None
    except yaml.YAMLError as error:
        where = " ".join(str(getattr(error, "problem_mark", "") or "").split())
        raise ValueError(f"the file is {problem}, and not YAML either{f' ({where})' if where else ''}") from None


if __name__ == "__main__":
    sys.exit(main())
