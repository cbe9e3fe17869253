"""Makes or upgrades the database of the demo's Airflow, and stores its connections. A process of its own."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def store(connections: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> None:
    """Store the connections that are not there yet; of the others, only an address that has moved is changed.

    :param connections: Id to fields.
    :param before: The same, as it was the last time: who has pointed a connection elsewhere keeps it.
    """
    from airflow.models import Connection as Row
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        for conn_id, fields in connections.items():
            row = session.scalar(select(Row).where(Row.conn_id == conn_id))  # noqa: AIR311
            if row is None:
                given = {**fields, "extra": json.dumps(fields.get("extra", {}))}
                session.add(Row(conn_id=conn_id, **given))  # noqa: AIR311
                continue
            last = before.get(conn_id, {})
            if (row.host, row.port) == _address(last):
                row.host, row.port = _address(fields)
            extra, page = row.extra_dejson, _page(fields)
            if page != extra.get("folder_url") == _page(last):
                row.set_extra(json.dumps({**extra, "folder_url": page}))


def _address(fields: Mapping[str, Any]) -> tuple[Any, Any]:
    return fields.get("host"), fields.get("port")


def _page(fields: Mapping[str, Any]) -> Any:
    return fields.get("extra", {}).get("folder_url")


def main() -> int:
    """Run the process and return its exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("connections", type=Path)
    parser.add_argument("before", type=Path)
    args = parser.parse_args()
    from airflow.utils import db

    db.initdb()
    connections = args.connections.read_text()
    store(json.loads(connections), json.loads(args.before.read_text()) if args.before.exists() else {})
    args.before.write_text(connections)
    return 0


if __name__ == "__main__":
    sys.exit(main())
