"""Servers that the connections of all vendors lead to."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from qa_sandbox import ManualClock, Sandbox, run_sandbox
from tests.contract.recorder import RecordingServer
from tests.registered import VENDORS
from tests.unit.generic_operators.calls import KEY


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingServer]:
    """A server that all vendors' default connections lead to."""
    with RecordingServer() as running:
        for vendor in VENDORS:
            connection = {"conn_type": vendor, "host": running.url, "password": KEY, "login": "me@example.com"}
            extra = {
                "retries": 0,
                **({"api_key": KEY, "smartq": {"authentication": "basic"}} if vendor == "smartq" else {}),
            }
            monkeypatch.setenv(f"AIRFLOW_CONN_{vendor.upper()}_DEFAULT", json.dumps({**connection, "extra": extra}))
        yield running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with run_sandbox(["monitorqa", "qalyptus"], clock=ManualClock()) as running:
        yield running


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    sandbox.reset()
    for name, connection in sandbox.environment().items():
        monkeypatch.setenv(name, connection)
    return sandbox
