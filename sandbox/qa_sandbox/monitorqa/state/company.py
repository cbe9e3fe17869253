"""One company account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from qa_sandbox.context import SandboxContext
from qa_sandbox.monitorqa.state.actions import Actions
from qa_sandbox.monitorqa.state.audits import Audits
from qa_sandbox.monitorqa.state.base import Agenda, Event
from qa_sandbox.monitorqa.state.files import Files
from qa_sandbox.monitorqa.state.objects import Objects
from qa_sandbox.monitorqa.state.people import People
from qa_sandbox.monitorqa.state.permissions import ADMIN
from qa_sandbox.monitorqa.state.schedules import Schedules
from qa_sandbox.monitorqa.state.templates import Templates

Announce = Callable[["Company", Event, Any], None]


@dataclass
class Profile:
    """
    What a company says about itself.

    :param usage_purpose: 0 Locations to 7 Processes
    :param custom_audit_object_name: what audit objects are called, with purpose 6 Other
    :param time_zone: IANA name
    """

    name: str
    usage_purpose: int
    custom_audit_object_name: str | None
    time_zone: str
    logo_file_id: str | None = None
    icon_file_id: str | None = None


class Company:
    """A company account, its data, and the user of its API key; number 0 is the company of the sandbox's key."""

    def __init__(
        self,
        context: SandboxContext,
        number: int,
        profile: Profile,
        founder: tuple[str, str],
        agenda: Agenda,
        announce: Announce,
    ) -> None:
        self.context = context
        self._number = number
        self._made: Counter[str] = Counter()
        self.id = context.make_id("company", number)
        self.api_key = context.api_key if number == 0 else context.make_id("api-key", number)
        self.profile = profile
        self.agenda = agenda
        self.announce = partial(announce, self)
        self.closed = False
        self.people = People(self)
        self.objects = Objects(self)
        self.templates = Templates(self)
        self.files = Files(self)
        self.actions = Actions(self)
        self.audits = Audits(self)
        self.schedules = Schedules(self)
        role = self.people.add_role("Administrator", ADMIN, "Everything.")
        self.founder = self.people.add_user(*founder, role)

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def now(self) -> datetime:
        return self.context.clock.now()

    def make_id(self, kind: str, key: object) -> str:
        return self.context.make_id(kind if self._number == 0 else f"company-{self._number}:{kind}", key)

    def new_id(self, kind: str) -> str:
        self._made[kind] += 1
        return self.make_id(kind, self._made[kind] - 1)
