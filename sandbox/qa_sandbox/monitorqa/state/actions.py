"""Corrective actions: failed items of completed audits bring them forth, users work on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from qa_sandbox.clock import later
from qa_sandbox.monitorqa.state.answers import FollowUp
from qa_sandbox.monitorqa.state.audits import Audit
from qa_sandbox.monitorqa.state.base import Course, Event
from qa_sandbox.monitorqa.state.people import User
from qa_sandbox.monitorqa.wire.actions import UpdateAction
from qa_sandbox.outcomes import Outcome

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company
    from qa_sandbox.monitorqa.state.files import StoredFile


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
    text: str
    photos: list[StoredFile]
    files: list[StoredFile]


@dataclass(eq=False)
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
    audit: Audit
    round: int
    item: int
    audit_item_id: str
    assignees: list[User]
    created_by: User
    created_at: datetime
    due_at: datetime
    priority: int
    armed_at: datetime
    files: list[StoredFile]
    status: Status = Status.OPEN
    todo: list[tuple[datetime, Status]] = field(default_factory=list)
    submission: Submission | None = None
    decided_at: datetime | None = None
    decided_by: User | None = None

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    def next_step(self) -> tuple[datetime, Status] | None:
        steps = self.todo[:1]
        if self.is_unfinished and self.due_at > self.armed_at:
            steps.append((self.due_at, Status.EXPIRED))
        return min(steps) if steps else None

    def enter(self, moment: datetime, status: Status, user: User | None) -> None:
        self.status = status
        over = status in (Status.APPROVED, Status.EXPIRED)
        self.decided_at, self.decided_by = (moment, user) if over else (None, None)


def script(result: str, created_at: datetime, seconds: float) -> list[tuple[datetime, Status]]:
    halfway, end = later(created_at, seconds / 2), later(created_at, seconds)
    return {
        "submitted": [(end, Status.SUBMITTED)],
        "approved": [(halfway, Status.SUBMITTED), (end, Status.APPROVED)],
        "rejected": [(halfway, Status.SUBMITTED), (end, Status.REJECTED)],
        "expired": [(end, Status.EXPIRED)],
    }.get(result, [])


Todo = list[tuple[datetime, Status]]
_EVENTS = {
    Status.APPROVED: Event.ACTION_APPROVED,
    Status.REJECTED: Event.ACTION_REJECTED,
    Status.SUBMITTED: Event.ACTION_SUBMITTED,
    Status.EXPIRED: Event.ACTION_EXPIRED,
}


class Actions(Course[Action, Status]):
    """Corrective actions: failed items of completed audits bring them forth, users work on them."""

    def __init__(self, company: Company) -> None:
        super().__init__(company, "Corrective action", "corrective-action")
        # What becomes of a new action; the history of a new account puts its own here.
        self.foresee: Callable[[Action], Todo] = self._scripted

    def follow_up(self, audit: Audit) -> None:
        for index, follow_up in audit.result.follow_ups.items():
            action = self.all.add(self._new(audit, index, follow_up))
            action.todo = self.foresee(action)
            self._company.announce(Event.ACTION_CREATED, action)
            if action.assignees:
                self._company.announce(Event.ACTION_ASSIGNED, action)
            self._plan_next(action)

    def of_audit(self, audit: Audit) -> dict[int, Action]:
        """Return the actions of the audit's current round by the index of their item."""
        return {action.item: action for action in self.all if action.audit is audit and action.round == audit.round}

    def update(self, action_id: str, wanted: UpdateAction) -> None:
        """Change an action. With that, people have taken over: the simulated users leave it alone."""
        action = self.all.get(action_id)
        assignees = self._company.people.users.known(wanted.assigned_users_ids or [])
        before, same = action.status, set(assignees) == set(action.assignees)
        action.name, action.description, action.priority = wanted.name, wanted.description, wanted.priority
        action.assignees = assignees
        action.due_at, action.armed_at, action.todo = wanted.due_date_utc, self._company.now, []
        if wanted.status != action.status:
            self._enter(action, self._company.now, Status(wanted.status), self._company.founder)
        if assignees and not same:
            self._company.announce(Event.ACTION_ASSIGNED, action)
        if before == action.status and same:
            self._company.announce(Event.ACTION_UPDATED, action)
        self._plan_next(action)

    def delete(self, action: Action) -> None:
        self.all.remove([action])
        self._company.announce(Event.ACTION_DELETED, action)

    def delete_of(self, audit: Audit) -> None:
        for action in self.all:
            if action.audit is audit:
                self.delete(action)

    def script(self, action_id: str, outcome: Outcome) -> bool:
        action = self.all.find(action_id)
        if action is None:
            return False
        seconds = outcome.seconds_or(self._company.context.settings.audit_seconds)
        action.todo = script(outcome.result, self._company.now, seconds)
        self._plan_next(action)
        return True

    def _new(self, audit: Audit, index: int, follow_up: FollowUp) -> Action:
        company, users = self._company, list(self._company.people.users)
        self._numbered += 1
        moment, key = audit.completed_at, f"{audit.key}:{index}"
        assignee = users[int(follow_up.lot * len(users))] if users else None
        question = audit.result.answers[index].question
        return Action(
            id=company.make_id("action", key),
            number=f"CA-{moment.year}-{self._numbered:04d}",
            name=follow_up.name,
            description=follow_up.description,
            question=question.text,
            finding=question.finding,
            critical=question.critical,
            audit=audit,
            round=audit.round,
            item=index,
            audit_item_id=company.make_id("item", key),
            assignees=[assignee] if assignee else [],
            created_by=company.audits.auditor(audit),
            created_at=moment,
            due_at=later(moment, follow_up.due_seconds),
            priority=follow_up.priority,
            armed_at=moment,
            files=[company.files.all.get(company.make_id("photo", key))],
        )

    def _scripted(self, action: Action) -> Todo:
        usual = self._company.context.settings.audit_seconds
        result, seconds = self._company.context.outcomes.ending("action", action.name, action.id, "never", usual)
        return script(result, action.created_at, seconds)

    def _take(self, action: Action, moment: datetime, status: Status) -> None:
        if (moment, status) in action.todo:
            action.todo.remove((moment, status))
        if status is Status.EXPIRED:
            action.todo.clear()
        self._enter(action, moment, status, None if status is Status.EXPIRED else action.created_by)

    def _enter(self, action: Action, moment: datetime, status: Status, user: User | None) -> None:
        action.enter(moment, status, user)
        if status is Status.SUBMITTED and action.submission is None:
            action.submission = self._company.files.submission(action, moment)
        if status in _EVENTS:
            self._company.announce(_EVENTS[status], action)
