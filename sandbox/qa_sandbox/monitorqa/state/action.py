"""One corrective action and what becomes of it as time passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from qa_sandbox.clock import later


class Status(IntEnum):
    """Where a corrective action stands, as on the wire."""

    OPEN = 0
    APPROVED = 1
    REJECTED = 2
    SUBMITTED = 3
    EXPIRED = 4


UNFINISHED = frozenset({Status.OPEN, Status.REJECTED, Status.SUBMITTED})


@dataclass
class Submission:
    """What the responsible user handed in; ids of files."""

    text: str
    photo_ids: list[str] = field(default_factory=list)
    file_ids: list[str] = field(default_factory=list)


@dataclass
class Action:
    """
    A corrective action.

    :param item: index of the answer that it follows from
    :param round: round of the audit that it comes from
    :param todo: what the simulated users will still do with it, in order
    :param armed_at: when the due date was last set; one that had passed by then does not expire the action
    :param decided_by: who approved it or let it expire; None for nobody
    """

    id: str
    number: str
    name: str
    description: str | None
    question: str
    finding: str
    critical: bool
    audit_id: str
    round: int
    item: int
    item_id: str
    assignee_ids: list[str]
    creator_id: str
    created_at: datetime
    due_at: datetime
    priority: int
    armed_at: datetime
    file_ids: list[str]
    status: Status = Status.OPEN
    todo: list[tuple[datetime, Status]] = field(default_factory=list)
    submission: Submission | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None

    def next_step(self) -> tuple[datetime, Status] | None:
        """Say what happens next by itself, and when."""
        steps = self.todo[:1]
        if self.status in UNFINISHED and self.due_at > self.armed_at:
            steps.append((self.due_at, Status.EXPIRED))
        return min(steps) if steps else None

    def enter(self, moment: datetime, status: Status, user_id: str | None) -> None:
        self.status = status
        over = status in (Status.APPROVED, Status.EXPIRED)
        self.decided_at, self.decided_by = (moment, user_id) if over else (None, None)


def script(result: str, created_at: datetime, seconds: float) -> list[tuple[datetime, Status]]:
    """Write down what the simulated users will do."""
    halfway, end = later(created_at, seconds / 2), later(created_at, seconds)
    return {
        "submitted": [(end, Status.SUBMITTED)],
        "approved": [(halfway, Status.SUBMITTED), (end, Status.APPROVED)],
        "rejected": [(halfway, Status.SUBMITTED), (end, Status.REJECTED)],
        "expired": [(end, Status.EXPIRED)],
    }.get(result, [])
