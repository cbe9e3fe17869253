"""Invented people, clients, projects and kinds of work of the Simplo IS sandbox; see ``seed.yaml``."""

from __future__ import annotations

from qa_sandbox.data import invented

_TEXTS = invented("simplo")
OWNER: str = _TEXTS["owner"]
PEOPLE: tuple[str, ...] = _TEXTS["people"]
CLIENTS: tuple[tuple[str, int], ...] = _TEXTS["clients"]
PROJECTS: tuple[tuple[str, int, tuple[str, ...]], ...] = _TEXTS["projects"]
# One report setting per project makes monthly reports; this one made a single report.
ONE_TIME = ("Discovery workshop", 0)
HISTORY_MONTHS = 12
FIRST_OPEN_REPORT = 2 + (HISTORY_MONTHS - 1) * len(PROJECTS)
