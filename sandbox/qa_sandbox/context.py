"""What every vendor app of a sandbox is given."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from qa_sandbox.callbacks import Callbacks
from qa_sandbox.clock import Clock, RealClock, midnight
from qa_sandbox.files.press import Press
from qa_sandbox.outcomes import OutcomeBook
from qa_sandbox.requestlog import RequestLog
from qa_sandbox.scenario import Scenario
from qa_sandbox.settings import SandboxSettings


@dataclass
class SandboxContext:
    """
    One vendor's view of the sandbox.

    :param requests: every request that reached this vendor
    :param base_url: where the app is served; empty until it listens
    :param transport_of: finds the TCP connection of a request; None without a server
    :param callbacks: timers and outgoing calls of this vendor
    :param press: makes its files
    :param lagging: ids that lists do not show yet, and when they will
    """

    vendor: str
    settings: SandboxSettings = field(default_factory=SandboxSettings)
    clock: Clock = field(default_factory=RealClock)
    scenario: Scenario = field(default_factory=Scenario)
    outcomes: OutcomeBook = field(default_factory=OutcomeBook)
    requests: RequestLog = field(default_factory=RequestLog)
    base_url: str = ""
    transport_of: Callable[[Any], asyncio.Transport | None] = lambda scope: None
    callbacks: Callbacks = field(init=False)
    press: Press = field(init=False)
    lagging: dict[str, datetime] = field(default_factory=dict)
    _new_on: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.callbacks = Callbacks(self.clock)
        self.press = Press(self.settings)

    @property
    def api_key(self) -> str:
        return self.settings.api_key(self.vendor)

    def begin(self) -> None:
        """Keep in mind that the account has just been seeded."""
        # what waits for its time would be dropped with the next reset, so such an account is never as new
        self._new_on = None if self.callbacks.in_use else midnight(self.clock.now())

    def touch(self) -> None:
        """Keep in mind that somebody came near the account."""
        self._new_on = None

    @property
    def is_as_new(self) -> bool:
        """Whether a new account would be the same: an account is placed by the day on which it is seeded."""
        return self._new_on == midnight(self.clock.now()) and not self.callbacks.in_use

    def make_id(self, kind: str, key: object) -> str:
        """Derive an id from the seed: the same kind, for instance ``audit``, and key give the same id in every run."""
        return _derived_id(f"sandbox:{self.settings.seed}:{self.vendor}:{kind}:{key}")

    def random(self, *key: object) -> random.Random:
        """Return a stream of random numbers for one object, so that what is drawn for it changes no other."""
        return random.Random(f"{self.settings.seed}:{self.vendor}:{':'.join(map(str, key))}")


@lru_cache(maxsize=1 << 15)
def _derived_id(name: str) -> str:
    # Kept, because every reset asks for the same ones.
    return str(uuid5(NAMESPACE_URL, name))
