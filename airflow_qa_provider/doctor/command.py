"""The console command ``airflow-qa doctor``."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from airflow_qa_provider import vendors

if TYPE_CHECKING:
    from airflow_qa_provider.doctor.connections import Found
    from airflow_qa_provider.rest.diagnosis import Diagnosis

ALL_GOOD, SOME_FAILED, NOTHING_FOUND = 0, 1, 2
_AT_ONCE = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``airflow-qa doctor``.

    :param parser: The sub-command's parser.
    """
    parser.add_argument(
        "conn_ids", nargs="*", metavar="CONN_ID", help="connections to prove; default: all of the vendors' types"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array of objects")


def main(args: argparse.Namespace) -> int:
    """Prove connections, each with one authenticated read.

    :param args: What :func:`add_arguments` declared.
    :return: Exit code: 0 when all work, 1 when some do not, 2 when there is no connection to prove.
    """
    if "airflow" not in sys.modules:
        # Airflow reads this at import; its remarks on keys and masking are not about the connections
        os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    # Airflow logs to standard output, which belongs to the findings
    with contextlib.redirect_stdout(sys.stderr):
        from airflow_qa_provider.doctor import connections

        found, problem = connections.named(args.conn_ids) if args.conn_ids else connections.of_types(vendors.names())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            diagnoses = list(pool.map(partial(examine, database_read=not problem), found))
    if problem:
        print(f"The metadata database was not read: {problem}. Only the environment was looked at.", file=sys.stderr)
    if args.json:
        print(json.dumps(list(map(_as_dict, found, diagnoses)), indent=1))
    else:
        _print(found, diagnoses)
    if not any(one.source for one in found):
        if not args.conn_ids:
            print(f"There are no connections of the types {', '.join(vendors.names())}.", file=sys.stderr)
        return NOTHING_FOUND
    return ALL_GOOD if all(diagnosis.ok for diagnosis in diagnoses) else SOME_FAILED


def examine(found: Found, *, database_read: bool = True) -> Diagnosis:
    """Prove one connection.

    :param found: What was found of it.
    :param database_read: Whether the metadata database was looked at.
    """
    from airflow_qa_provider.rest.diagnosis import Diagnosis
    from airflow_qa_provider.vendors.connect import diagnosis_of

    if found.problem:
        hint = "Correct it, or create it again"
        return Diagnosis(False, "unreadable", f"The connection cannot be read: {found.problem}", hint)
    if found.connection is None:
        database = "the metadata database" if database_read else "the metadata database, which was not read"
        problem = f"There is no such connection in a secrets backend, the environment or {database}"
        return Diagnosis(False, "no_connection", problem, "Create it, or correct the id")
    kind = found.connection.conn_type
    if kind is None or kind not in vendors.names():
        problem = f"The connection is of type {kind!r}, which is none of ours"
        return Diagnosis(False, "other_type", problem, f"Ours are {', '.join(vendors.names())}")
    diagnosis = diagnosis_of(kind, found.connection)
    return _with_webhook(found, diagnosis) if diagnosis.ok else diagnosis


def _with_webhook(found: Found, diagnosis: Diagnosis) -> Diagnosis:
    """Return what was found, unless the webhook of the connection is to be received and cannot be."""
    from airflow.providers.common.compat.sdk import conf

    from airflow_qa_provider.events.address import SHORTEST_TOKEN, TOKEN, connections_named
    from airflow_qa_provider.rest.diagnosis import Diagnosis

    named = connections_named(conf.get("airflow_qa_provider", "webhook_connections", fallback=""))
    token = str(getattr(found.connection, "extra_dejson", {}).get(TOKEN) or "").strip()
    if found.conn_id not in named or len(token) >= SHORTEST_TOKEN:
        return diagnosis
    problem = f"{diagnosis}; but the API server takes no calls of its webhook: extra.{TOKEN} must have at least"
    hint = "Fill in the field Token of the webhook, and give the vendor the address that ends with it"
    return Diagnosis(False, "bad_webhook_token", f"{problem} {SHORTEST_TOKEN} characters", hint)


def _as_dict(found: Found, diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "conn_id": found.conn_id,
        "conn_type": found.connection.conn_type if found.connection else None,
        "source": found.source or None,
        "ok": diagnosis.ok,
        "code": diagnosis.code,
        "message": diagnosis.message,
        "hint": diagnosis.hint,
    }


def _print(found: Sequence[Found], diagnoses: Sequence[Diagnosis]) -> None:
    if not found:
        return
    width = max(len(one.conn_id) for one in found)
    lines = []
    for one, diagnosis in zip(found, diagnoses, strict=True):
        word = "FAILED" if not diagnosis.ok else "ok" if diagnosis.code == "ok" else "warning"
        code = "" if diagnosis.code == "ok" else f"{diagnosis.code}: "
        lines.append((word, f"{one.conn_id.ljust(width)}  {' '.join(f'{code}{diagnosis}'.split())}"))
    if not sys.stdout.isatty():
        for word, text in lines:
            print(f"{word.ljust(7)}  {text}")
        return
    from rich.console import Console
    from rich.text import Text

    colours = {"ok": "green", "warning": "yellow", "FAILED": "bold red"}
    console = Console()
    for word, text in lines:
        console.print(Text.assemble((word.ljust(7), colours[word]), "  ", text), soft_wrap=True)
