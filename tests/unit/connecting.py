"""Connections to each vendor that work, unless a field says otherwise."""

from __future__ import annotations

import json
from typing import Any

from airflow.sdk import Connection

from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.rest.settings import ClientSettings
from airflow_qa_provider.vendors.connect import client_of

TYPES = {entry["connection-type"]: entry for entry in get_provider_info()["connection-types"]}

KEY = "key-that-must-not-be-seen"
HOSTS = {
    "conqa": "https://api-oceania.con.qa/api-v1",
    "monitorqa": "https://api-external.monitorqa.com",
    "qalyptus": "https://tenant.example.com/api/v1",
    "simplo": "https://is.example.com/api/v0",
    "smartq": "https://account.example.com/api/v1",
}


def connection(vendor: str, extra: Any = None, **fields: Any) -> Connection:
    """A connection that works, unless a field says otherwise."""
    account = {"login": "me@example.com"} if vendor == "smartq" else {}
    extra = {"api_key": KEY, **(extra or {})} if vendor == "smartq" and not isinstance(extra, str) else extra
    text = extra if isinstance(extra, str) or extra is None else json.dumps(extra)
    facts = {"conn_type": vendor, "host": HOSTS[vendor], "password": KEY, **account, **fields}
    return Connection(conn_id=f"{vendor}_one", extra=text, **facts)


def settings(vendor: str, extra: Any = None, **fields: Any) -> ClientSettings:
    client = client_of(vendor, connection(vendor, extra, **fields))
    found: ClientSettings = client.settings
    return found
