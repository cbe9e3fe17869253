"""What an audit report says, apart from how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.answers import Answer

REGULAR, SUMMARY, FULL = 0, 1, 2


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
    site: str
    hint: str
    facts: tuple[tuple[str, str], ...]
    score: float
    score_label: str
    score_colour: tuple[int, int, int]
    failed: bool
    completed_at: datetime
    auditor: str
    answers: tuple[Answer, ...]
    actions: tuple[Action, ...] = ()

    @property
    def sections(self) -> dict[str, list[Answer]]:
        names = dict.fromkeys(answer.section for answer in self.answers)
        return {name: [answer for answer in self.answers if answer.section == name] for name in names}
