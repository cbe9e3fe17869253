"""An invented building firm: its people, two running boards and a closed one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from qa_sandbox.clock import midnight
from qa_sandbox.data import invented
from qa_sandbox.files.photos import photo
from qa_sandbox.smartq.models import Choice, CustomField, File, Note, Project, Role, Step, Task, Ticket, User
from qa_sandbox.smartq.store import SmartQStore


@dataclass(frozen=True)
class Finding:
    """A kind of defect, and what is done about it."""

    title: str
    trade: str
    description: str
    remedy: str
    tasks: tuple[str, ...]


_TEXTS = invented("smartq")
STAIRS, ROOMS, REMARKS, REPLIES = (_TEXTS[name] for name in ("stairs", "rooms", "remarks", "replies"))
FINDINGS = tuple(Finding(**finding) for finding in _TEXTS["findings"])
ROBOT = "airflow@example.com"
PASSWORD = "sandbox-smartq-password"  # noqa: S105 - of invented users on 127.0.0.1
_DAYS = 40


def fill(store: SmartQStore) -> None:
    """Invent an account. Everything is older than the sandbox clock."""
    for name, email, title, trusted in _TEXTS["people"]:
        user = User(
            id=store.next_id("user"),
            name=name,
            email=email,
            password=PASSWORD,
            is_account_administrator=email == ROBOT or title == "Project manager",
            can_view_profiles=trusted,
            company=_TEXTS["company"],
            title=title,
            work_phone=f"+1 555 01{store.context.random('phone', email).randrange(100):02d}",
        )
        store.users[user.id] = user
    for name, description, active, strict, tickets in _TEXTS["projects"]:
        project = _project(store, name, description, active, strict)
        moments = (_working_moment(store, name, number) for number in range(tickets))
        for number, moment in enumerate(sorted(moments)):
            _add_ticket(store, project, store.context.random("ticket", name, number), moment)


def _working_moment(store: SmartQStore, project: str, number: int) -> datetime:
    rng, today = store.context.random("moment", project, number), midnight(store.now)
    # By distance from today and not by weekday, so that the board is the same on every date.
    days = rng.choice([days for days in range(2, _DAYS) if days % 7 not in (5, 6)])
    return today - timedelta(days=days) + timedelta(minutes=rng.randint(7 * 60, 16 * 60))


def _project(store: SmartQStore, name: str, description: str, active: bool, strict: bool) -> Project:
    manager = next(user for user in store.users.values() if user.title == "Project manager")
    project = Project(store.next_id("project"), name, manager.id, description, active)
    project.steps = [Step(store.next_id("step"), step, text, limit) for step, text, limit in _TEXTS["steps"]]
    checked = project.steps[-2].id
    for role in (
        Role(store.next_id("role"), "Trade", access_level=2, max_step=checked, is_default=True),
        Role(store.next_id("role"), "Site manager", 4, None, False, True, True),
        Role(store.next_id("role"), "Client", access_level=1),
    ):
        project.roles[role.id] = role
    trades = [Choice(store.next_id("value"), trade) for trade in _TEXTS["trades"]]
    areas = [Choice(store.next_id("value"), area) for area in _TEXTS["areas"]]
    for field in (
        CustomField("f1", "string", "Location", "Stair, level and room", required=strict),
        CustomField("f2", "choice", "Trade", "Who has to repair it", choice_type="select", values=trades),
        CustomField("f3", "float", "Estimated cost, EUR", low=0, high=250_000),
        CustomField("f4", "text", "Agreed remedy", pos_type="double"),
        CustomField("f5", "choice", "Affected", choice_type="checkbox", values=areas),
    ):
        project.fields[field.name] = field
    store.projects[project.id] = project
    return project


def _add_ticket(store: SmartQStore, project: Project, rng: random.Random, inserted: datetime) -> None:
    finding = rng.choice(FINDINGS)
    room = f"{rng.choice(STAIRS)}, level {rng.randint(0, 6)}, {rng.choice(ROOMS)}"
    people = [user for user in store.users.values() if user.email != ROBOT]
    owner = rng.choice([user for user in people if user.title == "Site manager"])
    assignee = next((user for user in people if user.title == finding.trade), owner)
    place = len(project.steps) - 1 if not project.active else rng.choices(range(5), (5, 4, 6, 4, 7))[0]
    moved = inserted + (timedelta(minutes=rng.randint(120, 1200)) if place else timedelta())
    step = project.steps[place]
    ticket = Ticket(
        id=store.next_id("ticket"),
        name=f"{finding.title}, {room}",
        step_id=step.id,
        owner_id=owner.id,
        inserted=inserted,
        updated=moved,
        moved=moved,
        pos=sum(other.step_id == step.id for other in project.tickets.values()) + 1,
        description=finding.description,
        tags=(finding.trade.lower(), rng.choice(("defect", "snag", "client request"))),
        deadline=_evening(inserted, rng.randint(5, 60)) if rng.random() < 0.8 else None,
        assigned_to=(assignee.id,) if place else (),
        archived=place == len(project.steps) - 1 and rng.random() < 0.4,
        values=_values(project, finding, room, rng),
    )
    project.tickets[ticket.id] = ticket
    if rng.random() < 0.6:
        _add_thread(store, ticket, owner.id, assignee.id, finding, rng)
    if place >= 2:
        for text in finding.tasks:
            task = Task(store.next_id("task"), text, assignee.id, moved, done=place >= 3 or rng.random() < 0.4)
            ticket.tasks[task.id] = task


def _evening(moment: datetime, days: int) -> datetime:
    return (moment + timedelta(days=days)).replace(hour=17, minute=0)


def _values(project: Project, finding: Finding, room: str, rng: random.Random) -> dict[str, object]:
    trade = next(value.id for value in project.fields["f2"].values if value.title == finding.trade)
    areas = rng.sample([value.id for value in project.fields["f5"].values], rng.randint(0, 2))
    return {
        "f1": room,
        "f2": (trade,),
        "f3": float(rng.randrange(4, 90) * 25) if rng.random() < 0.7 else None,
        "f4": finding.remedy,
        "f5": tuple(sorted(areas)),
    }


def _add_thread(
    store: SmartQStore, ticket: Ticket, owner_id: int, assignee_id: int, finding: Finding, rng: random.Random
) -> None:
    at = ticket.inserted + timedelta(minutes=rng.randint(2, 30))
    first = Note(store.next_id("note"), rng.choice(REMARKS), owner_id, at, at, private=rng.random() < 0.1)
    ticket.notes[first.id] = first
    if rng.random() < 0.4:
        caption = f"{at:%Y-%m-%d %H:%M}  {finding.title}"
        make = partial(photo, rng.randrange(1000), caption, True)
        picture = File(store.next_id("file"), f"IMG_{rng.randrange(10_000):04d}.jpg", "image/jpeg", owner_id, at, make)
        first.files[picture.id] = picture
    if ticket.assigned_to and not first.private:
        later = at + timedelta(minutes=rng.randint(20, 90))
        reply = Note(store.next_id("note"), rng.choice(REPLIES), assignee_id, later, later, parent_id=first.id)
        ticket.notes[reply.id] = reply
