"""The console command ``airflow-qa doctor``."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from airflow_qa_provider import vendors

if TYPE_CHECKING:
    from airflow_qa_provider.doctor.connections import Found
    from airflow_qa_provider.rest.diagnosis import Diagnosis

ALL_GOOD, SOME_FAILED, NOTHING_FOUND = 0, 1, 2
_AT_ONCE = 8


@dataclass(frozen=True)
class Finding:
    """What was found about one connection.

    :param found: The connection.
    :param diagnosis: Whether it works.
    """

    found: Found
    diagnosis: Diagnosis

    @property
    def word(self) -> str:
        """The finding in one word."""
        if not self.diagnosis.ok:
            return "FAILED"
        return "ok" if self.diagnosis.code == "ok" else "warning"

    @property
    def text(self) -> str:
        """The finding in one line."""
        code = "" if self.diagnosis.code == "ok" else f"{self.diagnosis.code}: "
        return " ".join(f"{code}{self.diagnosis}".split())

    def as_dict(self) -> dict[str, object]:
        """Return the finding as plain data."""
        return {
            "conn_id": self.found.conn_id,
            "conn_type": self.found.connection.conn_type if self.found.connection else None,
            "source": self.found.source or None,
            "ok": self.diagnosis.ok,
            "code": self.diagnosis.code,
            "message": self.diagnosis.message,
            "hint": self.diagnosis.hint,
        }


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
            findings = list(pool.map(partial(examine, database_read=not problem), found))
    if problem:
        print(f"The metadata database was not read: {problem}. Only the environment was looked at.", file=sys.stderr)
    if args.json:
        print(json.dumps([finding.as_dict() for finding in findings], indent=1))
    else:
        _print(findings)
    if not any(one.source for one in found):
        if not args.conn_ids:
            print(f"There are no connections of the types {', '.join(vendors.names())}.", file=sys.stderr)
        return NOTHING_FOUND
    return ALL_GOOD if all(finding.diagnosis.ok for finding in findings) else SOME_FAILED


def examine(found: Found, *, database_read: bool = True) -> Finding:
    """Prove one connection.

    :param found: What was found of it.
    :param database_read: Whether the metadata database was looked at.
    """
    from airflow_qa_provider.rest.diagnosis import Diagnosis
    from airflow_qa_provider.vendors.connect import diagnosis_of

    if found.problem:
        hint = "Correct it, or create it again"
        return Finding(found, Diagnosis(False, "unreadable", f"The connection cannot be read: {found.problem}", hint))
    if found.connection is None:
        database = "the metadata database" if database_read else "the metadata database, which was not read"
        problem = f"There is no such connection in a secrets backend, the environment or {database}"
        return Finding(found, Diagnosis(False, "no_connection", problem, "Create it, or correct the id"))
    kind = found.connection.conn_type
    if kind is None or kind not in vendors.names():
        problem = f"The connection is of type {kind!r}, which is none of ours"
        return Finding(found, Diagnosis(False, "other_type", problem, f"Ours are {', '.join(vendors.names())}"))
    return Finding(found, diagnosis_of(kind, found.connection))


def _print(findings: Sequence[Finding]) -> None:
    if not findings:
        return
    width = max(len(finding.found.conn_id) for finding in findings)
    lines = [(finding.word, f"{finding.found.conn_id.ljust(width)}  {finding.text}") for finding in findings]
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
