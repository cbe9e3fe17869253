"""The audits of a company."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qa_sandbox.monitorqa.errors import BusinessError, senseless
from qa_sandbox.monitorqa.state.answers import fill_in
from qa_sandbox.monitorqa.state.audit import Audit, Plan, State
from qa_sandbox.monitorqa.state.events import Event
from qa_sandbox.monitorqa.state.people import User
from qa_sandbox.monitorqa.state.permissions import AUDITOR
from qa_sandbox.monitorqa.state.shelf import Shelf
from qa_sandbox.monitorqa.wire.audits import CreateAudit, ReopenAudit, UpdateAudit
from qa_sandbox.outcomes import Outcome

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

_EVENTS = {
    State.PENDING: Event.AUDIT_RESCHEDULED,
    State.COMPLETED: Event.AUDIT_COMPLETED,
    State.EXPIRED: Event.AUDIT_EXPIRED,
    State.DELETED: Event.AUDIT_DELETED,
}


class Audits:
    """Audits, and the simulated auditors who carry them out."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._numbered = 0
        self.all: Shelf[Audit] = Shelf("Audit", "audit")

    def complete(self, audit_id: str) -> Audit:
        audit = self.all.get(audit_id)
        if audit.state is not State.COMPLETED:
            raise BusinessError("audit/not-completed")
        return audit

    def create(self, wanted: CreateAudit) -> Audit:
        """Create a one-time audit."""
        company = self._company
        company.templates.templates.known([wanted.template_id])
        company.objects.sites.known([wanted.audit_object_id])
        assignees = self._user_ids([wanted.assignee_id] if wanted.assignee_id else [])
        check_dates(wanted.start_date, wanted.end_date)
        return self.add(
            name=wanted.name,
            hint=wanted.auditor_hint,
            template_id=wanted.template_id,
            object_id=wanted.audit_object_id,
            assignee_ids=assignees,
            start_date=wanted.start_date,
            end_date=wanted.end_date,
            opened_at=company.now,
        )

    def add(self, *, plan: Plan | None = None, **fields: Any) -> Audit:
        """
        Number and keep a new audit.

        :param plan: what becomes of it; default: the scripted outcome or completion
        """
        self._numbered += 1
        audit_id = self._company.make_id("audit", self._numbered)
        number = f"AUD-{fields['opened_at'].year}-{self._numbered:04d}"
        plan = plan or self._plan(self._company.outcomes.take("audit", fields["name"], audit_id))
        audit = self.all.add(Audit(id=audit_id, number=number, plan=plan, **fields))
        if audit.assignee_ids:
            self._announce(Event.AUDIT_ASSIGNED, audit)
        self._plan_next(audit)
        return audit

    def update(self, audit_id: str, wanted: UpdateAudit) -> None:
        """
        Change a one-time audit that is not over.

        :param wanted: request body; without an assignee it becomes unassigned
        """
        audit = self.all.get(audit_id)
        assignees = self._user_ids([wanted.assignee_id] if wanted.assignee_id else [])
        check_dates(wanted.start_date, wanted.end_date)
        if audit.schedule_id is not None:
            raise BusinessError("audit/not-one-time")
        if not audit.is_open:
            raise BusinessError(f"audit/already-{audit.state.value}")
        audit.name, audit.hint = wanted.name, wanted.auditor_hint
        audit.start_date, audit.end_date = wanted.start_date, wanted.end_date
        self._assign(audit, assignees)
        self._plan_next(audit)

    def reopen(self, audit_id: str, wanted: ReopenAudit) -> None:
        """Reopen a completed audit."""
        audit = self.complete(audit_id)
        assignees = self._user_ids(wanted.assignees_ids or [])
        check_dates(wanted.start_date, wanted.end_date)
        audit.reopen(self._company.now, wanted.start_date, wanted.end_date)
        self._announce(Event.AUDIT_RESCHEDULED, audit)
        if wanted.assignees_ids is not None:
            self._assign(audit, assignees)
        self._plan_next(audit)

    def expire(self, audit_ids: Iterable[str]) -> None:
        """Expire incomplete audits, all or none; an expired one stays so."""
        audits = self.all.known(audit_ids)
        if any(audit.state is State.COMPLETED for audit in audits):
            raise BusinessError("audit/already-completed")
        for audit in audits:
            if audit.is_open:
                self._enter(audit, self._company.now, State.EXPIRED)

    def delete(self, audit_ids: Iterable[str]) -> None:
        """Delete audits with their corrective actions, all or none."""
        for audit in self.all.known(audit_ids):
            self._enter(audit, self._company.now, State.DELETED)

    def delete_unstarted(self, schedule_id: str) -> None:
        """Delete the audits of a schedule that nobody has started."""
        self.delete(audit.id for audit in self.all if audit.schedule_id == schedule_id and audit.state is State.PENDING)

    def auditor(self, audit: Audit) -> User:
        """Return who carries out an audit: the first assignee, else the first auditor."""
        users = self._company.people.users
        chosen = audit.auditor_id or next(iter(audit.assignee_ids), None)
        if chosen is not None:
            return users.named(chosen)
        return next((user for user in users if user.role.role_type == AUDITOR), self._company.founder)

    def script(self, audit_id: str, outcome: Outcome) -> bool:
        """Decide how an audit that exists will end."""
        audit = self.all.find(audit_id)
        if audit is None:
            return False
        audit.plan = self._plan(outcome)
        self._plan_next(audit)
        return True

    def _assign(self, audit: Audit, user_ids: list[str]) -> None:
        added = set(user_ids) - set(audit.assignee_ids)
        audit.assignee_ids = user_ids
        if added:
            self._announce(Event.AUDIT_ASSIGNED, audit)

    def _plan(self, outcome: Outcome | None) -> Plan:
        settings = self._company.settings
        seconds = settings.audit_seconds if outcome is None or outcome.seconds is None else outcome.seconds
        return Plan(outcome.result if outcome else "completed", settings.audit_pickup_seconds, seconds)

    def _plan_next(self, audit: Audit) -> None:
        step = audit.next_step()
        if step is not None:
            self._company.agenda.plan(step[0], lambda moment: self._continue(audit, moment))

    def _continue(self, audit: Audit, moment: datetime) -> None:
        step = audit.next_step()
        if self._company.closed or self.all.find(audit.id) is None or step is None or step[0] > moment:
            return
        self._enter(audit, *step)
        self._plan_next(audit)

    def _enter(self, audit: Audit, moment: datetime, state: State) -> None:
        audit.take(moment, state)
        if state is State.STARTED:
            audit.auditor_id = self.auditor(audit).id
        if state is State.COMPLETED:
            templates = self._company.templates
            template, system = (
                templates.templates.named(audit.template_id),
                templates.score_system_of(audit.template_id),
            )
            audit.auditor_id = self.auditor(audit).id
            audit.outcome = fill_in(audit, template, system, self._company.settings.seed)
            self._company.files.keep_photos(audit)
            self._company.actions.follow_up(audit)
        if state is State.DELETED:
            self.all.remove([audit])
            self._company.actions.delete_of(audit)
        if state in _EVENTS:
            self._announce(_EVENTS[state], audit)

    def _announce(self, event: Event, audit: Audit) -> None:
        self._company.announce(self._company, event, audit)

    def _user_ids(self, user_ids: Iterable[str]) -> list[str]:
        return [user.id for user in self._company.people.users.known(user_ids)]


def check_dates(start: datetime | None, end: datetime) -> None:
    """Refuse what ends before it starts."""
    if start is not None and end <= start:
        raise senseless({"endDate": "must be after startDate"})
