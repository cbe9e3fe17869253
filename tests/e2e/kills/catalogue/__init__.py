"""One entry per operator. Read by the DAG file as well, so nothing heavy is imported at module level."""

from __future__ import annotations

from tests.e2e.kills.catalogue import conqa, monitorqa, qalyptus, simplo, smartq
from tests.e2e.kills.catalogue.entry import Entry

_VENDORS = (conqa, monitorqa, qalyptus, simplo, smartq)

CATALOGUE: dict[str, Entry] = {entry.name: entry for vendor in _VENDORS for entry in vendor.ENTRIES}
