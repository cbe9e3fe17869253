"""What the DAGs and the show agree on."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

ACCOUNTS = 5
VICTIMS = 8
SPARED = 2
WAITS, LATE = "triggerers-waits", "triggerers-late"
"""DAGs: waits that are disturbed, and one that begins while no triggerer is there."""
HOSTILE = tuple(f"triggerers-hostile-{account}" for account in range(ACCOUNTS))
"""Waits at a hostile vendor; small DAGs, for the triggerer reads the whole one for each wait that begins there."""
BACKFILLED, WALK = "backfilled", "A walk that is the same every day"
"""A DAG that is backfilled, and the name of all its audits."""
DAYS = 6
FIRST = datetime(2026, 1, 1, tzinfo=timezone.utc)
LAST = FIRST + timedelta(days=DAYS - 1)
DAG_IDS = (WAITS, LATE, *HOSTILE, BACKFILLED)

FROZEN, CLEARED, SLOW, IN_FLIGHT, STOPPED = "frozen", "cleared", "slow", "in_flight", "stopped"
TASKS = {FROZEN: {}, CLEARED: {"on_clear": "new", "on_kill": "leave"}, SLOW: {}, IN_FLIGHT: {}, STOPPED: {}}
"""Tasks of the first DAG, and what is special about them; all others cancel their request when they are stopped."""
UNSEEN = "unseen"
"""The one task of the second DAG."""


def connection_id(account: int) -> str:
    """Return the id of the connection to an account at the hostile vendor."""
    return f"hostile_{account}"


def victims(account: int) -> list[str]:
    """Return the ids of the requests of an account that get hostile answers."""
    return [_id(account, number) for number in range(VICTIMS)]


def spared(account: int) -> list[str]:
    """Return the ids of those that get none, though they are asked for in the same poll."""
    return [_id(account, VICTIMS + number) for number in range(SPARED)]


def _id(account: int, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/{account}/{number}"))
