"""Invented organizations, people, reports and tasks of the Qalyptus sandbox; see ``seed.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_sandbox.data import invented
from qa_sandbox.files.table import Measure


@dataclass(frozen=True)
class Subject:
    """
    What a report is about.

    :param dimension: Qlik field that the figures are broken down by, together with ``Month``
    :param measures: columns, with the lowest and highest value drawn
    """

    dimension: str
    members: tuple[str, ...]
    measures: tuple[tuple[Measure, float, float], ...]


TEXTS = invented("qalyptus")
OWNER: str = TEXTS["owner"]
PEOPLE: tuple[str, ...] = TEXTS["people"]
REPORT_FORMATS: Mapping[str, tuple[str, ...]] = TEXTS["report_formats"]
LICENSES: tuple[tuple[str, int], ...] = TEXTS["licenses"]


def _subject(row: Mapping[str, Any]) -> Subject:
    measures = tuple((Measure(name, unit, total), low, high) for name, unit, total, low, high in row["measures"])
    return Subject(row["dimension"], row["members"], measures)


SUBJECTS = {name: _subject(row) for name, row in TEXTS["subjects"].items()}
