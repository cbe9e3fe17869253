"""An empty folder to store into, and retries without pauses."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_qa_provider.reports import store


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_FIRST_PAUSE", 0.001)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reports"
