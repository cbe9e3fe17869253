"""Audits and corrective actions that exist at the start: a year of completed audits, some open, some expired."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.state.action import Action, Status, script
from qa_sandbox.monitorqa.state.audit import Plan

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.company import Company

COMPLETED, EXPIRED, OPEN = 40, 4, 6
_HOUR = 3600.0
_DAY = 24 * _HOUR
_LATELY_DAYS = 40


def add_history(company: Company) -> None:
    """Let a year pass in a company that is otherwise complete."""
    rng = random.Random(company.settings.seed)
    morning = company.now.replace(hour=7, minute=30, second=0, microsecond=0)
    for index in range(COMPLETED + EXPIRED):
        opened = morning - timedelta(days=8 * (COMPLETED + EXPIRED - index))
        expired = index % 11 == 10
        result = "never_finished" if expired else "failed" if index % 9 == 4 else "completed"
        _add(company, rng, opened, 8 * _HOUR, Plan(result, 0.5 * _HOUR, rng.uniform(1.5, 5) * _HOUR))
    schedule_id = next(iter(company.schedules.all)).id
    for index in range(OPEN):
        result = "never_finished" if index % 2 else "never_started"
        opened = morning - timedelta(hours=20 - index)
        planned = schedule_id if index < 2 else None
        _add(company, rng, opened, 14 * _DAY, Plan(result, _HOUR, _HOUR), planned)
    scripted, company.actions.foresee = company.actions.foresee, partial(_worked_on, company.now)
    company.agenda.settle(company.now)
    company.actions.foresee = scripted


def _worked_on(now: datetime, action: Action) -> list[tuple[datetime, Status]]:
    """Most actions of the past were approved in time, some ran out; a few of late are not due yet."""
    lot = random.Random(action.id)
    if now - action.created_at < timedelta(days=_LATELY_DAYS):
        action.due_at = now + timedelta(days=lot.randint(3, 20))
        result = lot.choice(("submitted", "rejected", "never"))
    else:
        result = lot.choices(("approved", "never"), (5, 1))[0]
    open_for = min(action.due_at, now) - action.created_at
    return script(result, action.created_at, lot.uniform(0.2, 0.9) * open_for.total_seconds())


def _add(
    company: Company,
    rng: random.Random,
    opened: datetime,
    open_seconds: float,
    plan: Plan,
    schedule_id: str | None = None,
) -> None:
    template, site = rng.choice(list(company.templates.templates)), rng.choice(list(company.objects.sites))
    person = rng.choice(list(company.people.users)[1:5])
    company.audits.add(
        plan=plan,
        name=f"{template.name} - {site.name}",
        hint=rng.choice((None, "Walk the route of the last visit and compare.")),
        template_id=template.id,
        object_id=site.id,
        assignee_ids=[person.id],
        start_date=opened,
        end_date=opened + timedelta(seconds=open_seconds),
        opened_at=opened,
        schedule_id=schedule_id,
    )
