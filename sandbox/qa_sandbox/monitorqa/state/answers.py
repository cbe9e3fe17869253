"""What the simulated auditor answers: the same for the same audit in every run."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qa_sandbox.monitorqa.state.templates import NOT_APPLICABLE_COUNTS, Question
from qa_sandbox.monitorqa.wire.objects import ScoreSystemDetails

if TYPE_CHECKING:
    from qa_sandbox.monitorqa.state.audits import Audit

_DAY = 24 * 3600.0
_GOOD_NOTES = ("Checked on site.", "As agreed at the last visit.", "In order, no remarks.", "Improved since last time.")


@dataclass(frozen=True)
class Answer:
    """Answer to one question; ``verdict`` is ``Passed``, ``Failed`` or ``N/A``."""

    section: str
    question: Question
    verdict: str
    note: str
    reading: str
    has_photo: bool


@dataclass(frozen=True)
class FollowUp:
    """A corrective action to be raised; ``lot`` chooses among the users. Priority 0 Low to 2 High."""

    name: str
    description: str
    lot: float
    due_seconds: float
    priority: int


@dataclass(frozen=True)
class Result:
    """Everything that comes of a completed audit; follow-ups by the index of their answer."""

    answers: tuple[Answer, ...]
    follow_ups: Mapping[int, FollowUp]
    score: float
    label: str
    colour: str
    failed: bool


def fill_in(audit: Audit, seed: int) -> Result:
    template, system = audit.template, audit.template.score_system
    rng = random.Random(f"{seed}:{audit.id}:{audit.round}")
    failing = audit.plan.result == "failed"
    quality = rng.uniform(0.3, 0.5) if failing else rng.uniform(0.8, 0.99)
    answers = [
        _answer(rng, section, question, quality, spare_critical=not failing)
        for section, questions in template.sections.items()
        for question in questions
    ]
    if failing:
        first = next((n for n, a in enumerate(answers) if a.question.critical), 0)
        answers[first] = _failed(answers[first].section, answers[first].question)
    else:
        _put_right(answers, system)
    score = _score(answers, system)
    critical = any(answer.verdict == "Failed" and answer.question.critical for answer in answers)
    # A score on a border belongs to the upper range.
    label = max((one for one in system.labels if one.min <= score), key=lambda one: (one.min, one.max))
    follow_ups = {n: _follow_up(rng, answer) for n, answer in enumerate(answers) if answer.verdict == "Failed"}
    failed = critical or not _passes(score, system)
    return Result(tuple(answers), follow_ups, score, label.label, label.color, failed)


def _score(answers: list[Answer], system: ScoreSystemDetails) -> int:
    passed = sum(answer.verdict == "Passed" for answer in answers)
    skipped = sum(answer.verdict == "N/A" for answer in answers)
    if system.score_system_type == NOT_APPLICABLE_COUNTS:
        passed, skipped = passed + skipped, 0
    counted = len(answers) - skipped
    return round(100 * passed / counted) if counted else 100


def _passes(score: float, system: ScoreSystemDetails) -> bool:
    return score >= (system.passed_threshold or 0)


def _put_right(answers: list[Answer], system: ScoreSystemDetails) -> None:
    """Pass as many failed items as it takes for a short checklist not to fail by bad luck."""
    for index, answer in enumerate(answers):
        if _passes(_score(answers, system), system):
            return
        if answer.verdict == "Failed":
            answers[index] = replace(answer, verdict="Passed", note="", has_photo=False)


def _answer(rng: random.Random, section: str, question: Question, quality: float, spare_critical: bool) -> Answer:
    roll, reading = rng.random(), f"{rng.randint(1, 12)} of 12 checked"
    note = rng.choice(_GOOD_NOTES) if rng.random() < 0.35 else ""
    has_photo = rng.random() < 0.18
    if rng.random() < 0.05 and not question.critical:
        return Answer(section, question, "N/A", "Not in use at this site.", "", False)
    if roll < quality or (question.critical and spare_critical):
        return Answer(section, question, "Passed", note, reading, has_photo)
    return _failed(section, question)


def _failed(section: str, question: Question) -> Answer:
    return Answer(section, question, "Failed", question.finding, "", True)


def _follow_up(rng: random.Random, answer: Answer) -> FollowUp:
    text, critical = answer.question.text, answer.question.critical
    return FollowUp(
        name=f"Put right: {text[0].lower()}{text[1:]}",
        description=f"{answer.note} Correct it, add a photo, and submit for approval.",
        lot=rng.random(),
        due_seconds=(2 if critical else rng.choice((7, 14))) * _DAY,
        priority=2 if critical else rng.choice((0, 1)),
    )
