"""``python -m tests.e2e.triggerers``: only this part of the kill harness, on a database of its own."""

from __future__ import annotations

import sys

from tests.e2e.kills.alone import Place, alone
from tests.e2e.kills.catalogue.entry import World
from tests.e2e.kills.show import connections_of
from tests.e2e.kills.stage import staged
from tests.e2e.triggerers import plan
from tests.e2e.triggerers.show import Triggerers


def _play(place: Place) -> list[str]:
    triggerers, files = Triggerers(place.say), place.home / "files"
    files.mkdir()
    triggerers.guard(place.sandbox)
    place.serve()
    connections = {**connections_of(place.sandbox), **place.stack.enter_context(triggerers.serving())}
    stage = place.stack.enter_context(staged(place.home, place.address, connections, place.plan))
    stage.start(*plan.DAG_IDS)
    place.say("Airflow is up")
    return triggerers.play(stage, World(place.sandbox, files), place.address)


if __name__ == "__main__":
    sys.exit(alone("triggerers", __doc__, ["monitorqa", "qalyptus"], _play))
