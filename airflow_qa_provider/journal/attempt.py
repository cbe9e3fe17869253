"""The attempt that is going on, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from airflow_qa_provider.exceptions import QAError
from airflow_qa_provider.journal.record import Record
from airflow_qa_provider.kinds.change import ChangeOutcome

Outcome = Literal["adopted"] | ChangeOutcome


class LookLater(Exception):
    """Nothing is to be seen yet of a request whose answer was lost, and the task need not hold its worker meanwhile.

    :param error: What lost the answer.
    :param seconds: Time after which no more can come of the request.
    """

    def __init__(self, error: QAError, seconds: float) -> None:
        super().__init__(str(error))
        self.error = error
        self.seconds = seconds


@dataclass(frozen=True)
class Made:
    """The object of the task, and how it came about.

    :param id: Id at the vendor.
    :param outcome: ``created`` by this attempt, ``adopted`` from an earlier one or from before, ``updated``,
        ``deleted``, or ``unchanged``: it was as it should be, or was there and has ended well.
    :param reason: Why, in a few words.
    :param generation: 1 for the first object of this task, one more for each that had to be replaced.
    :param changes: Of a change, field to ``{"from": ..., "to": ...}`` of what was different.
    :param details: What was done besides, by step; of a change, what else the vendor shows that is of use to others.
    """

    id: str
    outcome: Outcome
    reason: str
    generation: int = 1
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Any]:
        """What other tasks are told of how it came about."""
        return {"outcome": self.outcome, "reason": self.reason}


@dataclass(frozen=True)
class Attempt:
    """The attempt of the task that is going on.

    :param number: Try number; used for nothing but to see whether there was an attempt before.
    :param max_tries: Airflow's limit of tries, which a retry leaves alone and clearing the task changes.
    :param run_started: When the run began, in seconds since the epoch.
    """

    number: int = 1
    max_tries: int | None = None
    run_started: float | None = None

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Attempt:
        """Return the attempt that a context belongs to.

        :param context: The context that ``execute`` was given.
        """
        ti, started = context.get("ti"), getattr(context.get("dag_run"), "start_date", None)
        number = getattr(ti, "try_number", 1) or 1
        return cls(number, getattr(ti, "max_tries", None), started.timestamp() if started else None)

    def was_cleared_since(self, record: Record) -> bool:
        """Tell whether somebody cleared the task after an attempt wrote a note."""
        return None not in (record.max_tries, self.max_tries) and record.max_tries != self.max_tries
