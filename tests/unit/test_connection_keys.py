"""Waits are shared by what a connection holds, not by its id."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflow_qa_provider.vendors import connect


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "_KEY_SECONDS", 0.0)


def store(monkeypatch: pytest.MonkeyPatch, conn_id: str, **fields: Any) -> None:
    connection = {"conn_type": "monitorqa", "host": "https://one.example.com", "password": "key-of-one", **fields}
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))


def test_two_ids_of_one_account_share(monkeypatch: pytest.MonkeyPatch) -> None:
    store(monkeypatch, "one")
    store(monkeypatch, "two")
    assert connect.connection_key("monitorqa", "one") == connect.connection_key("monitorqa", "two")
    assert connect.connection_key("monitorqa", "one") != connect.connection_key("smartq", "one")


@pytest.mark.parametrize(
    "fields", [{"password": "another"}, {"host": "https://two.example.com"}, {"extra": {"read_timeout": 5}}]
)
def test_a_connection_that_changed_is_another_one(monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]) -> None:
    store(monkeypatch, "one")
    before = connect.connection_key("monitorqa", "one")
    store(monkeypatch, "one", **fields)
    after = connect.connection_key("monitorqa", "one")

    assert before != after
    assert "key-of-one" not in str(before)


def test_one_that_is_not_there_shares_with_nobody() -> None:
    assert connect.connection_key("monitorqa", "nowhere") == ("monitorqa", "unreadable", "nowhere")
