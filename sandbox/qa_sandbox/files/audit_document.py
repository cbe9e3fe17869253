"""What an audit report says, apart from how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

REGULAR, SUMMARY, FULL = 0, 1, 2


@dataclass(frozen=True)
class Item:
    """
    One checked item.

    :param verdict: ``Passed``, ``Failed`` or ``N/A``
    :param critical: whether failing it fails the audit
    :param details: extra inputs, label and value
    :param photo_scene: which photo was taken, if any
    """

    text: str
    verdict: str
    critical: bool = False
    note: str = ""
    details: tuple[tuple[str, str], ...] = ()
    photo_scene: int | None = None


@dataclass(frozen=True)
class Section:
    name: str
    items: tuple[Item, ...]

    def count(self, verdict: str) -> int:
        return sum(item.verdict == verdict for item in self.items)


@dataclass(frozen=True)
class Action:
    number: str
    name: str
    description: str
    assignee: str
    due: str
    priority: str
    status: str


@dataclass(frozen=True)
class AuditDocument:
    """Everything an audit report shows; facts are label and value of the particulars, the score is 0 to 100."""

    company: str
    title: str
    number: str
    template: str
    site: str
    hint: str
    facts: tuple[tuple[str, str], ...]
    score: float
    score_label: str
    score_colour: tuple[int, int, int]
    failed: bool
    completed_at: datetime
    auditor: str
    sections: tuple[Section, ...]
    actions: tuple[Action, ...] = ()
