"""The state of one MonitorQA account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from airflow_qa_provider.sandbox.context import SandboxContext
from airflow_qa_provider.sandbox.monitorqa.answers import Result, fill_in
from airflow_qa_provider.sandbox.monitorqa.audit import Audit, Plan, State
from airflow_qa_provider.sandbox.monitorqa.errors import BusinessError, RequestRefused, not_found
from airflow_qa_provider.sandbox.monitorqa.history import add_history
from airflow_qa_provider.sandbox.monitorqa.models import CreateAudit, ReopenAudit, UpdateAudit, format_date
from airflow_qa_provider.sandbox.monitorqa.seed import (
    CHECKLISTS,
    GROUPS,
    PEOPLE,
    SITE_GROUPS,
    SITES,
    Group,
    Person,
    Site,
    Template,
)
from airflow_qa_provider.sandbox.outcomes import Outcome


class MonitorQAStore:
    """
    Audits and what they refer to. Every read settles the audits first, so their state follows the clock.

    :param context: the vendor's view of the sandbox
    """

    def __init__(self, context: SandboxContext) -> None:
        self.context = context
        make_id = context.make_id
        self.company_id = make_id("company", 0)
        self.people = [_person(make_id("user", n), name, role) for n, (name, role) in enumerate(PEOPLE)]
        self.templates = [
            Template(make_id("template", n), name, n % 2, sections)
            for n, (name, sections) in enumerate(CHECKLISTS.items())
        ]
        self.sites = [
            Site(
                make_id("object", n), name, notes, address, f"{53.54 + n / 50:.4f}", f"{9.98 + n / 40:.4f}", department
            )
            for n, (name, notes, address, department) in enumerate(SITES)
        ]
        self.user_groups = _groups(GROUPS, make_id, "user-group", [person.id for person in self.people])
        self.site_groups = _groups(SITE_GROUPS, make_id, "object-group", [site.id for site in self.sites])
        self._audits: dict[str, Audit] = {}
        self._numbered = 0
        self._results: dict[tuple[str, int], Result] = {}
        add_history(self)

    @property
    def now(self) -> datetime:
        """The sandbox clock."""
        return self.context.clock.now()

    def audits(self) -> list[Audit]:
        """Return every audit that exists now, in the order of creation."""
        settled = [self._settled(audit_id) for audit_id in list(self._audits)]
        return [audit for audit in settled if audit is not None]

    def audit(self, audit_id: str) -> Audit:
        """
        Find an audit.

        :param audit_id: its id
        :raises RequestRefused: 404 when there is none
        """
        audit = self._settled(audit_id)
        if audit is None:
            raise not_found("Audit", audit_id)
        return audit

    def complete_audit(self, audit_id: str) -> Audit:
        """
        Find a completed audit.

        :param audit_id: its id
        :raises RequestRefused: 404 when there is no audit
        :raises BusinessError: when it is not completed
        """
        audit = self.audit(audit_id)
        if audit.state is not State.COMPLETED:
            raise BusinessError("audit/not-completed")
        return audit

    def create(self, wanted: CreateAudit) -> Audit:
        """
        Create a one-time audit.

        :param wanted: request body
        :raises BusinessError: when it refers to something unknown
        :raises RequestRefused: 422 when it would end before it starts
        """
        if wanted.template_id not in {template.id for template in self.templates}:
            raise BusinessError("template/not-found")
        if wanted.audit_object_id not in {site.id for site in self.sites}:
            raise BusinessError("audit-object/not-found")
        self._check_people([wanted.assignee_id] if wanted.assignee_id else [])
        _check_dates(wanted.start_date, wanted.end_date)
        return self.add(
            name=wanted.name,
            hint=wanted.auditor_hint,
            template_id=wanted.template_id,
            object_id=wanted.audit_object_id,
            assignee_ids=[wanted.assignee_id] if wanted.assignee_id else [],
            start_date=wanted.start_date,
            end_date=wanted.end_date,
            opened_at=self.now,
        )

    def add(self, *, plan: Plan | None = None, **fields: Any) -> Audit:
        """
        Number and keep a new audit.

        :param plan: what becomes of it; default: the scripted outcome or completion
        :param fields: the remaining fields of :class:`~airflow_qa_provider.sandbox.monitorqa.audit.Audit`
        """
        self._numbered += 1
        audit_id = self.context.make_id("audit", self._numbered)
        number = f"AUD-{fields['opened_at'].year}-{self._numbered:04d}"
        plan = plan or self._plan(self.context.outcomes.take("audit", fields["name"], audit_id))
        audit = Audit(id=audit_id, number=number, plan=plan, **fields)
        self._audits[audit_id] = audit
        return audit

    def update(self, audit_id: str, wanted: UpdateAudit) -> None:
        """
        Change a one-time audit that is not over.

        :param audit_id: its id
        :param wanted: request body
        """
        audit = self.audit(audit_id)
        self._check_people([wanted.assignee_id] if wanted.assignee_id else [])
        _check_dates(wanted.start_date, wanted.end_date)
        if audit.schedule_id is not None:
            raise BusinessError("audit/not-one-time")
        if not audit.is_open:
            raise BusinessError(f"audit/already-{audit.state.value}")
        audit.name, audit.hint = wanted.name, wanted.auditor_hint
        audit.start_date, audit.end_date = wanted.start_date, wanted.end_date
        audit.assignee_ids = [wanted.assignee_id] if wanted.assignee_id else []

    def reopen(self, audit_id: str, wanted: ReopenAudit) -> None:
        """
        Reopen a completed audit.

        :param audit_id: its id
        :param wanted: request body
        """
        audit = self.complete_audit(audit_id)
        self._check_people(wanted.assignees_ids or [])
        _check_dates(wanted.start_date, wanted.end_date)
        if wanted.assignees_ids is not None:
            audit.assignee_ids = list(dict.fromkeys(wanted.assignees_ids))
        audit.reopen(self.now, wanted.start_date, wanted.end_date)

    def expire(self, audit_ids: Iterable[str]) -> None:
        """
        Expire incomplete audits, all or none; an expired one stays so.

        :param audit_ids: their ids
        """
        audits = self._known(audit_ids)
        if any(audit.state is State.COMPLETED for audit in audits):
            raise BusinessError("audit/already-completed")
        for audit in audits:
            audit.expire(self.now)

    def delete(self, audit_ids: Iterable[str]) -> None:
        """
        Delete audits, all or none.

        :param audit_ids: their ids
        """
        for audit in self._known(audit_ids):
            self._audits.pop(audit.id, None)

    def result(self, audit: Audit) -> Result:
        """
        Return the answers of a completed audit.

        :param audit: a completed audit
        """
        key = (audit.id, audit.round)
        if key not in self._results:
            template = self.template(audit.template_id)
            self._results[key] = fill_in(audit, template, self.people, self.context.settings.seed)
        return self._results[key]

    def template(self, template_id: str) -> Template:
        """Find the template of an audit."""
        return next(template for template in self.templates if template.id == template_id)

    def site(self, object_id: str) -> Site:
        """
        Find an audit object.

        :param object_id: its id
        :raises RequestRefused: 404 when there is none
        """
        for site in self.sites:
            if site.id == object_id:
                return site
        raise not_found("Audit object", object_id)

    def person(self, user_id: str) -> Person:
        """
        Find a user.

        :param user_id: the id
        :raises RequestRefused: 404 when there is none
        """
        for person in self.people:
            if person.id == user_id:
                return person
        raise not_found("User", user_id)

    def auditor(self, audit: Audit) -> Person:
        """Return who carries out an audit: the first assignee, else the first user."""
        return self.person(audit.assignee_ids[0]) if audit.assignee_ids else self.people[0]

    def script(self, object_id: str, outcome: Outcome) -> bool:
        """
        Decide how an audit that exists will end.

        :param object_id: audit id
        :param outcome: the ending
        :return: whether there is such an audit
        """
        audit = self._settled(object_id)
        if audit is None or outcome.kind != "audit":
            return False
        audit.plan = self._plan(outcome)
        return True

    def snapshot(self) -> dict[str, Any]:
        """Describe the account for the control API."""
        audits = [
            {
                "id": audit.id,
                "number": audit.number,
                "name": audit.name,
                "state": audit.state.value,
                "plan": audit.plan.result,
                "startDate": format_date(audit.start_date) if audit.start_date else None,
                "endDate": format_date(audit.end_date),
            }
            for audit in self.audits()
        ]
        return {
            "templates": [{"id": item.id, "name": item.name} for item in self.templates],
            "auditObjects": [{"id": item.id, "name": item.name} for item in self.sites],
            "users": [{"id": item.id, "name": item.name, "email": item.email} for item in self.people],
            "audits": audits,
        }

    def _settled(self, audit_id: str) -> Audit | None:
        audit = self._audits.get(audit_id)
        if audit is None:
            return None
        audit.settle(self.now)
        if audit.state is State.DELETED:
            del self._audits[audit_id]
            return None
        return audit

    def _plan(self, outcome: Outcome | None) -> Plan:
        settings = self.context.settings
        seconds = settings.audit_seconds if outcome is None or outcome.seconds is None else outcome.seconds
        return Plan(outcome.result if outcome else "completed", settings.audit_pickup_seconds, seconds)

    def _known(self, audit_ids: Iterable[str]) -> list[Audit]:
        audits = [self._settled(audit_id) for audit_id in dict.fromkeys(audit_ids)]
        known = [audit for audit in audits if audit is not None]
        if len(known) < len(audits):
            raise BusinessError("audit/not-found")
        return known

    def _check_people(self, user_ids: Iterable[str]) -> None:
        known = {person.id for person in self.people}
        if not set(user_ids) <= known:
            raise BusinessError("user/not-found")


def _check_dates(start: datetime | None, end: datetime) -> None:
    if start is not None and end <= start:
        raise RequestRefused(422, "The request contains invalid data", {"endDate": "must be after startDate"})


def _person(user_id: str, name: str, role: str) -> Person:
    return Person(user_id, name, name.lower().replace(" ", ".") + "@example.com", role)


def _groups(
    source: dict[str, tuple[int, ...]], make_id: Callable[[str, object], str], kind: str, ids: list[str]
) -> list[Group]:
    return [
        Group(make_id(kind, n), name, frozenset(ids[index] for index in members))
        for n, (name, members) in enumerate(source.items())
    ]
