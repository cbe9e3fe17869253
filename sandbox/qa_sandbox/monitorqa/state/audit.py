"""One audit and what becomes of it as time passes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from qa_sandbox.clock import later

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.answers import Result

REOPENED_FOR_SECONDS = 24 * 3600.0


class State(Enum):
    """Where an audit stands."""

    PENDING = "pending"
    STARTED = "started"
    COMPLETED = "completed"
    EXPIRED = "expired"
    DELETED = "deleted"


@dataclass(frozen=True)
class Plan:
    """
    What the simulated auditor does.

    :param result: see :class:`~qa_sandbox.outcomes.Outcome`
    :param pickup_seconds: until the audit is started
    :param seconds: until the result
    """

    result: str
    pickup_seconds: float
    seconds: float


@dataclass
class Audit:
    """
    An audit.

    :param opened_at: when it was created or last reopened
    :param start_date: not to be started before; None means at once
    :param schedule_id: schedule that made it; None for a one-time audit
    :param round: 0, and one more each time it is reopened
    :param auditor_id: who carries it out, once it is started
    :param outcome: the answers, once it is completed
    """

    id: str
    number: str
    name: str
    hint: str | None
    template_id: str
    object_id: str
    assignee_ids: list[str]
    start_date: datetime | None
    end_date: datetime
    opened_at: datetime
    plan: Plan
    schedule_id: str | None = None
    state: State = State.PENDING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    round: int = 0
    auditor_id: str | None = None
    outcome: Result | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.state in (State.PENDING, State.STARTED)

    @property
    def key(self) -> str:
        """Tells the rounds of all audits apart; what an audit brings forth derives its id from it."""
        return f"{self.id}:{self.round}" if self.round else self.id

    @property
    def result(self) -> Result:
        """The answers of a completed audit."""
        if self.outcome is None:
            raise RuntimeError(f"Audit {self.number} has no answers: it is {self.state.value}.")
        return self.outcome

    @property
    def completed_at(self) -> datetime:
        return self.ended_at or self.opened_at

    def reopen(self, now: datetime, start: datetime, end: datetime) -> None:
        """Open a completed audit again."""
        self.state = State.PENDING
        self.opened_at, self.start_date, self.end_date = now, start, end
        self.started_at = self.ended_at = self.auditor_id = self.outcome = None
        self.round += 1

    def take(self, moment: datetime, state: State) -> None:
        """Enter the next state."""
        if state is State.PENDING:
            self.reopen(moment, moment, later(moment, REOPENED_FOR_SECONDS + 2 * self.plan.seconds))
            return
        self.state = state
        if state is State.STARTED:
            self.started_at = moment
        else:
            self.ended_at = moment

    def next_step(self) -> tuple[datetime, State] | None:
        """Say what happens next by itself, and when."""
        if self.state is State.COMPLETED and self.plan.result == "reopened" and self.round == 0:
            return later(self.completed_at, self.plan.seconds), State.PENDING
        if not self.is_open:
            return None
        begin = max(self.opened_at, self.start_date or self.opened_at)
        steps = [(max(self.end_date, self.opened_at), State.EXPIRED)]
        if self.state is State.PENDING and self.plan.result != "never_started":
            steps.append((later(begin, min(self.plan.pickup_seconds, self.plan.seconds)), State.STARTED))
        ending = self._planned_ending()
        if ending is not None:
            steps.append((later(begin, self.plan.seconds), ending))
        order = (State.STARTED, State.COMPLETED, State.DELETED, State.EXPIRED)
        return min(steps, key=lambda step: (step[0], order.index(step[1])))

    def _planned_ending(self) -> State | None:
        result = self.plan.result
        if result in ("never_started", "never_finished"):
            return None
        return {"expired": State.EXPIRED, "deleted": State.DELETED}.get(result, State.COMPLETED)
