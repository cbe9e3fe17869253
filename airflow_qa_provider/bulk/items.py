"""One row on its way: what it asks for, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from airflow_qa_provider.exceptions import QAError, QAValidationError
from airflow_qa_provider.kinds.change import Change, ChangeOutcome, Shown
from airflow_qa_provider.kinds.fields import KindFields

Outcome = Literal["created", "updated", "deleted", "unchanged", "failed", "uncertain", "not sent"]
OUTCOMES: tuple[Outcome, ...] = ("created", "updated", "deleted", "unchanged", "failed", "uncertain", "not sent")
NOT_TAKEN: tuple[Outcome, ...] = ("failed", "uncertain", "not sent")
"""What is not as the row asks for."""

_MOST_LISTED = 20


@dataclass(slots=True, eq=False)
class Item:
    """One row.

    :param number: Number of the row, from 1; the names of the columns are no row.
    :param id: Id of its object.
    :param key: Digest of what tells the row from others.
    :param content: Digest of what it asks for.
    :param marker: A text that identifies the object, for vendors that have room for one.
    :param change: The change that it asks for.
    :param fields: The object that it asks for; neither is there when the row cannot be read.
    :param wanted: What the object is to have.
    :param current: What the vendor shows of it.
    :param planned: What its request does.
    :param again: Whether the request may have been carried out before.
    :param outcome: What became of it.
    :param reason: Why, in a few words.
    :param changes: Field to ``{"from": ..., "to": ...}``, of what was different.
    :param error: Why it failed.
    """

    number: int
    id: str = ""
    key: str = ""
    content: str = ""
    marker: str = ""
    change: Change | None = None
    fields: KindFields | None = None
    wanted: Shown = field(default_factory=dict)
    current: Shown | None = None
    planned: ChangeOutcome = "unchanged"
    again: bool = False
    outcome: Outcome = "not sent"
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    error: QAError | None = None

    @property
    def readable(self) -> bool:
        """Whether the row asks for something that can be sent."""
        return self.change is not None or self.fields is not None

    @property
    def asked(self) -> Change:
        """The change that the row asks for."""
        if self.change is None:
            raise TypeError(f"row {self.number} asks for no change")
        return self.change

    @property
    def wished(self) -> KindFields:
        """The object that the row asks for."""
        if self.fields is None:
            raise TypeError(f"row {self.number} asks for no object")
        return self.fields

    def fail(self, error: QAError, outcome: Outcome = "failed") -> None:
        """Note why the row failed.

        :param error: Why.
        :param outcome: Whether it is certain.
        """
        self.outcome, self.error = outcome, error
        self.reason = error.message

    def end(self, outcome: Outcome, reason: str, changes: Mapping[str, Any] | None = None) -> None:
        """Note what became of the row.

        :param outcome: What.
        :param reason: Why.
        :param changes: What was different.
        """
        self.outcome, self.reason, self.changes, self.error = outcome, reason, changes or {}, None

    @property
    def about(self) -> str:
        """The row in words."""
        return f"row {self.number} ({self.id})" if self.id else f"row {self.number}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        facts = {"row": self.number, "id": self.id or None, "outcome": self.outcome, "reason": self.reason}
        return {**facts, "changes": dict(self.changes)}


def counts_of(items: Collection[Item]) -> dict[str, int]:
    """Return how many rows there are, and how many of each outcome."""
    counts = Counter(item.outcome for item in items)
    return {"rows": len(items), **{outcome.replace(" ", "_"): counts[outcome] for outcome in OUTCOMES}}


def listed(items: Sequence[Item]) -> str:
    """Return rows and why they failed, for a message; of many the first."""
    shown = "; ".join(f"{item.about}: {item.reason}" for item in items[:_MOST_LISTED])
    more = len(items) - _MOST_LISTED
    return f"{shown}; and {more} more" if more > 0 else shown


def refused_rows(items: Sequence[Item], total: int) -> QAValidationError:
    """Return the error for rows that cannot be sent.

    :param items: The rows.
    :param total: How many there are in all.
    """
    return QAValidationError(
        f"{len(items)} of {total} rows cannot be sent: {listed(items)}",
        outcome="Nothing was sent",
        hint="Correct the rows, or set on_row_error='continue' to have the others sent",
    )
