"""Everything that MonitorQA holds: the companies of one administrator."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from qa_sandbox.auth import same_secret
from qa_sandbox.clock import iso_milliseconds
from qa_sandbox.context import SandboxContext
from qa_sandbox.monitorqa.errors import BusinessError
from qa_sandbox.monitorqa.seed import COMPANY, FOUNDER, SISTER, add_history, add_score_system, fill
from qa_sandbox.monitorqa.state.base import Agenda, Event
from qa_sandbox.monitorqa.state.company import Company, Profile
from qa_sandbox.monitorqa.state.permissions import MANAGE_TEMPLATES
from qa_sandbox.monitorqa.state.templates import Template
from qa_sandbox.monitorqa.webhooks import Webhooks
from qa_sandbox.monitorqa.wire.objects import CopyTemplate
from qa_sandbox.monitorqa.wire.people import CreateCompany
from qa_sandbox.outcomes import Outcome
from qa_sandbox.web import Store

DEFAULT_TIME_ZONE = "Etc/UTC"


class MonitorQAStore(Store):
    """Companies, what happens in them by itself, and the webhook that tells about it."""

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self.webhooks = Webhooks(context)
        self.agenda = Agenda(self._wake_at)
        self._companies: list[Company] = []
        self._opened = 0
        self._woken_at: datetime | None = None
        self.main = self._open(replace(COMPANY), FOUNDER)
        fill(self.main)
        add_history(self.main)
        add_score_system(self._open(replace(SISTER), FOUNDER), 0)
        self.set_webhook(context.settings.monitorqa.webhook_url)

    def settle(self) -> None:
        self.agenda.settle(self.now)

    def company_of(self, key: str) -> Company | None:
        found = None
        for company in self._companies:
            if same_secret(key, company.api_key):
                found = company
        return found

    def accessible(self, company: Company) -> list[Company]:
        email = company.founder.email
        return [other for other in self._companies if other.people.by_email(email) is not None]

    def create_company(self, wanted: CreateCompany, creator: Company) -> Company:
        """Open a company account with nothing but an administrator, who has the address of the key's user."""
        profile = Profile(
            name=wanted.company_name,
            usage_purpose=wanted.usage_purpose,
            custom_audit_object_name=wanted.object_name,
            time_zone=wanted.iana_time_zone or DEFAULT_TIME_ZONE,
        )
        return self._open(profile, (wanted.company_admin.full_name, creator.founder.email))

    def delete_company(self, company: Company) -> None:
        """Delete a company with everything in it; its key is worth nothing from now on."""
        company.closed = True
        self._companies.remove(company)

    def copy_template(self, wanted: CopyTemplate, source: Company) -> Template:
        template = source.templates.templates.find(wanted.template_id)
        if template is None:
            exists = any(other.templates.templates.find(wanted.template_id) for other in self._companies)
            raise BusinessError("template/not-accessible" if exists else "template/not-found")
        target = next((one for one in self.accessible(source) if one.id == wanted.target_company_id), None)
        if target is None:
            raise BusinessError("company/not-accessible")
        for company in (source, target):
            user = company.people.by_email(source.founder.email)
            if user is None or MANAGE_TEMPLATES not in user.role.permissions:
                raise BusinessError("permissions/can-manage-templates")
        system = template.score_system if wanted.copy_score_system else None
        copied = target.templates.take_in(template, system)
        target.announce(Event.TEMPLATE_CREATED, copied)
        return copied

    def set_webhook(self, url: str | None) -> None:
        self.settle()
        self.webhooks.set_url(url)
        if self.agenda.next_at is not None:
            self._wake_at(self.agenda.next_at)

    def script(self, object_id: str, outcome: Outcome) -> bool:
        self.settle()
        if outcome.kind == "action":
            return self.main.actions.script(object_id, outcome)
        return outcome.kind == "audit" and self.main.audits.script(object_id, outcome)

    def snapshot(self) -> dict[str, Any]:
        self.settle()
        main, target = self.main, self.webhooks.target
        return {
            "webhook": target.masked_url if target else None,
            "companies": [{"id": item.id, "name": item.name} for item in self._companies],
            "templates": [{"id": item.id, "name": item.name} for item in main.templates.templates],
            "auditObjects": [{"id": item.id, "name": item.name} for item in main.objects.sites],
            "users": [{"id": item.id, "name": item.name, "email": item.email} for item in main.people.users],
            "schedules": [
                {"id": item.id, "name": item.name, "active": item.is_active(self.now)} for item in main.schedules.all
            ],
            "audits": [
                {
                    "id": audit.id,
                    "number": audit.number,
                    "name": audit.name,
                    "state": audit.state.value,
                    "plan": audit.plan.result,
                    "startDate": iso_milliseconds(audit.start_date) if audit.start_date else None,
                    "endDate": iso_milliseconds(audit.end_date),
                }
                for audit in main.audits.all
            ],
            "correctiveActions": [
                {"id": item.id, "number": item.number, "name": item.name, "status": item.status.name.lower()}
                for item in main.actions.all
            ],
        }

    def _open(self, profile: Profile, founder: tuple[str, str]) -> Company:
        company = Company(self.context, self._opened, profile, founder, self.agenda, self.webhooks.announce)
        self._opened += 1
        self._companies.append(company)
        return company

    def _wake_at(self, moment: datetime) -> None:
        """With a webhook, things must happen on time, and not only when somebody asks."""
        if self.webhooks.target is None or (self._woken_at is not None and self._woken_at <= moment):
            return
        if self.context.callbacks.at(moment, partial(self._wake, moment)):
            self._woken_at = moment

    def _wake(self, moment: datetime) -> None:
        if moment != self._woken_at:  # an earlier waking has taken its place
            return
        self._woken_at = None
        self.settle()
        if self.agenda.next_at is not None:
            self._wake_at(self.agenda.next_at)
