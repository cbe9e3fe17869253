"""What stands in for newer Airflow's names where there is only an older one."""

from __future__ import annotations

import sys

import pytest

from airflow_qa_provider import compat


def test_listeners_are_registered_where_this_airflow_has_them() -> None:
    newer = pytest.importorskip("airflow.sdk.listener")

    assert compat.listener_manager() is newer.get_listener_manager()


def test_airflow_3_1_has_its_listeners_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.listeners.listener import get_listener_manager

    monkeypatch.setitem(sys.modules, "airflow.sdk.listener", None)

    assert compat.listener_manager() is get_listener_manager()
