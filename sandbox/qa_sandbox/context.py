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
from qa_sandbox.clock import Clock, RealClock
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
    lagging: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.callbacks = Callbacks(self.clock)

    @property
    def api_key(self) -> str:
        return self.settings.api_key(self.vendor)

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
