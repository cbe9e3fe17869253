"""Invented people, projects, milestone configurations and checklists of the CONQA sandbox; see ``seed.yaml``."""

from __future__ import annotations

from collections.abc import Mapping

from qa_sandbox.data import invented

_TEXTS = invented("conqa")
ACCOUNT: str = _TEXTS["account"]
PEOPLE: tuple[str, ...] = _TEXTS["people"]
PROJECTS: tuple[tuple[str, str], ...] = _TEXTS["projects"]
FULL, NO_FOLDERS, NO_CONFIG, NO_ACCESS = range(4)
STATUSES: Mapping[str, str] = _TEXTS["statuses"]
FIELDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = _TEXTS["fields"]
TEMPLATE_FIELD = "productType"
FOLDER_FIELDS = ("area",)
ROOT_FOLDER = "Site QA"
AREAS_WITH_FOLDER = frozenset({"area-1", "area-2", "ground-floor", "podium"})
TEMPLATES: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = _TEXTS["templates"]
MILESTONES: tuple[tuple[str, str, str, str, str], ...] = _TEXTS["milestones"]
ISSUE_STATUSES = ("open", "closed", "disputed", "ready-to-inspect", "work-completed")
ISSUES_BY_PROJECT = (37, 12, 0)
DEFECTS: tuple[tuple[str, str], ...] = _TEXTS["defects"]
