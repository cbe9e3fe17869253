"""Audits, what becomes of them as time passes, and the simulated auditors who carry them out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from qa_sandbox.clock import later
from qa_sandbox.monitorqa.errors import BusinessError, senseless
from qa_sandbox.monitorqa.state.answers import Result, fill_in
from qa_sandbox.monitorqa.state.base import Course, Event
from qa_sandbox.monitorqa.state.objects import Site
from qa_sandbox.monitorqa.state.people import User
from qa_sandbox.monitorqa.state.permissions import AUDITOR
from qa_sandbox.monitorqa.state.templates import Template
from qa_sandbox.monitorqa.wire.audits import CreateAudit, ReopenAudit, UpdateAudit
from qa_sandbox.outcomes import Outcome

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

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
    What the simulated auditor does: the result of an outcome, and the seconds until the audit is started and until
    then.
    """

    result: str
    pickup_seconds: float
    seconds: float


@dataclass(eq=False)
class Audit:
    """
    An audit.

    :param opened_at: when it was created or last reopened
    :param start_date: not to be started before; None means at once
    :param schedule_id: schedule that made it; None for a one-time audit
    :param round: 0, and one more each time it is reopened
    :param auditor: who carries it out, once it is started
    :param outcome: the answers, once it is completed
    """

    id: str
    number: str
    name: str
    auditor_hint: str | None
    template: Template
    audit_object: Site
    assignees: list[User]
    start_date: datetime | None
    end_date: datetime
    opened_at: datetime
    plan: Plan
    schedule_id: str | None = None
    state: State = State.PENDING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    round: int = 0
    auditor: User | None = None
    outcome: Result | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (State.PENDING, State.STARTED)

    @property
    def is_started(self) -> bool:
        return self.state is State.STARTED

    @property
    def is_reopened(self) -> bool:
        return self.round > 0

    @property
    def is_completed(self) -> bool:
        return self.state is State.COMPLETED

    @property
    def is_expired(self) -> bool:
        return self.state is State.EXPIRED

    @property
    def key(self) -> str:
        """Tells the rounds of all audits apart; what an audit brings forth derives its id from it."""
        return f"{self.id}:{self.round}" if self.round else self.id

    @property
    def result(self) -> Result:
        if self.outcome is None:
            raise RuntimeError(f"Audit {self.number} has no answers: it is {self.state.value}.")
        return self.outcome

    @property
    def completed_at(self) -> datetime:
        return self.ended_at or self.opened_at

    def reopen(self, now: datetime, start: datetime, end: datetime) -> None:
        self.state = State.PENDING
        self.opened_at, self.start_date, self.end_date = now, start, end
        self.started_at = self.ended_at = self.auditor = self.outcome = None
        self.round += 1

    def take(self, moment: datetime, state: State) -> None:
        if state is State.PENDING:
            self.reopen(moment, moment, later(moment, REOPENED_FOR_SECONDS + 2 * self.plan.seconds))
            return
        self.state = state
        if state is State.STARTED:
            self.started_at = moment
        else:
            self.ended_at = moment

    def next_step(self) -> tuple[datetime, State] | None:
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


_EVENTS = {
    State.PENDING: Event.AUDIT_RESCHEDULED,
    State.COMPLETED: Event.AUDIT_COMPLETED,
    State.EXPIRED: Event.AUDIT_EXPIRED,
    State.DELETED: Event.AUDIT_DELETED,
}


