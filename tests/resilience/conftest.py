"""What all attempts of these tests share."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import Variable


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give the Variables of an Airflow that the attempts of all tasks share; no supervisor is there to ask for them."""
    kept: dict[str, str] = {}

    def store(key: str, value: str, description: str | None = None) -> None:
        kept[key] = value

    def read(key: str, default: Any) -> Any:
        return kept.get(key, default)

    if hasattr(Variable, "keys"):  # from Airflow 3.3 on
        monkeypatch.setattr(Variable, "keys", lambda prefix: sorted(key for key in [*kept] if key.startswith(prefix)))
    monkeypatch.setattr(Variable, "get", read)
    monkeypatch.setattr(Variable, "set", store)
    monkeypatch.setattr(Variable, "delete", lambda key: kept.pop(key, None))
    return kept
