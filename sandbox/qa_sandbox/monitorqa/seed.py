"""The invented account that a sandbox starts with: companies, people, sites, schedules, and a year of audits."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import partial

from qa_sandbox.clock import midnight
from qa_sandbox.data import email_of, invented
from qa_sandbox.monitorqa.state.actions import Action, Status, script
from qa_sandbox.monitorqa.state.audits import Plan
from qa_sandbox.monitorqa.state.company import Company, Profile
from qa_sandbox.monitorqa.state.objects import Site
from qa_sandbox.monitorqa.state.people import Group, User
from qa_sandbox.monitorqa.state.permissions import AUDITEE, AUDITOR, OBSERVER
from qa_sandbox.monitorqa.state.schedules import Schedule
from qa_sandbox.monitorqa.state.templates import Question, Template
from qa_sandbox.monitorqa.wire import schedules as wire
from qa_sandbox.monitorqa.wire.objects import CreateAttribute, GeoAddress, ScoreLabelDetails, ScoreSystemDetails

FOUNDER = ("Daniel Okafor", "daniel.okafor@example.com")
COMPANY = Profile("Northwind Facilities Group", 2, None, "Europe/Copenhagen")
# A second company of the same administrator, with nothing but a score system: templates can be copied to it.
SISTER = Profile("Northwind Cold Chain", 4, None, "Europe/Stockholm")

ROLES = (("Senior auditor", AUDITOR), ("Auditor", AUDITOR), ("Site manager", AUDITEE), ("Client observer", OBSERVER))
_TEXTS = invented("monitorqa")
# The photos of one template are only to be had as they are.
_NO_WATERMARK = "Kitchen hygiene inspection"
_WEEKLY = wire.WeeklyRepeat(days_of_week=[1], repeat_every=1)
_MID_MONTH = wire.MonthlyRepeat(
    repeat_every=1, start_rule=wire.DayOfMonth(type=0, day=15), end_rule=wire.AfterDays(type=1, days=10)
)
_EVERY_OTHER_WEEK = wire.MultipleWeeksRepeat(repeat_every=2, start_day=2, duration=3)
# Name, template, audit objects, groups of them, users, repeat, active.
_SCHEDULES: tuple[tuple[str, int, tuple[int, ...], tuple[int, ...], tuple[int, ...], wire.Repeat, bool], ...] = (
    ("Monday safety walk", 0, (0,), (), (0,), _WEEKLY, True),
    ("Fire doors, mid-month", 2, (), (0,), (3,), _MID_MONTH, True),
    ("Kitchen hygiene, every other week", 1, (3,), (), (), _EVERY_OTHER_WEEK, False),
)


def fill(company: Company) -> None:
    """Fill the main company, but for its audits."""
    _add_people(company)
    _add_sites(company)
    add_score_system(company, 0)
    add_score_system(company, 1)
    system = next(iter(company.templates.score_systems))
    for number, (name, checklist) in enumerate(_TEXTS["checklists"].items()):
        sections = {title: tuple(Question(*question) for question in rows) for title, rows in checklist.items()}
        company.templates.templates.add(
            Template(company.new_id("template"), name, number % 2, sections, system, name != _NO_WATERMARK)
        )
    _add_schedules(company)


def add_score_system(company: Company, number: int) -> None:
    name, description, threshold, kind, sample, labels = _TEXTS["score_systems"][number]
    ranges = [
        ScoreLabelDetails(id=company.new_id("score-label"), label=label, min=low, max=high, color=colour)
        for low, high, label, colour in labels
    ]
    company.templates.score_systems.add(
        ScoreSystemDetails(
            id=company.new_id("score-system"),
            name=name,
            description=description,
            passed_threshold=threshold,
            score_system_type=kind,
            is_sample=sample,
            labels=ranges,
        )
    )


def _add_people(company: Company) -> None:
    people = company.people
    for name, kind in ROLES:
        people.add_role(name, kind)
    roles = {role.name: role for role in people.roles}
    for name, role in _TEXTS["people"]:
        people.add_user(name, email_of(name), roles[role])
    users = _auditors_first(company)
    for name, members in _TEXTS["groups"].items():
        ids = frozenset(users[index].id for index in members)
        people.groups.add(Group(company.new_id("user-group"), name, ids))


def _auditors_first(company: Company) -> list[User]:
    founder, *others = company.people.users
    return [*others, founder]


def _add_sites(company: Company) -> None:
    objects, users = company.objects, _auditors_first(company)
    for name, options in _TEXTS["attributes"].items():
        made = [{"name": option, "is_default": option == options[0]} for option in options]
        objects.create_attribute(CreateAttribute.model_validate({"name": name, "options": made}))
    ids = {(option.name): (attribute.id, option.id) for attribute in objects.attributes for option in attribute.options}
    groups = list(company.people.groups)
    for number, (name, notes, address, department, risk) in enumerate(_TEXTS["sites"]):
        geo = GeoAddress(lat=f"{53.54 + number / 50:.4f}", lng=f"{9.98 + number / 40:.4f}", name=name, address=address)
        assigned = [ids[department], ids[risk]]
        objects.sites.add(Site(company.new_id("object"), name, notes, geo, (users[4],), (groups[0],), assigned))
    sites = [site.id for site in objects.sites]
    for name, members in _TEXTS["site_groups"].items():
        objects.groups.add(Group(company.new_id("object-group"), name, frozenset(sites[index] for index in members)))


def _add_schedules(company: Company) -> None:
    templates, users = list(company.templates.templates), _auditors_first(company)
    sites, groups = list(company.objects.sites), list(company.objects.groups)
    for name, template, objects, object_groups, assignees, repeat, active in _SCHEDULES:
        company.schedules.add(
            Schedule(
                id=company.new_id("schedule"),
                name=name,
                template=templates[template],
                audit_objects=[sites[index] for index in objects],
                audit_object_groups=[groups[index] for index in object_groups],
                assignees=[users[index] for index in assignees],
                repeat=repeat,
                active=active,
                # What the day may ask for was made before the sandbox started.
                made_until=midnight(company.now),
            )
        )


COMPLETED, EXPIRED, OPEN = 40, 4, 6
_HOUR = 3600.0
_DAY = 24 * _HOUR
_LATELY_DAYS = 40


def add_history(company: Company) -> None:
    """Let a year pass in a company that is otherwise complete."""
    today = midnight(company.now)
    morning = today + timedelta(hours=7, minutes=30)
    for index in range(COMPLETED + EXPIRED):
        opened = morning - timedelta(days=8 * (COMPLETED + EXPIRED - index))
        rng, expired = company.context.random("past", index), index % 11 == 10
        result = "never_finished" if expired else "failed" if index % 9 == 4 else "completed"
        _add(company, rng, opened, 8 * _HOUR, Plan(result, 0.5 * _HOUR, rng.uniform(1.5, 5) * _HOUR))
    schedule_id = next(iter(company.schedules.all)).id
    for index in range(OPEN):
        result = "never_finished" if index % 2 else "never_started"
        opened = morning - timedelta(hours=20 - index)
        planned = schedule_id if index < 2 else None
        _add(company, company.context.random("open", index), opened, 14 * _DAY, Plan(result, _HOUR, _HOUR), planned)
    scripted, company.actions.foresee = company.actions.foresee, partial(_worked_on, today)
    company.agenda.settle(company.now)
    company.actions.foresee = scripted


def _worked_on(today: datetime, action: Action) -> list[tuple[datetime, Status]]:
    """Most actions of the past were approved in time, some ran out; a few of late are not due yet."""
    lot = random.Random(action.id)
    if today - action.created_at < timedelta(days=_LATELY_DAYS):
        action.due_at = today + timedelta(days=lot.randint(3, 20))
        result = lot.choice(("submitted", "rejected", "never"))
    else:
        result = lot.choices(("approved", "never"), (5, 1))[0]
    open_for = min(action.due_at, today) - action.created_at
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
        auditor_hint=rng.choice((None, "Walk the route of the last visit and compare.")),
        template=template,
        audit_object=site,
        assignees=[person],
        start_date=opened,
        end_date=opened + timedelta(seconds=open_seconds),
        opened_at=opened,
        schedule_id=schedule_id,
    )
