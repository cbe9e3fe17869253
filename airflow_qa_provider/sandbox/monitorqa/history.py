"""Audits that exist when the sandbox starts: a year of completed ones, some open, some expired."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from airflow_qa_provider.sandbox.monitorqa.audit import Plan

if TYPE_CHECKING:
    from airflow_qa_provider.sandbox.monitorqa.store import MonitorQAStore

COMPLETED, EXPIRED, OPEN = 40, 4, 6
_HOUR = 3600.0


def add_history(store: MonitorQAStore) -> None:
    """
    Fill a new account.

    :param store: an account with people, templates and sites
    """
    rng = random.Random(store.context.settings.seed)
    morning = store.now.replace(hour=7, minute=30, second=0, microsecond=0)
    for index in range(COMPLETED + EXPIRED):
        opened = morning - timedelta(days=8 * (COMPLETED + EXPIRED - index))
        expired = index % 11 == 10
        result = "never_finished" if expired else "failed" if index % 9 == 4 else "completed"
        _add(store, rng, opened, 8 * _HOUR, Plan(result, 0.5 * _HOUR, rng.uniform(1.5, 5) * _HOUR))
    schedule_id = store.context.make_id("schedule", 0)
    for index in range(OPEN):
        result = "never_finished" if index % 2 else "never_started"
        opened = morning - timedelta(hours=20 - index)
        planned = schedule_id if index < 2 else None
        _add(store, rng, opened, 14 * 24 * _HOUR, Plan(result, _HOUR, _HOUR), planned)


def _add(
    store: MonitorQAStore,
    rng: random.Random,
    opened: datetime,
    open_seconds: float,
    plan: Plan,
    schedule_id: str | None = None,
) -> None:
    template, site, person = rng.choice(store.templates), rng.choice(store.sites), rng.choice(store.people[:4])
    store.add(
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
