"""Where notes are kept: the part of Airflow's task state store that this package uses."""

from __future__ import annotations

from typing import Any, Protocol


class TaskStateStore(Protocol):
    """The state of one task of one run (and one map index).

    It outlives retries and deferrals, and also a task that is cleared. Values are JSON and never ``None``.
    """

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or the default."""

    def keep(self, key: str, value: Any) -> None:
        """Store a value for as long as the DAG run exists."""

    def delete(self, key: str) -> None:
        """Forget a value; nothing happens when there is none."""


class SharedStore(Protocol):
    """Texts that all tasks of this Airflow see."""

    def keys(self, prefix: str) -> list[str]:
        """Return the names that begin like this."""

    def get(self, key: str) -> str | None:
        """Return a text, ``None`` when there is none."""

    def set(self, key: str, value: str) -> None:
        """Store a text."""

    def delete(self, key: str) -> None:
        """Forget a text; nothing happens when there is none."""
