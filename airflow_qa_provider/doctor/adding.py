"""The console command ``airflow-qa connections add``: asks for a connection, proves it, stores it."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import os
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from airflow_qa_provider import vendors
from airflow_qa_provider.rest.redaction import excerpt

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from airflow_qa_provider.rest.connection import ConnectionForm

STORED, REFUSED, IMPOSSIBLE = 0, 1, 2
_USUAL_PORTS = {"https": 443, "http": 80}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``airflow-qa connections add``.

    :param parser: The sub-command's parser.
    """
    parser.add_argument("vendor", choices=vendors.names(), help="vendor, which is also the connection type")
    parser.add_argument("conn_id", nargs="?", metavar="CONN_ID", help="its id; by default that of the vendor's hook")
    parser.add_argument("--replace", action="store_true", help="overwrite a stored connection of this id")
    parser.add_argument("--untested", action="store_true", help="store it even if the test fails")


def main(args: argparse.Namespace) -> int:
    """Ask for the fields of a connection, prove it with one authenticated read, and store it.

    Secrets are asked for without being shown; from a pipe, each answer is a line.

    :param args: What :func:`add_arguments` declared.
    :return: Exit code: 0 when it is stored, 1 when it does not work or is there already, 2 when there is no database.
    """
    if "airflow" not in sys.modules:
        # Airflow reads this at import; its remarks are not about the connection
        os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    conn_id = args.conn_id or f"{args.vendor}_default"
    form = vendors.vendor_named(args.vendor).form
    try:
        fields = ask(form())
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was stored.", file=sys.stderr)
        return REFUSED
    with contextlib.redirect_stdout(sys.stderr):
        from airflow.sdk import Connection

        from airflow_qa_provider.vendors.connect import diagnosis_of

        connection = Connection(conn_id=conn_id, conn_type=args.vendor, **fields)
        found = diagnosis_of(args.vendor, connection)
    print(f"{'ok' if found.ok else 'FAILED'}  {found}")
    if not found.ok and not args.untested:
        print("Nothing was stored; --untested stores it all the same.", file=sys.stderr)
        return REFUSED
    return _store(form(), connection, args.replace)


def ask(form: ConnectionForm[Any]) -> dict[str, Any]:
    """Return the fields of a connection, as a person gives them.

    :param form: How connections of the vendor are read.
    :raises EOFError: There are no more answers.
    """
    fields: dict[str, Any] = {"host": _answer(f"{form.host_label}, such as {form.host_placeholder}")}
    if form.login_label:
        fields["login"] = _answer(f"{form.login_label} (required)")
    fields["password"] = _answer(f"{form.secret_label} (required)", secret=True)
    extra = {}
    for name, help_ in sorted(form.own_fields.items(), key=lambda item: not item[1].get("required", False)):
        label = f"{help_['label']} ({'required' if help_.get('required') else 'optional'}: {help_['description']})"
        extra[name] = _answer(label, secret=help_.get("format") == "password")
    given = {name: value for name, value in extra.items() if value}
    return {**{name: value or None for name, value in fields.items()}, "extra": json.dumps(given)}


def _answer(label: str, secret: bool = False) -> str:
    if not sys.stdin.isatty():
        return input().strip()
    return (getpass.getpass if secret else input)(f"{label}: ").strip()


def _store(form: ConnectionForm[Any], connection: Connection, replace: bool) -> int:
    from airflow_qa_provider.doctor.connections import DatabaseUnreadableError, store
    from airflow_qa_provider.exceptions import QAConfigurationError

    try:
        with contextlib.redirect_stdout(sys.stderr), form.client_from(connection) as client:
            url = urlsplit(client.settings.base_url)
        # Airflow's Test compares it with what its form sends, which is 0 for none
        connection.port = url.port or _USUAL_PORTS.get(url.scheme)
    except QAConfigurationError:
        connection.port = _USUAL_PORTS["https"]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            stored = store(connection, replace)
    except DatabaseUnreadableError as error:
        print(f"Nothing was stored: the metadata database cannot be used, {excerpt(str(error))}.", file=sys.stderr)
        return IMPOSSIBLE
    if not stored:
        print(f"Nothing was stored: there is a connection {connection.conn_id!r}; --replace overwrites it.")
        return REFUSED
    print(f"Stored as {connection.conn_id!r} in the metadata database.")
    return STORED
