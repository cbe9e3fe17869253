"""One entry per operator. Read by the DAG file as well, so nothing heavy is imported at module level."""

from __future__ import annotations

from tests.e2e.kills.catalogue import monitorqa, qalyptus
from tests.e2e.kills.catalogue.entry import Entry

CATALOGUE: dict[str, Entry] = {entry.name: entry for module in (monitorqa, qalyptus) for entry in module.ENTRIES}
