"""``python -m tests.e2e.events``: only this part of the kill harness, on a database of its own."""

from __future__ import annotations

import sys

from tests.e2e.events import plan
from tests.e2e.events.show import Events
from tests.e2e.kills.alone import Place, alone
from tests.e2e.kills.show import SANDBOX, connections_of
from tests.e2e.kills.stage import staged


def _play(place: Place) -> list[str]:
    events = Events(place.sandbox, SANDBOX, place.say)
    place.serve()
    place.stack.enter_context(events.serving())
    connections = events.connections(connections_of(place.sandbox))
    stage = place.stack.enter_context(staged(place.home, place.address, connections, place.plan, plan.SETTINGS))
    stage.start(*plan.DAG_IDS)
    place.say("Airflow is up")
    return events.play(stage, place.address)


if __name__ == "__main__":
    sys.exit(alone("events", __doc__, ["conqa", "monitorqa", "smartq"], _play))