class Audits(Course[Audit, State]):
    """Audits, and the simulated auditors who carry them out."""

    def __init__(self, company: Company) -> None:
        super().__init__(company, "Audit", "audit")

    def complete(self, audit_id: str) -> Audit:
        audit = self.all.get(audit_id)
        if not audit.is_completed:
            raise BusinessError("audit/not-completed")
        return audit

    def create(self, wanted: CreateAudit) -> Audit:
        company = self._company
        (template,) = company.templates.templates.known([wanted.template_id])
        (site,) = company.objects.sites.known([wanted.audit_object_id])
        assignees = company.people.users.known([wanted.assignee_id] if wanted.assignee_id else [])
        check_dates(wanted.start_date, wanted.end_date)
        return self.add(
            name=wanted.name,
            auditor_hint=wanted.auditor_hint,
            template=template,
            audit_object=site,
            assignees=assignees,
            start_date=wanted.start_date,
            end_date=wanted.end_date,
            opened_at=company.now,
        )

    def add(self, *, plan: Plan | None = None, **fields: Any) -> Audit:
        """Number and keep a new audit; without a plan, the scripted outcome or completion becomes of it."""
        self._numbered += 1
        audit_id = self._company.make_id("audit", self._numbered)
        number = f"AUD-{fields['opened_at'].year}-{self._numbered:04d}"
        if plan is None:
            usual = self._company.context.settings.audit_seconds
            plan = self._plan(
                *self._company.context.outcomes.ending("audit", fields["name"], audit_id, "completed", usual)
            )
        audit = self.all.add(Audit(id=audit_id, number=number, plan=plan, **fields))
        if audit.assignees:
            self._company.announce(Event.AUDIT_ASSIGNED, audit)
        self._plan_next(audit)
        return audit

    def update(self, audit_id: str, wanted: UpdateAudit) -> None:
        """Change a one-time audit that is not over; without an assignee it becomes unassigned."""
        audit = self.all.get(audit_id)
        assignees = self._company.people.users.known([wanted.assignee_id] if wanted.assignee_id else [])
        check_dates(wanted.start_date, wanted.end_date)
        if audit.schedule_id is not None:
            raise BusinessError("audit/not-one-time")
        if not audit.is_open:
            raise BusinessError(f"audit/already-{audit.state.value}")
        audit.name, audit.auditor_hint = wanted.name, wanted.auditor_hint
        audit.start_date, audit.end_date = wanted.start_date, wanted.end_date
        self._assign(audit, assignees)
        self._plan_next(audit)

    def reopen(self, audit_id: str, wanted: ReopenAudit) -> None:
        audit = self.complete(audit_id)
        assignees = self._company.people.users.known(wanted.assignees_ids or [])
        check_dates(wanted.start_date, wanted.end_date)
        audit.reopen(self._company.now, wanted.start_date, wanted.end_date)
        self._company.announce(Event.AUDIT_RESCHEDULED, audit)
        if wanted.assignees_ids is not None:
            self._assign(audit, assignees)
        self._plan_next(audit)

    def expire(self, audit_ids: Iterable[str]) -> None:
        """Expire incomplete audits, all or none; an expired one stays so."""
        audits = self.all.known(audit_ids)
        if any(audit.is_completed for audit in audits):
            raise BusinessError("audit/already-completed")
        for audit in audits:
            if audit.is_open:
                self._take(audit, self._company.now, State.EXPIRED)

    def delete(self, audit_ids: Iterable[str]) -> None:
        """Delete audits with their corrective actions, all or none."""
        for audit in self.all.known(audit_ids):
            self._take(audit, self._company.now, State.DELETED)

    def delete_unstarted(self, schedule_id: str) -> None:
        self.delete(audit.id for audit in self.all if audit.schedule_id == schedule_id and audit.state is State.PENDING)

    def auditor(self, audit: Audit) -> User:
        """Return who carries out an audit: the first assignee, else the first auditor."""
        auditors = (user for user in self._company.people.users if user.role.role_type == AUDITOR)
        return next(filter(None, (audit.auditor, *audit.assignees[:1], *auditors)), self._company.founder)

    def script(self, audit_id: str, outcome: Outcome) -> bool:
        audit = self.all.find(audit_id)
        if audit is None:
            return False
        audit.plan = self._plan(outcome.result, outcome.seconds_or(self._company.context.settings.audit_seconds))
        self._plan_next(audit)
        return True

    def _assign(self, audit: Audit, users: list[User]) -> None:
        added = set(users) - set(audit.assignees)
        audit.assignees = users
        if added:
            self._company.announce(Event.AUDIT_ASSIGNED, audit)

    def _plan(self, result: str, seconds: float) -> Plan:
        return Plan(result, self._company.context.settings.audit_pickup_seconds, seconds)

    def _take(self, audit: Audit, moment: datetime, state: State) -> None:
        audit.take(moment, state)
        if state is State.STARTED:
            audit.auditor = self.auditor(audit)
        if state is State.COMPLETED:
            audit.auditor = self.auditor(audit)
            audit.outcome = fill_in(audit, self._company.context.settings.seed)
            self._company.files.keep_photos(audit)
            self._company.actions.follow_up(audit)
        if state is State.DELETED:
            self.all.remove([audit])
            self._company.actions.delete_of(audit)
        if state in _EVENTS:
            self._company.announce(_EVENTS[state], audit)


def check_dates(start: datetime | None, end: datetime) -> None:
    if start is not None and end <= start:
        raise senseless({"endDate": "must be after startDate"})
